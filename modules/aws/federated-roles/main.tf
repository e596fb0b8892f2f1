data "aws_partition" "current" {}

locals {
  roles = merge([
    for name, service in var.services : {
      for variant in service.variants : "${name}-${variant}" => {
        accounts = service.accounts
        targets  = [for account in sort(service.accounts) : "arn:${data.aws_partition.current.partition}:iam::${account}:role/${name}-${variant}"]
      }
    }
  ]...)
}

resource "aws_iam_saml_provider" "this" {
  name                   = var.saml_provider_name
  saml_metadata_document = var.saml_metadata
  tags                   = var.tags
}

# People sign in as one of these, and can do nothing with it but go on to the role of the same name in
# the accounts of the service.
resource "aws_iam_role" "step" {
  for_each = local.roles

  name                 = "step-${each.key}"
  max_session_duration = var.session_hours * 3600
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = aws_iam_saml_provider.this.arn }
      Action    = "sts:AssumeRoleWithSAML"
      Condition = { StringEquals = { "SAML:aud" = "https://signin.aws.amazon.com/saml" } }
    }]
  })
}

resource "aws_iam_role_policy" "go_on" {
  for_each = local.roles

  name = "go-on"
  role = aws_iam_role.step[each.key].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "sts:AssumeRole"
      Resource = each.value.targets
    }]
  })
}
