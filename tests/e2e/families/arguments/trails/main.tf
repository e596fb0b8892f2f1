# What trails, logs and alarms seldom have: absent at stage 0, with a value at stage 1 and another at stage 2.

provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}

locals {
  stage = 0
}

data "aws_caller_identity" "me" {}

data "aws_iam_policy_document" "trail" {
  statement {
    actions   = ["s3:GetBucketAcl", "s3:PutObject"]
    resources = ["arn:aws:s3:::trail", "arn:aws:s3:::trail/*"]
    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }
  }
}

resource "aws_s3_bucket" "b" {
  bucket        = "trail"
  force_destroy = true
}

resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = data.aws_iam_policy_document.trail.json
}

resource "aws_iam_role" "r" {
  for_each           = toset(["a", "b"])
  name               = "trail-${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "cloudtrail.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "r" {
  for_each = aws_iam_role.r
  name     = "logs"
  role     = each.value.id
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:*", Resource = "*" }] })
}

resource "aws_organizations_organization" "o" {
  aws_service_access_principals = ["cloudtrail.amazonaws.com"]
}

resource "aws_cloudwatch_log_group" "g" {
  for_each = toset(["a", "b"])
  name     = "group-${each.key}"
}

resource "aws_cloudtrail" "t" {
  depends_on                 = [aws_s3_bucket_policy.b, aws_iam_role_policy.r, aws_organizations_organization.o]
  name                       = "trail"
  s3_bucket_name             = aws_s3_bucket.b.id
  cloud_watch_logs_group_arn = [null, "${aws_cloudwatch_log_group.g["a"].arn}:*", "${aws_cloudwatch_log_group.g["b"].arn}:*"][local.stage]
  cloud_watch_logs_role_arn  = [null, aws_iam_role.r["a"].arn, aws_iam_role.r["b"].arn][local.stage]
  is_multi_region_trail      = true
  is_organization_trail      = [null, true, false][local.stage]
  dynamic "event_selector" {
    for_each = [[], [["kms.amazonaws.com"]], [["rdsdata.amazonaws.com"]]][local.stage]
    content {
      exclude_management_event_sources = event_selector.value
      data_resource {
        type   = ["", "AWS::S3::Object", "AWS::Lambda::Function"][local.stage]
        values = [[], ["arn:aws:s3:::trail/"], ["arn:aws:lambda"]][local.stage]
      }
    }
  }
}

resource "aws_cloudtrail" "fields" {
  depends_on     = [aws_s3_bucket_policy.b]
  name           = "fields"
  s3_bucket_name = aws_s3_bucket.b.id
  dynamic "advanced_event_selector" {
    for_each = [[], ["a"], ["b"]][local.stage]
    content {
      name = advanced_event_selector.value
      field_selector {
        field  = "eventCategory"
        equals = ["Data"]
      }
      field_selector {
        field  = "resources.type"
        equals = ["AWS::S3::Object"]
      }
      field_selector {
        field           = "resources.ARN"
        starts_with     = [null, ["arn:aws:s3:::a/"], null][local.stage]
        not_starts_with = [null, null, ["arn:aws:s3:::b/"]][local.stage]
      }
      field_selector {
        field         = "eventName"
        ends_with     = [null, ["Object"], null][local.stage]
        not_ends_with = [null, null, ["Tagging"]][local.stage]
        not_equals    = [null, null, ["GetObject", "HeadObject"]][local.stage]
      }
    }
  }
}

resource "aws_cloudwatch_log_stream" "s" {
  log_group_name = aws_cloudwatch_log_group.g["a"].name
  name           = "stream"
}

resource "aws_cloudwatch_log_group" "rare" {
  name              = "rare"
  log_group_class   = "INFREQUENT_ACCESS"
  retention_in_days = [null, 7, 30][local.stage]
}

resource "aws_cloudwatch_log_resource_policy" "g" {
  resource_arn    = aws_cloudwatch_log_group.g["a"].arn
  policy_document = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["logs:PutLogEvents", "logs:CreateLogStream"], Resource = "*", Principal = { Service = ["a", "b", "c"][local.stage] == "a" ? "es.amazonaws.com" : "route53.amazonaws.com" }, Sid = ["a", "b", "c"][local.stage] }] })
}

resource "aws_cloudwatch_metric_alarm" "band" {
  alarm_name          = "band"
  comparison_operator = "GreaterThanUpperThreshold"
  evaluation_periods  = [2, 3, 4][local.stage]
  threshold_metric_id = ["band", "other", "band"][local.stage]
  metric_query {
    id          = ["band", "other", "band"][local.stage]
    expression  = "ANOMALY_DETECTION_BAND(load, ${[2, 3, 4][local.stage]})"
    return_data = true
  }
  metric_query {
    id          = "load"
    account_id  = [null, "123456789012", null][local.stage]
    return_data = true
    metric {
      metric_name = "Load"
      namespace   = "App"
      period      = 60
      stat        = "Average"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "insights" {
  alarm_name          = "insights"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = 5
  metric_query {
    id          = "q"
    expression  = "SELECT MAX(Load) FROM SCHEMA(App)"
    period      = [60, 120, 300][local.stage]
    return_data = true
  }
}

resource "aws_cloudwatch_metric_alarm" "promql" {
  alarm_name          = "promql"
  evaluation_interval = [60, 120, 300][local.stage]
  evaluation_criteria {
    promql_criteria {
      query           = ["up == 0", "up == 1", "up == 2"][local.stage]
      pending_period  = [null, 120, 180][local.stage]
      recovery_period = [null, 60, 240][local.stage]
    }
  }
}
