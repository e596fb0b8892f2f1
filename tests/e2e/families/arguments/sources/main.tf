# Data sources that read what resources of the same configuration have made, and some that ask nobody.

provider "aws" {
  region            = "eu-west-1"
  s3_use_path_style = true
}

resource "aws_organizations_organization" "o" {
  aws_service_access_principals = ["account.amazonaws.com"]
}

resource "aws_organizations_account" "a" {
  name       = "member"
  email      = "member@example.com"
  depends_on = [aws_organizations_organization.o]
}

resource "aws_account_primary_contact" "c" {
  for_each       = { own = null, other = aws_organizations_account.a.id }
  account_id     = each.value
  full_name      = each.key
  address_line_1 = "1 Street"
  city           = "City"
  country_code   = "DE"
  postal_code    = "1"
  phone_number   = "+1"
  website_url    = "https://a.example"
}

data "aws_account_primary_contact" "c" {
  for_each   = { own = null, other = aws_organizations_account.a.id }
  account_id = each.value
  depends_on = [aws_account_primary_contact.c]
}

resource "aws_s3_bucket" "b" {
  bucket = "bucket"
}

resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "a", Effect = "Deny", Action = "s3:*", Resource = "${aws_s3_bucket.b.arn}/*", Principal = "*" }] })
}

data "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket_policy.b.bucket
}

resource "aws_iam_server_certificate" "c" {
  for_each          = toset(["a", "b"])
  name              = "certificate-${each.key}"
  path              = "/${each.key}/"
  certificate_body  = "-----BEGIN CERTIFICATE-----\n${each.key}\n-----END CERTIFICATE-----"
  certificate_chain = "-----BEGIN CERTIFICATE-----\nc\n-----END CERTIFICATE-----"
  private_key       = "-----BEGIN PRIVATE KEY-----\n${each.key}\n-----END PRIVATE KEY-----"
}

data "aws_iam_server_certificate" "latest" {
  name_prefix = "certificate-"
  latest      = true
  depends_on  = [aws_iam_server_certificate.c]
}

data "aws_iam_server_certificate" "b" {
  path_prefix = "/b/"
  depends_on  = [aws_iam_server_certificate.c]
}

data "aws_cloudtrail_service_account" "here" {}

data "aws_elb_service_account" "there" {
  region = "us-east-1"
}

data "aws_service_principal" "of" {
  for_each     = { "s3" = "eu-west-1", "ec2" = "cn-north-1" }
  service_name = each.key
  region       = each.value
}

output "told" {
  value = [
    [for name in ["own", "other"] : [for c in [data.aws_account_primary_contact.c[name]] : [c.full_name, c.city, c.company_name, c.website_url]][0]],
    jsondecode(data.aws_s3_bucket_policy.b.policy).Statement[0].Sid,
    startswith(data.aws_iam_server_certificate.latest.name, "certificate-"),
    [data.aws_iam_server_certificate.b.name, data.aws_iam_server_certificate.b.path, data.aws_iam_server_certificate.b.certificate_chain],
    data.aws_cloudtrail_service_account.here.arn,
    data.aws_elb_service_account.there.id,
    [for name in ["s3", "ec2"] : [for p in [data.aws_service_principal.of[name]] : [p.id, p.name, p.suffix]][0]],
  ]
}
