variable "name" {}
output "name" {
  value = upper(var.name)
}
check "short" {
  assert {
    condition     = length(var.name) < 6
    error_message = "That is long."
  }
}
