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
}

variable "services_range" {
  description = "The name of the subnet's secondary range for services."
  type        = string
}

variable "control_plane_range" {
  description = "The /28 of the control plane, which nothing else in the network and its sites uses."
  type        = string

  validation {
    condition     = can(cidrnetmask(var.control_plane_range)) && endswith(var.control_plane_range, "/28")
    error_message = "The range of a control plane is a /28."
  }
}

variable "clients" {
  description = "The ranges that reach the control plane, by names for people: that of the bastion hosts."
  type        = map(string)

  validation {
    condition     = length(var.clients) > 0 && alltrue([for range in values(var.clients) : can(cidrnetmask(range))])
    error_message = "There is at least one IPv4 range in CIDR notation."
  }
  validation {
    condition     = !contains(values(var.clients), "0.0.0.0/0")
    error_message = "A range of everything protects nothing."
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
