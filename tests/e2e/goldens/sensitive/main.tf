variable "password" {
  type      = string
  sensitive = true
  default   = "hunter2"
}

resource "terraform_data" "whole" {
  input = var.password
}

resource "terraform_data" "part" {
  input = {
    user     = "ken"
    password = var.password
    both     = "ken:${var.password}"
    list     = ["open", sensitive("closed")]
  }
  triggers_replace = nonsensitive(sha256(var.password))
}

output "password" {
  value     = var.password
  sensitive = true
}

output "length" {
  value = nonsensitive(length(var.password))
}
