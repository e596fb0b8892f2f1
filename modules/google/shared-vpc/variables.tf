variable "project_id" {
  description = "The id of the host project. It is made when `parent` is given."
  type        = string
}

variable "parent" {
  description = "Where the host project is made: `organizations/NUMBER` or `folders/NUMBER`. Without it the project exists already."
  type        = string
  default     = null

  validation {
    condition     = var.parent == null || can(regex("^(organizations|folders)/[0-9]+$", var.parent))
    error_message = "A parent is organizations/NUMBER or folders/NUMBER."
  }
}

variable "billing_account" {
  description = "The account that pays for a host project that is made here."
  type        = string
  default     = null
}

variable "services" {
  description = "The APIs that are enabled in the host project."
  type        = set(string)
  default     = ["compute.googleapis.com", "container.googleapis.com"]
}

variable "networks" {
  description = "The networks, by name. Routers of a network with `GLOBAL` routing know its routes in all regions. With `default_route` there is a way to the internet from the beginning."
  type = map(object({
    routing_mode  = optional(string, "GLOBAL")
    default_route = optional(bool, true)
  }))

  validation {
    condition     = alltrue([for network in var.networks : contains(["GLOBAL", "REGIONAL"], network.routing_mode)])
    error_message = "Routing is GLOBAL or REGIONAL."
  }
}

variable "subnets" {
  description = "The subnets, by name. `secondary_ranges` are named ranges for pods and services of clusters. With `flow_logs` connections are written down."
  type = map(object({
    network          = string
    region           = string
    range            = string
    secondary_ranges = optional(map(string), {})
    flow_logs        = optional(bool, false)
  }))
  default = {}

  validation {
    condition = alltrue(flatten([
      for subnet in var.subnets : [for range in concat([subnet.range], values(subnet.secondary_ranges)) : can(cidrnetmask(range))]
    ]))
    error_message = "The ranges of subnets are IPv4 ranges in CIDR notation."
  }
}

variable "routes" {
  description = "The routes, by name, each to `next_hop_ip`, `next_hop_gateway` or `next_hop_vpn_tunnel`, for instances with one of the `tags`, or all."
  type = map(object({
    network             = string
    range               = string
    priority            = optional(number, 1000)
    tags                = optional(set(string))
    next_hop_ip         = optional(string)
    next_hop_gateway    = optional(string)
    next_hop_vpn_tunnel = optional(string)
  }))
  default = {}

  validation {
    condition = alltrue([
      for route in var.routes :
      length([for hop in [route.next_hop_ip, route.next_hop_gateway, route.next_hop_vpn_tunnel] : hop if hop != null]) == 1
    ])
    error_message = "Each route has one next hop."
  }
}

variable "firewall_rules" {
  description = "The firewall rules, by name. `ports` has the ports of each protocol, with an empty list for all of them. Incoming traffic is told by `ranges` and `source_tags`, outgoing by `ranges`; a rule is for instances with one of the `target_tags`, or all."
  type = map(object({
    network     = string
    action      = optional(string, "allow")
    direction   = optional(string, "INGRESS")
    priority    = optional(number, 1000)
    ports       = optional(map(list(string)), { all = [] })
    ranges      = optional(set(string))
    source_tags = optional(set(string))
    target_tags = optional(set(string))
    log         = optional(bool, false)
  }))
  default = {}

  validation {
    condition     = alltrue([for rule in var.firewall_rules : contains(["allow", "deny"], rule.action) && contains(["INGRESS", "EGRESS"], rule.direction)])
    error_message = "A rule has the action allow or deny and the direction INGRESS or EGRESS."
  }
  validation {
    condition     = alltrue([for rule in var.firewall_rules : rule.direction == "INGRESS" || (rule.ranges != null && rule.source_tags == null)])
    error_message = "A rule for outgoing traffic has ranges that it goes to, and no source tags."
  }
  validation {
    condition     = alltrue([for rule in var.firewall_rules : rule.direction == "EGRESS" || rule.ranges != null || rule.source_tags != null])
    error_message = "A rule for incoming traffic has ranges or source tags that it comes from."
  }
}

variable "nats" {
  description = "Where instances without external addresses reach the internet, by name: a router with NAT for all subnets of a network in a region."
  type = map(object({
    network = string
    region  = string
  }))
  default = {}
}

variable "labels" {
  description = "Labels of a host project that is made here."
  type        = map(string)
  default     = {}
}

variable "deletion_protection" {
  description = "Whether destroying a host project that was made here is refused."
  type        = bool
  default     = true
}
