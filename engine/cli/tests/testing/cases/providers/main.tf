terraform {
  required_providers {
    terraform = {
      source = "terraform.io/builtin/terraform"
    }
  }
}
resource "terraform_data" "a" {
}
output "id" {
  value = terraform_data.a.id
}
