# Alarms for machines that somebody else makes, found by their names, and a dashboard from a definition in JSON.

provider "aws" {
  region = "eu-west-1"
}

variable "names" {
  type    = set(string)
  default = ["shop", "ads", "pay"]
}

data "aws_instances" "named" {
  for_each             = var.names
  instance_tags        = { Name = each.key }
  instance_state_names = ["running", "stopped"]
}

locals {
  machines = merge([
    for name, found in data.aws_instances.named : {
      for position, id in sort(found.ids) : "${name}-${position + 1}" => id
    }
  ]...)
  definition = jsondecode(file("${path.module}/dashboard.json"))
}

data "aws_instance" "named" {
  for_each    = local.machines
  instance_id = each.value
}

resource "aws_sns_topic" "on_call" {
  name = "on-call"
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  for_each            = local.machines
  alarm_name          = "${each.key}-cpu"
  alarm_description   = "${data.aws_instance.named[each.key].instance_type} in ${data.aws_instance.named[each.key].availability_zone}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  metric_name         = "CPUUtilization"
  namespace           = "AWS/EC2"
  period              = 60
  statistic           = "Average"
  threshold           = 90
  treat_missing_data  = "breaching"
  dimensions          = { InstanceId = each.value }
  alarm_actions       = [aws_sns_topic.on_call.arn]
  ok_actions          = [aws_sns_topic.on_call.arn]
  tags                = { Name = each.key }
}

resource "aws_cloudwatch_dashboard" "machines" {
  dashboard_name = "machines"
  dashboard_body = jsonencode(merge(local.definition, {
    widgets = [
      for widget in local.definition.widgets : merge(widget, {
        properties = merge(widget.properties, {
          metrics = [for name, id in local.machines : ["AWS/EC2", widget.properties.title, "InstanceId", id, { label = name }]]
        })
      })
    ]
  }))
}
