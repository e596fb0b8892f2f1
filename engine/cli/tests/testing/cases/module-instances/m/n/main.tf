variable "x" {}
resource "terraform_data" "b" { input = var.x }
output "o" { value = terraform_data.b.output }
