locals {
  attachments = merge([
    for variant, access in var.variants : {
      for arn in access.managed_policy_arns : "${variant}/${arn}" => { variant = variant, arn = arn }
    }
  ]...)
}

resource "aws_iam_role" "this" {
  for_each = var.variants

  name = "${var.service}-${each.key}"
  tags = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = var.step_role_arns["${var.service}-${each.key}"] }
      Action    = "sts:AssumeRole"
    }]
  })

  lifecycle {
    precondition {
      condition     = contains(keys(var.step_role_arns), "${var.service}-${each.key}")
      error_message = "There is no step role for ${var.service}-${each.key}."
    }
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.attachments

  role       = aws_iam_role.this[each.value.variant].name
  policy_arn = each.value.arn
}

resource "aws_iam_role_policy" "this" {
  for_each = { for variant, access in var.variants : variant => access.policy if access.policy != null }

  name   = "own"
  role   = aws_iam_role.this[each.key].name
  policy = each.value
}
