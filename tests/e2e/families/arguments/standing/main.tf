# What an account has once and keeps. Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
}

resource "aws_account_primary_contact" "c" {
  full_name          = ["a", "b", "c"][local.stage]
  company_name       = [null, "a", "b"][local.stage]
  address_line_1     = ["a", "b", "c"][local.stage]
  address_line_2     = [null, "a", "b"][local.stage]
  address_line_3     = [null, "a", "b"][local.stage]
  city               = ["a", "b", "c"][local.stage]
  district_or_county = [null, "a", "b"][local.stage]
  state_or_region    = [null, "WA", "b"][local.stage]
  country_code       = ["DE", "US", "AT"][local.stage]
  postal_code        = ["1", "2", "3"][local.stage]
  phone_number       = ["+1", "+2", "+3"][local.stage]
  website_url        = [null, "https://a.example", "https://b.example"][local.stage]
}

resource "aws_account_region" "r" {
  region_name = "eu-south-2"
  enabled     = [false, true, false][local.stage]
}

resource "aws_iam_security_token_service_preferences" "p" {
  global_endpoint_token_version = ["v2Token", "v1Token", "v2Token"][local.stage]
}

resource "aws_organizations_organization" "o" {
  aws_service_access_principals = ["account.amazonaws.com", "iam.amazonaws.com"]
}

resource "aws_iam_organizations_features" "f" {
  enabled_features = [["RootSessions"], ["RootCredentialsManagement"], ["RootCredentialsManagement", "RootSessions"]][local.stage]
  depends_on       = [aws_organizations_organization.o]
}

# Another account of the organization

resource "aws_organizations_account" "a" {
  name       = "a"
  email      = "a@example.com"
  tags       = [null, { a = 1 }, { b = 1 }][local.stage]
  depends_on = [aws_organizations_organization.o]
}

resource "aws_account_primary_contact" "a" {
  account_id     = aws_organizations_account.a.id
  full_name      = ["a", "b", "c"][local.stage]
  address_line_1 = "a"
  city           = "a"
  country_code   = "DE"
  postal_code    = "1"
  phone_number   = "+1"
}

resource "aws_account_region" "a" {
  account_id  = aws_organizations_account.a.id
  region_name = "eu-south-1"
  enabled     = [true, false, true][local.stage]
}

resource "aws_organizations_resource_policy" "p" {
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = aws_organizations_account.a.id }
      Action    = ["organizations:DescribeAccount", "organizations:ListRoots", "organizations:ListAccounts"][local.stage]
      Resource  = "*"
    }]
  })
  tags = [null, { a = 1 }, { b = 1 }][local.stage]
}
