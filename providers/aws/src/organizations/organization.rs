//! `aws_organizations_organization`: the organization of which this is the management account.

use super::account_list::{self, ListedAccount};
use super::organization_settings::{
    change_policy_types, change_services, enabled_policy_types, roots, services,
};
use super::{change, unless, unless_gone};
use crate::Aws;
use crate::client::retry_while;
use aws_sdk_organizations::types::{
    Organization as RemoteOrganization, OrganizationFeatureSet, Root as RemoteRoot,
};
use std::collections::BTreeSet;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Block, Computed, Diagnostic, Diagnostics, Error, Failure, PlanContext, Resource, Type,
    Value, async_trait, validate,
};

const FEATURE_SETS: &[&str] = &["ALL", "CONSOLIDATED_BILLING"];

/// Provides an organization, with the account that is connected to as its management account.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_organizations_organization", keep)]
pub struct Organization {
    /// The id of the organization.
    pub id: Computed<String>,
    /// All its accounts.
    pub accounts: Computed<Vec<ListedAccount>>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// The services of AWS that work in all accounts, such as `cloudtrail.amazonaws.com`.
    pub aws_service_access_principals: BTreeSet<String>,
    /// The kinds of policies that can be attached, such as `SERVICE_CONTROL_POLICY`.
    pub enabled_policy_types: BTreeSet<String>,
    /// What the organization can: `ALL`, or `CONSOLIDATED_BILLING` alone.
    #[attr(default = "ALL", validate = validate::one_of(FEATURE_SETS))]
    pub feature_set: Option<String>,
    /// The ARN of the management account.
    pub master_account_arn: Computed<String>,
    /// The e-mail address of the management account.
    pub master_account_email: Computed<String>,
    /// The id of the management account.
    pub master_account_id: Computed<String>,
    /// The name of the management account.
    pub master_account_name: Computed<String>,
    /// All accounts but the management account.
    pub non_master_accounts: Computed<Vec<ListedAccount>>,
    /// Whether accounts, roots and services are left out, which takes one request instead of several.
    pub return_organization_only: Option<bool>,
    /// The roots, of which there is one.
    pub roots: Computed<Vec<Root>>,
}

/// The top of the tree of units.
#[derive(Clone, Debug, Block)]
pub struct Root {
    /// Its ARN.
    pub arn: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The kinds of policies, as far as they are not off.
    pub policy_types: Vec<RootPolicyType>,
}

/// A kind of policies at a root.
#[derive(Clone, Debug, Block)]
pub struct RootPolicyType {
    /// Whether it is on, or on its way.
    pub status: String,
    /// Which it is.
    #[attr(name = "type")]
    pub kind: String,
}

impl Root {
    fn of(root: &RemoteRoot) -> Root {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut policy_types: Vec<_> = root
            .policy_types()
            .iter()
            .map(|t| RootPolicyType {
                status: t.status.as_ref().map(|s| s.as_str().to_owned()).unwrap_or_default(),
                kind: t.r#type.as_ref().map(|t| t.as_str().to_owned()).unwrap_or_default(),
            })
            .collect();
        // The API gives them in no particular order.
        policy_types.sort_by(|a, b| a.kind.cmp(&b.kind));
        Root { arn: text(&root.arn), id: text(&root.id), name: text(&root.name), policy_types }
    }
}

/// The organization that the account is in; `None` if it is in none.
pub(super) async fn describe(aws: &Aws) -> Result<Option<RemoteOrganization>, Error> {
    let call = aws.organizations().describe_organization().send();
    let found = unless_gone(aws.call("organizations:DescribeOrganization", call).await)?;
    Ok(found.and_then(|answer| answer.organization))
}

/// The organization that the account manages; `None` if it is in none, or in that of another account. What an organization
/// has is listed from there alone: others may not ask.
pub(super) async fn managed_here(aws: &Aws) -> Result<Option<RemoteOrganization>, Error> {
    let Some(found) = describe(aws).await? else { return Ok(None) };
    let own = aws.account().await?;
    let is_management = found.master_account_id.as_deref() == Some(&*own);
    Ok(is_management.then_some(found))
}

impl Organization {
    /// The organization with all that its own attributes ask for.
    pub(super) async fn filled(self, aws: &Aws, remote: RemoteOrganization) -> Result<Self, Error> {
        let only = self.return_organization_only == Some(true);
        let all_features = remote.feature_set == Some(OrganizationFeatureSet::All);
        let listed = async { if only { Ok(Vec::new()) } else { account_list::all(aws).await } };
        let roots = async { if only { Ok(Vec::new()) } else { roots(aws).await } };
        let trusted = async { if only || !all_features { Ok(BTreeSet::new()) } else { services(aws).await } };
        let (listed, roots, trusted) = futures::try_join!(listed, roots, trusted)?;
        let accounts: Vec<ListedAccount> = listed.iter().map(ListedAccount::of).collect();
        let master = remote.master_account_id.clone().unwrap_or_default();
        let named = accounts.iter().find(|account| account.id == master).map(|a| a.name.clone());
        Ok(Organization {
            id: remote.id.into(),
            arn: remote.arn.into(),
            feature_set: remote.feature_set.map(|f| f.as_str().to_owned()),
            master_account_arn: remote.master_account_arn.into(),
            master_account_email: remote.master_account_email.into(),
            master_account_id: remote.master_account_id.into(),
            master_account_name: named.unwrap_or_default().into(),
            non_master_accounts: accounts
                .iter()
                .filter(|a| a.id != master)
                .cloned()
                .collect::<Vec<_>>()
                .into(),
            accounts: accounts.into(),
            enabled_policy_types: match only {
                true => self.enabled_policy_types,
                false => enabled_policy_types(&roots),
            },
            aws_service_access_principals: match only {
                true => self.aws_service_access_principals,
                false => trusted,
            },
            roots: roots.iter().map(Root::of).collect::<Vec<_>>().into(),
            return_organization_only: self.return_organization_only,
        })
    }

    async fn make(&self, aws: &Aws, repeated: bool) -> Result<RemoteOrganization, Error> {
        let set = self.feature_set.as_deref().map(OrganizationFeatureSet::from);
        let call = aws.organizations().create_organization().set_feature_set(set).send();
        let missing = || Error::new("CreateOrganization failed", "The answer has no organization.");
        match aws.call("organizations:CreateOrganization", call).await {
            Ok(answer) => answer.organization.ok_or_else(missing),
            Err(error) if repeated && error.has_code(&["AlreadyInOrganizationException"]) => {
                let own = aws.account().await?;
                let found = describe(aws).await?;
                found.filter(|o| o.master_account_id.as_deref() == Some(&*own)).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Resource for Organization {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let made = planned.make(aws, cx.repeated).await?;
        let started = Organization { id: made.id.clone().into(), ..planned.clone() };
        let set_up = async {
            let none = BTreeSet::new();
            change_services(aws, &none, &planned.aws_service_access_principals).await?;
            change_policy_types(aws, &none, &planned.enabled_policy_types).await?;
            planned.clone().filled(aws, made).await
        };
        set_up.await.map_err(|error| Failure::partial(error, started))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let mut answers = Vec::new();
        // There is one organization; more than one state is a mistake, which reading shows.
        for state in states {
            let one = async {
                match describe(aws).await? {
                    Some(remote) if remote.id.as_deref() == state.id.as_deref() => {
                        state.filled(aws, remote).await.map(Some)
                    }
                    _ => Ok(None),
                }
            };
            answers.push(one.await);
        }
        answers
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        if prior.feature_set != planned.feature_set {
            let call = aws.organizations().enable_all_features().send();
            let enabled = aws.call("organizations:EnableAllFeatures", call).await;
            unless(&["DuplicateHandshakeException"], enabled)?;
        }
        let (before, after) = (&prior.aws_service_access_principals, &planned.aws_service_access_principals);
        change_services(aws, before, after).await?;
        change_policy_types(aws, &prior.enabled_policy_types, &planned.enabled_policy_types).await?;
        let gone = || Error::new("The organization is gone", "It vanished while it was changed.");
        let remote = describe(aws).await?.ok_or_else(gone)?;
        let read = planned.clone().filled(aws, remote).await?;
        // What was planned as known stays; so does the set of features until the owners of invited
        // accounts agree to another one.
        let accounts = planned.accounts.0.clone().or(read.accounts.0);
        let others = planned.non_master_accounts.0.clone().or(read.non_master_accounts.0);
        let name = planned.master_account_name.0.clone().or(read.master_account_name.0);
        Ok(Organization {
            accounts: accounts.into(),
            non_master_accounts: others.into(),
            master_account_name: name.into(),
            roots: read.roots,
            ..planned
        })
    }

    async fn delete(aws: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        // A unit or account that has just gone may still seem to be there.
        let not_empty = |error: &Error| error.has_code(&["OrganizationNotEmptyException"]);
        let deleted = retry_while(Duration::from_secs(30), not_empty, || {
            change(|| {
                let call = aws.organizations().delete_organization().send();
                aws.call("organizations:DeleteOrganization", call)
            })
        });
        unless_gone(deleted.await).map(drop)
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let Some(remote) = managed_here(aws).await? else { return Ok(Some(Vec::new())) };
        Ok(Some(vec![Organization::default().filled(aws, remote).await?]))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("feature_set") && cx.planned("feature_set").as_str() == Some("CONSOLIDATED_BILLING") {
            cx.force_new("feature_set");
        }
        // The root stays the same, so that what refers to its id is known.
        let roots = cx.planned("roots");
        if let (true, Some(known), Type::List(element)) =
            (cx.changed("enabled_policy_types"), roots.as_slice(), roots.ty())
        {
            let open = |root: &Value| match root.attribute("policy_types") {
                Some(types) => root.with_attribute("policy_types", Value::unknown(types.ty())),
                None => root.clone(),
            };
            cx.set("roots", Value::list((*element).clone(), known.iter().map(open)));
        }
        let only = |value: Value| value.as_bool() == Some(true);
        if only(cx.planned("return_organization_only")) != only(cx.prior("return_organization_only")) {
            for name in ["accounts", "master_account_name", "non_master_accounts", "roots"] {
                cx.set_unknown(name);
            }
        }
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        if config.attribute("feature_set").is_some_and(|f| f.as_str() == Some("CONSOLIDATED_BILLING")) {
            for name in ["aws_service_access_principals", "enabled_policy_types"] {
                if config.attribute(name).is_some_and(|v| v.as_slice().is_some_and(|v| !v.is_empty())) {
                    let detail = "Services and policies need an organization whose feature_set is ALL.";
                    let summary = format!("{name} needs all features");
                    diagnostics.push(Diagnostic::error(summary, detail).on_attribute(name));
                }
            }
        }
    }
}
