//! `aws_organizations_organizational_unit`: a unit in the tree below the root.

use super::account_list::of_parent;
use super::organization::managed_here;
use super::tagging::{read_tags, tag_list, update_tags};
use super::{change, pages, tree, unless_gone};
use crate::Aws;
use crate::client::retry_while;
use crate::tags::Tags;
use aws_sdk_organizations::types::{Account, OrganizationalUnit as RemoteUnit};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use terrane_sdk::{ApplyContext, Block, Computed, Error, Failure, Resource, async_trait, join_all, validate};

/// Provides a unit, in which accounts and other units can be.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_organizations_organizational_unit", keep)]
pub struct OrganizationalUnit {
    /// The id of the unit.
    pub id: Computed<String>,
    /// The accounts directly in the unit.
    pub accounts: Computed<Vec<UnitAccount>>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// Its name, which nothing else in the same parent has.
    #[attr(validate = validate::length(1..=128))]
    pub name: String,
    /// The root or unit in which it is.
    #[attr(force_new, validate = tree::valid_parent)]
    pub parent_id: String,
    /// Its tags.
    pub tags: Tags,
}

/// An account in a unit.
#[derive(Clone, Debug, PartialEq, Eq, Block)]
pub struct UnitAccount {
    /// Its ARN.
    pub arn: String,
    /// The e-mail address of its owner.
    pub email: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl UnitAccount {
    fn of(account: &Account) -> UnitAccount {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        UnitAccount {
            arn: text(&account.arn),
            email: text(&account.email),
            id: text(&account.id),
            name: text(&account.name),
        }
    }
}

/// The units directly in a root or unit; `None` if that does not exist.
pub(super) async fn units_of(aws: &Aws, parent: &str) -> Result<Option<Vec<RemoteUnit>>, Error> {
    let call = aws.organizations().list_organizational_units_for_parent().parent_id(parent);
    let operation = pages!(aws, "organizations:ListOrganizationalUnitsForParent", call, organizational_units);
    unless_gone(operation)
}

impl OrganizationalUnit {
    /// The unit with what only calls for itself tell: its accounts and tags.
    async fn filled(self, aws: &Aws, parent: String, remote: &RemoteUnit) -> Result<Option<Self>, Error> {
        let id = remote.id.clone().unwrap_or_default();
        let (accounts, tags) =
            futures::join!(async { unless_gone(of_parent(aws, &id).await) }, read_tags(aws, &id));
        let Some(accounts) = accounts? else { return Ok(None) };
        Ok(Some(OrganizationalUnit {
            accounts: accounts.iter().map(UnitAccount::of).collect::<Vec<_>>().into(),
            arn: remote.arn.clone().into(),
            name: remote.name.clone().unwrap_or_default(),
            parent_id: parent,
            tags: tags?,
            id: id.into(),
        }))
    }

    /// A unit of which only the id is known.
    async fn found_by_id(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let id = self.id.known()?.clone();
        let call = aws.organizations().describe_organizational_unit().organizational_unit_id(&id).send();
        let found = unless_gone(aws.call("organizations:DescribeOrganizationalUnit", call).await)?;
        let Some(remote) = found.and_then(|answer| answer.organizational_unit) else { return Ok(None) };
        match tree::parent_of(aws, &id).await? {
            Some(parent) => self.filled(aws, parent, &remote).await,
            None => Ok(None),
        }
    }

    /// The unit of that name which an earlier attempt may have made.
    async fn made_before(&self, aws: &Aws) -> Result<Option<RemoteUnit>, Error> {
        let units = units_of(aws, &self.parent_id).await?.unwrap_or_default();
        Ok(units.into_iter().find(|unit| unit.name.as_deref() == Some(&self.name)))
    }
}

#[async_trait]
impl Resource for OrganizationalUnit {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let tags = tag_list(&planned.tags)?;
        let created = change(|| {
            let call = aws.organizations().create_organizational_unit();
            let call = call.name(&planned.name).parent_id(&planned.parent_id).set_tags(tags.clone());
            aws.call("organizations:CreateOrganizationalUnit", call.send())
        });
        let unit = match created.await {
            Ok(answer) => answer.organizational_unit,
            Err(error) if cx.repeated && error.has_code(&["DuplicateOrganizationalUnitException"]) => {
                let found = planned.made_before(aws).await?.ok_or(error)?;
                let id = found.id.clone().unwrap_or_default();
                // Tags are given with the creation: what has others is somebody else's.
                if read_tags(aws, &id).await? != planned.tags {
                    let detail =
                        format!("{} has a unit {:?} with other tags.", planned.parent_id, planned.name);
                    return Err(Error::new("The name is taken", detail).attribute("name").into());
                }
                Some(found)
            }
            Err(error) => return Err(error.into()),
        };
        let missing = || Error::new("CreateOrganizationalUnit failed", "The answer has no unit.");
        let unit = unit.ok_or_else(missing)?;
        Ok(OrganizationalUnit {
            id: unit.id.into(),
            arn: unit.arn.into(),
            accounts: Vec::new().into(),
            ..planned
        })
    }

    /// One listing for each parent tells which units there are. Units cannot be moved, so that the parent is
    /// where it was. Accounts and tags take a call for each unit: no call tells those of several.
    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let parents: BTreeSet<String> = states.iter().map(|s| s.parent_id.clone()).collect();
        let list = |parent: String| async {
            let found = if parent.is_empty() { Ok(None) } else { units_of(aws, &parent).await };
            (parent, found)
        };
        let listed: HashMap<_, _> = join_all(parents.into_iter().map(list)).await.into_iter().collect();
        let one = |state: Self| async {
            if state.parent_id.is_empty() {
                return state.found_by_id(aws).await;
            }
            let Some(units) = listed.get(&state.parent_id) else { return Ok(None) };
            let units = units.clone()?;
            let id = state.id.known()?.clone();
            let Some(unit) = units.into_iter().flatten().find(|unit| unit.id.as_ref() == Some(&id)) else {
                return Ok(None);
            };
            let parent = state.parent_id.clone();
            state.filled(aws, parent, &unit).await
        };
        join_all(states.into_iter().map(one)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?;
        if prior.name != planned.name {
            change(|| {
                let call = aws.organizations().update_organizational_unit();
                let call = call.organizational_unit_id(id).name(&planned.name);
                aws.call("organizations:UpdateOrganizationalUnit", call.send())
            })
            .await?;
        }
        update_tags(aws, id, &prior.tags, &planned.tags).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        // What was in the unit a moment ago may still seem to be.
        let not_empty = |error: &Error| error.has_code(&["OrganizationalUnitNotEmptyException"]);
        let deleted = retry_while(Duration::from_secs(30), not_empty, || {
            change(|| {
                let call = aws.organizations().delete_organizational_unit().organizational_unit_id(id);
                aws.call("organizations:DeleteOrganizationalUnit", call.send())
            })
        });
        match unless_gone(deleted.await) {
            Err(error) if not_empty(&error) => Err(tree::explain_not_empty(aws, id, error).await),
            result => result.map(drop),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        if managed_here(aws).await?.is_none() {
            return Ok(Some(Vec::new()));
        }
        let mut all = Vec::new();
        for (parent, unit) in tree::all_units(aws).await? {
            all.extend(OrganizationalUnit::default().filled(aws, parent, &unit).await?);
        }
        Ok(Some(all))
    }
}
