variable "name" {
  description = "The name of the whole; the network and its parts are called after it."
  type        = string
  default     = "quickstart"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}$", var.name))
    error_message = "The name must be lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "owner" {
  description = "The team that answers for these resources; every resource that takes tags carries it."
  type        = string
  default     = "platform"
}

variable "region" {
  type    = string
  default = "eu-west-1"
}

variable "cidr" {
  description = "The address range of the network. Each zone gets a public and a private sixteenth of it."
  type        = string
  default     = "10.20.0.0/16"
}

variable "web_ports" {
  description = "The TCP ports that are open to the world."
  type        = set(number)
  default     = [80, 443]
}

variable "users" {
  description = "Who may sign in, and what they are. Rights come from groups alone."
  type = map(object({
    groups = set(string)
    path   = optional(string, "/")
  }))
  default = {
    alice = { groups = ["Admin"] }
    ken   = { groups = ["Developers"] }
    yuki  = { groups = ["Developers", "Operators"], path = "/oncall/" }
  }
}
