variable "name" {
  default = "one"
}
resource "terraform_data" "it" {
  input = var.name
}
output "name" {
  value = terraform_data.it.output
}
