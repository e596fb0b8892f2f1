variable "saml_provider_name" {
  description = "The name of the SAML provider in the step account."
  type        = string
}

variable "saml_metadata" {
  description = "The metadata document of the identity provider, an XML text of at least 1,000 characters."
  type        = string

  validation {
    condition     = length(var.saml_metadata) >= 1000 && length(var.saml_metadata) <= 10000000
    error_message = "AWS takes metadata documents of 1,000 to 10,000,000 characters."
  }
}

variable "services" {
  description = "The services, by name: the accounts that each has, and the variants of access that people can have to them."
  type = map(object({
    accounts = set(string)
    variants = optional(set(string), ["admin", "readonly"])
  }))

  validation {
    condition = alltrue(flatten([
      for service in var.services : [for account in service.accounts : can(regex("^[0-9]{12}$", account))]
    ]))
    error_message = "Accounts are numbers of twelve digits."
  }
  validation {
    condition     = alltrue([for service in var.services : length(service.accounts) > 0])
    error_message = "A service without accounts needs no roles."
  }
}

variable "session_hours" {
  description = "How many hours a session lasts."
  type        = number
  default     = 8

  validation {
    condition     = var.session_hours >= 1 && var.session_hours <= 12
    error_message = "Sessions last from 1 to 12 hours."
  }
}

variable "tags" {
  description = "Tags for everything that can have some."
  type        = map(string)
  default     = {}
}
