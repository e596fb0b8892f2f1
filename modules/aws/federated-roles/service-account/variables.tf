variable "service" {
  description = "The name of the service that the account belongs to."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,50}$", var.service))
    error_message = "The name of a service has at most 50 letters, digits and signs of +=,.@_-."
  }
}

variable "step_role_arns" {
  description = "The step roles by service and variant, as the module federated-roles gives them. Only those of the service are looked at."
  type        = map(string)
}

variable "variants" {
  description = "What each variant may do: managed policies by their ARN, and an inline policy as a JSON document."
  type = map(object({
    managed_policy_arns = optional(set(string), [])
    policy              = optional(string)
  }))
  default = {
    admin    = { managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"] }
    readonly = { managed_policy_arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }
  }

  validation {
    condition     = alltrue([for variant in var.variants : variant.policy == null || can(jsondecode(variant.policy).Statement)])
    error_message = "Policies must be JSON documents with statements; jsonencode makes them."
  }
}

variable "tags" {
  description = "Tags for everything that can have some."
  type        = map(string)
  default     = {}
}
