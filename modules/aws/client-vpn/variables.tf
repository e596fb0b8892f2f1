variable "name" {
  description = "The name of the endpoint."
  type        = string
}

variable "client_range" {
  description = "The range that people get addresses from, /22 to /12, apart from all others: the address plan has it as reserved."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.client_range)) && try(tonumber(split("/", var.client_range)[1]) >= 12 && tonumber(split("/", var.client_range)[1]) <= 22, false)
    error_message = "The range must be an IPv4 range in CIDR notation from /22 to /12."
  }
}

variable "server_certificate_arn" {
  description = "The certificate of the endpoint, in AWS Certificate Manager."
  type        = string
}

variable "saml_provider_arn" {
  description = "The SAML provider that people sign in with."
  type        = string
}

variable "vpc_id" {
  description = "The VPC that the endpoint is in."
  type        = string
}

variable "subnet_ids" {
  description = "The subnets that the endpoint is associated with, by any names, such as their zones."
  type        = map(string)

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "An endpoint that is in no subnet leads nowhere."
  }
}

variable "security_group_ids" {
  description = "The security groups of the endpoint."
  type        = set(string)
  default     = []
}

variable "rules" {
  description = "Who may reach what: a range, and a group of the identity provider (everybody when null). AWS lets the most specific range decide; of two rules about one range, either is enough."
  type = list(object({
    range       = string
    group       = optional(string)
    description = optional(string)
  }))

  validation {
    condition     = alltrue([for rule in var.rules : can(cidrnetmask(rule.range))])
    error_message = "Ranges must be IPv4 ranges in CIDR notation."
  }
  validation {
    condition     = length(distinct([for rule in var.rules : "${rule.range} ${coalesce(rule.group, "*")}"])) == length(var.rules)
    error_message = "Two rules say the same."
  }
}

variable "routes" {
  description = "The ranges that are reached through the endpoint beside that of its VPC. Each is routed through every subnet."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for range in var.routes : can(cidrnetmask(range))])
    error_message = "Routes must be IPv4 ranges in CIDR notation."
  }
}

variable "session_hours" {
  description = "How long a session lasts: 8, 10, 12 or 24 hours."
  type        = number
  default     = 8

  validation {
    condition     = contains([8, 10, 12, 24], var.session_hours)
    error_message = "Sessions last 8, 10, 12 or 24 hours."
  }
}

variable "tags" {
  description = "Tags for everything that can have some."
  type        = map(string)
  default     = {}
}
