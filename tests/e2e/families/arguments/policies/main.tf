# Documents, texts and lists that are all that a resource has: another one at each stage.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
}

resource "aws_sns_topic" "t" {
  name = "t"
}

resource "aws_sns_topic_policy" "t" {
  arn = aws_sns_topic.t.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = ["a", "b", "c"][local.stage]
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.t.arn
    }]
  })
}

resource "aws_sqs_queue" "q" {
  name = "q"
}

resource "aws_sqs_queue" "dead" {
  count = 2
  name  = "dead-${count.index}"
}

resource "aws_sqs_queue_policy" "q" {
  queue_url = aws_sqs_queue.q.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "s"
      Effect    = ["Allow", "Deny", "Deny"][local.stage]
      Principal = { AWS = "*" }
      Action    = ["sqs:SendMessage", "sqs:SendMessage", "sqs:*"][local.stage]
      Resource  = aws_sqs_queue.q.arn
    }]
  })
}

resource "aws_sqs_queue_redrive_policy" "q" {
  queue_url = aws_sqs_queue.q.id
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[local.stage % 2].arn
    maxReceiveCount     = 4 + local.stage
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url = aws_sqs_queue.dead[0].id
  redrive_allow_policy = [
    jsonencode({ redrivePermission = "allowAll" }),
    jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.q.arn] }),
    jsonencode({ redrivePermission = "denyAll" }),
  ][local.stage]
}

resource "aws_cloudwatch_dashboard" "d" {
  dashboard_name = "d"
  dashboard_body = jsonencode({
    widgets = [{ type = "text", x = 0, y = 0, width = 3, height = 3, properties = { markdown = ["a", "b", "c"][local.stage] } }]
  })
}

resource "aws_cloudwatch_log_resource_policy" "p" {
  policy_name = "p"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = ["es.amazonaws.com", "route53.amazonaws.com", "delivery.logs.amazonaws.com"][local.stage] }
      Action    = "logs:PutLogEvents"
      Resource  = "*"
    }]
  })
}

resource "aws_s3_bucket" "b" {
  bucket = "policies"
}

resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = ["s3:PutObject", "s3:GetObject", "s3:*"][local.stage]
      Resource  = "${aws_s3_bucket.b.arn}/*"
    }]
  })
}

resource "aws_iam_user" "u" {
  name = "u"
}

resource "aws_iam_user_policy" "p" {
  name = "p"
  user = aws_iam_user.u.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:Get*", "s3:Put*", "s3:List*"][local.stage], Resource = "*" }]
  })
}

resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_iam_role_policy" "p" {
  name = "p"
  role = aws_iam_role.r.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:Get*", "s3:Put*", "s3:List*"][local.stage], Resource = "*" }]
  })
}

resource "aws_iam_user_ssh_key" "k" {
  username   = aws_iam_user.u.name
  encoding   = "SSH"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKlEkoxrcYrbiXaWNDRuRmsOgVOzBOBxwRDQvnR4ekoG a"
  status     = [null, "Inactive", "Active"][local.stage]
}
