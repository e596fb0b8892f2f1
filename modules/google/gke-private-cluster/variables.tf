variable "name" {
  description = "The name of the cluster. Another name makes a second cluster beside the first."
  type        = string
}

variable "project" {
  description = "The project that the cluster is in: a service project of the network's."
  type        = string
}

variable "location" {
  description = "The region of the cluster, or a zone for a control plane in one zone only."
  type        = string
}

variable "network" {
  description = "The URL or path of the network."
  type        = string
}

variable "subnetwork" {
  description = "The URL or path of the subnet of the nodes."
  type        = string
}

variable "pods_range" {
  description = "The name of the subnet's secondary range for pods."
  type        = string
  default     = "pods"
}

variable "services_range" {
  description = "The name of the subnet's secondary range for services."
  type        = string
  default     = "services"
}

variable "ranges" {
  description = "The ranges of the environment, as address-plan gives them out: a /15 that holds nodes (/24), pods (/16), services (/20) and bastion (/24), and outside of it the /28 of the control plane (`master`). Only the bastion reaches the control plane."
  type = object({
    nodes    = string
    pods     = string
    services = string
    bastion  = string
    master   = string
  })

  validation {
    condition = alltrue([
      for part, prefix in { nodes = 24, pods = 16, services = 20, bastion = 24, master = 28 } :
      can(cidrnetmask(var.ranges[part])) && endswith(var.ranges[part], "/${prefix}")
    ])
    error_message = "Nodes and bastion have a /24 each, pods a /16, services a /20 and the control plane a /28."
  }
  validation {
    condition = try(length(distinct([
      for part in ["nodes", "pods", "services", "bastion"] : cidrsubnet("${cidrhost(var.ranges[part], 0)}/15", 0, 0)
    ])) == 1, false)
    error_message = "Nodes, pods, services and bastion are in one /15."
  }
  validation {
    condition     = try(cidrsubnet("${cidrhost(var.ranges.master, 0)}/15", 0, 0) != cidrsubnet("${cidrhost(var.ranges.nodes, 0)}/15", 0, 0), false)
    error_message = "The control plane is outside of the /15 of the environment."
  }
}

variable "node_pools" {
  description = "The pools of nodes, by name. With `most`, a pool grows and shrinks between `nodes` and it; both are for each zone."
  type = map(object({
    nodes   = number
    most    = optional(number)
    machine = optional(string, "e2-standard-4")
    disk_gb = optional(number, 100)
    labels  = optional(map(string), {})
    spot    = optional(bool, false)
    taints = optional(list(object({
      key    = string
      value  = string
      effect = string
    })), [])
  }))

  validation {
    condition     = alltrue([for pool in var.node_pools : pool.nodes <= coalesce(pool.most, pool.nodes)])
    error_message = "A pool has at least as many nodes at most as at least."
  }
}

variable "tags" {
  description = "The network tags of all nodes, which firewall rules refer to."
  type        = list(string)
  default     = []
}

variable "service_account" {
  description = "The address of the account that nodes act as; one of the cluster's own when there is none."
  type        = string
  default     = null
}

variable "release_channel" {
  description = "How soon new versions come: RAPID, REGULAR, STABLE or EXTENDED."
  type        = string
  default     = "REGULAR"

  validation {
    condition     = contains(["RAPID", "REGULAR", "STABLE", "EXTENDED"], var.release_channel)
    error_message = "A release channel is RAPID, REGULAR, STABLE or EXTENDED."
  }
}

variable "maintenance" {
  description = "When Google may change the cluster: the begin and end of the first window and the rule by which it comes again."
  type = object({
    start      = string
    end        = string
    recurrence = string
  })
  default = {
    start      = "2026-01-03T01:00:00Z"
    end        = "2026-01-03T07:00:00Z"
    recurrence = "FREQ=WEEKLY;BYDAY=SA,SU"
  }
}

variable "labels" {
  description = "Labels of the cluster and its nodes."
  type        = map(string)
  default     = {}
}

variable "deletion_protection" {
  description = "Whether destroying the cluster is refused."
  type        = bool
  default     = true
}
