//! `aws_organizations_account`: a member account.

use super::account_list::{self, of_parent};
use super::organization::managed_here;
use super::tagging::{read_tags, update_tags};
use super::{account_creation, change, tree, unless, unless_gone};
use crate::Aws;
use crate::client::{Poll, wait_until};
use crate::tags::Tags;
use aws_sdk_organizations::types::Account as RemoteAccount;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, join_all,
    validate,
};

const ACCESS: &[&str] = &["ALLOW", "DENY"];

/// How long AWS may take to close an account, where nothing else is said.
const CLOSING: Duration = Duration::from_secs(10 * 60);

/// Provides an account of the organization.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "aws_organizations_account",
    keep,
    timeouts(create = "30m", update = "10m", delete = "10m")
)]
pub struct Account {
    /// The id of the account.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// Whether the account is closed when it is destroyed here. Otherwise it only leaves the organization, which
    /// it can if it has all that an account of its own needs.
    #[attr(default = false)]
    pub close_on_deletion: Option<bool>,
    /// Whether it has a twin in GovCloud.
    #[attr(force_new)]
    pub create_govcloud: Option<bool>,
    /// The e-mail address of its owner, which no other account has.
    #[attr(force_new, validate = validate::length(6..=64), validate = validate::matches(r"^[^\s@]+@[^\s@]+\.[^\s@]+$", "be an e-mail address"))]
    pub email: String,
    /// The id of the twin in GovCloud.
    pub govcloud_id: Computed<String>,
    /// Whether users and roles of the account may see its bills: `ALLOW` or `DENY`.
    #[attr(force_new, validate = validate::one_of(ACCESS))]
    pub iam_user_access_to_billing: Option<String>,
    /// How it came into the organization: `CREATED` or `INVITED`.
    pub joined_method: Computed<String>,
    /// When it came into the organization.
    pub joined_timestamp: Computed<String>,
    /// Its name.
    #[attr(force_new, validate = validate::length(1..=50))]
    pub name: String,
    /// The root or unit in which it is; at first the root.
    #[attr(validate = tree::valid_parent)]
    pub parent_id: Auto<String>,
    /// The role with all rights that AWS makes in the account, which the management account may assume;
    /// `OrganizationAccountAccessRole` when it is not set.
    #[attr(force_new, validate = validate::matches(r"^[\w+=,.@-]{1,64}$", "have at most 64 letters, digits and any of +=,.@-_"))]
    pub role_name: Option<String>,
    /// Where it is in its life: `ACTIVE`, `SUSPENDED` and others.
    pub state: Computed<String>,
    /// The same in the words of former times.
    pub status: Computed<String>,
    /// Its tags.
    pub tags: Tags,
}

impl Account {
    fn with_remote(self, account: &RemoteAccount, parent: String, tags: Tags) -> Account {
        let listed = account_list::ListedAccount::of(account);
        Account {
            id: listed.id.into(),
            arn: listed.arn.into(),
            email: listed.email,
            joined_method: listed.joined_method.into(),
            joined_timestamp: listed.joined_timestamp.into(),
            name: listed.name,
            parent_id: parent.into(),
            state: listed.state.into(),
            status: listed.status.into(),
            tags,
            ..self
        }
    }

    /// The account as it is, looked for by its id.
    async fn found_by_id(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let id = self.id.known()?.clone();
        let found = async { account_creation::find(aws, &id).await };
        let (found, parent) = futures::try_join!(found, tree::parent_of(aws, &id))?;
        let (Some(account), Some(parent)) = (found, parent) else { return Ok(None) };
        if account_list::is_closed(&account) {
            return Ok(None);
        }
        let tags = read_tags(aws, &id).await?;
        Ok(Some(self.with_remote(&account, parent, tags)))
    }
}

/// Moves an account into `target`, if it is not there.
async fn move_to(aws: &Aws, id: &str, target: &str) -> Result<(), Error> {
    let gone = || Error::new("The account is gone", format!("{id} vanished while it was moved."));
    let source = tree::parent_of(aws, id).await?.ok_or_else(gone)?;
    if source == target {
        return Ok(());
    }
    let moved = change(|| {
        let call = aws.organizations().move_account().account_id(id);
        let call = call.source_parent_id(&source).destination_parent_id(target);
        aws.call("organizations:MoveAccount", call.send())
    });
    unless(&["DuplicateAccountException"], moved.await)
}

/// Closes an account, and waits until it is.
async fn close(aws: &Aws, id: &str, timeout: Duration) -> Result<(), Error> {
    let closed = change(|| {
        aws.call("organizations:CloseAccount", aws.organizations().close_account().account_id(id).send())
    });
    unless(&["AccountAlreadyClosedException"], closed.await)?;
    wait_until(&format!("account {id} to be closed"), timeout, || async {
        let Some(account) = account_creation::find(aws, id).await? else { return Ok(Poll::Ready(())) };
        Ok(match account_list::is_closed(&account) {
            true => Poll::Ready(()),
            false => Poll::Pending(account_list::state(account.state.as_ref(), account.status.as_ref())),
        })
    })
    .await
}

#[async_trait]
impl Resource for Account {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let made = account_creation::create(aws, &planned, cx).await?;
        let id = made.account;
        let started =
            Account { id: id.as_str().into(), govcloud_id: made.govcloud.into(), ..planned.clone() };
        let set_up = async {
            if let Some(parent) = planned.parent_id.get() {
                move_to(aws, &id, parent).await?;
            }
            let gone = || Error::new("The account is gone", format!("{id} vanished while it was set up."));
            let read = started.clone().found_by_id(aws).await?.ok_or_else(gone)?;
            // Tags are as they were given, also where reading comes too early for them.
            Ok(Account { tags: planned.tags.clone(), email: planned.email.clone(), ..read })
        };
        set_up.await.map_err(|error| Failure::partial(error, started))
    }

    /// The accounts of a root or unit are listed together; one that is not where it was last is asked for by
    /// itself. Tags take a call for each account: no call tells those of several.
    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let parents: BTreeSet<String> = states.iter().filter_map(|s| s.parent_id.get().cloned()).collect();
        // Alone, an account is quicker asked for by its id than found in a unit that may be large.
        let parents = if states.len() == 1 { BTreeSet::new() } else { parents };
        let list = |parent: String| async {
            let found = unless_gone(of_parent(aws, &parent).await);
            (parent, found)
        };
        let mut listed: HashMap<String, (String, RemoteAccount)> = HashMap::new();
        for (parent, found) in join_all(parents.into_iter().map(list)).await {
            match found {
                Ok(accounts) => {
                    for account in accounts.into_iter().flatten() {
                        listed.extend(account.id.clone().map(|id| (id, (parent.clone(), account))));
                    }
                }
                Err(error) => return states.iter().map(|_| Err(error.clone())).collect(),
            }
        }
        let one = |state: Self| async {
            let id = state.id.known()?.clone();
            match listed.get(&id) {
                Some((_, account)) if account_list::is_closed(account) => Ok(None),
                Some((parent, account)) => {
                    let tags = read_tags(aws, &id).await?;
                    Ok(Some(state.with_remote(account, parent.clone(), tags)))
                }
                None => state.found_by_id(aws).await,
            }
        };
        join_all(states.into_iter().map(one)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?;
        if let Some(parent) = planned.parent_id.get()
            && prior.parent_id.get() != Some(parent)
        {
            move_to(aws, id, parent).await?;
        }
        let moved = Account { tags: prior.tags.clone(), ..planned.clone() };
        match update_tags(aws, id, &prior.tags, &planned.tags).await {
            Ok(()) => Ok(planned),
            Err(error) => Err(Failure::partial(error, moved)),
        }
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let result = match state.close_on_deletion {
            Some(true) => close(aws, id, cx.timeout_or(CLOSING)).await,
            _ => {
                let left = change(|| {
                    let call = aws.organizations().remove_account_from_organization().account_id(id);
                    aws.call("organizations:RemoveAccountFromOrganization", call.send())
                });
                left.await.map(drop)
            }
        };
        unless_gone(result).map(drop)
    }

    /// An id, or an id and what was said of access to bills, which no call tells: `111111111111_ALLOW`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let (account, access) = match id.split_once('_') {
            Some((account, access)) => (account, Some(access)),
            None => (id, None),
        };
        let is_id = account.len() == 12 && account.chars().all(|c| c.is_ascii_digit());
        if !is_id || access.is_some_and(|access| !ACCESS.contains(&access)) {
            let detail = format!(
                "{id:?} is not the id of an account, as in 111111111111, which _ALLOW or _DENY may follow for \
                 iam_user_access_to_billing."
            );
            return Err(Error::new("Invalid import id", detail));
        }
        let mut attributes = vec![("id", Value::from(account))];
        attributes.extend(access.map(|access| ("iam_user_access_to_billing", Value::from(access))));
        Ok(attributes)
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        if managed_here(aws).await?.is_none() {
            return Ok(Some(Vec::new()));
        }
        let accounts = account_list::all(aws).await?;
        let ids = accounts.iter().filter_map(|account| account.id.clone());
        let found = ids.map(|id| Account { id: id.into(), ..Account::default() }.found_by_id(aws));
        let found = terrane_sdk::try_join_all(found).await?;
        Ok(Some(found.into_iter().flatten().collect()))
    }
}
