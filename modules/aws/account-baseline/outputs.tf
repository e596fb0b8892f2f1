output "role_arns" {
  description = "The ARN of each role, by name."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}

output "trail_arn" {
  description = "The ARN of the trail."
  value       = aws_cloudtrail.this.arn
}

output "log_bucket_arn" {
  description = "The ARN of the bucket that the trail writes into."
  value       = local.bucket_arn
}
