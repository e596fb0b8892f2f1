# What there is in every region of an account.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

resource "aws_cloudwatch_log_group" "baseline" {
  name              = "/baseline"
  retention_in_days = 30
}

resource "aws_sns_topic" "alarms" {
  name = "baseline-alarms"
}
