# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
}

resource "aws_kms_key" "k" {
  deletion_window_in_days = 7
}

resource "aws_ssm_parameter" "p" {
  name            = "p"
  type            = ["String", "StringList", "String"][local.stage]
  value           = ["a", "b", "c"][local.stage]
  description     = [null, "a", "b"][local.stage]
  allowed_pattern = [null, ".*", "[a-z]"][local.stage]
  tier            = [null, "Advanced", "Advanced"][local.stage]
  data_type       = "text"
  tags            = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_ssm_parameter" "s" {
  name   = "s"
  type   = "SecureString"
  value  = ["a", "b", "c"][local.stage]
  key_id = [null, aws_kms_key.k.id, "alias/aws/ssm"][local.stage]
}

resource "aws_ssm_parameter" "w" {
  name             = "w"
  type             = "SecureString"
  value_wo         = ["a", "b", "c"][local.stage]
  value_wo_version = [1, 2, 3][local.stage]
}

resource "aws_kms_alias" "a" {
  name          = "alias/a"
  target_key_id = [aws_kms_key.k.id, aws_kms_key.l.id, aws_kms_key.k.id][local.stage]
}

resource "aws_kms_key" "l" {
  deletion_window_in_days = 7
}

resource "aws_ebs_encryption_by_default" "e" {
  enabled = [null, false, null][local.stage]
}

resource "aws_s3_account_public_access_block" "a" {
  block_public_acls       = [null, true, null][local.stage]
  block_public_policy     = [null, true, null][local.stage]
  ignore_public_acls      = [null, true, null][local.stage]
  restrict_public_buckets = [null, true, null][local.stage]
}

resource "aws_organizations_organization" "o" {
  aws_service_access_principals = [null, ["cloudtrail.amazonaws.com"], ["ram.amazonaws.com"]][local.stage]
  enabled_policy_types          = [null, ["SERVICE_CONTROL_POLICY"], ["TAG_POLICY"]][local.stage]
}

resource "aws_organizations_organizational_unit" "u" {
  name      = ["a", "b", "c"][local.stage]
  parent_id = aws_organizations_organization.o.roots[0].id
  tags      = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_organizations_policy" "p" {
  name        = ["a", "b", "c"][local.stage]
  description = [null, "a", "b"][local.stage]
  content     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = ["Allow", "Deny", "Allow"][local.stage], Action = "*", Resource = "*" }] })
  tags        = [null, { a = 1 }, { b = 1 }][local.stage]
  depends_on  = [aws_organizations_organization.o]
}
