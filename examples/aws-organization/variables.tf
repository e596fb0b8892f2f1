variable "region" {
  description = "The region of what is in one."
  type        = string
  default     = "eu-west-1"
}

variable "prefix" {
  description = "The beginning of the names of buckets, which nobody else in the world has."
  type        = string
}

variable "units" {
  description = "The organizational units, by their path from the root."
  type        = set(string)
  default     = ["security", "workloads", "workloads/production", "workloads/staging"]
}

variable "accounts" {
  description = "The accounts, by name: the address of the owner, the unit that each is in, and the service that it belongs to."
  type = map(object({
    email   = string
    unit    = string
    service = optional(string)
  }))
  default = {
    step       = { email = "aws-step@example.com", unit = "security" }
    audit      = { email = "aws-audit@example.com", unit = "security" }
    orders-prd = { email = "aws-orders-prd@example.com", unit = "workloads/production", service = "orders" }
    orders-stg = { email = "aws-orders-stg@example.com", unit = "workloads/staging", service = "orders" }
    games-prd  = { email = "aws-games-prd@example.com", unit = "workloads/production", service = "games" }
  }

  validation {
    condition     = contains(keys(var.accounts), "step")
    error_message = "People sign in to the account `step`."
  }
}

variable "log_days" {
  description = "For how many days each account keeps its logs."
  type        = number
  default     = 400
}

variable "people" {
  description = "Who works in the management account, by user name, and the groups that they are in."
  type        = map(object({ groups = set(string) }))
  default = {
    ann = { groups = ["Admin"] }
    bob = { groups = ["Operators"] }
  }
}

variable "force_destroy" {
  description = "Whether buckets can be destroyed with the logs in them."
  type        = bool
  default     = false
}
