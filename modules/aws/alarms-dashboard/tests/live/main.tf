variable "changed" {
  description = "Whether an alarm comes sooner, and another one has come."
  type        = bool
  default     = false
}

provider "aws" {
  region = "eu-west-1"
}

resource "aws_sns_topic" "on_call" {
  name = "on-call"
}

# It watches what is there already: two instances with the name `web`.
module "alarms" {
  source = "../.."

  name_tag = "web"
  alarms = merge(
    { cpu = { metric = "CPUUtilization", threshold = var.changed ? 70 : 80 } },
    var.changed ? { status = { metric = "StatusCheckFailed", statistic = "Maximum", threshold = 0, period = 60, missing = "breaching" } } : {},
  )
  notify    = [aws_sns_topic.on_call.arn]
  dashboard = "web"
}
