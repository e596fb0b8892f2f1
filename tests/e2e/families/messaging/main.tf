# What the public modules for keys, queues, topics and parameters are made of: keys with a policy that is put together,
# names made up from a prefix, grants; queues with others for what fails, in order or not; topics that queues listen to;
# and parameters of all kinds whose type follows from their value.

provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

data "aws_partition" "current" {
  count = var.create ? 1 : 0
}

variable "create" {
  type    = bool
  default = true
}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = try(data.aws_partition.current[0].partition, "aws")
  tags      = { Owner = "platform" }
}

# Keys

variable "key_statements" {
  type = any
  default = [{
    sid        = "Logs"
    actions    = ["kms:Encrypt*", "kms:Decrypt*"]
    resources  = ["*"]
    principals = [{ type = "Service", identifiers = ["logs.eu-west-1.amazonaws.com"] }]
    conditions = [{ test = "ArnLike", variable = "kms:EncryptionContext:aws:logs:arn", values = ["arn:aws:logs:*"] }]
  }]
}

variable "key_policy" {
  type    = string
  default = null
}

data "aws_iam_policy_document" "key" {
  count = var.create ? 1 : 0

  dynamic "statement" {
    for_each = length([data.aws_caller_identity.current.arn]) > 0 ? [1] : []
    content {
      sid       = "Default"
      actions   = ["kms:*"]
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.key_statements
    content {
      sid           = try(statement.value.sid, null)
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      effect        = try(statement.value.effect, null)
      resources     = try(statement.value.resources, null)
      not_resources = try(statement.value.not_resources, null)

      dynamic "principals" {
        for_each = try(statement.value.principals, [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }

      dynamic "condition" {
        for_each = try(statement.value.conditions, [])
        content {
          test     = condition.value.test
          values   = condition.value.values
          variable = condition.value.variable
        }
      }
    }
  }
}

resource "aws_kms_key" "this" {
  count = var.create ? 1 : 0

  bypass_policy_lockout_safety_check = null
  customer_master_key_spec           = null
  deletion_window_in_days            = 7
  description                        = "messages"
  enable_key_rotation                = false
  is_enabled                         = true
  key_usage                          = "ENCRYPT_DECRYPT"
  multi_region                       = false
  policy                             = coalesce(var.key_policy, data.aws_iam_policy_document.key[0].json)

  tags = local.tags
}

# Known by name, and not made.
resource "aws_kms_replica_key" "this" {
  count           = var.create ? 0 : 1
  primary_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/mrk-1"
  policy          = coalesce(var.key_policy, data.aws_iam_policy_document.key[0].json)
}

resource "aws_kms_key" "signer" {
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
  deletion_window_in_days  = 7
}

data "aws_kms_public_key" "signer" {
  key_id = aws_kms_key.signer.arn
}

locals {
  aliases  = { for k, v in toset(["one", "foo/bar"]) : k => { name = v } }
  computed = { reader = { name = aws_iam_role.reader.name } }
}

resource "aws_kms_alias" "this" {
  for_each = { for k, v in merge(local.aliases, local.computed) : k => v if var.create }

  name_prefix   = "alias/${each.value.name}-"
  target_key_id = try(aws_kms_key.this[0].key_id, aws_kms_replica_key.this[0].key_id)
}

resource "aws_iam_role" "reader" {
  name_prefix = "reader-"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

variable "grants" {
  type    = any
  default = { reader = { operations = ["Encrypt", "Decrypt"], constraints = { encryption_context_equals = { app = "a" } } } }
}

resource "aws_kms_grant" "this" {
  for_each = { for k, v in var.grants : k => v if var.create }

  name              = try(each.value.name, each.key)
  key_id            = aws_kms_key.this[0].key_id
  grantee_principal = aws_iam_role.reader.arn
  operations        = each.value.operations

  dynamic "constraints" {
    for_each = length(lookup(each.value, "constraints", {})) == 0 ? [] : [each.value.constraints]
    content {
      encryption_context_equals = try(constraints.value.encryption_context_equals, null)
      encryption_context_subset = try(constraints.value.encryption_context_subset, null)
    }
  }

  retiring_principal = try(each.value.retiring_principal, null)
  retire_on_delete   = try(each.value.retire_on_delete, null)
}

# Queues

variable "queues" {
  type = map(object({
    fifo             = optional(bool, false)
    encrypted_by_key = optional(bool, false)
    managed          = optional(bool, true)
    use_prefix       = optional(bool, false)
    redrive_policy   = optional(any, {})
    delay_seconds    = optional(number)
    statements = optional(map(object({
      sid        = optional(string)
      actions    = optional(list(string))
      effect     = optional(string)
      resources  = optional(list(string))
      principals = optional(list(object({ type = string, identifiers = list(string) })))
      condition  = optional(list(object({ test = string, values = list(string), variable = string })))
    })))
  }))
  default = {
    plain     = {}
    open      = { managed = false, delay_seconds = 5 }
    ordered   = { fifo = true, redrive_policy = { maxReceiveCount = 10 } }
    encrypted = { encrypted_by_key = true, use_prefix = true, redrive_policy = { maxReceiveCount = 3 } }
    told = {
      statements = {
        topic = {
          actions    = ["sqs:SendMessage"]
          principals = [{ type = "Service", identifiers = ["sns.amazonaws.com"] }]
        }
      }
    }
  }
}

resource "aws_sqs_queue" "this" {
  for_each = var.queues

  region                            = null
  content_based_deduplication       = each.value.fifo ? true : null
  delay_seconds                     = each.value.delay_seconds
  fifo_queue                        = each.value.fifo
  kms_data_key_reuse_period_seconds = each.value.encrypted_by_key ? 3600 : null
  kms_master_key_id                 = each.value.encrypted_by_key ? aws_kms_key.this[0].key_id : null
  name                              = each.value.use_prefix ? null : (each.value.fifo ? "${trimsuffix(each.key, ".fifo")}.fifo" : each.key)
  name_prefix                       = each.value.use_prefix ? "${each.key}-" : null
  sqs_managed_sse_enabled           = each.value.encrypted_by_key ? null : each.value.managed

  tags = local.tags
}

locals {
  failing = { for k, v in var.queues : k => v if length(v.redrive_policy) > 0 }
}

resource "aws_sqs_queue" "failed" {
  for_each = local.failing

  fifo_queue              = each.value.fifo
  name                    = each.value.use_prefix ? null : (each.value.fifo ? "${each.key}-failed.fifo" : "${each.key}-failed")
  name_prefix             = each.value.use_prefix ? "${each.key}-failed-" : null
  delay_seconds           = try(coalesce(each.value.delay_seconds, null), null)
  sqs_managed_sse_enabled = coalesce(each.value.managed, true)
}

resource "aws_sqs_queue_redrive_policy" "failed" {
  for_each = local.failing

  queue_url      = aws_sqs_queue.this[each.key].url
  redrive_policy = jsonencode(merge({ deadLetterTargetArn = aws_sqs_queue.failed[each.key].arn, maxReceiveCount = 5 }, each.value.redrive_policy))
}

resource "aws_sqs_queue_redrive_allow_policy" "failed" {
  for_each = local.failing

  queue_url            = aws_sqs_queue.failed[each.key].url
  redrive_allow_policy = jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.this[each.key].arn] })
}

data "aws_iam_policy_document" "queue" {
  for_each = { for k, v in var.queues : k => v if v.statements != null }

  dynamic "statement" {
    for_each = each.value.statements != null ? each.value.statements : {}
    content {
      sid       = try(coalesce(statement.value.sid, statement.key))
      actions   = statement.value.actions
      effect    = statement.value.effect
      resources = statement.value.resources != null ? statement.value.resources : [aws_sqs_queue.this[each.key].arn]

      dynamic "principals" {
        for_each = statement.value.principals != null ? statement.value.principals : []
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }

      dynamic "condition" {
        for_each = statement.value.condition != null ? statement.value.condition : []
        content {
          test     = condition.value.test
          values   = condition.value.values
          variable = condition.value.variable
        }
      }
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  for_each  = data.aws_iam_policy_document.queue
  queue_url = aws_sqs_queue.this[each.key].url
  policy    = each.value.json
}

# Topics

variable "subscriptions" {
  type = map(object({
    protocol             = string
    endpoint             = string
    filter_policy        = optional(string)
    filter_policy_scope  = optional(string)
    raw_message_delivery = optional(bool)
    redrive_policy       = optional(string)
  }))
  default = {}
}

resource "aws_sns_topic" "this" {
  name_prefix       = "events-"
  display_name      = "events"
  kms_master_key_id = aws_kms_key.this[0].key_id
  policy            = null
  tags              = local.tags
}

resource "aws_sns_topic" "ordered" {
  name                        = "ordered.fifo"
  fifo_topic                  = true
  content_based_deduplication = true
}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "Subscribe"
    effect    = "Allow"
    actions   = ["sns:Subscribe", "sns:Receive"]
    resources = [aws_sns_topic.this.arn]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "AWS:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = data.aws_iam_policy_document.topic.json
}

resource "aws_sns_topic_subscription" "this" {
  for_each = merge(var.subscriptions, { queue = {
    protocol            = "sqs", endpoint = aws_sqs_queue.this["told"].arn, filter_policy = jsonencode({ kind = ["order"] })
    filter_policy_scope = null, raw_message_delivery = true, redrive_policy = null
  } })

  confirmation_timeout_in_minutes = null
  endpoint                        = each.value.endpoint
  filter_policy                   = each.value.filter_policy
  filter_policy_scope             = each.value.filter_policy_scope
  protocol                        = each.value.protocol
  raw_message_delivery            = each.value.raw_message_delivery
  redrive_policy                  = each.value.redrive_policy
  topic_arn                       = aws_sns_topic.this.arn
}

# Parameters

locals {
  parameters = {
    plain   = { value = "one" }
    limited = { type = "String", value = "two", tier = "Intelligent-Tiering", allowed_pattern = "[a-z]+" }
    secret  = { type = "SecureString", value = "three", tier = "Advanced" }
    own_key = { secure = true, value = "four", key_id = aws_kms_key.this[0].key_id }
    list    = { values = ["a", "b"] }
    nothing = { type = "StringList", value = jsonencode([]) }
  }
  types = { for k, v in local.parameters : k => try(v.type, null) != null ? v.type : (
    length(try(v.values, [])) > 0 ? "StringList" : (can(tostring(v.value)) ? (try(tobool(v.secure) == true, false) ? "SecureString" : "String") : "StringList")
  ) }
  values = { for k, v in local.parameters : k => length(try(v.values, [])) > 0 ? jsonencode(v.values) : v.value }
}

resource "aws_ssm_parameter" "this" {
  for_each = local.parameters

  name            = "/family/${each.key}"
  type            = local.types[each.key]
  insecure_value  = local.types[each.key] != "SecureString" ? local.values[each.key] : null
  value           = local.types[each.key] == "SecureString" ? local.values[each.key] : null
  key_id          = local.types[each.key] == "SecureString" ? try(each.value.key_id, null) : null
  tier            = try(each.value.tier, null)
  allowed_pattern = try(each.value.allowed_pattern, null)
  description     = try(each.value.description, null)

  tags = local.tags
}

resource "aws_ssm_parameter" "kept" {
  name           = "/family/kept"
  type           = "String"
  insecure_value = "first"

  lifecycle {
    ignore_changes = [insecure_value, value]
  }
}

data "aws_sqs_queues" "ordered" {
  queue_name_prefix = "ordered"
  depends_on        = [aws_sqs_queue.this, aws_sqs_queue.failed]
}

output "parameters" {
  value     = { for k, v in aws_ssm_parameter.this : k => try(jsondecode(v.insecure_value), v.insecure_value, nonsensitive(v.value)) }
  sensitive = true
}

output "queues" {
  value = sort([for url in data.aws_sqs_queues.ordered.queue_urls : basename(url)])
}

output "signer" {
  value = data.aws_kms_public_key.signer.public_key_pem
}
