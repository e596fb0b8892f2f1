variable "key" {
  default = "one"
}
locals {
  names = { one = "first" }
}
resource "terraform_data" "it" {
  input = local.names[var.key]
  lifecycle {
    precondition {
      condition     = contains(keys(local.names), var.key)
      error_message = "There is no ${var.key}."
    }
  }
}
