variable "aws_region" {
  description = "The region of everything in AWS."
  type        = string
  default     = "eu-west-1"
}

variable "google_region" {
  description = "The region of everything in Google Cloud."
  type        = string
  default     = "europe-west1"
}

variable "network_account" {
  description = "The account in AWS that has the middle of the network."
  type        = string
}

variable "access_role" {
  description = "The role by which all accounts are worked in."
  type        = string
  default     = "OrganizationAccountAccessRole"
}

variable "host_project" {
  description = "The id of the project in Google Cloud that has the network."
  type        = string
}

variable "parent" {
  description = "Where projects are made: `organizations/NUMBER` or `folders/NUMBER`."
  type        = string
}

variable "billing_account" {
  description = "The account that pays for the projects."
  type        = string
}

variable "services" {
  description = "The services, in the order in which they got their ranges: each is in an account of AWS or a project of Google Cloud. Append new ones; set `retired` where one is gone."
  type = list(object({
    name    = string
    account = optional(string)
    project = optional(string)
    prefix  = optional(number, 22)
    retired = optional(bool, false)
  }))

  validation {
    condition     = alltrue([for service in var.services : (service.account == null) != (service.project == null)])
    error_message = "A service has an account or a project."
  }
}

variable "sites" {
  description = "The company's own sites, by name: their ranges, and the address of the gateway that each has towards both clouds. Sites with an `asn` speak BGP."
  type = map(object({
    ranges  = list(string)
    address = string
    asn     = optional(number)
    links   = optional(list(string), [])
  }))
  default = {
    office = { ranges = ["192.168.0.0/20"], address = "198.51.100.7", asn = 65010, links = ["169.254.100.0/30", "169.254.101.0/30"] }
    plant  = { ranges = ["192.168.64.0/20"], address = "203.0.113.9" }
  }
}

variable "secrets" {
  description = "The secret that each site shares with Google Cloud, by name. Those of AWS are made there."
  type        = map(string)
  sensitive   = true
}

variable "people" {
  description = "How people's computers come in, by AWS Client VPN: the certificate of the endpoint, the SAML provider they sign in with, and who may reach what."
  type = object({
    certificate_arn = string
    saml_arn        = string
    rules           = list(object({ range = string, group = string }))
  })
}

variable "deletion_protection" {
  description = "Whether destroying projects is refused."
  type        = bool
  default     = true
}
