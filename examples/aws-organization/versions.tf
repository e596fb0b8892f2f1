terraform {
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

# The management account, whose credentials are those of the environment.
provider "aws" {
  region = var.region
}

# Every account of the organization, by the role that AWS puts into it. An account that is added has its configuration
# as soon as it is made.
provider "aws" {
  alias    = "member"
  for_each = module.organization.access_role_arns
  region   = var.region

  assume_role {
    role_arn     = each.value
    session_name = "terrane"
  }
}
