run "beside" {
  command = plan
  assert {
    condition     = "${var.everywhere} ${var.tests} ${var.automatic} ${var.file}" == "root given root root"
    error_message = "Values for tests elsewhere."
  }
}
