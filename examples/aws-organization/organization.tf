module "organization" {
  source = "../../modules/aws/organization"

  units          = var.units
  service_access = ["cloudtrail.amazonaws.com", "guardduty.amazonaws.com", "ram.amazonaws.com"]
  accounts       = { for name, account in var.accounts : name => { email = account.email, unit = account.unit } }

  policies = {
    stay = {
      description = "Accounts stay in the organization."
      units       = ["root"]
      document = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Effect = "Deny", Action = "organizations:LeaveOrganization", Resource = "*" }]
      })
    }
    no-root = {
      description = "The root user of a workload's account does nothing."
      units       = ["workloads"]
      document = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect    = "Deny"
          Action    = "*"
          Resource  = "*"
          Condition = { StringLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" } }
        }]
      })
    }
    trails = {
      description = "Nobody stops the writing down of what is done."
      units       = ["workloads"]
      document = jsonencode({
        Version   = "2012-10-17"
        Statement = [{ Effect = "Deny", Action = ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"], Resource = "*" }]
      })
    }
  }

  delegated_administrators = { "guardduty.amazonaws.com" = "audit" }
}

# What every account gets, in the account itself.
module "baseline" {
  source    = "../../modules/aws/account-baseline"
  for_each  = var.accounts
  providers = { aws = aws.member[each.key] }

  log_bucket    = "${var.prefix}-logs-${each.key}"
  log_days      = var.log_days
  force_destroy = var.force_destroy
  tags          = { Account = each.key }
  roles = {
    auditor = {
      trusted             = ["arn:aws:iam::${module.organization.account_ids["audit"]}:root"]
      managed_policy_arns = ["arn:aws:iam::aws:policy/SecurityAudit", "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"]
    }
  }
}

output "accounts" {
  description = "The number of each account, by name."
  value       = module.organization.account_ids
}
