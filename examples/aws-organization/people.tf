# The few who work in the management account itself.
module "groups" {
  source = "../../modules/aws/iam-groups"

  users = var.people
  trail = { bucket = "${var.prefix}-logs-management", force_destroy = var.force_destroy }
}

locals {
  services = toset([for account in var.accounts : account.service if account.service != null])
}

# Everybody else signs in with the company's directory to the account `step`, and goes on from there.
module "step" {
  source    = "../../modules/aws/federated-roles"
  providers = { aws = aws.member["step"] }

  saml_provider_name = "directory"
  saml_metadata      = file("${path.module}/metadata.xml")
  services = {
    for service in local.services : service => {
      accounts = [for name, account in var.accounts : module.organization.account_ids[name] if account.service == service]
    }
  }
}

module "roles" {
  source    = "../../modules/aws/federated-roles/service-account"
  for_each  = { for name, account in var.accounts : name => account.service if account.service != null }
  providers = { aws = aws.member[each.key] }

  service        = each.value
  step_role_arns = module.step.step_role_arns
}

output "roles" {
  description = "What people can be in each account of a service, by account and variant."
  value       = { for name, account in module.roles : name => account.role_arns }
}

output "passwords" {
  description = "The first passwords of the people in the management account."
  value       = module.groups.passwords
  sensitive   = true
}
