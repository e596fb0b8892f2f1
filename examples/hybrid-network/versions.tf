terraform {
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
    google = {
      source  = "hashicorp/google"
      version = ">= 6.0, < 8.0"
    }
  }
}

# The account in AWS that has the middle of the network.
provider "aws" {
  region = var.aws_region

  assume_role {
    role_arn = "arn:aws:iam::${var.network_account}:role/${var.access_role}"
  }
}

# The accounts of services, in each of which there is a VPC.
provider "aws" {
  alias    = "service"
  for_each = local.aws_services
  region   = var.aws_region

  assume_role {
    role_arn = "arn:aws:iam::${each.value.account}:role/${var.access_role}"
  }
}

provider "google" {
  project = var.host_project
  region  = var.google_region
}
