variable "v" {
  default = "x"
}
resource "terraform_data" "r" {
  count = 2
  input = "${var.v}${count.index}"
  lifecycle {
    precondition {
      condition     = var.v != "pre"
      error_message = "Not pre."
    }
    postcondition {
      condition     = self.output != "post1"
      error_message = "Not post."
    }
  }
}
output "o" {
  value = terraform_data.r[0].output
  precondition {
    condition     = var.v != "out"
    error_message = "Not out."
  }
}
check "c" {
  assert {
    condition     = var.v != "chk"
    error_message = "Not chk."
  }
}
