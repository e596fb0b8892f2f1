variable "groups" {
  description = "The groups, by name. Managed policies are named without their ARN (`ReadOnlyAccess`); `policies` are names of those of this module (`ChangePassword`, `ViewBilling`, and what is in the input `policies`)."
  type = map(object({
    managed_policies = optional(set(string), [])
    policies         = optional(set(string), [])
  }))
  default = {
    Admin = {
      managed_policies = ["AdministratorAccess"]
      policies         = ["ChangePassword"]
    }
    Developers = {
      managed_policies = ["PowerUserAccess"]
      policies         = ["ChangePassword"]
    }
    Operators = {
      managed_policies = ["ReadOnlyAccess"]
      policies         = ["ChangePassword", "ViewBilling"]
    }
  }

  validation {
    condition     = alltrue([for name in keys(var.groups) : can(regex("^[A-Za-z0-9+=,.@_-]{1,128}$", name))])
    error_message = "Names of groups have at most 128 letters, digits and signs of +=,.@_-."
  }
}

variable "policies" {
  description = "Further policies for groups: JSON documents by name."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for document in values(var.policies) : can(jsondecode(document).Statement)])
    error_message = "Policies must be JSON documents with statements; jsonencode makes them."
  }
}

variable "users" {
  description = "The people, by user name: the groups they are in, whether they can sign in to the console (with a password to be changed at the first time), and whether they have an access key."
  type = map(object({
    groups     = set(string)
    console    = optional(bool, true)
    access_key = optional(bool, false)
  }))
  default = {}

  validation {
    condition     = alltrue([for user in var.users : length(user.groups) > 0])
    error_message = "A user without a group can do nothing: policies hang on groups."
  }
}

variable "path" {
  description = "The path of groups, policies and users."
  type        = string
  default     = "/"

  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.path))
    error_message = "A path begins and ends with a slash."
  }
}

variable "trail" {
  description = "Records every call of the API, in all regions, into a bucket that is made for it; nothing when null."
  type = object({
    bucket        = string
    name          = optional(string, "all-regions")
    force_destroy = optional(bool, false)
  })
  default = null
}

variable "tags" {
  description = "Tags for everything that can have some."
  type        = map(string)
  default     = {}
}
