variable "x" {}
resource "terraform_data" "a" { input = var.x }
output "o" { value = terraform_data.a.output }
module "n" { 
  source = "./n"
  for_each = toset(["p","q"])
  x = "${var.x}${each.key}" 
}
output "deep" { value = { for k, v in module.n : k => v.o } }
