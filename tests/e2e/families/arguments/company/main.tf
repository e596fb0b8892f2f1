# What is seldom said of an organization, its accounts and its shares: `stage` changes objects, from nothing to a value and to another,
# and `made` makes others, from a value to another and to none. Nobody has the e-mail address of an account that was there before.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
}

locals {
  made = 0
}

locals {
  kinds = [
    "AISERVICES_OPT_OUT_POLICY", "BACKUP_POLICY", "BEDROCK_POLICY", "CHATBOT_POLICY", "DECLARATIVE_POLICY_EC2", "INSPECTOR_POLICY",
    "RESOURCE_CONTROL_POLICY", "S3_POLICY", "SECURITYHUB_POLICY", "SERVICE_CONTROL_POLICY", "TAG_POLICY", "UPGRADE_ROLLOUT_POLICY",
  ]
}

resource "aws_organizations_organization" "o" {
  aws_service_access_principals = ["ram.amazonaws.com"]
  enabled_policy_types          = local.kinds
  return_organization_only      = [null, true, false][local.stage]
}

resource "aws_organizations_account" "a" {
  name                       = "member"
  email                      = "member-${local.made}@example.com"
  close_on_deletion          = [null, true, false][local.stage]
  create_govcloud            = [true, false, null][local.made]
  iam_user_access_to_billing = ["ALLOW", "DENY", null][local.made]
  role_name                  = ["Administrator", "Owner", null][local.made]
  depends_on                 = [aws_organizations_organization.o]
}

resource "aws_organizations_account" "b" {
  name       = "other"
  email      = "other@example.com"
  depends_on = [aws_organizations_organization.o]
}

resource "aws_organizations_account" "c" {
  name       = "third"
  email      = "third@example.com"
  depends_on = [aws_organizations_organization.o]
}

resource "aws_account_alternate_contact" "c" {
  account_id             = [aws_organizations_account.b.id, aws_organizations_account.c.id, null][local.made]
  alternate_contact_type = "BILLING"
  email_address          = "bills@example.com"
  name                   = "Bills"
  phone_number           = "+1"
  title                  = "Accountant"
}

resource "aws_organizations_policy" "of" {
  for_each   = toset(local.kinds)
  name       = each.key
  type       = each.key
  content    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "s3:*", Resource = "*" }] })
  depends_on = [aws_organizations_organization.o]
}

resource "aws_organizations_policy" "left" {
  name         = "left"
  type         = "TAG_POLICY"
  content      = jsonencode({ tags = {} })
  skip_destroy = [null, true, false][local.stage]
  depends_on   = [aws_organizations_organization.o]
}

resource "aws_organizations_policy_attachment" "a" {
  policy_id    = aws_organizations_policy.left.id
  target_id    = aws_organizations_account.b.id
  skip_destroy = [null, true, false][local.stage]
}

resource "aws_ram_resource_share" "s" {
  name                      = "share"
  allow_external_principals = [null, true, false][local.stage]
  permission_arns           = [["arn:aws:ram::aws:permission/AWSRAMDefaultPermissionSubnet"], ["arn:aws:ram::aws:permission/AWSRAMDefaultPermissionPrefixList"], ["arn:aws:ram::aws:permission/AWSRAMDefaultPermissionPrefixList", "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionSubnet"]][local.made]
  dynamic "resource_share_configuration" {
    for_each = [[true], [false], []][local.made]
    content {
      retain_sharing_on_account_leave_organization = resource_share_configuration.value
    }
  }
}
