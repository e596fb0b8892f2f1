# Tags of what proves who somebody is: absent at stage 0, with a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
}

resource "aws_iam_saml_provider" "s" {
  name                   = "saml"
  saml_metadata_document = "<EntityDescriptor entityID=\"https://a.example\"><!-- ${join("", [for n in range(1000) : "-"])} --></EntityDescriptor>"
  tags                   = [null, { a = 1, b = 1 }, { b = 2 }][local.stage]
}

resource "aws_iam_server_certificate" "c" {
  name             = "certificate"
  certificate_body = "-----BEGIN CERTIFICATE-----\na\n-----END CERTIFICATE-----\n"
  private_key      = "-----BEGIN PRIVATE KEY-----\na\n-----END PRIVATE KEY-----\n"
  tags             = [null, { a = 1, b = 1 }, { b = 2 }][local.stage]
}

resource "aws_iam_virtual_mfa_device" "d" {
  virtual_mfa_device_name = "phone"
  tags                    = [null, { a = 1, b = 1 }, { b = 2 }][local.stage]
}

resource "aws_iam_user" "u" {
  name          = "user"
  force_destroy = true
}
