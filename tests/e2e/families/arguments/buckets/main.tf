# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}

locals {
  stage = 0
}

resource "aws_s3_bucket" "to" {
  for_each      = toset(["a", "b"])
  bucket        = "to-${each.key}"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "to" {
  for_each = aws_s3_bucket.to
  bucket   = each.value.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket" "b" {
  bucket              = "from"
  force_destroy       = true
  object_lock_enabled = true
}

resource "aws_s3_bucket" "empty" {
  bucket              = "empty"
  object_lock_enabled = true
}

resource "aws_s3_bucket_versioning" "b" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration {
    status = "Enabled"
  }
}

# The endpoint takes another lock only where no object is.
resource "aws_s3_bucket_object_lock_configuration" "b" {
  bucket = aws_s3_bucket.empty.id
  dynamic "rule" {
    for_each = [[], [["GOVERNANCE", 5, null]], [["COMPLIANCE", null, 1]]][local.stage]
    content {
      default_retention {
        mode  = rule.value[0]
        days  = rule.value[1]
        years = rule.value[2]
      }
    }
  }
}

resource "aws_iam_role" "r" {
  for_each           = toset(["a", "b"])
  name               = "replication-${each.key}"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "s3.amazonaws.com" } }] })
}

resource "aws_s3_bucket_replication_configuration" "b" {
  depends_on = [aws_s3_bucket_versioning.b, aws_s3_bucket_versioning.to]
  bucket     = aws_s3_bucket.b.id
  role       = aws_iam_role.r[["a", "b", "a"][local.stage]].arn
  rule {
    id       = ["one", "one", "two"][local.stage]
    status   = ["Enabled", "Disabled", "Enabled"][local.stage]
    priority = [0, 1, 2][local.stage]
    filter {
      prefix = [null, "a", null][local.stage]
      dynamic "and" {
        for_each = [[], [], ["b"]][local.stage]
        content {
          prefix = and.value
          tags   = { a = 1, b = 2 }
        }
      }
    }
    delete_marker_replication {
      status = ["Disabled", "Enabled", "Disabled"][local.stage]
    }
    destination {
      bucket        = aws_s3_bucket.to[["a", "b", "a"][local.stage]].arn
      storage_class = [null, "STANDARD_IA", "GLACIER"][local.stage]
      dynamic "replication_time" {
        for_each = [[], [15], []][local.stage]
        content {
          status = "Enabled"
          time {
            minutes = replication_time.value
          }
        }
      }
      dynamic "metrics" {
        for_each = [[], [15], [null]][local.stage]
        content {
          status = "Enabled"
          dynamic "event_threshold" {
            for_each = metrics.value == null ? [] : [metrics.value]
            content {
              minutes = event_threshold.value
            }
          }
        }
      }
    }
  }
}

resource "aws_s3_bucket_notification" "b" {
  bucket = aws_s3_bucket.b.id
  dynamic "topic" {
    for_each = [[], ["a"], ["b"]][local.stage]
    content {
      id            = topic.value
      topic_arn     = aws_sns_topic.t[topic.value].arn
      events        = ["s3:ObjectCreated:*"]
      filter_prefix = topic.value
    }
  }
}

resource "aws_sns_topic" "t" {
  for_each = toset(["a", "b"])
  name     = each.key
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sns:Publish", Resource = "*", Principal = { Service = "s3.amazonaws.com" } }] })
}

resource "aws_s3_object" "o" {
  bucket                        = aws_s3_bucket.b.id
  key                           = "o"
  content_base64                = ["YQ==", "Yg==", "Yw=="][local.stage]
  content_language              = [null, "en", "de"][local.stage]
  content_disposition           = [null, "inline", "attachment"][local.stage]
  object_lock_legal_hold_status = [null, "ON", "OFF"][local.stage]
  tags                          = [null, { a = 1 }, { b = 1 }][local.stage]
  metadata                      = [null, { a = 1 }, { b = 1 }][local.stage]
  force_destroy                 = [false, true, false][local.stage]
}

resource "aws_s3_object" "locked" {
  bucket                        = aws_s3_bucket.b.id
  key                           = "locked"
  content                       = "x"
  object_lock_mode              = [null, "GOVERNANCE", "GOVERNANCE"][local.stage]
  object_lock_retain_until_date = [null, "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"][local.stage]
  force_destroy                 = true
}

resource "aws_s3_bucket" "web" {
  bucket        = "web"
  force_destroy = true
}

resource "aws_s3_bucket_website_configuration" "web" {
  bucket = aws_s3_bucket.web.id
  dynamic "redirect_all_requests_to" {
    for_each = [["c"], ["a"], []][local.stage]
    content {
      host_name = "${redirect_all_requests_to.value}.example"
      protocol  = "https"
    }
  }
  dynamic "index_document" {
    for_each = [[], [], ["i.html"]][local.stage]
    content {
      suffix = index_document.value
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "web" {
  bucket = aws_s3_bucket.web.id
  rule {
    id     = "r"
    status = "Enabled"
    filter {}
    expiration {
      expired_object_delete_marker = [true, null, null][local.stage]
      days                         = [null, 5, 6][local.stage]
    }
    dynamic "noncurrent_version_transition" {
      for_each = [[], [30], [40]][local.stage]
      content {
        noncurrent_days = noncurrent_version_transition.value
        storage_class   = "GLACIER"
      }
    }
  }
}
