# Absent at stage 0, with a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
}

resource "aws_iam_role" "r" {
  for_each           = toset(["a", "b"])
  name               = "firehose-${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sns.amazonaws.com" } }] })
}

resource "aws_sns_topic" "t" {
  name = "topic"
}

resource "aws_sns_topic_subscription" "firehose" {
  topic_arn             = aws_sns_topic.t.arn
  protocol              = "firehose"
  endpoint              = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/stream"
  subscription_role_arn = aws_iam_role.r[["a", "b", "a"][local.stage]].arn
}

resource "aws_sns_topic" "fifo" {
  name           = "topic.fifo"
  fifo_topic     = true
  archive_policy = jsonencode({ MessageRetentionPeriod = 30 })
}

resource "aws_sqs_queue" "fifo" {
  name       = "queue.fifo"
  fifo_queue = true
}

resource "aws_sns_topic_subscription" "again" {
  topic_arn     = aws_sns_topic.fifo.arn
  protocol      = "sqs"
  endpoint      = aws_sqs_queue.fifo.arn
  replay_policy = [null, jsonencode({ PointType = "Timestamp", StartingPoint = "2030-01-01T00:00:00.000Z" }), jsonencode({ PointType = "Timestamp", StartingPoint = "2030-02-01T00:00:00.000Z" })][local.stage]
}

resource "aws_kms_key" "k" {
  count                   = 2
  deletion_window_in_days = 7
}

resource "aws_ssm_parameter" "p" {
  name            = "parameter"
  type            = ["String", "SecureString", "StringList"][local.stage]
  value           = ["a", "b", "c,d"][local.stage]
  overwrite       = [null, true, false][local.stage]
  tier            = [null, "Intelligent-Tiering", "Standard"][local.stage]
  allowed_pattern = [null, "^[a-z]$", "^[a-z,]*$"][local.stage]
  description     = [null, "a", "b"][local.stage]
  key_id          = [null, aws_kms_key.k[0].key_id, null][local.stage]
}

resource "aws_ssm_parameter" "secret" {
  name   = "secret"
  type   = "SecureString"
  value  = "a"
  key_id = [aws_kms_key.k[0].key_id, aws_kms_key.k[1].key_id, aws_kms_key.k[0].key_id][local.stage]
}

resource "aws_ssm_parameter" "image" {
  name      = "image"
  type      = "String"
  value     = ["ami-12c6146b", "ami-1e749f67", "ami-12c6146b"][local.stage]
  data_type = "aws:ec2:image"
  arn       = "arn:aws:ssm:eu-west-1:123456789012:parameter/image"
}
