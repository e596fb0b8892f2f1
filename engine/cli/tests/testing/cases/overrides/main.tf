module "m" {
  source = "./m"
  x      = "q"
}
resource "terraform_data" "r" {
  count = 2
  input = module.m.o
}
data "terraform_remote_state" "r" {
  backend = "local"
  config  = { path = "nowhere" }
}
output "o" {
  value = module.m.o
}
output "p" {
  value = module.m.p
}
output "ids" {
  value = terraform_data.r[*].id
}
output "z" {
  value = data.terraform_remote_state.r.outputs.z
}
