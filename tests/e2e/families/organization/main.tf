# A company's accounts: units in a tree, accounts in them, policies on both, and who administers what.

provider "aws" {
  region = "eu-west-1"
}

variable "accounts" {
  type = map(object({ email = string, unit = string }))
  default = {
    audit = { email = "audit@example.com", unit = "security" }
    shop  = { email = "shop@example.com", unit = "production" }
    ads   = { email = "ads@example.com", unit = "staging" }
  }
}

resource "aws_organizations_organization" "company" {
  aws_service_access_principals = ["cloudtrail.amazonaws.com", "guardduty.amazonaws.com"]
  enabled_policy_types          = ["SERVICE_CONTROL_POLICY"]
}

locals {
  root = aws_organizations_organization.company.roots[0].id
  units = merge(
    { for name, unit in aws_organizations_organizational_unit.top : name => unit.id },
    { for name, unit in aws_organizations_organizational_unit.workload : name => unit.id },
  )
}

resource "aws_organizations_organizational_unit" "top" {
  for_each  = toset(["security", "workloads"])
  name      = each.key
  parent_id = local.root
}

resource "aws_organizations_organizational_unit" "workload" {
  for_each  = toset(["production", "staging"])
  name      = each.key
  parent_id = aws_organizations_organizational_unit.top["workloads"].id
  tags      = { Stage = each.key }
}

resource "aws_organizations_account" "member" {
  for_each  = var.accounts
  name      = each.key
  email     = each.value.email
  parent_id = local.units[each.value.unit]
  tags      = { Owner = "platform" }
}

resource "aws_organizations_policy" "stay" {
  name        = "stay"
  description = "Accounts stay in the organization."
  content = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Deny", Action = "organizations:LeaveOrganization", Resource = "*" }]
  })
  depends_on = [aws_organizations_organization.company]
}

data "aws_iam_policy_document" "regions" {
  statement {
    effect      = "Deny"
    not_actions = ["iam:*", "organizations:*", "sts:*"]
    resources   = ["*"]
    condition {
      test     = "StringNotEquals"
      variable = "aws:RequestedRegion"
      values   = ["eu-west-1", "ap-northeast-1"]
    }
  }
}

resource "aws_organizations_policy" "regions" {
  name    = "regions"
  content = data.aws_iam_policy_document.regions.json

  depends_on = [aws_organizations_organization.company]
}

resource "aws_organizations_policy_attachment" "stay" {
  policy_id = aws_organizations_policy.stay.id
  target_id = aws_organizations_organizational_unit.top["workloads"].id
}

resource "aws_organizations_policy_attachment" "regions" {
  for_each  = toset(["shop", "ads"])
  policy_id = aws_organizations_policy.regions.id
  target_id = aws_organizations_account.member[each.key].id
}

resource "aws_organizations_delegated_administrator" "guardduty" {
  account_id        = aws_organizations_account.member["audit"].id
  service_principal = "guardduty.amazonaws.com"
}

data "aws_iam_policy_document" "company" {
  statement {
    actions   = ["organizations:List*", "organizations:Describe*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${aws_organizations_account.member["audit"].id}:root"]
    }
  }
}

resource "aws_organizations_resource_policy" "company" {
  content = data.aws_iam_policy_document.company.json
  tags    = { Owner = "platform" }
}

data "aws_organizations_policies_for_target" "shop" {
  target_id  = aws_organizations_account.member["shop"].id
  filter     = "SERVICE_CONTROL_POLICY"
  depends_on = [aws_organizations_policy_attachment.regions]
}

data "aws_organizations_delegated_services" "audit" {
  account_id = aws_organizations_delegated_administrator.guardduty.account_id
}

output "policies" {
  value = contains(data.aws_organizations_policies_for_target.shop.ids, aws_organizations_policy.regions.id)
}

output "administers" {
  value = [for service in data.aws_organizations_delegated_services.audit.delegated_services : service.service_principal]
}
