# What every account of the organization gets, through the role that AWS makes in it; the list of accounts comes from
# Organizations itself.

provider "aws" {
  region = "eu-west-1"
}

variable "regions" {
  type    = set(string)
  default = ["eu-west-1", "ap-northeast-1"]
}

data "aws_organizations_organization" "company" {}

locals {
  accounts = {
    for account in data.aws_organizations_organization.company.non_master_accounts :
    account.name => account.id if account.state == "ACTIVE"
  }
  places = {
    for place in setproduct(keys(local.accounts), var.regions) :
    "${place[0]}/${place[1]}" => { account = local.accounts[place[0]], region = place[1] }
  }
}

provider "aws" {
  alias    = "member"
  for_each = local.places
  region   = each.value.region

  s3_use_path_style = true
  assume_role {
    role_arn     = "arn:aws:iam::${each.value.account}:role/OrganizationAccountAccessRole"
    session_name = "baseline"
  }
  default_tags {
    tags = { Baseline = "1" }
  }
}

module "account" {
  source    = "./account"
  for_each  = local.accounts
  providers = { aws = aws.member["${each.key}/eu-west-1"] }
  name      = each.key
}

module "region" {
  source    = "./region"
  for_each  = local.places
  providers = { aws = aws.member[each.key] }
}

output "trails" {
  value = { for name, account in module.account : name => account.trail }
}
