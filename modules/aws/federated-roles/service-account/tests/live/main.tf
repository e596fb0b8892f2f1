variable "changed" {
  description = "Whether there is a variant of one's own, and another one may do more."
  type        = bool
  default     = false
}

provider "aws" {
  region = "eu-west-1"
}

module "roles" {
  source = "../.."

  service = "orders"
  step_role_arns = {
    for variant in ["admin", "readonly", "support"] : "orders-${variant}" => "arn:aws:iam::123456789012:role/step-orders-${variant}"
  }
  variants = merge(
    {
      admin    = { managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"] }
      readonly = { managed_policy_arns = var.changed ? ["arn:aws:iam::aws:policy/SecurityAudit"] : ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }
    },
    var.changed ? {
      support = {
        policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:FilterLogEvents", Resource = "*" }] })
      }
    } : {},
  )
}
