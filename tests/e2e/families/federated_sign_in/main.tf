# People sign in with the company's directory into a step account, and go on from there into the accounts of
# services: each role there trusts exactly the one role of the step account that stands before it.

provider "aws" {
  region = "eu-west-1"
}

variable "step_account" {
  type    = string
  default = "111100000001"
}

variable "services" {
  type = map(string)
  default = {
    ads  = "111100000002"
    shop = "111100000003"
  }
}

variable "custom" {
  description = "What a role of the third kind may do, by service."
  type        = map(list(string))
  default     = { shop = ["cloudwatch:Get*", "logs:FilterLogEvents"] }
}

locals {
  kinds = merge(
    { for service, account in var.services : "${service}-admin" => { service = service, policy = "AdministratorAccess", actions = [] } },
    { for service, account in var.services : "${service}-readonly" => { service = service, policy = "ReadOnlyAccess", actions = [] } },
    { for service, actions in var.custom : "${service}-custom" => { service = service, policy = "", actions = actions } },
  )
}

provider "aws" {
  alias  = "step"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::${var.step_account}:role/OrganizationAccountAccessRole"
  }
}

provider "aws" {
  alias    = "service"
  for_each = var.services
  region   = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::${each.value}:role/OrganizationAccountAccessRole"
  }
}

resource "aws_iam_saml_provider" "directory" {
  provider               = aws.step
  name                   = "directory"
  saml_metadata_document = file("${path.module}/metadata.xml")
}

module "step" {
  source    = "./step"
  providers = { aws = aws.step }
  saml      = aws_iam_saml_provider.directory.arn
  roles     = { for name, kind in local.kinds : name => var.services[kind.service] }
}

module "service" {
  source    = "./service"
  for_each  = var.services
  providers = { aws = aws.service[each.key] }
  roles = {
    for name, kind in local.kinds : name => {
      trusts  = module.step.roles[name]
      policy  = kind.policy
      actions = kind.actions
    } if kind.service == each.key
  }
}

output "roles" {
  value = merge([for service in module.service : service.roles]...)
}
