variable "changed" {
  description = "Whether logs are kept longer, and a role may do more."
  type        = bool
  default     = false
}

provider "aws" {
  region = "eu-west-1"
}

module "baseline" {
  source = "../.."

  roles = {
    auditor = {
      trusted             = ["arn:aws:iam::123456789012:root"]
      managed_policy_arns = var.changed ? ["arn:aws:iam::aws:policy/SecurityAudit", "arn:aws:iam::aws:policy/ReadOnlyAccess"] : ["arn:aws:iam::aws:policy/SecurityAudit"]
    }
    deployer = {
      trusted     = ["arn:aws:iam::123456789012:root"]
      external_id = "pipeline"
      policy = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Effect = "Allow", Action = var.changed ? ["s3:*", "ec2:*"] : ["s3:*"], Resource = "*" }]
      })
    }
  }
  log_bucket    = "logs-of-the-account-4711"
  log_days      = var.changed ? 800 : 400
  force_destroy = true
}
