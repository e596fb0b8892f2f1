locals {
  root = aws_organizations_organization.this.roots[0].id

  # A unit cannot refer to another one of the same resource: each level is one of its own.
  levels = { for level in [1, 2, 3] : level => toset([for path in var.units : path if length(split("/", path)) == level]) }
  above  = { for path in var.units : path => join("/", slice(split("/", path), 0, length(split("/", path)) - 1)) }

  unit_ids = merge(
    { root = local.root },
    { for path, unit in aws_organizations_organizational_unit.first : path => unit.id },
    { for path, unit in aws_organizations_organizational_unit.second : path => unit.id },
    { for path, unit in aws_organizations_organizational_unit.third : path => unit.id },
  )

  attachments = merge([
    for name, policy in var.policies : merge(
      { for unit in policy.units : "${name}/unit/${unit}" => { policy = name, unit = unit, account = null } },
      { for account in policy.accounts : "${name}/account/${account}" => { policy = name, unit = null, account = account } },
    )
  ]...)
}

resource "aws_organizations_organization" "this" {
  feature_set                   = "ALL"
  aws_service_access_principals = var.service_access
  enabled_policy_types          = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_organizational_unit" "first" {
  for_each = local.levels[1]

  name      = each.key
  parent_id = local.root
  tags      = var.tags
}

resource "aws_organizations_organizational_unit" "second" {
  for_each = local.levels[2]

  name      = split("/", each.key)[1]
  parent_id = aws_organizations_organizational_unit.first[local.above[each.key]].id
  tags      = var.tags
}

resource "aws_organizations_organizational_unit" "third" {
  for_each = local.levels[3]

  name      = split("/", each.key)[2]
  parent_id = aws_organizations_organizational_unit.second[local.above[each.key]].id
  tags      = var.tags
}

resource "aws_organizations_account" "this" {
  for_each = var.accounts

  name              = each.key
  email             = each.value.email
  parent_id         = each.value.unit == null ? local.root : local.unit_ids[each.value.unit]
  role_name         = var.access_role
  close_on_deletion = each.value.close
  tags              = var.tags

  lifecycle {
    # Nothing tells the name of the role again.
    ignore_changes = [role_name]

    precondition {
      condition     = each.value.unit == null ? true : contains(var.units, each.value.unit)
      error_message = "${each.key} is in a unit that does not exist: ${coalesce(each.value.unit, "none")}."
    }
  }
}

resource "aws_organizations_policy" "this" {
  for_each = var.policies

  name        = each.key
  description = each.value.description
  type        = "SERVICE_CONTROL_POLICY"
  content     = each.value.document
  tags        = var.tags

  # Policies of a type can be made once the type is enabled.
  depends_on = [aws_organizations_organization.this]
}

resource "aws_organizations_policy_attachment" "this" {
  for_each = local.attachments

  policy_id = aws_organizations_policy.this[each.value.policy].id
  target_id = each.value.unit != null ? local.unit_ids[each.value.unit] : aws_organizations_account.this[each.value.account].id
}

resource "aws_organizations_delegated_administrator" "this" {
  for_each = var.delegated_administrators

  account_id        = aws_organizations_account.this[each.value].id
  service_principal = each.key
}
