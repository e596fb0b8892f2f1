output "role_arns" {
  description = "The ARN of each role, by variant."
  value       = { for variant, role in aws_iam_role.this : variant => role.arn }
}
