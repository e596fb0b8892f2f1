terraform {
  required_providers {
    terraform = {
      source                = "terraform.io/builtin/terraform"
      configuration_aliases = [terraform.other]
    }
  }
}
variable "name" {
  type = string
  validation {
    condition     = length(var.name) > 2
    error_message = "The name is too short."
  }
}
resource "terraform_data" "a" {
  input = var.name
}
resource "terraform_data" "b" {
  provider = terraform.other
  count    = 2
  input    = "${terraform_data.a.id}-${count.index}"
}
data "terraform_remote_state" "r" {
  backend = "local"
  config  = { path = "nowhere" }
}
output "id" {
  value = terraform_data.a.id
}
output "from_state" {
  value = data.terraform_remote_state.r.outputs
}
output "others" {
  value = terraform_data.b[*].id
}
