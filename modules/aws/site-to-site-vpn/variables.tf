variable "name" {
  description = "The beginning of the names of everything."
  type        = string
}

variable "transit_gateway_id" {
  description = "The transit gateway that the connections lead to."
  type        = string
}

variable "route_table_id" {
  description = "The route table of the transit gateway that says where what comes from the sites may go."
  type        = string
}

variable "known_in" {
  description = "The route tables of the transit gateway in which what BGP tells of the sites is made known, by any names."
  type        = map(string)
  default     = {}
}

variable "static_in" {
  description = "The route tables of the transit gateway that get routes to the ranges of sites without BGP, by any names."
  type        = map(string)
  default     = {}
}

variable "sites" {
  description = "The sites, by name: the public address of the gateway there, its autonomous system number, and its ranges where it does not speak BGP."
  type = map(object({
    address = string
    asn     = optional(number, 65000)
    ranges  = optional(set(string), [])
  }))

  validation {
    condition     = alltrue([for site in var.sites : can(cidrnetmask("${site.address}/32"))])
    error_message = "The address of a site is an IPv4 address."
  }
  validation {
    condition     = alltrue(flatten([for site in var.sites : [for range in site.ranges : can(cidrnetmask(range))]]))
    error_message = "Ranges must be IPv4 ranges in CIDR notation."
  }
}

variable "tags" {
  description = "Tags for everything that can have some."
  type        = map(string)
  default     = {}
}
