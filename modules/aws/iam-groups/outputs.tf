output "group_arns" {
  description = "The ARN of each group, by name."
  value       = { for name, group in aws_iam_group.this : name => group.arn }
}

output "policy_arns" {
  description = "The ARN of each policy of this module that a group uses, by name."
  value       = { for name, policy in aws_iam_policy.this : name => policy.arn }
}

output "user_arns" {
  description = "The ARN of each user, by name."
  value       = { for name, user in aws_iam_user.this : name => user.arn }
}

output "passwords" {
  description = "The first password of each user who can sign in, by name."
  value       = { for name, profile in aws_iam_user_login_profile.this : name => profile.password }
  sensitive   = true
}

output "access_keys" {
  description = "The access key of each user who has one, by name: id and secret."
  value       = { for name, key in aws_iam_access_key.this : name => { id = key.id, secret = key.secret } }
  sensitive   = true
}

output "trail_arn" {
  description = "The ARN of the trail; null when there is none."
  value       = one(aws_cloudtrail.this[*].arn)
}
