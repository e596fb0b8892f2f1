variable "name_tag" {
  description = "The instances to watch: those whose tag `Name` is this. `*` and `?` stand for any characters and any one."
  type        = string
}

variable "alarms" {
  description = "The alarms that each instance has, by name: a metric of EC2, or of another namespace with the dimension `InstanceId`."
  type = map(object({
    metric     = string
    namespace  = optional(string, "AWS/EC2")
    statistic  = optional(string, "Average")
    comparison = optional(string, "GreaterThanThreshold")
    threshold  = number
    period     = optional(number, 300)
    periods    = optional(number, 2)
    missing    = optional(string, "missing")
  }))
  default = {
    cpu = {
      metric    = "CPUUtilization"
      threshold = 80
    }
    status = {
      metric    = "StatusCheckFailed"
      statistic = "Maximum"
      threshold = 0
      period    = 60
      missing   = "breaching"
    }
  }

  validation {
    condition     = alltrue([for alarm in var.alarms : contains([10, 30], alarm.period) || alarm.period % 60 == 0])
    error_message = "A period is 10 or 30 seconds, or a multiple of 60."
  }
  validation {
    condition     = alltrue([for alarm in var.alarms : contains(["SampleCount", "Average", "Sum", "Minimum", "Maximum"], alarm.statistic)])
    error_message = "A statistic is SampleCount, Average, Sum, Minimum or Maximum."
  }
  validation {
    condition     = alltrue([for alarm in var.alarms : contains(["missing", "ignore", "breaching", "notBreaching"], alarm.missing)])
    error_message = "Missing data is treated as missing, ignore, breaching or notBreaching."
  }
}

variable "notify" {
  description = "ARNs of what is told when an alarm begins and ends, such as topics of SNS."
  type        = set(string)
  default     = []
}

variable "dashboard" {
  description = "The name of the dashboard; none when null."
  type        = string
  default     = null

  validation {
    condition     = var.dashboard == null || can(regex("^[A-Za-z0-9_-]{1,255}$", var.dashboard))
    error_message = "The name of a dashboard has letters, digits, dashes and underscores."
  }
}

variable "dashboard_body" {
  description = "The definition of the dashboard as a JSON document. When null it is made: a graph for each alarm, with a line for each instance."
  type        = string
  default     = null

  validation {
    condition     = var.dashboard_body == null || can(jsondecode(var.dashboard_body).widgets)
    error_message = "The definition must be a JSON document with widgets."
  }
}

variable "tags" {
  description = "Tags for everything that can have some."
  type        = map(string)
  default     = {}
}
