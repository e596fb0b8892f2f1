# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}

locals {
  stage = 0
}

resource "aws_kms_key" "k" {
  deletion_window_in_days = 7
}

resource "aws_s3_bucket" "log" {
  bucket        = "logs"
  force_destroy = true
}

resource "aws_s3_bucket" "b" {
  bucket        = "bbb"
  force_destroy = [null, true, true][local.stage]
  tags          = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_s3_bucket_versioning" "b" {
  bucket = aws_s3_bucket.b.id
  versioning_configuration {
    status = ["Enabled", "Suspended", "Enabled"][local.stage]
  }
}

resource "aws_s3_bucket_public_access_block" "b" {
  bucket                  = aws_s3_bucket.b.id
  block_public_acls       = [null, true, null][local.stage]
  block_public_policy     = [null, true, null][local.stage]
  ignore_public_acls      = [null, true, null][local.stage]
  restrict_public_buckets = [null, true, null][local.stage]
}

resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = ["AES256", "aws:kms", "aws:kms"][local.stage]
      kms_master_key_id = [null, aws_kms_key.k.arn, null][local.stage]
    }
    bucket_key_enabled = [null, true, null][local.stage]
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "b" {
  bucket                                 = aws_s3_bucket.b.id
  transition_default_minimum_object_size = [null, "varies_by_storage_class", "all_storage_classes_128K"][local.stage]
  rule {
    id     = "old"
    status = ["Enabled", "Disabled", "Enabled"][local.stage]
    filter {
      prefix = ["a", "b", null][local.stage]
    }
    expiration {
      days = [10, 20, null][local.stage]
      date = [null, null, "2030-01-01T00:00:00Z"][local.stage]
    }
    dynamic "noncurrent_version_expiration" {
      for_each = [[], [5], [6]][local.stage]
      content {
        noncurrent_days = noncurrent_version_expiration.value
      }
    }
    dynamic "abort_incomplete_multipart_upload" {
      for_each = [[], [5], [6]][local.stage]
      content {
        days_after_initiation = abort_incomplete_multipart_upload.value
      }
    }
    dynamic "transition" {
      for_each = [[], [[5, "STANDARD_IA"]], [[6, "GLACIER"]]][local.stage]
      content {
        days          = transition.value[0] + 30
        storage_class = transition.value[1]
      }
    }
  }
  rule {
    id     = "sizes"
    status = "Enabled"
    filter {
      object_size_greater_than = [100, 200, null][local.stage]
      dynamic "and" {
        for_each = [[], [], [300]][local.stage]
        content {
          prefix                   = "s"
          object_size_greater_than = and.value
          object_size_less_than    = and.value + 1
        }
      }
    }
    noncurrent_version_expiration {
      noncurrent_days           = 5
      newer_noncurrent_versions = [null, 6, 7][local.stage]
    }
    noncurrent_version_transition {
      noncurrent_days           = 3
      newer_noncurrent_versions = [null, 6, 7][local.stage]
      storage_class             = "GLACIER_IR"
    }
  }
  dynamic "rule" {
    for_each = [[], [1], [2]][local.stage]
    content {
      id     = "more"
      status = "Enabled"
      filter {
        and {
          prefix = "x${rule.value}"
          tags   = { a = rule.value }
        }
      }
      expiration {
        days = 10
      }
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.log.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "logs" {
  bucket     = aws_s3_bucket.log.id
  acl        = "log-delivery-write"
  depends_on = [aws_s3_bucket_ownership_controls.logs]
}

resource "aws_s3_bucket_logging" "b" {
  depends_on    = [aws_s3_bucket_acl.logs]
  bucket        = aws_s3_bucket.b.id
  target_bucket = aws_s3_bucket.log.id
  target_prefix = ["", "a/", "b/"][local.stage]
  dynamic "target_object_key_format" {
    for_each = [[], [[["EventTime"], []]], [[[], [1]]]][local.stage]
    content {
      dynamic "partitioned_prefix" {
        for_each = target_object_key_format.value[0]
        content {
          partition_date_source = partitioned_prefix.value
        }
      }
      dynamic "simple_prefix" {
        for_each = target_object_key_format.value[1]
        content {}
      }
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["*"]
    id              = [null, "a", "b"][local.stage]
    allowed_headers = [null, ["a"], ["b"]][local.stage]
    expose_headers  = [null, ["a"], ["b"]][local.stage]
    max_age_seconds = [null, 5, 6][local.stage]
  }
}

resource "aws_s3_bucket_website_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  index_document {
    suffix = ["index.html", "a.html", "b.html"][local.stage]
  }
  dynamic "error_document" {
    for_each = [[], ["a"], ["b"]][local.stage]
    content {
      key = error_document.value
    }
  }
  dynamic "routing_rule" {
    for_each = [[], ["a"], ["b"]][local.stage]
    content {
      condition {
        key_prefix_equals = routing_rule.value
      }
      redirect {
        replace_key_prefix_with = "x"
      }
    }
  }
}

resource "aws_s3_bucket_accelerate_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  status = ["Enabled", "Suspended", "Enabled"][local.stage]
}

resource "aws_s3_bucket_ownership_controls" "b" {
  bucket = aws_s3_bucket.b.id
  rule {
    object_ownership = ["BucketOwnerEnforced", "ObjectWriter", "BucketOwnerPreferred"][local.stage]
  }
}

resource "aws_sqs_queue" "q" {
  name = "q"
}

resource "aws_s3_bucket_notification" "b" {
  bucket      = aws_s3_bucket.b.id
  eventbridge = [null, true, false][local.stage]
  dynamic "queue" {
    for_each = [[], ["s3:ObjectCreated:*"], ["s3:ObjectRemoved:*"]][local.stage]
    content {
      queue_arn     = aws_sqs_queue.q.arn
      events        = [queue.value]
      filter_prefix = "x${local.stage}"
      filter_suffix = "y${local.stage}"
    }
  }
}

resource "aws_s3_bucket_inventory" "b" {
  bucket                   = aws_s3_bucket.b.id
  name                     = "i"
  included_object_versions = ["All", "All", "All"][local.stage]
  enabled                  = [null, false, null][local.stage]
  optional_fields          = [null, ["Size", "ETag"], ["Size", "StorageClass"]][local.stage]
  schedule {
    frequency = ["Daily", "Weekly", "Daily"][local.stage]
  }
  dynamic "filter" {
    for_each = [[], ["a/"], ["b/"]][local.stage]
    content {
      prefix = filter.value
    }
  }
  destination {
    bucket {
      format     = ["CSV", "ORC", "Parquet"][local.stage]
      bucket_arn = aws_s3_bucket.log.arn
      prefix     = [null, "a", "b"][local.stage]
    }
  }
}

resource "aws_s3_object" "o" {
  bucket                 = aws_s3_bucket.log.id
  key                    = "o"
  content                = ["0", "1", "2"][local.stage]
  cache_control          = [null, "a", "b"][local.stage]
  content_disposition    = [null, "a", "b"][local.stage]
  content_encoding       = [null, "a", "b"][local.stage]
  content_language       = [null, "en", "de"][local.stage]
  content_type           = [null, "text/html", "text/plain"][local.stage]
  metadata               = [null, { a = 1 }, { b = 1 }][local.stage]
  storage_class          = [null, "STANDARD_IA", "ONEZONE_IA"][local.stage]
  tags                   = [null, { a = 1 }, { b = 1 }][local.stage]
  website_redirect       = [null, "/a", "/b"][local.stage]
  server_side_encryption = [null, "aws:kms", "AES256"][local.stage]
  kms_key_id             = [null, aws_kms_key.k.arn, null][local.stage]
}

resource "aws_s3_object" "p" {
  bucket              = aws_s3_bucket.log.id
  key                 = "p"
  content             = "p"
  cache_control       = [null, "a", "b"][local.stage]
  content_disposition = [null, "a", "b"][local.stage]
  content_encoding    = [null, "a", "b"][local.stage]
  content_language    = [null, "en", "de"][local.stage]
  metadata            = [null, { a = 1 }, { b = 1 }][local.stage]
  tags                = [null, { a = 1 }, { b = 1 }][local.stage]
  website_redirect    = [null, "/a", "/b"][local.stage]
}
