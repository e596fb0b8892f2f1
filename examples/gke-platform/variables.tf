variable "organization" {
  description = "The number of the organization that the projects are made in."
  type        = string
}

variable "billing_account" {
  description = "The account that pays."
  type        = string
}

variable "host_project" {
  description = "The id of the project that has the network."
  type        = string
}

variable "service_project" {
  description = "The id of the project that has the clusters."
  type        = string
}

variable "region" {
  description = "The region of everything."
  type        = string
  default     = "europe-west1"
}

variable "clusters" {
  description = "The clusters, by name: the ranges of pods, services and control plane, the release channel and the most nodes in each zone."
  type = map(object({
    pods          = string
    services      = string
    control_plane = string
    channel       = optional(string, "REGULAR")
    most          = optional(number, 3)
  }))
  default = {
    blue = { pods = "10.64.0.0/16", services = "10.80.0.0/20", control_plane = "172.16.0.0/28" }
  }
}

variable "deletion_protection" {
  description = "Whether destroying projects and clusters is refused."
  type        = bool
  default     = true
}
