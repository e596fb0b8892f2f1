# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}

provider "aws" {
  alias             = "tagged"
  region            = "eu-west-1"
  s3_use_path_style = true
  default_tags {
    tags = { owner = "platform" }
  }
}

locals {
  stage = 0
}

locals {
  functions = [for name in ["a", "b"] : "arn:aws:lambda:eu-west-1:123456789012:function:${name}"]
  lambda    = { "1" = ["s3:ObjectCreated:*", local.functions[0]], "2" = ["s3:ObjectRemoved:*", local.functions[1]] }
}

data "aws_canonical_user_id" "me" {}

resource "aws_kms_key" "k" {
  for_each                = toset(["a", "b"])
  deletion_window_in_days = 7
}

resource "aws_s3_bucket" "b" {
  bucket              = "from"
  force_destroy       = true
  object_lock_enabled = true
}

resource "aws_s3_bucket" "to" {
  bucket        = "copies"
  force_destroy = true
}

resource "aws_s3_bucket" "open" {
  bucket        = "open"
  force_destroy = true
}

resource "aws_s3_bucket_ownership_controls" "b" {
  for_each = { open = aws_s3_bucket.open.id, to = aws_s3_bucket.to.id }
  bucket   = each.value
  rule {
    object_ownership = "ObjectWriter"
  }
}

resource "aws_s3_bucket_acl" "listed" {
  depends_on = [aws_s3_bucket_ownership_controls.b]
  bucket     = aws_s3_bucket.open.id
  acl        = ["private", null, null][local.stage]
  dynamic "access_control_policy" {
    for_each = [[], ["READ"], ["WRITE"]][local.stage]
    content {
      owner {
        id           = data.aws_canonical_user_id.me.id
        display_name = [null, null, "webfile"][local.stage]
      }
      grant {
        permission = "FULL_CONTROL"
        grantee {
          type = "CanonicalUser"
          id   = data.aws_canonical_user_id.me.id
        }
      }
      grant {
        permission = access_control_policy.value
        grantee {
          type = "Group"
          uri  = "http://acs.amazonaws.com/groups/${[null, "global/AuthenticatedUsers", "s3/LogDelivery"][local.stage]}"
        }
      }
    }
  }
}

resource "aws_s3_bucket_acl" "to" {
  depends_on = [aws_s3_bucket_ownership_controls.b]
  bucket     = aws_s3_bucket.to.id
  acl        = "log-delivery-write"
}

resource "aws_s3_bucket_logging" "b" {
  depends_on    = [aws_s3_bucket_acl.to]
  bucket        = aws_s3_bucket.open.id
  target_bucket = aws_s3_bucket.to.id
  target_prefix = "log/"
  dynamic "target_grant" {
    for_each = [[], ["READ"], ["FULL_CONTROL", "WRITE"]][local.stage]
    content {
      permission = target_grant.value
      grantee {
        type = "Group"
        uri  = "http://acs.amazonaws.com/groups/global/${["", "AllUsers", "AuthenticatedUsers"][local.stage]}"
      }
    }
  }
  dynamic "target_grant" {
    for_each = [[], [data.aws_canonical_user_id.me.id], []][local.stage]
    content {
      permission = "WRITE"
      grantee {
        type = "CanonicalUser"
        id   = target_grant.value
      }
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "b" {
  bucket = aws_s3_bucket.open.id
  rule {
    id     = "small"
    status = "Enabled"
    filter {
      object_size_less_than = [100, 200, null][local.stage]
      dynamic "tag" {
        for_each = [[], [], ["a"]][local.stage]
        content {
          key   = "k"
          value = tag.value
        }
      }
    }
    expiration {
      days = 100
    }
    dynamic "transition" {
      for_each = [[], [["2030-01-01T00:00:00Z", null]], [["2031-01-01T00:00:00Z", null]]][local.stage]
      content {
        date          = transition.value[0]
        storage_class = "GLACIER"
      }
    }
  }
  rule {
    id     = "tagged"
    status = "Enabled"
    filter {
      tag {
        key   = ["a", "b", "a"][local.stage]
        value = ["", "2", "3"][local.stage]
      }
    }
    transition {
      days          = [null, 0, 1][local.stage]
      storage_class = "INTELLIGENT_TIERING"
    }
  }
}

resource "aws_s3_bucket_notification" "b" {
  bucket = aws_s3_bucket.open.id
  dynamic "lambda_function" {
    for_each = [for key in [[], ["1"], ["2"]][local.stage] : local.lambda[key]]
    content {
      id                  = [null, "mine", null][local.stage]
      lambda_function_arn = lambda_function.value[1]
      events              = [lambda_function.value[0]]
      filter_prefix       = [null, "in/", null][local.stage]
      filter_suffix       = [null, ".jpg", ".png"][local.stage]
    }
  }
  queue {
    id            = [null, "q", "r"][local.stage]
    queue_arn     = aws_sqs_queue.q.arn
    events        = [["s3:ObjectRemoved:*"], ["s3:ObjectTagging:*", "s3:ObjectRemoved:*"], ["s3:ObjectRemoved:*"]][local.stage]
    filter_prefix = ["q", "q/", null][local.stage]
  }
  topic {
    topic_arn     = aws_sns_topic.t.arn
    events        = ["s3:ObjectAcl:Put"]
    filter_suffix = [null, ".a", ".b"][local.stage]
  }
}

resource "aws_sqs_queue" "q" {
  name   = "q"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "*", Principal = { Service = "s3.amazonaws.com" } }] })
}

resource "aws_sns_topic" "t" {
  name   = "t"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sns:Publish", Resource = "*", Principal = { Service = "s3.amazonaws.com" } }] })
}

resource "aws_s3_bucket_object_lock_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  token  = [null, "from-support", "another"][local.stage]
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = [1, 2, 3][local.stage]
    }
  }
}

resource "aws_s3_bucket_versioning" "b" {
  for_each = { from = aws_s3_bucket.b.id, to = aws_s3_bucket.to.id }
  bucket   = each.value
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_versioning" "open" {
  bucket = aws_s3_bucket.open.id
  mfa    = [null, "arn:aws:iam::123456789012:mfa/root-account-mfa-device 123456", "arn:aws:iam::123456789012:mfa/root-account-mfa-device 654321"][local.stage]
  versioning_configuration {
    status     = "Enabled"
    mfa_delete = ["Disabled", "Enabled", "Disabled"][local.stage]
  }
}

resource "aws_iam_role" "r" {
  name               = "replication"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "s3.amazonaws.com" } }] })
}

resource "aws_s3_bucket_replication_configuration" "b" {
  depends_on = [aws_s3_bucket_versioning.b]
  bucket     = aws_s3_bucket.b.id
  role       = aws_iam_role.r.arn
  token      = [null, "from-support", "another"][local.stage]
  rule {
    id       = "all"
    status   = "Enabled"
    priority = 1
    filter {
      dynamic "tag" {
        for_each = [[], ["1"], ["2"]][local.stage]
        content {
          key   = "a"
          value = tag.value
        }
      }
    }
    delete_marker_replication {
      status = "Disabled"
    }
    dynamic "existing_object_replication" {
      for_each = [[], ["Enabled"], ["Disabled"]][local.stage]
      content {
        status = existing_object_replication.value
      }
    }
    dynamic "source_selection_criteria" {
      for_each = [[], [[["Enabled"], ["Enabled"]]], [[["Disabled"], ["Enabled"]]]][local.stage]
      content {
        dynamic "replica_modifications" {
          for_each = source_selection_criteria.value[0]
          content {
            status = replica_modifications.value
          }
        }
        dynamic "sse_kms_encrypted_objects" {
          for_each = source_selection_criteria.value[1]
          content {
            status = sse_kms_encrypted_objects.value
          }
        }
      }
    }
    destination {
      bucket  = aws_s3_bucket.to.arn
      account = [null, "123456789012", null][local.stage]
      dynamic "access_control_translation" {
        for_each = [[], [1], []][local.stage]
        content {
          owner = "Destination"
        }
      }
      dynamic "encryption_configuration" {
        for_each = [[], ["a"], ["b"]][local.stage]
        content {
          replica_kms_key_id = aws_kms_key.k[encryption_configuration.value].arn
        }
      }
    }
  }
}

resource "aws_s3_bucket_website_configuration" "b" {
  bucket = aws_s3_bucket.open.id
  index_document {
    suffix = "index.html"
  }
  routing_rules = [null, jsonencode([{ Condition = { KeyPrefixEquals = "a/" }, Redirect = { ReplaceKeyWith = "b.html" } }]), null][local.stage]
  dynamic "routing_rule" {
    for_each = [[], [], ["c.html"]][local.stage]
    content {
      condition {
        key_prefix_equals = "a/"
      }
      redirect {
        replace_key_with = routing_rule.value
      }
    }
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  bucket = aws_s3_bucket.open.id
  rule {
    blocked_encryption_types = [null, ["SSE-C"], ["NONE"]][local.stage]
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "b" {
  bucket            = aws_s3_bucket.to.id
  block_public_acls = true
  skip_destroy      = [null, true, false][local.stage]
}

resource "aws_s3_object" "o" {
  depends_on         = [aws_s3_bucket_ownership_controls.b]
  bucket             = aws_s3_bucket.open.id
  key                = "o"
  content            = ["0", "1", "2"][local.stage]
  acl                = [null, "public-read", "private"][local.stage]
  checksum_algorithm = [null, "SHA256", "CRC32C"][local.stage]
  etag               = [null, md5("1"), md5("2")][local.stage]
}

resource "aws_s3_directory_bucket" "d" {
  bucket          = "data--euw1-az1--x-s3"
  data_redundancy = "SingleAvailabilityZone"
  force_destroy   = true
  type            = "Directory"
  tags            = [null, { a = 1, b = 1 }, { b = 2 }][local.stage]
  location {
    name = "euw1-az1"
    type = "AvailabilityZone"
  }
}

resource "aws_s3_bucket_metric" "point" {
  bucket = aws_s3_bucket.open.id
  name   = "point"
  filter {
    access_point = ["arn:aws:s3:eu-west-1:123456789012:accesspoint/a", "arn:aws:s3:eu-west-1:123456789012:accesspoint/b", null][local.stage]
    prefix       = [null, null, "a/"][local.stage]
  }
}

resource "aws_s3_bucket_analytics_configuration" "whole" {
  bucket = aws_s3_bucket.open.id
  name   = "whole"
  storage_class_analysis {
    data_export {
      output_schema_version = ["V_1", null, "V_1"][local.stage]
      destination {
        s3_bucket_destination {
          bucket_arn = aws_s3_bucket.to.arn
          format     = [null, "CSV", "CSV"][local.stage]
          prefix     = ["a", "b", "c"][local.stage]
        }
      }
    }
  }
}

resource "aws_s3_object" "untagged" {
  provider   = aws.tagged
  depends_on = [aws_s3_bucket_server_side_encryption_configuration.b, aws_s3_bucket_versioning.open]
  bucket     = aws_s3_bucket.open.id
  key        = "untagged"
  content    = "u"
  dynamic "override_provider" {
    for_each = [[], [1], []][local.stage]
    content {
      default_tags {
        tags = {}
      }
    }
  }
}
