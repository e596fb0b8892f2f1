output "saml_provider_arn" {
  description = "The ARN of the SAML provider, which the identity provider asks for."
  value       = aws_iam_saml_provider.this.arn
}

output "step_role_arns" {
  description = "The ARN of each step role, by service and variant (`orders-admin`): what the module service-account takes."
  value       = { for name, role in aws_iam_role.step : name => role.arn }
}
