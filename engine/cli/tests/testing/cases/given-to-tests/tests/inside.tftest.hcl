variables {
  file = "file after ${var.automatic}"
}

run "inside" {
  command = plan
  assert {
    condition     = var.everywhere == "root" && var.tests == "tests" && var.automatic == "automatic"
    error_message = "${var.everywhere} ${var.tests} ${var.automatic}"
  }
  assert {
    condition     = var.file == "file after automatic" && var.other == "undeclared"
    error_message = "${var.file} ${var.other}"
  }
}
