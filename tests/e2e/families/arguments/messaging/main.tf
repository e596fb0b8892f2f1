# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
}

resource "aws_kms_key" "k" {
  deletion_window_in_days = 7
  description             = [null, "a", "b"][local.stage]
  enable_key_rotation     = [null, true, true][local.stage]
  rotation_period_in_days = [null, 100, 200][local.stage]
  is_enabled              = [null, null, false][local.stage]
  tags                    = [null, { a = 1 }, { b = 1 }][local.stage]
  policy                  = [null, jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "a", Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = "arn:aws:iam::123456789012:root" } }] }), jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "b", Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = "arn:aws:iam::123456789012:root" } }] })][local.stage]
}

resource "aws_kms_key" "o" {
  deletion_window_in_days = 7
}

resource "aws_sqs_queue" "dead" {
  name                 = "dead"
  redrive_allow_policy = [null, jsonencode({ redrivePermission = "allowAll" }), jsonencode({ redrivePermission = "denyAll" })][local.stage]
}

resource "aws_sqs_queue" "q" {
  name                              = "q"
  delay_seconds                     = [null, 5, 6][local.stage]
  kms_master_key_id                 = [null, aws_kms_key.o.arn, "alias/aws/sqs"][local.stage]
  kms_data_key_reuse_period_seconds = [null, 600, 700][local.stage]
  max_message_size                  = [null, 2048, 4096][local.stage]
  message_retention_seconds         = [null, 100, 200][local.stage]
  receive_wait_time_seconds         = [null, 3, 4][local.stage]
  visibility_timeout_seconds        = [null, 50, 0][local.stage]
  redrive_policy                    = [null, jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 }), jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 4 })][local.stage]
  policy                            = [null, jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "a", Effect = "Allow", Action = "sqs:*", Resource = "*", Principal = { AWS = "arn:aws:iam::123456789012:root" } }] }), jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "b", Effect = "Allow", Action = "sqs:*", Resource = "*", Principal = { AWS = "arn:aws:iam::123456789012:root" } }] })][local.stage]
  tags                              = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_sqs_queue" "sse" {
  name                    = "sse"
  sqs_managed_sse_enabled = [null, false, true][local.stage]
}

resource "aws_sqs_queue" "fifo" {
  name                        = "q.fifo"
  fifo_queue                  = true
  content_based_deduplication = [null, true, true][local.stage]
  deduplication_scope         = [null, "messageGroup", "queue"][local.stage]
  fifo_throughput_limit       = [null, "perMessageGroupId", "perQueue"][local.stage]
}

resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sns.amazonaws.com" } }] })
}

resource "aws_iam_role" "r2" {
  name               = "r2"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "sns.amazonaws.com" } }] })
}

resource "aws_sns_topic" "t" {
  name                                     = "t"
  tags                                     = [null, { a = 1 }, { b = 1 }][local.stage]
  display_name                             = [null, "a", "b"][local.stage]
  kms_master_key_id                        = [null, aws_kms_key.o.arn, "alias/aws/sns"][local.stage]
  signature_version                        = [null, 2, 1][local.stage]
  tracing_config                           = [null, "Active", "PassThrough"][local.stage]
  delivery_policy                          = [null, jsonencode({ http = { defaultHealthyRetryPolicy = { minDelayTarget = 20, maxDelayTarget = 20, numRetries = 3 } } }), jsonencode({ http = { defaultHealthyRetryPolicy = { minDelayTarget = 20, maxDelayTarget = 20, numRetries = 4 } } })][local.stage]
  policy                                   = [null, jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "a", Effect = "Allow", Action = "sns:Publish", Resource = "*", Principal = { AWS = "arn:aws:iam::123456789012:root" } }] }), jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "b", Effect = "Allow", Action = "sns:Publish", Resource = "*", Principal = { AWS = "arn:aws:iam::123456789012:root" } }] })][local.stage]
  application_failure_feedback_role_arn    = [null, aws_iam_role.r.arn, aws_iam_role.r2.arn][local.stage]
  application_success_feedback_role_arn    = [null, aws_iam_role.r.arn, aws_iam_role.r2.arn][local.stage]
  application_success_feedback_sample_rate = [null, 10, 0][local.stage]
  firehose_failure_feedback_role_arn       = [null, aws_iam_role.r.arn, aws_iam_role.r2.arn][local.stage]
  firehose_success_feedback_role_arn       = [null, aws_iam_role.r.arn, aws_iam_role.r2.arn][local.stage]
  firehose_success_feedback_sample_rate    = [null, 10, 20][local.stage]
  http_failure_feedback_role_arn           = [null, aws_iam_role.r.arn, aws_iam_role.r2.arn][local.stage]
  http_success_feedback_role_arn           = [null, aws_iam_role.r.arn, aws_iam_role.r2.arn][local.stage]
  http_success_feedback_sample_rate        = [null, 10, 20][local.stage]
  lambda_failure_feedback_role_arn         = [null, aws_iam_role.r.arn, aws_iam_role.r2.arn][local.stage]
  lambda_success_feedback_role_arn         = [null, aws_iam_role.r.arn, aws_iam_role.r2.arn][local.stage]
  lambda_success_feedback_sample_rate      = [null, 10, 20][local.stage]
  sqs_failure_feedback_role_arn            = [null, aws_iam_role.r.arn, aws_iam_role.r2.arn][local.stage]
  sqs_success_feedback_role_arn            = [null, aws_iam_role.r.arn, aws_iam_role.r2.arn][local.stage]
  sqs_success_feedback_sample_rate         = [null, 10, 20][local.stage]
}

resource "aws_sns_topic" "fifo" {
  name                        = "t.fifo"
  fifo_topic                  = true
  content_based_deduplication = [null, true, true][local.stage]
  fifo_throughput_scope       = [null, "MessageGroup", "Topic"][local.stage]
  archive_policy              = [null, jsonencode({ MessageRetentionPeriod = 30 }), jsonencode({ MessageRetentionPeriod = 31 })][local.stage]
}

resource "aws_sqs_queue" "told" {
  name = "told"
}

resource "aws_sqs_queue" "d" {
  name = "d"
}

resource "aws_sqs_queue" "d2" {
  name = "d2"
}

resource "aws_sns_topic_subscription" "s" {
  topic_arn            = aws_sns_topic.t.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.told.arn
  filter_policy        = [null, jsonencode({ a = ["b"] }), jsonencode({ a = ["c"] })][local.stage]
  filter_policy_scope  = [null, "MessageBody", "MessageAttributes"][local.stage]
  raw_message_delivery = [null, true, null][local.stage]
  redrive_policy       = [null, jsonencode({ deadLetterTargetArn = aws_sqs_queue.d.arn }), jsonencode({ deadLetterTargetArn = aws_sqs_queue.d2.arn })][local.stage]
}

resource "aws_sns_topic_subscription" "h" {
  topic_arn                       = aws_sns_topic.t.arn
  protocol                        = "https"
  endpoint                        = "https://example.com/x"
  endpoint_auto_confirms          = true
  delivery_policy                 = [null, jsonencode({ healthyRetryPolicy = { minDelayTarget = 20, maxDelayTarget = 20, numRetries = 3 } }), jsonencode({ healthyRetryPolicy = { minDelayTarget = 20, maxDelayTarget = 20, numRetries = 4 } })][local.stage]
  confirmation_timeout_in_minutes = [null, 2, 3][local.stage]
}
