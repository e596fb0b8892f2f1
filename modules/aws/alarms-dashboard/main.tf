data "aws_region" "current" {}

data "aws_instances" "watched" {
  instance_state_names = ["pending", "running"]

  filter {
    name   = "tag:Name"
    values = [var.name_tag]
  }
}

locals {
  instances = sort(data.aws_instances.watched.ids)

  alarms = merge([
    for id in local.instances : {
      for name, alarm in var.alarms : "${id}/${name}" => merge(alarm, { instance = id, name = name })
    }
  ]...)

  widgets = [
    for position, name in keys(var.alarms) : {
      type   = "metric"
      x      = (position % 2) * 12
      y      = floor(position / 2) * 6
      width  = 12
      height = 6
      properties = {
        title   = name
        view    = "timeSeries"
        region  = data.aws_region.current.name
        stat    = var.alarms[name].statistic
        period  = var.alarms[name].period
        metrics = [for id in local.instances : [var.alarms[name].namespace, var.alarms[name].metric, "InstanceId", id]]
      }
    }
  ]
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name_tag}-${each.value.instance}-${each.value.name}"
  alarm_description   = "${each.value.metric} of ${each.value.instance} (${var.name_tag})"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = each.value.statistic
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  period              = each.value.period
  evaluation_periods  = each.value.periods
  treat_missing_data  = each.value.missing
  dimensions          = { InstanceId = each.value.instance }
  alarm_actions       = var.notify
  ok_actions          = var.notify
  tags                = var.tags
}

resource "aws_cloudwatch_dashboard" "this" {
  count = var.dashboard == null ? 0 : 1

  dashboard_name = var.dashboard
  dashboard_body = var.dashboard_body == null ? jsonencode({ widgets = local.widgets }) : var.dashboard_body
}
