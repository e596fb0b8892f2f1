variable "name" {
  type = string
}

variable "cidr" {
  description = "The address range, for example 10.20.0.0/16; at least sixteen subnets must fit into it."
  type        = string

  validation {
    condition     = can(cidrsubnet(var.cidr, 4, 15))
    error_message = "The range must be an address range of /24 or larger, such as 10.20.0.0/16."
  }
}

variable "zones" {
  description = "The names of the availability zones; the first one holds the NAT gateway."
  type        = list(string)

  validation {
    condition     = length(var.zones) >= 1 && length(var.zones) <= 8
    error_message = "Between one and eight zones."
  }
}
