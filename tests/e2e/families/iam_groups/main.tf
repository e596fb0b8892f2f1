# Groups, the people in them, and what they may do.

provider "aws" {
  region = "eu-west-1"
}

locals {
  people = toset(["ken", "yuki"])
}

resource "aws_iam_group" "team" {
  for_each = toset(["developers", "operators"])
  name     = each.key
  path     = "/teams/"
}

resource "aws_iam_user" "person" {
  for_each = local.people
  name     = each.key
  tags     = { Owner = "platform" }
}

resource "aws_iam_user_group_membership" "person" {
  for_each = local.people
  user     = aws_iam_user.person[each.key].name
  groups   = [for name in ["developers", "operators"] : aws_iam_group.team[name].name]
}

resource "aws_iam_policy" "network" {
  name = "network"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["ec2:Describe*"], Resource = "*" }]
  })
}

resource "aws_iam_group_policy_attachment" "network" {
  group      = aws_iam_group.team["developers"].name
  policy_arn = aws_iam_policy.network.arn
}

resource "aws_iam_group_policy" "own" {
  name  = "own"
  group = aws_iam_group.team["operators"].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:ListAllMyBuckets", Resource = "*" }]
  })
}
