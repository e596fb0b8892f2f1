variable "service_access" {
  description = "Services that may work in all accounts of the organization, by their principal."
  type        = set(string)
  default     = ["cloudtrail.amazonaws.com", "ram.amazonaws.com", "sso.amazonaws.com"]
}

variable "units" {
  description = "The organizational units by their path from the root, such as `workloads` and `workloads/production`: up to three levels. The unit above must be there too."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for path in var.units : can(regex("^[^/]{1,128}(/[^/]{1,128}){0,2}$", path))])
    error_message = "A path has one to three names with slashes between them."
  }
  validation {
    condition = alltrue([
      for path in var.units : length(split("/", path)) == 1 || contains(var.units, join("/", slice(split("/", path), 0, length(split("/", path)) - 1)))
    ])
    error_message = "The unit above each unit must be there too."
  }
}

variable "accounts" {
  description = "The accounts, by name: the address of the owner, and the unit it is in (the root when null). Closing an account takes `close = true` in its last apply before it is taken out."
  type = map(object({
    email = string
    unit  = optional(string)
    close = optional(bool, false)
  }))
  default = {}

  validation {
    condition     = alltrue([for account in var.accounts : can(regex("^[^@ ]+@[^@ ]+$", account.email))])
    error_message = "Accounts need an e-mail address."
  }
  validation {
    condition     = length(distinct([for account in var.accounts : lower(account.email)])) == length(var.accounts)
    error_message = "Each account needs an e-mail address of its own."
  }
}

variable "policies" {
  description = "Service control policies, by name: the JSON document, and the units (`root` for everything) and accounts it is attached to."
  type = map(object({
    description = optional(string, "")
    document    = string
    units       = optional(set(string), [])
    accounts    = optional(set(string), [])
  }))
  default = {}

  validation {
    condition     = alltrue([for policy in var.policies : can(jsondecode(policy.document).Statement)])
    error_message = "Policies must be JSON documents with statements; jsonencode makes them."
  }
}

variable "delegated_administrators" {
  description = "The accounts that administer a service for the organization: account name by service principal."
  type        = map(string)
  default     = {}
}

variable "access_role" {
  description = "The role that the management account can assume in the accounts that are made."
  type        = string
  default     = "OrganizationAccountAccessRole"
}

variable "tags" {
  description = "Tags for everything that can have some."
  type        = map(string)
  default     = {}
}
