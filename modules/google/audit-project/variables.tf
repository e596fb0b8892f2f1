variable "project_id" {
  description = "The id of the project that keeps the logs. It is made when `parent` is given."
  type        = string
}

variable "parent" {
  description = "Where the project is made: `organizations/NUMBER` or `folders/NUMBER`. Without it the project exists already."
  type        = string
  default     = null

  validation {
    condition     = var.parent == null || can(regex("^(organizations|folders)/[0-9]+$", var.parent))
    error_message = "A parent is organizations/NUMBER or folders/NUMBER."
  }
}

variable "billing_account" {
  description = "The account that pays for a project that is made here."
  type        = string
  default     = null
}

variable "location" {
  description = "Where the logs are kept: a region, or a group of regions such as EU."
  type        = string
  default     = "EU"
}

variable "sources" {
  description = "Whose logs come here, by the names of their sinks: of an organization, a folder with all in it, or a project. `filter` says which logs: those of audits by default. `exclusions` are filters of what is left out, by name. Logs are kept in the `archive`, a bucket, or in the `dataset`, where they can be queried. `kind` (`organization`, `folder` or `project`) says what a parent is: Terraform needs it where the parent is made in the same run, Terrane does not."
  type = map(object({
    parent      = string
    kind        = optional(string)
    filter      = optional(string, "logName:\"cloudaudit.googleapis.com\"")
    exclusions  = optional(map(string), {})
    destination = optional(string, "archive")
  }))

  validation {
    condition     = alltrue([for source in var.sources : can(regex("^(organizations/[0-9]+|folders/[0-9]+|projects/[a-z][a-z0-9-]+)$", source.parent))])
    error_message = "A source is organizations/NUMBER, folders/NUMBER or projects/ID."
  }
  validation {
    condition     = alltrue([for source in var.sources : source.kind == null ? true : startswith(source.parent, "${source.kind}s/")])
    error_message = "A source is of the kind that its parent says."
  }
  validation {
    condition     = alltrue([for source in var.sources : contains(["archive", "dataset"], source.destination)])
    error_message = "Logs go to the archive or the dataset."
  }
}

variable "archive_days" {
  description = "For how many days nothing in the archive can be deleted or changed."
  type        = number
  default     = 365

  validation {
    condition     = var.archive_days >= 1 && var.archive_days <= 36500
    error_message = "Logs are kept for 1 to 36500 days."
  }
}

variable "cold_after_days" {
  description = "After how many days logs of the archive are moved to cheaper storage."
  type        = number
  default     = 90
}

variable "dataset_days" {
  description = "For how many days logs can be queried."
  type        = number
  default     = 90

  validation {
    condition     = var.dataset_days >= 1
    error_message = "Logs can be queried for at least one day."
  }
}

variable "readers" {
  description = "Who reads the logs, by any name: `group:...`, `user:...` or `serviceAccount:...`."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for member in var.readers : can(regex("^(group|user|serviceAccount|domain):.+$", member))])
    error_message = "Readers are said like the members of roles, such as group:security@example.com."
  }
}

variable "labels" {
  description = "Labels of the project, the archive and the dataset."
  type        = map(string)
  default     = {}
}

variable "deletion_protection" {
  description = "Whether destroying the project, and an archive and a dataset with logs in them, is refused."
  type        = bool
  default     = true
}
