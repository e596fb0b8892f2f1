variable "changed" {
  description = "Whether a group may do more, and somebody has come since."
  type        = bool
  default     = false
}

provider "aws" {
  region = "eu-west-1"
}

module "groups" {
  source = "../.."

  groups = {
    Admin      = { managed_policies = ["AdministratorAccess"], policies = ["ChangePassword"] }
    Developers = { managed_policies = ["PowerUserAccess"], policies = ["ChangePassword"] }
    Operators  = { managed_policies = ["ReadOnlyAccess"], policies = var.changed ? ["ChangePassword", "ViewBilling"] : ["ChangePassword"] }
  }
  users = merge(
    { ann = { groups = ["Developers"], access_key = true } },
    var.changed ? { bob = { groups = ["Operators", "Developers"] } } : {},
  )
  path  = "/teams/"
  trail = { bucket = "all-calls-4711", force_destroy = true }
  tags  = { Owner = "platform" }
}
