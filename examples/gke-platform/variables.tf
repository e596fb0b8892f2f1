variable "parent" {
  description = "Where the projects are made: `organizations/NUMBER` or `folders/NUMBER`."
  type        = string
}

variable "billing_account" {
  description = "The account that pays."
  type        = string
}

variable "prefix" {
  description = "The beginning of the ids of all projects, which nobody else in the world has."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,21}$", var.prefix))
    error_message = "Ids of projects begin with a letter and have letters, digits and hyphens; 3 to 22 of them leave room for the rest."
  }
}

variable "region" {
  description = "The region of everything."
  type        = string
  default     = "europe-west1"
}

variable "environments" {
  description = "The environments, each with a service project, and who works in it: `group:...`."
  type        = map(object({ team = string }))
  default = {
    dev = { team = "group:developers@example.com" }
    stg = { team = "group:developers@example.com" }
    prd = { team = "group:operators@example.com" }
  }
}

variable "ranges" {
  description = "The names of all clusters there ever were, in the order in which they got their ranges. Append new ones only."
  type        = list(string)
  default     = ["dev-blue", "stg-blue", "prd-blue"]
}

variable "clusters" {
  description = "The clusters, by name: their environment, the release channel and the most nodes in each zone."
  type = map(object({
    environment = string
    channel     = optional(string, "REGULAR")
    most        = optional(number, 3)
  }))
  default = {
    dev-blue = { environment = "dev", channel = "RAPID" }
    stg-blue = { environment = "stg" }
    prd-blue = { environment = "prd", channel = "STABLE" }
  }
}

variable "deletion_protection" {
  description = "Whether destroying projects and clusters is refused."
  type        = bool
  default     = true
}
