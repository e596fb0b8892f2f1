locals {
  teams = { red = 2, white = 1 }
}

module "team" {
  source   = "./team"
  for_each = local.teams

  name = each.key
  size = each.value
}

module "single" {
  source = "./team"
  name   = join("-", [for team in module.team : team.label])
}

output "members" {
  value = { for name, team in module.team : name => team.members }
}
