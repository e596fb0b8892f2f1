variable "name" {
  description = "The beginning of the names of gateways, router and tunnels."
  type        = string
}

variable "project" {
  description = "The project of the network: the host project of a Shared VPC."
  type        = string
}

variable "region" {
  description = "The region of the gateways."
  type        = string
}

variable "network" {
  description = "The URL or path of the network."
  type        = string
}

variable "asn" {
  description = "The private autonomous system number of this side."
  type        = number
  default     = 64514

  validation {
    condition     = (var.asn >= 64512 && var.asn <= 65534) || (var.asn >= 4200000000 && var.asn <= 4294967294)
    error_message = "Private numbers are 64512 to 65534 and 4200000000 to 4294967294."
  }
}

variable "advertise" {
  description = "The ranges that sites with BGP learn, by range, with what they are for; the subnets of the network when there are none."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for range in keys(var.advertise) : can(cidrnetmask(range))])
    error_message = "What is advertised are IPv4 ranges in CIDR notation."
  }
}

variable "ha" {
  description = "Whether there is a gateway for sites with BGP. Its addresses are known before the sites, which may need them."
  type        = bool
  default     = true
}

variable "ha_sites" {
  description = "Sites that speak BGP, by name: their number, the addresses of their one, two or four interfaces, and a /30 of 169.254.0.0/16 for each tunnel, of which the first address is on this side, or the one that `here` says. There are two tunnels, and four to four interfaces; they begin at the first and the second interface of this side in turn."
  type = map(object({
    asn      = number
    peers    = list(string)
    links    = list(string)
    here     = optional(number, 1)
    priority = optional(number, 100)
  }))
  default = {}

  validation {
    condition     = alltrue([for site in var.ha_sites : contains([1, 2], site.here)])
    error_message = "The address on this side is the first or the second of a link: here is 1 or 2."
  }

  validation {
    condition     = alltrue([for site in var.ha_sites : contains([1, 2, 4], length(site.peers))])
    error_message = "A site has one, two or four interfaces."
  }
  validation {
    condition     = alltrue([for site in var.ha_sites : length(site.links) == max(2, length(site.peers))])
    error_message = "There is one link for each tunnel: two, and four to four interfaces."
  }
  validation {
    condition = (
      alltrue(flatten([for site in var.ha_sites : [for link in site.links : can(cidrnetmask(link)) && startswith(link, "169.254.") && endswith(link, "/30")]]))
      && length(distinct(flatten([for site in var.ha_sites : site.links]))) == length(flatten([for site in var.ha_sites : site.links]))
    )
    error_message = "Links are /30 ranges of 169.254.0.0/16, all of them different."
  }
}

variable "classic_sites" {
  description = "Sites without BGP, by name: the address of their gateway, their ranges, and the ranges of this side that they reach."
  type = map(object({
    peer        = string
    ranges      = list(string)
    local       = list(string)
    priority    = optional(number, 1000)
    ike_version = optional(number, 2)
  }))
  default = {}

  validation {
    condition = alltrue(flatten([
      for site in var.classic_sites : [for range in concat(site.ranges, site.local) : can(cidrnetmask(range))]
    ]))
    error_message = "The ranges of sites are IPv4 ranges in CIDR notation."
  }
  validation {
    condition     = alltrue([for site in var.classic_sites : length(site.ranges) > 0 && length(site.local) > 0])
    error_message = "A site without BGP needs its ranges, and those that it reaches."
  }
}

variable "secrets" {
  description = "The secret that each site shares with this side, by the names of the sites, or of single tunnels of a site with BGP (`office-0`). They are in the state."
  type        = map(string)
  sensitive   = true
}

variable "labels" {
  description = "Labels of everything that can have some."
  type        = map(string)
  default     = {}
}
