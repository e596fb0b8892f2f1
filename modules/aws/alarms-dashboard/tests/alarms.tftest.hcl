mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }
  mock_data "aws_instances" {
    defaults = { ids = ["i-00000000000000002", "i-00000000000000001"] }
  }
}

variables {
  name_tag = "web"
}

run "alarms" {
  variables {
    notify = ["arn:aws:sns:eu-west-1:123456789012:operations"]
  }
  assert {
    condition     = join(" ", keys(output.alarm_arns)) == "i-00000000000000001/cpu i-00000000000000001/status i-00000000000000002/cpu i-00000000000000002/status"
    error_message = "Each instance has each alarm."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["i-00000000000000001/cpu"].dimensions["InstanceId"] == "i-00000000000000001"
    error_message = "An alarm is about its instance."
  }
  assert {
    condition     = one(aws_cloudwatch_metric_alarm.this["i-00000000000000002/status"].alarm_actions) == "arn:aws:sns:eu-west-1:123456789012:operations"
    error_message = "Somebody is told."
  }
  assert {
    condition     = output.dashboard_arn == null
    error_message = "There is no dashboard unless it is wanted."
  }
}

run "a_dashboard_that_is_made" {
  command   = plan
  state_key = "made"
  variables {
    dashboard = "web"
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets[0].properties.metrics[1] == ["AWS/EC2", "CPUUtilization", "InstanceId", "i-00000000000000002"]
    error_message = "Each graph has a line for each instance."
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets[1].x == 12
    error_message = "Graphs stand side by side."
  }
}

run "a_dashboard_that_is_given" {
  command   = plan
  state_key = "given"
  variables {
    dashboard      = "web"
    dashboard_body = jsonencode({ widgets = [{ type = "text", width = 6, height = 3, properties = { markdown = "Hello" } }] })
  }
  assert {
    condition     = jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets[0].properties.markdown == "Hello"
    error_message = "It is what it is given as."
  }
}

run "nobody_to_watch" {
  override_data {
    target = data.aws_instances.watched
    values = { ids = [] }
  }
  assert {
    condition     = length(output.alarm_arns) == 0 && length(output.instance_ids) == 0
    error_message = "Without instances there are no alarms."
  }
}

run "a_period_of_45_seconds" {
  command = plan
  variables {
    alarms = { cpu = { metric = "CPUUtilization", threshold = 80, period = 45 } }
  }
  expect_failures = [var.alarms]
}

run "a_dashboard_that_is_no_document" {
  command = plan
  variables {
    dashboard_body = "widgets"
  }
  expect_failures = [var.dashboard_body]
}
