# The arguments of buckets that are resources of their own since AWS provider 4. Each is absent at stage 0, has a value at stage 1 and
# another at stage 2. What is taken away stays as it is.

provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}

locals {
  stage = 0
}

locals {
  written = local.stage == 0 ? [] : [local.stage]
  owner   = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"
  readers = "http://acs.amazonaws.com/groups/global/AllUsers"
  reading = {
    for bucket in ["changed", "made"] : bucket => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::${bucket}/*"
      }]
    })
  }
}

resource "aws_s3_bucket" "logs" {
  bucket        = "logs"
  acl           = "log-delivery-write"
  force_destroy = true
}

resource "aws_s3_bucket" "copies" {
  bucket = "copies"
  versioning {
    enabled    = true
    mfa_delete = false
  }
}

# A rule of the older form has a prefix and no filter.
resource "aws_s3_bucket" "older" {
  bucket = "older"
  versioning {
    enabled = true
  }
  replication_configuration {
    role = aws_iam_role.r.arn
    rules {
      id     = "all"
      prefix = ["", "a/", "b/"][local.stage]
      status = "Enabled"
      destination {
        bucket = aws_s3_bucket.copies.arn
      }
    }
  }
}

resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

# Everything comes with the creation.
resource "aws_s3_bucket" "made" {
  bucket              = "made"
  acceleration_status = "Enabled"
  policy              = local.reading.made
  request_payer       = "Requester"

  cors_rule {
    allowed_headers = ["*"]
    allowed_methods = ["PUT", "POST"]
    allowed_origins = ["https://b.example", "https://a.example"]
    expose_headers  = ["ETag"]
    max_age_seconds = 3000
  }
  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["*"]
  }
  grant {
    type        = "CanonicalUser"
    id          = local.owner
    permissions = ["FULL_CONTROL"]
  }
  grant {
    type        = "Group"
    uri         = local.readers
    permissions = ["READ", "READ_ACP"]
  }
  lifecycle_rule {
    id      = "log"
    enabled = true
    prefix  = "log/"
    tags    = { autoclean = "true", rule = "log" }
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    transition {
      days          = 60
      storage_class = "GLACIER"
    }
    expiration {
      days = 90
    }
  }
  lifecycle_rule {
    enabled                                = true
    prefix                                 = "tmp/"
    abort_incomplete_multipart_upload_days = 3
    transition {
      date          = "2029-12-12"
      storage_class = "GLACIER"
    }
    expiration {
      date = "2030-01-12"
    }
  }
  lifecycle_rule {
    id      = "versions"
    enabled = false
    noncurrent_version_transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    noncurrent_version_expiration {
      days = 90
    }
    expiration {
      expired_object_delete_marker = true
    }
  }
  logging {
    target_bucket = aws_s3_bucket.logs.id
    target_prefix = "made/"
  }
  replication_configuration {
    role = aws_iam_role.r.arn
    rules {
      delete_marker_replication_status = "Enabled"
      id                               = "tagged"
      priority                         = 1
      status                           = "Enabled"
      filter {
        prefix = "a/"
        tags   = { a = "b" }
      }
      destination {
        bucket        = aws_s3_bucket.copies.arn
        storage_class = "STANDARD"
        metrics {}
        replication_time {}
      }
    }
    rules {
      priority = 2
      status   = "Enabled"
      filter {}
      source_selection_criteria {
        sse_kms_encrypted_objects {
          enabled = true
        }
      }
      destination {
        account_id         = "123456789012"
        bucket             = aws_s3_bucket.copies.arn
        replica_kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/one"
        access_control_translation {
          owner = "Destination"
        }
      }
    }
  }
  server_side_encryption_configuration {
    rule {
      bucket_key_enabled = true
      apply_server_side_encryption_by_default {
        sse_algorithm = "aws:kms"
      }
    }
  }
  versioning {
    enabled = true
  }
  website {
    error_document = "error.html"
    index_document = "index.html"
    routing_rules = jsonencode([{
      Condition = { KeyPrefixEquals = "docs/" }
      Redirect  = { ReplaceKeyPrefixWith = "documents/" }
    }])
  }
}

resource "aws_s3_bucket" "changed" {
  bucket              = "changed"
  acceleration_status = [null, "Enabled", "Suspended"][local.stage]
  policy              = [null, local.reading.changed, replace(local.reading.changed, "s3:GetObject", "s3:PutObject")][local.stage]
  request_payer       = [null, "Requester", "BucketOwner"][local.stage]

  dynamic "cors_rule" {
    for_each = slice(["https://b.example", "https://a.example"], 0, local.stage)
    content {
      allowed_methods = ["PUT", "GET"]
      allowed_origins = [cors_rule.value]
      max_age_seconds = [null, 10, null][local.stage]
    }
  }
  dynamic "grant" {
    for_each = local.written
    content {
      type        = "Group"
      uri         = local.readers
      permissions = slice(["READ", "WRITE"], 0, local.stage)
    }
  }
  dynamic "lifecycle_rule" {
    for_each = slice(["b", "a"], 0, local.stage)
    content {
      enabled = true
      prefix  = lifecycle_rule.value
      tags    = [null, { a = "b" }, null][local.stage]
      expiration {
        days = local.stage
      }
    }
  }
  dynamic "logging" {
    for_each = local.written
    content {
      target_bucket = aws_s3_bucket.logs.id
      target_prefix = [null, null, "changed/"][local.stage]
    }
  }
  dynamic "replication_configuration" {
    for_each = local.written
    content {
      role = aws_iam_role.r.arn
      rules {
        priority = local.stage
        status   = ["", "Enabled", "Disabled"][local.stage]
        filter {
          prefix = ["", "new/", "old/"][local.stage]
        }
        destination {
          bucket = aws_s3_bucket.copies.arn
        }
      }
    }
  }
  dynamic "server_side_encryption_configuration" {
    for_each = local.written
    content {
      rule {
        apply_server_side_encryption_by_default {
          sse_algorithm     = ["", "AES256", "aws:kms"][local.stage]
          kms_master_key_id = [null, null, "arn:aws:kms:eu-west-1:123456789012:key/one"][local.stage]
        }
      }
    }
  }
  dynamic "versioning" {
    for_each = local.stage == 1 ? [true] : []
    content {
      enabled = true
    }
  }
  dynamic "website" {
    for_each = local.written
    content {
      index_document           = [null, "index.html", null][local.stage]
      redirect_all_requests_to = [null, null, "https://a.example"][local.stage]
    }
  }
}

resource "aws_s3_bucket" "named" {
  bucket = "named"
  acl    = [null, "public-read", "authenticated-read"][local.stage]
}

resource "aws_s3_bucket" "suspended" {
  bucket = "suspended"
  versioning {
    enabled = [false, true, false][local.stage]
  }
}

resource "aws_s3_bucket" "locked" {
  bucket = "locked"
  object_lock_configuration {
    object_lock_enabled = "Enabled"
    dynamic "rule" {
      for_each = local.written
      content {
        default_retention {
          mode  = ["", "GOVERNANCE", "COMPLIANCE"][local.stage]
          days  = [null, 5, null][local.stage]
          years = [null, null, 1][local.stage]
        }
      }
    }
  }
}
