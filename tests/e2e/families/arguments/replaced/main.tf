# What makes another object where it changes: absent at stage 0 where it can be, with a value at stage 1, and another or none at
# stage 2.

provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}

locals {
  stage = 0
}

data "aws_caller_identity" "me" {}

resource "aws_kms_key" "k" {
  count                   = 2
  deletion_window_in_days = 7
}

resource "aws_kms_key" "stored" {
  deletion_window_in_days = 7
  custom_key_store_id     = [null, "cks-00000000000000000", "cks-00000000000000001"][local.stage]
  xks_key_id              = [null, null, "outside"][local.stage]
}

resource "aws_kms_grant" "g" {
  key_id                = aws_kms_key.k[0].key_id
  grantee_principal     = data.aws_caller_identity.me.arn
  operations            = ["Encrypt"]
  grant_creation_tokens = [null, ["a"], ["b"]][local.stage]
}

resource "aws_ebs_default_kms_key" "k" {
  key_arn = aws_kms_key.k[local.stage % 2].arn
}

resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "s" {
  count             = 2
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.0.${count.index}.0/24"
  availability_zone = ["eu-west-1a", "eu-west-1b"][count.index]
}

resource "aws_db_subnet_group" "g" {
  name        = ["group", null, null][local.stage]
  name_prefix = [null, "first-", "second-"][local.stage]
  subnet_ids  = aws_subnet.s[*].id
}

resource "aws_s3_bucket" "b" {
  bucket = "flows"
}

resource "aws_flow_log" "bucket" {
  vpc_id               = aws_vpc.v.id
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = aws_s3_bucket.b.arn
  destination_options {
    file_format                = [null, "parquet", "plain-text"][local.stage]
    hive_compatible_partitions = [null, true, false][local.stage]
    per_hour_partition         = [null, false, true][local.stage]
  }
}

resource "aws_flow_log" "stream" {
  subnet_id                  = aws_subnet.s[0].id
  traffic_type               = "REJECT"
  log_destination_type       = "kinesis-data-firehose"
  log_destination            = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/${["a", "b", "a"][local.stage]}"
  deliver_cross_account_role = [null, "arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:role/b"][local.stage]
  dynamic "tag_field_specification" {
    for_each = [[], [["vpc", ["a"]]], [["subnet", ["a", "b"]]]][local.stage]
    content {
      resource_type = tag_field_specification.value[0]
      tag_keys      = tag_field_specification.value[1]
    }
  }
}

resource "aws_iam_server_certificate" "c" {
  name              = ["certificate", null, "another"][local.stage]
  name_prefix       = [null, "made-up-", null][local.stage]
  path              = [null, "/cloudfront/a/", "/b/"][local.stage]
  certificate_body  = "-----BEGIN CERTIFICATE-----\n${["a", "b", "c"][local.stage]}\n-----END CERTIFICATE-----\n"
  certificate_chain = [null, "-----BEGIN CERTIFICATE-----\nd\n-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\ne\n-----END CERTIFICATE-----\n"][local.stage]
  private_key       = "-----BEGIN PRIVATE KEY-----\n${["a", "b", "c"][local.stage]}\n-----END PRIVATE KEY-----\n"
}

resource "aws_iam_virtual_mfa_device" "d" {
  virtual_mfa_device_name = ["phone", "watch", "phone"][local.stage]
  path                    = [null, "/a/", "/b/"][local.stage]
}

resource "aws_iam_user" "u" {
  name = "user"
}

resource "aws_iam_user_login_profile" "p" {
  user                    = aws_iam_user.u.name
  password_length         = [null, null, 30][local.stage]
  password_reset_required = [null, true, false][local.stage]
}

resource "aws_iam_user_policy" "p" {
  user        = aws_iam_user.u.name
  name        = ["policy", null, null][local.stage]
  name_prefix = [null, "first-", "second-"][local.stage]
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }] })
}

resource "aws_iam_group" "g" {
  name = "group"
}

resource "aws_iam_group_policy" "p" {
  group       = aws_iam_group.g.name
  name        = ["policy", null, null][local.stage]
  name_prefix = [null, "first-", "second-"][local.stage]
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }] })
}

resource "aws_cloudwatch_log_group" "g" {
  count = 2
  name  = "group-${count.index}"
}

resource "aws_cloudwatch_log_group" "class" {
  name            = [null, "named", null][local.stage]
  name_prefix     = ["first-", null, "second-"][local.stage]
  log_group_class = ["STANDARD", "DELIVERY", "INFREQUENT_ACCESS"][local.stage]
}

resource "aws_cloudwatch_log_stream" "s" {
  log_group_name = aws_cloudwatch_log_group.g[local.stage % 2].name
  name           = ["a", "b", "c"][local.stage]
}

resource "aws_cloudwatch_log_resource_policy" "p" {
  policy_name     = [null, "region", null][local.stage]
  resource_arn    = [aws_cloudwatch_log_group.g[0].arn, null, aws_cloudwatch_log_group.g[1].arn][local.stage]
  policy_document = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:PutLogEvents", Resource = "*", Principal = { Service = "es.amazonaws.com" } }] })
}

resource "aws_ssm_parameter" "tier" {
  name  = "parameter"
  type  = "String"
  value = "a"
  tier  = ["Advanced", "Standard", "Standard"][local.stage]
}

resource "aws_s3_directory_bucket" "d" {
  bucket          = ["data--euw1-az1--x-s3", "data--euw1-lon1-az1--x-s3", "data--euw1-az2--x-s3"][local.stage]
  data_redundancy = [null, "SingleLocalZone", "SingleAvailabilityZone"][local.stage]
  location {
    name = ["euw1-az1", "euw1-lon1-az1", "euw1-az2"][local.stage]
    type = [null, "LocalZone", "AvailabilityZone"][local.stage]
  }
}

resource "aws_cloudwatch_metric_alarm" "m" {
  alarm_name          = "load"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = "Load"
  namespace           = "App"
  period              = 60
  statistic           = "Average"
  threshold           = 5
}

resource "aws_cloudwatch_composite_alarm" "c" {
  alarm_name      = "both"
  alarm_rule      = "ALARM(${aws_cloudwatch_metric_alarm.m.alarm_name})"
  actions_enabled = [null, false, true][local.stage]
}

resource "aws_internet_gateway" "i" {
  vpc_id = aws_vpc.v.id
}

resource "aws_nat_gateway" "n" {
  vpc_id            = aws_vpc.v.id
  availability_mode = "regional"
  depends_on        = [aws_internet_gateway.i]
}

resource "aws_flow_log" "gateway" {
  regional_nat_gateway_id  = aws_nat_gateway.n.id
  traffic_type             = "ACCEPT"
  log_destination_type     = "s3"
  log_destination          = "${aws_s3_bucket.b.arn}/gateways/"
  max_aggregation_interval = [null, 60, 600][local.stage]
}
