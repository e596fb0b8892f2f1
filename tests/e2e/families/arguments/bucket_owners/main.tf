# What makes another object where it changes: the owner that a bucket must have, and where the name of a bucket comes from.

provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}

locals {
  stage = 0
  owner = [null, "123456789012", null][local.stage]
}

data "aws_canonical_user_id" "me" {}

resource "aws_s3_bucket" "b" {
  bucket              = "bucket"
  force_destroy       = true
  object_lock_enabled = true
}

resource "aws_s3_bucket" "named" {
  bucket           = [null, "named-123456789012-eu-west-1-an", null][local.stage]
  bucket_prefix    = ["first-", null, "second-"][local.stage]
  bucket_namespace = [null, "account-regional", null][local.stage]
}

resource "aws_s3_account_public_access_block" "a" {
  account_id        = "123456789012"
  block_public_acls = true
}

resource "aws_s3_bucket_ownership_controls" "b" {
  bucket = aws_s3_bucket.b.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_accelerate_configuration" "b" {
  bucket                = aws_s3_bucket.b.id
  expected_bucket_owner = local.owner
  status                = "Enabled"
}

resource "aws_s3_bucket_acl" "b" {
  depends_on            = [aws_s3_bucket_ownership_controls.b]
  bucket                = aws_s3_bucket.b.id
  expected_bucket_owner = local.owner
  acl                   = "log-delivery-write"
}

resource "aws_s3_bucket_cors_configuration" "b" {
  bucket                = aws_s3_bucket.b.id
  expected_bucket_owner = local.owner
  cors_rule {
    allowed_methods = ["GET"]
    allowed_origins = ["*"]
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "b" {
  bucket                = aws_s3_bucket.b.id
  expected_bucket_owner = local.owner
  rule {
    id     = "old"
    status = "Enabled"
    filter {}
    expiration {
      days = 10
    }
  }
}

resource "aws_s3_bucket_logging" "b" {
  bucket                = aws_s3_bucket.b.id
  expected_bucket_owner = local.owner
  target_bucket         = aws_s3_bucket_acl.b.bucket
  target_prefix         = "log/"
}

resource "aws_s3_bucket_object_lock_configuration" "b" {
  bucket                = aws_s3_bucket.b.id
  expected_bucket_owner = local.owner
  object_lock_enabled   = "Enabled"
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = 1
    }
  }
}

resource "aws_s3_bucket_request_payment_configuration" "b" {
  bucket                = aws_s3_bucket.b.id
  expected_bucket_owner = local.owner
  payer                 = "Requester"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  bucket                = aws_s3_bucket.b.id
  expected_bucket_owner = local.owner
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "b" {
  bucket                = aws_s3_bucket.b.id
  expected_bucket_owner = local.owner
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_website_configuration" "b" {
  bucket                = aws_s3_bucket.b.id
  expected_bucket_owner = local.owner
  index_document {
    suffix = "index.html"
  }
}
