variable "name" {
  description = "The name of the VPC, and the beginning of the names of what is in it."
  type        = string
}

variable "range" {
  description = "The range of the VPC, /22 to /20, as the address plan gives it."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.range)) && try(contains([20, 21, 22], tonumber(split("/", var.range)[1])), false)
    error_message = "The range must be an IPv4 range in CIDR notation of /22, /21 or /20."
  }
}

variable "zones" {
  description = "The availability zones, in order: each has one private subnet, a quarter of the range. Append new ones only."
  type        = list(string)

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 4 && length(distinct(var.zones)) == length(var.zones)
    error_message = "Two to four different zones are needed."
  }
}

variable "transit_gateway_id" {
  description = "The transit gateway of the hub."
  type        = string
}

variable "route_table_id" {
  description = "The route table of the hub that says where the VPC may send to."
  type        = string
}

variable "known_in" {
  description = "The route tables of the hub in which the range of the VPC is made known, by any names."
  type        = map(string)
  default     = {}
}

variable "routes" {
  description = "The ranges that are reached through the transit gateway."
  type        = set(string)
  default     = ["10.0.0.0/8"]

  validation {
    condition     = alltrue([for range in var.routes : can(cidrnetmask(range))])
    error_message = "Routes must be IPv4 ranges in CIDR notation."
  }
}

variable "other_account" {
  description = "Whether the hub is in another account, so that the attachment must be accepted there."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Tags for everything that can have some."
  type        = map(string)
  default     = {}
}
