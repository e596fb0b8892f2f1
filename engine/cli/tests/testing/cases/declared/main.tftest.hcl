variable "prefix" {
  type = string
}
variable "sizes" {
  type    = map(number)
  default = { small = 3 }
}
variables {
  name = "${var.prefix}-name"
  size = var.sizes["small"]
}
run "first" {
  assert {
    condition     = output.text == "given-name-3"
    error_message = output.text
  }
}
run "second" {
  variables {
    name = run.first.text
  }
  assert {
    condition     = output.text == "given-name-3-3"
    error_message = output.text
  }
}
