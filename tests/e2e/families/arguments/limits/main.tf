# What bounds and completes the permissions of users, groups and roles. Each argument is absent at stage 0, has a value at
# stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
}

locals {
  trust    = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }] })
  document = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }] })
}

resource "aws_iam_policy" "p" {
  count  = 3
  name   = "p${count.index}"
  policy = local.document
}

resource "aws_iam_policy" "shared" {
  name                              = "shared"
  policy                            = local.document
  delay_after_policy_creation_in_ms = [null, 1, 2][local.stage]
}

resource "aws_iam_user" "u" {
  name                 = "u"
  permissions_boundary = [null, aws_iam_policy.p[0].arn, aws_iam_policy.p[1].arn][local.stage]
  tags                 = { a = 1 }
}

resource "aws_iam_user" "bound" {
  name                 = "bound"
  permissions_boundary = [aws_iam_policy.p[0].arn, aws_iam_policy.p[1].arn, null][local.stage]
}

resource "aws_iam_role" "r" {
  name                 = "r"
  assume_role_policy   = local.trust
  permissions_boundary = [aws_iam_policy.p[0].arn, aws_iam_policy.p[1].arn, null][local.stage]
}

resource "aws_iam_group" "g" {
  name = "g"
}

resource "aws_iam_user_policy" "p" {
  count  = 2
  name   = "p${count.index}"
  user   = aws_iam_user.u.name
  policy = local.document
}

resource "aws_iam_group_policy" "p" {
  count  = 2
  name   = "p${count.index}"
  group  = aws_iam_group.g.name
  policy = local.document
}

resource "aws_iam_role_policy" "p" {
  count  = 2
  name   = "p${count.index}"
  role   = aws_iam_role.r.name
  policy = local.document
}

resource "aws_iam_policy_attachment" "a" {
  name       = "a"
  policy_arn = aws_iam_policy.shared.arn
  roles      = [[aws_iam_role.r.name], null, [aws_iam_role.r.name]][local.stage]
  users      = [null, [aws_iam_user.u.name], [aws_iam_user.u.name, aws_iam_user.bound.name]][local.stage]
}

# Nothing but these: what the user's, group's and role's policies are.

resource "aws_iam_user_policies_exclusive" "u" {
  user_name    = aws_iam_user.u.name
  policy_names = aws_iam_user_policy.p[*].name
}

resource "aws_iam_group_policies_exclusive" "g" {
  group_name   = aws_iam_group.g.name
  policy_names = aws_iam_group_policy.p[*].name
}

resource "aws_iam_role_policies_exclusive" "r" {
  role_name    = aws_iam_role.r.name
  policy_names = aws_iam_role_policy.p[*].name
}

resource "aws_iam_user" "only" {
  name = "only"
}

resource "aws_iam_role" "only" {
  name               = "only"
  assume_role_policy = local.trust
}

resource "aws_iam_user_policy_attachments_exclusive" "u" {
  user_name   = aws_iam_user.only.name
  policy_arns = [[aws_iam_policy.p[0].arn], [], aws_iam_policy.p[*].arn][local.stage]
}

resource "aws_iam_group_policy_attachments_exclusive" "g" {
  group_name  = aws_iam_group.g.name
  policy_arns = [[aws_iam_policy.p[0].arn], [], [aws_iam_policy.p[1].arn]][local.stage]
}

resource "aws_iam_role_policy_attachments_exclusive" "r" {
  role_name   = aws_iam_role.only.name
  policy_arns = [aws_iam_policy.p[*].arn, [aws_iam_policy.p[0].arn], []][local.stage]
}

resource "aws_iam_saml_provider" "s" {
  name                   = "s"
  saml_metadata_document = format("<EntityDescriptor entityID=\"%s\">%s</EntityDescriptor>", ["a", "b", "c"][local.stage], join("", [for i in range(1000) : "x"]))
}
