variable "changed" {
  description = "Whether sellers come in as well, and reach what is behind the VPC."
  type        = bool
  default     = false
}

provider "aws" {
  region = "eu-west-1"
}

resource "aws_vpc" "people" {
  cidr_block = "10.32.0.0/22"
}

resource "aws_subnet" "people" {
  for_each = { a = "10.32.0.0/24", b = "10.32.1.0/24" }

  vpc_id            = aws_vpc.people.id
  cidr_block        = each.value
  availability_zone = "eu-west-1${each.key}"
}

module "people" {
  source = "../.."

  name                   = "people"
  client_range           = "10.36.0.0/22"
  server_certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
  saml_provider_arn      = "arn:aws:iam::123456789012:saml-provider/directory"
  vpc_id                 = aws_vpc.people.id
  subnet_ids             = { for zone, subnet in aws_subnet.people : zone => subnet.id }
  rules = concat(
    [{ range = "10.0.0.0/8", group = "administrators" }, { range = "10.32.0.0/22" }],
    var.changed ? [{ range = "10.16.0.0/20", group = "sellers", description = "The shop" }] : [],
  )
  routes        = var.changed ? ["10.16.0.0/20"] : []
  session_hours = var.changed ? 12 : 8
}
