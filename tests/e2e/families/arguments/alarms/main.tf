# Alarms of alarms, and who gets a log. Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
}

locals {
  topics = [aws_sns_topic.t[0].arn, aws_sns_topic.t[1].arn]
  roles  = [aws_iam_role.r[0].arn, aws_iam_role.r[1].arn]
}

resource "aws_sns_topic" "t" {
  count = 2
  name  = "t${count.index}"
}

resource "aws_cloudwatch_metric_alarm" "a" {
  alarm_name          = "a0"
  comparison_operator = ["GreaterThanThreshold", "LessThanThreshold", "GreaterThanOrEqualToThreshold"][local.stage]
  evaluation_periods  = [1, 2, 3][local.stage]
  metric_name         = ["CPUUtilization", "DiskReadOps", "DiskWriteOps"][local.stage]
  namespace           = ["AWS/EC2", "AWS/EBS", "own"][local.stage]
  period              = [60, 120, 300][local.stage]
  statistic           = ["Average", "Sum", "Maximum"][local.stage]
  threshold           = [1, 2.5, 0][local.stage]
}

resource "aws_cloudwatch_metric_alarm" "b" {
  alarm_name          = "a1"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "CPUUtilization"
  namespace           = "AWS/EC2"
  period              = 60
  statistic           = "Average"
  threshold           = 1
}

resource "aws_cloudwatch_composite_alarm" "c" {
  alarm_name                = "c"
  alarm_rule                = ["ALARM(a0)", "ALARM(a0) AND ALARM(a1)", "ALARM(a0) OR OK(a1)"][local.stage]
  alarm_description         = [null, "a", "b"][local.stage]
  alarm_actions             = [null, [local.topics[0]], local.topics][local.stage]
  ok_actions                = [null, local.topics, [local.topics[1]]][local.stage]
  insufficient_data_actions = [null, [local.topics[0]], [local.topics[1]]][local.stage]
  tags                      = [null, { a = 1 }, { b = 1 }][local.stage]
  dynamic "actions_suppressor" {
    for_each = [[], ["a0"], ["a1"]][local.stage]
    content {
      alarm            = actions_suppressor.value
      extension_period = [0, 10, 20][local.stage]
      wait_period      = [0, 60, 90][local.stage]
    }
  }
  depends_on = [aws_cloudwatch_metric_alarm.a, aws_cloudwatch_metric_alarm.b]
}

resource "aws_iam_role" "r" {
  count              = 2
  name               = "r${count.index}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "logs.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_cloudwatch_log_group" "g" {
  name = "g"
}

# The streams are not of this configuration.
# Of an alarm of alarms.
resource "aws_cloudwatch_composite_alarm" "d" {
  alarm_name = "d"
  alarm_rule = "${["ALARM", "OK", "INSUFFICIENT_DATA"][local.stage]}(${aws_cloudwatch_composite_alarm.c.alarm_name})"
}

# A group can have two.
resource "aws_cloudwatch_log_subscription_filter" "second" {
  name            = "second"
  log_group_name  = aws_cloudwatch_log_group.g.name
  filter_pattern  = "second"
  destination_arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/b"
  role_arn        = local.roles[0]
}

resource "aws_cloudwatch_log_subscription_filter" "f" {
  name                      = "f"
  log_group_name            = aws_cloudwatch_log_group.g.name
  filter_pattern            = ["", "ERROR", "[a, b]"][local.stage]
  destination_arn           = "arn:aws:kinesis:eu-west-1:123456789012:stream/${["a", "b", "a"][local.stage]}"
  role_arn                  = local.roles[local.stage % 2]
  distribution              = [null, "Random", "ByLogStream"][local.stage]
  apply_on_transformed_logs = [null, true, false][local.stage]
  emit_system_fields        = [null, ["@aws.account"], ["@aws.account", "@aws.region"]][local.stage]
}

resource "aws_cloudwatch_log_metric_filter" "m" {
  name           = "m"
  log_group_name = aws_cloudwatch_log_group.g.name
  pattern        = ["a", "b", "c"][local.stage]
  metric_transformation {
    name      = ["a", "b", "c"][local.stage]
    namespace = ["d", "e", "f"][local.stage]
    value     = ["1", "$.a", "2"][local.stage]
  }
}
