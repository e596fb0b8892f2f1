# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}

locals {
  stage = 0
}

resource "aws_s3_bucket" "b" {
  bucket = "bucket"
}

resource "aws_s3_bucket" "to" {
  for_each = toset(["a", "b"])
  bucket   = "to-${each.key}"
}

resource "aws_kms_key" "k" {
  deletion_window_in_days = 7
}

resource "aws_s3_bucket_request_payment_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  payer  = ["BucketOwner", "Requester", "BucketOwner"][local.stage]
}

resource "aws_s3_bucket_metric" "b" {
  bucket = aws_s3_bucket.b.id
  name   = "all"
  dynamic "filter" {
    for_each = [[], [["a", null]], [["b", { a = 1, b = 2 }]]][local.stage]
    content {
      prefix = filter.value[0]
      tags   = filter.value[1]
    }
  }
}

resource "aws_s3_bucket_metric" "tagged" {
  bucket = aws_s3_bucket.b.id
  name   = "tagged"
  filter {
    prefix = [null, null, "a"][local.stage]
    tags   = [{ a = 1 }, { a = 1, b = 2 }, null][local.stage]
  }
}

resource "aws_s3_bucket_analytics_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  name   = "all"
  dynamic "filter" {
    for_each = [[], [["a", null]], [["b", { a = 1, b = 2 }]]][local.stage]
    content {
      prefix = filter.value[0]
      tags   = filter.value[1]
    }
  }
  dynamic "storage_class_analysis" {
    for_each = [[], ["a"], ["b"]][local.stage]
    content {
      data_export {
        destination {
          s3_bucket_destination {
            bucket_arn        = aws_s3_bucket.to[storage_class_analysis.value].arn
            prefix            = storage_class_analysis.value
            bucket_account_id = [null, "123456789012", null][local.stage]
          }
        }
      }
    }
  }
}

resource "aws_s3_bucket_intelligent_tiering_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  name   = "all"
  status = [null, "Disabled", "Enabled"][local.stage]
  dynamic "filter" {
    for_each = [[], [["a", null]], [["b", { a = 1 }]]][local.stage]
    content {
      prefix = filter.value[0]
      tags   = filter.value[1]
    }
  }
  tiering {
    access_tier = "ARCHIVE_ACCESS"
    days        = [90, 100, 125][local.stage]
  }
  dynamic "tiering" {
    for_each = [[], [200], [300]][local.stage]
    content {
      access_tier = "DEEP_ARCHIVE_ACCESS"
      days        = tiering.value
    }
  }
}

resource "aws_s3_bucket_inventory" "b" {
  bucket                   = aws_s3_bucket.b.id
  name                     = "all"
  included_object_versions = ["All", "Current", "All"][local.stage]
  enabled                  = [null, false, true][local.stage]
  optional_fields          = [null, ["Size"], ["ETag", "Size"]][local.stage]
  schedule {
    frequency = ["Daily", "Weekly", "Daily"][local.stage]
  }
  dynamic "filter" {
    for_each = [[], ["a"], ["b"]][local.stage]
    content {
      prefix = filter.value
    }
  }
  destination {
    bucket {
      bucket_arn = aws_s3_bucket.to["a"].arn
      format     = ["CSV", "ORC", "Parquet"][local.stage]
      prefix     = [null, "a", "b"][local.stage]
      account_id = [null, "123456789012", null][local.stage]
      dynamic "encryption" {
        for_each = [[], [[[1], []]], [[[], [1]]]][local.stage]
        content {
          dynamic "sse_s3" {
            for_each = encryption.value[0]
            content {}
          }
          dynamic "sse_kms" {
            for_each = encryption.value[1]
            content {
              key_id = aws_kms_key.k.arn
            }
          }
        }
      }
    }
  }
}
