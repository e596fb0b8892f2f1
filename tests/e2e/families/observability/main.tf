# Alarms for machines, a dashboard from a definition in JSON, logs and what is made of them, and who is told.

provider "aws" {
  region = "eu-west-1"
}

variable "machines" {
  type    = map(string)
  default = { web-1 = "i-0a1", web-2 = "i-0a2" }
}

resource "aws_sns_topic" "alarms" {
  name = "alarms"
}

resource "aws_sqs_queue" "alarms" {
  name                      = "alarms"
  message_retention_seconds = 86400
}

resource "aws_sqs_queue_policy" "alarms" {
  queue_url = aws_sqs_queue.alarms.url
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.alarms.arn
      Condition = { ArnEquals = { "aws:SourceArn" = aws_sns_topic.alarms.arn } }
    }]
  })
}

resource "aws_sns_topic_subscription" "alarms" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.alarms.arn
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  for_each            = var.machines
  alarm_name          = "${each.key}-cpu"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 2
  metric_name         = "CPUUtilization"
  namespace           = "AWS/EC2"
  period              = 300
  statistic           = "Average"
  threshold           = 80
  dimensions          = { InstanceId = each.value }
  alarm_actions       = [aws_sns_topic.alarms.arn]
  tags                = { Name = each.key }
}

resource "aws_cloudwatch_dashboard" "machines" {
  dashboard_name = "machines"
  dashboard_body = jsonencode({
    widgets = [for name, id in var.machines : {
      type   = "metric"
      width  = 12
      height = 6
      properties = {
        title   = name
        region  = "eu-west-1"
        metrics = [["AWS/EC2", "CPUUtilization", "InstanceId", id]]
      }
    }]
  })
}

resource "aws_cloudwatch_log_group" "app" {
  name              = "/app"
  retention_in_days = 14
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "errors"
  log_group_name = aws_cloudwatch_log_group.app.name
  pattern        = "ERROR"
  metric_transformation {
    name      = "Errors"
    namespace = "App"
    value     = "1"
  }
}
