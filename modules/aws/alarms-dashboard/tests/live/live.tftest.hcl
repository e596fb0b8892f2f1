run "made" {
  assert {
    condition     = length(module.alarms.instance_ids) == 2 && length(module.alarms.alarm_arns) == 2
    error_message = "Both instances are watched."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = length(module.alarms.alarm_arns) == 4 && endswith(module.alarms.dashboard_arn, ":dashboard/web")
    error_message = "There are two alarms for each."
  }
}
