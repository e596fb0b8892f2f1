//! The accounts of the organisation, and the provider configurations that reach them.

use crate::Aws;
use std::sync::Arc;
use terrane_sdk::provider::Account;
use terrane_sdk::{Error, Kind, Type, Value};

/// All active accounts of the organisation (`organizations:ListAccounts`). Each is reached as the
/// client is, and then through its role of this name; the client's own account as it is.
pub(crate) async fn accounts(aws: &Aws, config: &Value, role: &str) -> Result<Option<Vec<Account>>, Error> {
    if !is_role(role) {
        return Ok(None);
    }
    let operation = "organizations:ListAccounts";
    let pages = aws.organizations().list_accounts().into_paginator().send();
    let pages = aws.call(operation, pages.collect::<Result<Vec<_>, _>>()).await?;
    let own = aws.account().await?;
    let mut accounts = Vec::new();
    for account in pages.into_iter().flat_map(|page| page.accounts.unwrap_or_default()) {
        // `Status` is what `State` was called until 2026.
        let state = account.state.as_ref().map(|s| s.as_str());
        let state = state.or(account.status.as_ref().map(|s| s.as_str()));
        let active = state.is_none_or(|state| state == "ACTIVE");
        let Some(id) = account.id.filter(|_| active) else { continue };
        let config = match *id == *own {
            true => config.clone(),
            false => through(config, &format!("arn:{}:iam::{id}:role/{role}", aws.partition())),
        };
        accounts.push(Account { id: id.into(), name: account.name.unwrap_or_default().into(), config });
    }
    accounts.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Some(accounts))
}

/// Whether this is the name of a role, as IAM has them, and not what organisations of other clouds are called.
fn is_role(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c))
}

/// `config` with one more role to assume, after those that it has.
fn through(config: &Value, role: &str) -> Value {
    let Some(roles) = config.attribute("assume_role") else { return config.clone() };
    let Type::List(element) = roles.ty() else { return config.clone() };
    let Type::Object(block) = &*element else { return config.clone() };
    let arguments = block.attributes.iter().map(|(name, ty)| {
        let value = if **name == *"role_arn" { Value::string(role) } else { Value::null(ty.clone()) };
        (Arc::clone(name), value)
    });
    let mut all = match roles.kind() {
        Kind::List(_, roles) => roles.to_vec(),
        _ => Vec::new(),
    };
    all.push(Value::object(arguments));
    // The list of accounts that the configuration allows is about its own account.
    let config = config.with_attribute("assume_role", Value::list((*element).clone(), all));
    ["allowed_account_ids", "forbidden_account_ids"].iter().fold(config, |config, name| {
        match config.attribute(name) {
            Some(value) => config.with_attribute(name, Value::null(value.ty())),
            None => config,
        }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{is_role, through};
    use crate::configuration::Configuration;
    use terrane_sdk::Value;

    #[test]
    fn one_more_role_is_assumed_and_nothing_else_changes() {
        let empty = Configuration::spec().to_schema().empty_value();
        let config = empty
            .with_attribute("region", Value::string("eu-west-1"))
            .with_attribute("profile", Value::string("audit"));
        let once = through(&config, "arn:aws:iam::111111111111:role/Audit");
        let twice = through(&once, "arn:aws:iam::222222222222:role/Audit");
        let decoded = Configuration::decode(&twice).unwrap();
        let roles: Vec<_> = decoded.assume_role.iter().map(|r| r.role_arn.clone().unwrap()).collect();
        assert_eq!(roles, ["arn:aws:iam::111111111111:role/Audit", "arn:aws:iam::222222222222:role/Audit"]);
        assert_eq!(decoded.profile.as_deref(), Some("audit"));
        assert_eq!(twice.ty(), config.ty());
    }

    #[test]
    fn folders_of_other_clouds_are_no_roles() {
        assert!(is_role("OrganizationAccountAccessRole"));
        assert!(!is_role("folders/2") && !is_role(""));
    }
}
