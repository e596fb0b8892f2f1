//! Accounts as lists show them, in resources and data sources.

use super::pages;
use crate::Aws;
use aws_sdk_organizations::types::{Account, AccountState, AccountStatus};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use terrane_sdk::{Block, Error};

/// An account of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Block)]
pub struct ListedAccount {
    /// Its ARN.
    pub arn: String,
    /// The e-mail address of its owner.
    pub email: String,
    /// Its id.
    pub id: String,
    /// How it came into the organization: `CREATED` or `INVITED`.
    pub joined_method: String,
    /// When it came into the organization.
    pub joined_timestamp: String,
    /// Its name.
    pub name: String,
    /// Where it is in its life: `ACTIVE`, `SUSPENDED`, `CLOSED` and others.
    pub state: String,
    /// The same in the words of former times, which know no `CLOSED`.
    pub status: String,
}

impl ListedAccount {
    pub(super) fn of(account: &Account) -> ListedAccount {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        ListedAccount {
            arn: text(&account.arn),
            email: text(&account.email),
            id: text(&account.id),
            joined_method: account.joined_method.as_ref().map(|m| m.as_str().to_owned()).unwrap_or_default(),
            joined_timestamp: date(account.joined_timestamp.as_ref()),
            name: text(&account.name),
            state: state(account.state.as_ref(), account.status.as_ref()),
            status: status(account.state.as_ref(), account.status.as_ref()),
        }
    }
}

/// A point in time, to the second.
pub(super) fn date(date: Option<&DateTime>) -> String {
    date.and_then(|d| DateTime::from_secs(d.secs()).fmt(Format::DateTime).ok()).unwrap_or_default()
}

/// The state of an account; from its status where the answer has no state.
pub(super) fn state(state: Option<&AccountState>, status: Option<&AccountStatus>) -> String {
    let state = state.map(AccountState::as_str).or(status.map(AccountStatus::as_str));
    state.unwrap_or_default().to_owned()
}

/// The status of an account, which AWS is about to answer no more: then from its state.
pub(super) fn status(state: Option<&AccountState>, status: Option<&AccountStatus>) -> String {
    let from_state = match state {
        Some(AccountState::Closed) => Some("SUSPENDED"),
        state => state.map(AccountState::as_str),
    };
    status.map(AccountStatus::as_str).or(from_state).unwrap_or_default().to_owned()
}

/// Whether an account is closed: it stays listed for some time, but is nobody's any more. In former
/// answers, which have no state, closed accounts are suspended ones.
pub(super) fn is_closed(account: &Account) -> bool {
    match &account.state {
        Some(state) => *state == AccountState::Closed,
        None => account.status == Some(AccountStatus::Suspended),
    }
}

/// All accounts of the organization.
pub(super) async fn all(aws: &Aws) -> Result<Vec<Account>, Error> {
    pages!(aws, "organizations:ListAccounts", aws.organizations().list_accounts(), accounts)
}

/// The accounts directly below a root or unit.
pub(super) async fn of_parent(aws: &Aws, parent: &str) -> Result<Vec<Account>, Error> {
    let call = aws.organizations().list_accounts_for_parent().parent_id(parent);
    pages!(aws, "organizations:ListAccountsForParent", call, accounts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_told_from_old_and_new_answers() {
        let (closed, active) = (AccountState::Closed, AccountState::Active);
        for (of, with, want) in [
            (Some(&closed), Some(&AccountStatus::Suspended), ("CLOSED", "SUSPENDED", true)),
            (Some(&closed), None, ("CLOSED", "SUSPENDED", true)),
            (Some(&active), None, ("ACTIVE", "ACTIVE", false)),
            (
                Some(&AccountState::Suspended),
                Some(&AccountStatus::Suspended),
                ("SUSPENDED", "SUSPENDED", false),
            ),
            (None, Some(&AccountStatus::Suspended), ("SUSPENDED", "SUSPENDED", true)),
            (None, None, ("", "", false)),
        ] {
            let account = Account::builder().set_state(of.cloned()).set_status(with.cloned()).build();
            let found = (state(of, with), status(of, with), is_closed(&account));
            assert_eq!((found.0.as_str(), found.1.as_str(), found.2), want);
        }
    }
}
