//! The tree of an organization: roots, units, accounts, and what is in what.

use super::account_list::of_parent;
use super::organization_settings::roots;
use super::organizational_unit::units_of;
use super::{pages, unless_gone};
use crate::Aws;
use aws_sdk_organizations::types::{Account, OrganizationalUnit};
use futures::future::BoxFuture;
use terrane_sdk::{Error, Value, try_join_all};

/// Checks the id of a root or unit.
pub(super) fn valid_parent(value: &Value) -> Result<(), String> {
    let lower = |text: &str, at_least: usize, at_most: usize| {
        (at_least..=at_most).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let is_unit = |rest: &str| {
        rest.split_once('-').is_some_and(|(root, unit)| lower(root, 4, 32) && lower(unit, 8, 32))
    };
    match value.as_str() {
        Some(id)
            if !(id.strip_prefix("r-").is_some_and(|rest| lower(rest, 4, 32))
                || id.strip_prefix("ou-").is_some_and(is_unit)) =>
        {
            Err(format!(
                "must be the id of a root, as in r-ab12, or of a unit, as in ou-ab12-cdef3456; got {id:?}."
            ))
        }
        _ => Ok(()),
    }
}

/// The root or unit in which a unit or account is; `None` if there is no such unit or account.
pub(super) async fn parent_of(aws: &Aws, child: &str) -> Result<Option<String>, Error> {
    let call = aws.organizations().list_parents().child_id(child);
    let parents = unless_gone(pages!(aws, "organizations:ListParents", call, parents))?;
    Ok(parents.into_iter().flatten().find_map(|parent| parent.id))
}

/// All units with their parents.
pub(super) async fn all_units(aws: &Aws) -> Result<Vec<(String, OrganizationalUnit)>, Error> {
    let mut level: Vec<String> = roots(aws).await?.into_iter().filter_map(|root| root.id).collect();
    let mut all = Vec::new();
    while !level.is_empty() {
        let below = try_join_all(level.iter().map(|parent| units_of(aws, parent))).await?;
        let mut next = Vec::new();
        for (parent, units) in level.into_iter().zip(below) {
            for unit in units.into_iter().flatten() {
                next.extend(unit.id.clone());
                all.push((parent.clone(), unit));
            }
        }
        level = next;
    }
    Ok(all)
}

/// The accounts in a root or unit and in all units below, from above to below.
pub(super) fn accounts_below<'a>(
    aws: &'a Aws,
    parent: &'a str,
) -> BoxFuture<'a, Result<Vec<Account>, Error>> {
    Box::pin(async move {
        let (mut accounts, units) = futures::try_join!(of_parent(aws, parent), units_of(aws, parent))?;
        let units: Vec<String> = units.into_iter().flatten().filter_map(|unit| unit.id).collect();
        for below in try_join_all(units.iter().map(|unit| accounts_below(aws, unit))).await? {
            accounts.extend(below);
        }
        Ok(accounts)
    })
}

/// The units in a unit and in all units below, each before what is in it.
pub(super) fn units_below<'a>(
    aws: &'a Aws,
    parent: &'a str,
) -> BoxFuture<'a, Result<Vec<OrganizationalUnit>, Error>> {
    Box::pin(async move {
        let units = units_of(aws, parent).await?.unwrap_or_default();
        let below = units.iter().map(|unit| units_below(aws, unit.id.as_deref().unwrap_or_default()));
        let below = try_join_all(below).await?;
        let mut all = Vec::new();
        for (unit, below) in units.into_iter().zip(below) {
            all.push(unit);
            all.extend(below);
        }
        Ok(all)
    })
}

/// `error` with what is still in a unit that cannot be deleted.
pub(super) async fn explain_not_empty(aws: &Aws, unit: &str, mut error: Error) -> Error {
    let (accounts, units) = futures::join!(of_parent(aws, unit), units_of(aws, unit));
    let (Ok(accounts), Ok(units)) = (accounts, units) else { return error };
    let accounts = accounts.into_iter().filter_map(|account| account.id);
    let units = units.into_iter().flatten().filter_map(|unit| unit.id);
    let inside: Vec<String> = accounts.chain(units).collect();
    if !inside.is_empty() {
        error.detail = format!("{} Still in {unit}: {}.", error.detail, inside.join(", "));
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_parents_are_checked() {
        for (id, ok) in [
            ("r-ab12", true),
            ("ou-ab12-cdef3456", true),
            ("r-", false),
            ("r-AB12", false),
            ("ou-ab12", false),
            ("ou-ab12-", false),
            ("123456789012", false),
        ] {
            assert_eq!(valid_parent(&Value::from(id)).is_ok(), ok, "{id}");
        }
    }
}
