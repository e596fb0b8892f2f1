terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.90"
    }
  }
}

# Credentials come from the environment, as does the endpoint when this is not for AWS itself (AWS_ENDPOINT_URL).
provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project = var.name
      Owner   = var.owner
    }
  }
}
