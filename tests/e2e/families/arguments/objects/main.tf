# Objects with their keys, and what buckets say of whom they serve: another value at each stage.

provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}

locals {
  stage = 0
}

resource "aws_kms_key" "k" {
  count = 2
}

resource "aws_s3_bucket" "b" {
  bucket = "bucket"
}

resource "aws_s3_bucket" "logs" {
  for_each = toset(["logs-a", "logs-b"])
  bucket   = each.key
}

resource "aws_s3_object" "encrypted" {
  bucket             = aws_s3_bucket.b.id
  key                = "encrypted"
  content            = "a"
  kms_key_id         = [aws_kms_key.k[0].arn, aws_kms_key.k[1].arn, aws_kms_key.k[0].arn][local.stage]
  bucket_key_enabled = [false, true, false][local.stage]
}

resource "aws_s3_object" "plain" {
  bucket      = aws_s3_bucket.b.id
  key         = "plain"
  source      = "${path.module}/main.tf"
  source_hash = ["a", "b", "c"][local.stage]
}

resource "aws_s3_bucket_cors_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  cors_rule {
    id              = "first"
    allowed_methods = [["GET"], ["GET", "PUT"], ["DELETE"]][local.stage]
    allowed_origins = [["*"], ["https://a.example"], ["https://a.example", "https://b.example"]][local.stage]
  }
  dynamic "cors_rule" {
    for_each = [[], [1], [1, 2]][local.stage]
    content {
      allowed_methods = ["HEAD"]
      allowed_origins = ["https://${cors_rule.value}.example"]
    }
  }
}

resource "aws_s3_bucket_ownership_controls" "b" {
  bucket = aws_s3_bucket.b.id
  rule {
    object_ownership = ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"][local.stage]
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  bucket = aws_s3_bucket.logs["logs-a"].id
  rule {
    bucket_key_enabled = [null, true, false][local.stage]
    apply_server_side_encryption_by_default {
      sse_algorithm     = ["AES256", "aws:kms", "aws:kms"][local.stage]
      kms_master_key_id = [null, aws_kms_key.k[0].arn, aws_kms_key.k[1].arn][local.stage]
    }
  }
}

resource "aws_s3_bucket_website_configuration" "b" {
  bucket = aws_s3_bucket.logs["logs-b"].id
  index_document {
    suffix = ["a.html", "b.html", "c.html"][local.stage]
  }
  dynamic "routing_rule" {
    for_each = [[], ["404"], ["403"]][local.stage]
    content {
      condition {
        http_error_code_returned_equals = routing_rule.value
      }
      redirect {
        host_name               = "a.example"
        http_redirect_code      = "302"
        protocol                = "https"
        replace_key_prefix_with = "errors/"
      }
    }
  }
}

resource "aws_s3_directory_bucket" "d" {
  bucket        = "objects--euw1-az1--x-s3"
  force_destroy = [null, true, null][local.stage]
  location {
    name = "euw1-az1"
  }
}
