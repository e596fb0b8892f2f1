# Buckets as they were written for AWS provider 3, and what AWS provider 5.100 has in its state of them (recorded.json,
# where rules without an id have the one that S3 makes up and moto does not).

provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}

resource "aws_s3_bucket" "target" {
  bucket = "old-target"
  versioning { enabled = true }
}

resource "aws_s3_bucket" "logs" {
  bucket = "old-logs"
  acl    = "log-delivery-write"
}

resource "aws_s3_bucket" "all" {
  bucket              = "old-all"
  acceleration_status = "Enabled"
  request_payer       = "Requester"
  policy              = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::old-all/*" }] })
  grant {
    type        = "Group"
    uri         = "http://acs.amazonaws.com/groups/global/AllUsers"
    permissions = ["READ", "READ_ACP"]
  }
  grant {
    type        = "CanonicalUser"
    id          = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"
    permissions = ["FULL_CONTROL"]
  }
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
  versioning { enabled = true }
  logging {
    target_bucket = aws_s3_bucket.logs.id
    target_prefix = "log/"
  }
  lifecycle_rule {
    id      = "log"
    enabled = true
    prefix  = "log/"
    tags    = { rule = "log", autoclean = "true" }
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    transition {
      days          = 60
      storage_class = "GLACIER"
    }
    expiration { days = 90 }
  }
  lifecycle_rule {
    enabled                                = true
    prefix                                 = "tmp/"
    abort_incomplete_multipart_upload_days = 3
    expiration { date = "2030-01-12" }
  }
  lifecycle_rule {
    id      = "v"
    enabled = false
    noncurrent_version_transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    noncurrent_version_expiration { days = 90 }
    expiration { expired_object_delete_marker = true }
  }
  server_side_encryption_configuration {
    rule {
      apply_server_side_encryption_by_default {
        sse_algorithm = "aws:kms"
      }
      bucket_key_enabled = true
    }
  }
  website {
    index_document = "index.html"
    error_document = "error.html"
    routing_rules  = jsonencode([{ Condition = { KeyPrefixEquals = "docs/" }, Redirect = { ReplaceKeyPrefixWith = "documents/" } }])
  }
  replication_configuration {
    role = "arn:aws:iam::123456789012:role/rep"
    rules {
      id       = "foobar"
      status   = "Enabled"
      priority = 1
      filter { tags = { a = "b" } }
      delete_marker_replication_status = "Enabled"
      destination {
        bucket        = aws_s3_bucket.target.arn
        storage_class = "STANDARD"
        metrics {
          status  = "Enabled"
          minutes = 15
        }
        replication_time {
          status  = "Enabled"
          minutes = 15
        }
      }
    }
  }
}

resource "aws_s3_bucket" "lock" {
  bucket = "old-lock"
  object_lock_configuration {
    object_lock_enabled = "Enabled"
    rule {
      default_retention {
        mode = "GOVERNANCE"
        days = 5
      }
    }
  }
}

resource "aws_s3_bucket" "plain" { bucket = "old-plain" }
