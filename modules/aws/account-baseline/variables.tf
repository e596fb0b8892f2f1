variable "roles" {
  description = "The roles that the account gets, by name: who can assume each (ARNs), managed policies by their ARN, and an inline policy as a JSON document."
  type = map(object({
    trusted             = set(string)
    managed_policy_arns = optional(set(string), [])
    policy              = optional(string)
    external_id         = optional(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for role in var.roles : length(role.trusted) > 0 && alltrue([for arn in role.trusted : can(regex("^arn:", arn))])])
    error_message = "Each role needs somebody who can assume it, by ARN."
  }
  validation {
    condition     = alltrue([for role in var.roles : role.policy == null || can(jsondecode(role.policy).Statement)])
    error_message = "Policies must be JSON documents with statements; jsonencode makes them."
  }
}

variable "log_bucket" {
  description = "The name of the bucket for the trail of all calls."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.log_bucket))
    error_message = "Names of buckets have 3 to 63 small letters, digits, dots and dashes."
  }
}

variable "log_days" {
  description = "After how many days logs are deleted; never when null."
  type        = number
  default     = 400

  validation {
    condition     = var.log_days == null ? true : var.log_days >= 1
    error_message = "Logs are kept for a day at least."
  }
}

variable "force_destroy" {
  description = "Whether the bucket can be destroyed with the logs in it."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags for everything that can have some."
  type        = map(string)
  default     = {}
}
