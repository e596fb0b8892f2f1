variable "pools" {
  description = "The ranges that services get theirs from, by name. A pool may have several ranges: each allocation names the one it is in by its position."
  type = map(object({
    ranges      = list(string)
    description = optional(string, "")
  }))
  default = {}

  validation {
    condition     = alltrue([for pool in var.pools : length(pool.ranges) > 0])
    error_message = "Each pool needs at least one range."
  }
  validation {
    condition     = alltrue(flatten([for pool in var.pools : [for range in pool.ranges : can(cidrnetmask(range))]]))
    error_message = "The ranges of pools must be IPv4 ranges in CIDR notation, such as 10.0.0.0/12."
  }
  validation {
    condition = alltrue(flatten([
      for pool in var.pools : [for range in pool.ranges : try(cidrsubnet(range, 0, 0) == range, true)]
    ]))
    error_message = "Ranges must begin at their first address: 10.0.0.0/12, not 10.1.2.3/12."
  }
}

variable "services" {
  description = "The services that need a range, in the order in which they got it. Append new ones; do not take any out and do not change their order or size, or the ranges of those behind move: set `retired` where a service is gone."
  type = list(object({
    name    = string
    pool    = string
    range   = optional(number, 0)
    prefix  = optional(number, 22)
    retired = optional(bool, false)
  }))
  default = []

  validation {
    condition     = length(distinct(var.services[*].name)) == length(var.services)
    error_message = "The names of services must differ."
  }
  validation {
    condition     = alltrue([for service in var.services : contains([20, 21, 22], service.prefix)])
    error_message = "Services get a /22, a /21 or a /20: prefix must be 22, 21 or 20."
  }
}

variable "gke" {
  description = "Google Kubernetes Engine environments, in the order in which they got their ranges: each gets a /15 of `pool` for nodes, pods, services and the bastion, and a /28 of `master_pool` for the master. Append new ones only."
  type = object({
    pool         = optional(string)
    master_pool  = optional(string)
    environments = optional(list(string), [])
  })
  default = {}

  validation {
    condition     = length(distinct(var.gke.environments)) == length(var.gke.environments)
    error_message = "The names of environments must differ."
  }
  validation {
    condition     = length(var.gke.environments) == 0 || (can(cidrnetmask(var.gke.pool)) && can(cidrnetmask(var.gke.master_pool)))
    error_message = "Environments need pool and master_pool, both IPv4 ranges in CIDR notation."
  }
  validation {
    condition     = length(var.gke.environments) == 0 || try(tonumber(split("/", var.gke.pool)[1]) <= 15, false)
    error_message = "The pool of GKE environments must hold at least a /15."
  }
  validation {
    condition     = length(var.gke.environments) == 0 || try(tonumber(split("/", var.gke.master_pool)[1]) <= 28, false)
    error_message = "The pool of masters must hold at least a /28."
  }
}

variable "reserved" {
  description = "Ranges that are in use elsewhere and must never be given out, by what uses them: on-premises networks, offices, networks of other stacks."
  type        = map(list(string))
  default     = {}

  validation {
    condition     = alltrue(flatten([for ranges in var.reserved : [for range in ranges : can(cidrnetmask(range))]]))
    error_message = "Reserved ranges must be IPv4 ranges in CIDR notation, such as 172.16.0.0/16."
  }
}
