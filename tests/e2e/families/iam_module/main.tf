# What the public modules for IAM are made of: roles that services, workloads, people and programs take
# on, users with credentials, groups that let their members look after themselves, the account's
# settings, and policies put together from others.

provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  tags      = { Owner = "platform" }
  own       = [for pattern in ["user/$${aws:username}", "user/*/$${aws:username}"] : "arn:${local.partition}:iam::${local.account}:${pattern}"]
}

# The account

resource "aws_iam_account_alias" "this" {
  account_alias = "family-of-iam"
}

resource "aws_iam_account_password_policy" "this" {
  max_password_age               = 90
  minimum_password_length        = 14
  allow_users_to_change_password = true
  hard_expiry                    = false
  password_reuse_prevention      = 5
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = false
}

# Identity providers

resource "aws_iam_openid_connect_provider" "github" {
  url             = "https://token.actions.example.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
  tags            = local.tags
}

resource "aws_iam_saml_provider" "people" {
  name                   = "people"
  saml_metadata_document = format("<EntityDescriptor entityID=\"%s\">%s</EntityDescriptor>", "one", join("", [for i in range(1000) : "x"]))
}

# Roles

variable "trust" {
  type = map(object({
    actions     = optional(list(string), ["sts:AssumeRole"])
    effect      = optional(string)
    sid         = optional(string)
    principals  = optional(list(object({ type = string, identifiers = list(string) })))
    not_actions = optional(list(string))
    condition   = optional(list(object({ test = string, variable = string, values = list(string) })))
  }))
  default = {
    services = { principals = [{ type = "Service", identifiers = ["ec2.amazonaws.com", "ssm.amazonaws.com"] }] }
    people = {
      sid        = "ByPeople"
      principals = [{ type = "AWS", identifiers = ["123456789012"] }]
      condition  = [{ test = "Bool", variable = "aws:MultiFactorAuthPresent", values = ["true"] }]
    }
  }
}

data "aws_iam_policy_document" "trust" {
  source_policy_documents   = []
  override_policy_documents = []

  dynamic "statement" {
    for_each = [replace(aws_iam_openid_connect_provider.github.url, "https://", "")]
    content {
      effect  = "Allow"
      actions = ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = ["arn:${local.partition}:iam::${local.account}:oidc-provider/${statement.value}"]
      }
      condition {
        test     = "ForAllValues:StringEquals"
        variable = "${statement.value}:iss"
        values   = ["https://${statement.value}"]
      }
      dynamic "condition" {
        for_each = ["repo:org/one", "org/two"]
        content {
          test     = "StringLike"
          variable = "${statement.value}:sub"
          values   = ["repo:${trimprefix(condition.value, "repo:")}"]
        }
      }
    }
  }

  statement {
    effect  = "Allow"
    actions = compact(distinct(concat(["sts:TagSession", "sts:AssumeRoleWithSAML"], [])))
    principals {
      type        = "Federated"
      identifiers = [aws_iam_saml_provider.people.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "SAML:aud"
      values   = ["https://signin.aws.amazon.com/saml"]
    }
  }

  dynamic "statement" {
    for_each = var.trust
    content {
      sid         = try(coalesce(statement.value.sid, statement.key))
      actions     = statement.value.actions
      not_actions = statement.value.not_actions
      effect      = statement.value.effect
      dynamic "principals" {
        for_each = statement.value.principals != null ? statement.value.principals : []
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }
      dynamic "condition" {
        for_each = statement.value.condition != null ? statement.value.condition : []
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role" "this" {
  name                  = null
  name_prefix           = "deploy-"
  path                  = "/"
  description           = "Deploys."
  assume_role_policy    = data.aws_iam_policy_document.trust.json
  max_session_duration  = 7200
  permissions_boundary  = null
  force_detach_policies = true
  tags                  = local.tags
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = { own = aws_iam_policy.read.arn, aws = "arn:${local.partition}:iam::aws:policy/ReadOnlyAccess" }
  policy_arn = each.value
  role       = aws_iam_role.this.name
}

data "aws_iam_policy_document" "inline" {
  statement {
    sid           = "Buckets"
    effect        = "Allow"
    actions       = ["s3:GetObject", "s3:ListBucket"]
    not_actions   = null
    resources     = ["*"]
    not_resources = null
  }
}

resource "aws_iam_role_policy" "inline" {
  role        = aws_iam_role.this.name
  name_prefix = "deploy-"
  policy      = data.aws_iam_policy_document.inline.json
}

resource "aws_iam_instance_profile" "this" {
  role        = aws_iam_role.this.name
  name        = "deploy"
  name_prefix = null
  path        = "/"
  tags        = local.tags
  lifecycle {
    create_before_destroy = true
  }
}

# A policy from parts

data "aws_iam_policy_document" "allowed" {
  dynamic "statement" {
    for_each = toset(["rds", "resource-groups"])
    content {
      sid       = replace(statement.value, "-", "")
      actions   = ["${statement.value}:List*", "${statement.value}:Get*", "${statement.value}:Describe*"]
      resources = ["*"]
    }
  }
}

data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "AllowLogsQuery"
    actions   = ["logs:StartQuery", "logs:StopQuery"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "combined" {
  source_policy_documents = concat([data.aws_iam_policy_document.allowed.json], data.aws_iam_policy_document.logs[*].json, ["{}"])
}

resource "aws_iam_policy" "read" {
  name        = "read"
  path        = "/"
  description = "Reads."
  policy      = data.aws_iam_policy_document.combined.json
  tags        = local.tags
}

# Users

resource "aws_iam_user" "this" {
  for_each             = toset(["ken", "robot"])
  name                 = each.key
  path                 = "/"
  permissions_boundary = null
  tags                 = local.tags
}

resource "aws_iam_user_login_profile" "ken" {
  user                    = aws_iam_user.this["ken"].name
  pgp_key                 = ""
  password_length         = 20
  password_reset_required = false
  lifecycle {
    ignore_changes = [password_reset_required]
  }
}

resource "aws_iam_access_key" "robot" {
  user    = aws_iam_user.this["robot"].name
  pgp_key = ""
  status  = "Active"
}

resource "aws_iam_user_ssh_key" "ken" {
  username   = aws_iam_user.this["ken"].name
  encoding   = "SSH"
  public_key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7 ken@home"
}

resource "aws_iam_user_policy" "robot" {
  user   = aws_iam_user.this["robot"].name
  name   = "own"
  policy = data.aws_iam_policy_document.inline.json
}

resource "aws_iam_user_policy_attachment" "robot" {
  for_each   = { read = aws_iam_policy.read.arn }
  user       = aws_iam_user.this["robot"].name
  policy_arn = each.value
}

# A group

resource "aws_iam_group" "this" {
  name = "people"
  path = "/"
}

resource "aws_iam_group_membership" "this" {
  group = aws_iam_group.this.id
  name  = "people"
  users = [for user in ["ken"] : aws_iam_user.this[user].name]
}

data "aws_iam_policy_document" "self" {
  statement {
    sid       = "ManageOwnPasswords"
    actions   = ["iam:ChangePassword", "iam:GetUser"]
    resources = local.own
  }
  statement {
    sid         = "DenyAllExceptListedIfNoMFA"
    effect      = "Deny"
    not_actions = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "sts:GetSessionToken"]
    resources   = ["*"]
    condition {
      test     = "BoolIfExists"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["false"]
    }
  }
}

resource "aws_iam_policy" "self" {
  name        = null
  name_prefix = "self-"
  path        = coalesce(null, null, "/")
  policy      = data.aws_iam_policy_document.self.json
}

resource "aws_iam_group_policy_attachment" "this" {
  group      = aws_iam_group.this.id
  policy_arn = aws_iam_policy.self.arn
}

# What is there, found again

data "aws_iam_role" "this" {
  name = aws_iam_role.this.name
}

data "aws_iam_session_context" "current" {
  arn = data.aws_caller_identity.current.arn
}

output "role" {
  value = [data.aws_iam_role.this.arn, data.aws_iam_session_context.current.issuer_arn]
}

output "secret" {
  value     = aws_iam_access_key.robot.secret
  sensitive = true
}

# A role that a service looks after

resource "aws_iam_service_linked_role" "scaling" {
  aws_service_name = "autoscaling.amazonaws.com"
  custom_suffix    = "family"
  description      = "machines"
}
