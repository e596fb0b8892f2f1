# The roles into which the directory lets people: each may go on into one role of one account, and do nothing else.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "saml" {
  type = string
}

variable "roles" {
  description = "The account into which each role goes on."
  type        = map(string)
}

data "aws_iam_policy_document" "sign_in" {
  statement {
    actions = ["sts:AssumeRoleWithSAML"]
    principals {
      type        = "Federated"
      identifiers = [var.saml]
    }
    condition {
      test     = "StringEquals"
      variable = "SAML:aud"
      values   = ["https://signin.aws.amazon.com/saml"]
    }
  }
}

resource "aws_iam_role" "step" {
  for_each           = var.roles
  name               = "step-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.sign_in.json
}

data "aws_iam_policy_document" "go_on" {
  for_each = var.roles
  statement {
    actions   = ["sts:AssumeRole"]
    resources = ["arn:aws:iam::${each.value}:role/${each.key}"]
  }
}

resource "aws_iam_role_policy" "go_on" {
  for_each = var.roles
  name     = "go-on"
  role     = aws_iam_role.step[each.key].id
  policy   = data.aws_iam_policy_document.go_on[each.key].json
}

output "roles" {
  value = { for name, role in aws_iam_role.step : name => role.arn }
}
