output "instance_ids" {
  description = "The instances that are watched."
  value       = local.instances
}

output "alarm_arns" {
  description = "The ARN of each alarm, by instance and name (`i-0123456789abcdef0/cpu`)."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.arn }
}

output "dashboard_arn" {
  description = "The ARN of the dashboard; null when there is none."
  value       = one(aws_cloudwatch_dashboard.this[*].dashboard_arn)
}
