output "organization_id" {
  description = "The id of the organization."
  value       = aws_organizations_organization.this.id
}

output "organization_arn" {
  description = "The ARN of the organization, with which things are shared with everybody in it."
  value       = aws_organizations_organization.this.arn
}

output "root_id" {
  description = "The id of the root."
  value       = local.root
}

output "unit_ids" {
  description = "The id of each unit, by path; that of the root is `root`."
  value       = local.unit_ids
}

output "account_ids" {
  description = "The number of each account, by name."
  value       = { for name, account in aws_organizations_account.this : name => account.id }
}

output "access_role_arns" {
  description = "The role in each account that the management account can assume, by account name."
  value       = { for name, account in aws_organizations_account.this : name => "arn:${split(":", account.arn)[1]}:iam::${account.id}:role/${var.access_role}" }
}
