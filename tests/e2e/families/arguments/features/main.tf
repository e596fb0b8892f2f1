# An organization that can do more than bills.

provider "aws" {
  region = "eu-west-1"
}

resource "aws_organizations_organization" "o" {
  feature_set              = "CONSOLIDATED_BILLING"
  return_organization_only = false
}
