output "vpc_id" {
  value = module.network.vpc_id
}

output "subnets" {
  description = "The subnet ids by kind and zone."
  value = {
    public  = module.network.public_subnet_ids
    private = module.network.private_subnet_ids
  }
}

output "nat_address" {
  description = "The address from which the private subnets reach the internet."
  value       = module.network.nat_address
}

output "groups" {
  description = "Who is in which group."
  value = {
    for group in keys(local.groups) : group => [
      for name, user in var.users : name if contains(user.groups, group)
    ]
  }
}
