variable "name" {
  description = "The name of the transit gateway, and the beginning of the names of what belongs to it."
  type        = string
}

variable "asn" {
  description = "The private autonomous system number of the Amazon side."
  type        = number
  default     = 64512

  validation {
    condition     = (var.asn >= 64512 && var.asn <= 65534) || (var.asn >= 4200000000 && var.asn <= 4294967294)
    error_message = "Private numbers are 64512 to 65534 and 4200000000 to 4294967294."
  }
}

variable "route_tables" {
  description = "The route tables, by name: each attachment is associated with one of them, and makes its ranges known in others. `blackholes` are ranges to which nothing is sent."
  type = map(object({
    blackholes = optional(set(string), [])
  }))
  default = { shared = {}, services = {} }

  validation {
    condition     = alltrue(flatten([for table in var.route_tables : [for range in table.blackholes : can(cidrnetmask(range))]]))
    error_message = "Blackholes must be IPv4 ranges in CIDR notation."
  }
}

variable "share_with" {
  description = "Accounts (twelve digits) and ARNs of organizations and organizational units that may attach their VPCs."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for principal in var.share_with : can(regex("^([0-9]{12}|arn:[a-z-]+:organizations::.+)$", principal))])
    error_message = "Share with accounts (twelve digits) or with ARNs of organizations and organizational units."
  }
}

variable "share_outside" {
  description = "Whether accounts outside of the organization may be among those that it is shared with."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags for everything that can have some."
  type        = map(string)
  default     = {}
}
