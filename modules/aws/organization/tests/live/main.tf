variable "changed" {
  description = "Whether an account has moved and another come, and a policy says more."
  type        = bool
  default     = false
}

provider "aws" {
  region = "eu-west-1"
}

module "organization" {
  source = "../.."

  units = ["security", "workloads", "workloads/production", "workloads/staging"]
  accounts = merge(
    {
      audit = { email = "audit@example.com", unit = "security" }
      shop  = { email = "shop@example.com", unit = var.changed ? "workloads/production" : "workloads/staging" }
    },
    var.changed ? { ads = { email = "ads@example.com", unit = "workloads/staging" } } : {},
  )
  policies = {
    stay = {
      description = "Accounts stay in the organization."
      units       = ["root"]
      document = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect   = "Deny"
          Action   = var.changed ? ["organizations:LeaveOrganization", "account:CloseAccount"] : ["organizations:LeaveOrganization"]
          Resource = "*"
        }]
      })
    }
  }
  service_access           = ["cloudtrail.amazonaws.com", "guardduty.amazonaws.com"]
  delegated_administrators = { "guardduty.amazonaws.com" = "audit" }
}
