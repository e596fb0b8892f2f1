# The roles of a service's account, each trusting the one role of the step account.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "roles" {
  type = map(object({ trusts = string, policy = string, actions = list(string) }))
}

resource "aws_iam_role" "service" {
  for_each = var.roles
  name     = each.key
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = each.value.trusts } }]
  })
}

resource "aws_iam_role_policy_attachment" "managed" {
  for_each   = { for name, role in var.roles : name => role.policy if role.policy != "" }
  role       = aws_iam_role.service[each.key].name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

resource "aws_iam_policy" "custom" {
  for_each = { for name, role in var.roles : name => role.actions if length(role.actions) > 0 }
  name     = each.key
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = each.value, Resource = "*" }]
  })
}

resource "aws_iam_role_policy_attachment" "custom" {
  for_each   = aws_iam_policy.custom
  role       = aws_iam_role.service[each.key].name
  policy_arn = each.value.arn
}

output "roles" {
  value = { for name, role in aws_iam_role.service : name => role.arn }
}
