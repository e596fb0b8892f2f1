variable "project_id" {
  description = "The id of the service project. It is made when `parent` is given."
  type        = string
}

variable "name" {
  description = "The name of a service project that is made here, for people; its id when there is none."
  type        = string
  default     = null
}

variable "parent" {
  description = "Where the service project is made: `organizations/NUMBER` or `folders/NUMBER`. Without it the project exists already."
  type        = string
  default     = null

  validation {
    condition     = var.parent == null || can(regex("^(organizations|folders)/[0-9]+$", var.parent))
    error_message = "A parent is organizations/NUMBER or folders/NUMBER."
  }
}

variable "billing_account" {
  description = "The account that pays for a service project that is made here."
  type        = string
  default     = null
}

variable "services" {
  description = "The APIs that are enabled in the service project."
  type        = set(string)
  default     = ["compute.googleapis.com"]
}

variable "host_project" {
  description = "The id of the host project, which is one already: the output `project_id` of shared-vpc."
  type        = string
}

variable "subnets" {
  description = "The subnets of the host project that the service project may use, by any name: their names and regions."
  type = map(object({
    name   = string
    region = string
  }))
}

variable "users" {
  description = "Who else may put instances into these subnets, by any name: `group:...`, `user:...` or `serviceAccount:...`."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for member in var.users : can(regex("^(group|user|serviceAccount|domain):.+$", member))])
    error_message = "Users are said like the members of roles, such as group:developers@example.com."
  }
}

variable "kubernetes" {
  description = "Whether clusters of Kubernetes Engine can be made in the project, on these subnets."
  type        = bool
  default     = false
}

variable "labels" {
  description = "Labels of a service project that is made here."
  type        = map(string)
  default     = {}
}

variable "deletion_protection" {
  description = "Whether destroying a service project that was made here is refused."
  type        = bool
  default     = true
}
