# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}

locals {
  stage = 0
}

resource "aws_kms_key" "o" {
  deletion_window_in_days = 7
}

resource "aws_sns_topic" "t" {
  name = "t"
}

resource "aws_sns_topic" "u" {
  name = "u"
}

resource "aws_cloudwatch_log_group" "g" {
  name                        = "g"
  tags                        = [null, { a = 1 }, { b = 1 }][local.stage]
  retention_in_days           = [null, 7, 14][local.stage]
  kms_key_id                  = [null, aws_kms_key.o.arn, null][local.stage]
  deletion_protection_enabled = [null, null, true][local.stage]
  skip_destroy                = [null, null, true][local.stage]
}

resource "aws_cloudwatch_log_metric_filter" "f" {
  name                      = "f"
  log_group_name            = aws_cloudwatch_log_group.g.name
  pattern                   = ""
  apply_on_transformed_logs = [null, true, false][local.stage]
  metric_transformation {
    name          = "n"
    namespace     = "ns"
    value         = "1"
    default_value = [null, "0", "2.5"][local.stage]
    unit          = [null, "Count", "Bytes"][local.stage]
  }
}

resource "aws_cloudwatch_log_metric_filter" "f2" {
  name           = "f2"
  log_group_name = aws_cloudwatch_log_group.g.name
  pattern        = "{$.a = 1}"
  metric_transformation {
    name       = "n2"
    namespace  = "ns"
    value      = "1"
    dimensions = [null, { a = "$.a" }, { b = "$.b" }][local.stage]
  }
}

resource "aws_cloudwatch_metric_alarm" "a" {
  alarm_name          = "a"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 2
  metric_name         = "CPU"
  namespace           = "AWS/EC2"
  period              = 300
  #0AC  statistic = "Average"
  extended_statistic                    = [null, null, "p90"][local.stage]
  threshold                             = 1
  tags                                  = [null, { a = 1 }, { b = 1 }][local.stage]
  actions_enabled                       = [null, false, null][local.stage]
  alarm_actions                         = [null, [aws_sns_topic.t.arn], [aws_sns_topic.u.arn]][local.stage]
  ok_actions                            = [null, [aws_sns_topic.t.arn], [aws_sns_topic.u.arn]][local.stage]
  insufficient_data_actions             = [null, [aws_sns_topic.t.arn], [aws_sns_topic.u.arn]][local.stage]
  alarm_description                     = [null, "a", "b"][local.stage]
  datapoints_to_alarm                   = [null, 1, 2][local.stage]
  dimensions                            = [null, { A = "a" }, { B = "a" }][local.stage]
  treat_missing_data                    = [null, "breaching", "ignore"][local.stage]
  unit                                  = [null, "Count", "Bytes"][local.stage]
  evaluate_low_sample_count_percentiles = [null, null, "ignore"][local.stage]
}

resource "aws_cloudwatch_metric_alarm" "m" {
  alarm_name          = "m"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 2
  threshold           = 1
  metric_query {
    id          = "e1"
    expression  = "m1*2"
    return_data = true
    label       = [null, "x", "y"][local.stage]
  }
  metric_query {
    id = "m1"
    metric {
      metric_name = "n"
      namespace   = "ns"
      period      = 60
      stat        = "Sum"
      unit        = [null, "Count", null][local.stage]
      dimensions  = [null, null, { A = "b" }][local.stage]
    }
  }
}

resource "aws_s3_bucket" "b" {
  bucket        = "bbb"
  force_destroy = true
}

resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "${aws_s3_bucket.b.arn}/*", Principal = { Service = "cloudtrail.amazonaws.com" } }] })
}

resource "aws_s3_bucket" "c" {
  bucket        = "ccc"
  force_destroy = true
}

resource "aws_cloudtrail" "t" {
  name                          = "ttt"
  s3_bucket_name                = [aws_s3_bucket.b.id, aws_s3_bucket.c.id, aws_s3_bucket.b.id][local.stage]
  s3_key_prefix                 = [null, "a", "b"][local.stage]
  enable_log_file_validation    = [null, true, null][local.stage]
  enable_logging                = [null, false, null][local.stage]
  include_global_service_events = [null, null, false][local.stage]
  is_multi_region_trail         = [null, true, null][local.stage]
  kms_key_id                    = [null, aws_kms_key.o.arn, null][local.stage]
  sns_topic_name                = [null, aws_sns_topic.t.name, null][local.stage]
  tags                          = [null, { a = 1 }, { b = 1 }][local.stage]
  dynamic "event_selector" {
    for_each = [[], ["ReadOnly"], ["WriteOnly"]][local.stage]
    content {
      read_write_type           = event_selector.value
      include_management_events = true
    }
  }
  dynamic "insight_selector" {
    for_each = [[], ["ApiCallRateInsight"], ["ApiErrorRateInsight", "ApiCallRateInsight"]][local.stage]
    content {
      insight_type = insight_selector.value
    }
  }
}

resource "aws_cloudtrail" "advanced" {
  depends_on     = [aws_s3_bucket_policy.b]
  name           = "advanced"
  s3_bucket_name = aws_s3_bucket.b.id
  dynamic "advanced_event_selector" {
    for_each = [[], ["Management"], ["Data"]][local.stage]
    content {
      name = advanced_event_selector.value
      field_selector {
        field  = "eventCategory"
        equals = [advanced_event_selector.value]
      }
      dynamic "field_selector" {
        for_each = advanced_event_selector.value == "Data" ? ["AWS::S3::Object"] : []
        content {
          field  = "resources.type"
          equals = [field_selector.value]
        }
      }
    }
  }
}
