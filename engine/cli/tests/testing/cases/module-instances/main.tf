module "m" {
  source = "./m"
  count  = 2
  x      = "real${count.index}"
}
output "o" { value = module.m[*].o }
output "deep" { value = module.m[*].deep }
