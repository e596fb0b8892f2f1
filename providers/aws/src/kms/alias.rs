//! `aws_kms_alias`: the name of a key.

use crate::Aws;
use crate::client::retry_while;
use crate::iam::name;
use aws_sdk_kms::types::AliasListEntry;
use std::collections::HashMap;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, PlanContext, Resource, Value, async_trait,
    validate,
};

use super::unless_gone;

/// Provides the name of a key.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_kms_alias", keep)]
pub struct Alias {
    /// The name.
    pub id: Computed<String>,
    /// The ARN of the name.
    pub arn: Computed<String>,
    /// The name, which begins with `alias/`; made up when it is not set.
    #[attr(
        force_new,
        conflicts_with = "name_prefix",
        validate = validate::matches(r"^alias/[\w/-]+$", "begin with alias/ and only have letters, digits and any of /_-")
    )]
    pub name: Auto<String>,
    /// What the made-up name begins with.
    #[attr(force_new, conflicts_with = "name")]
    pub name_prefix: Auto<String>,
    /// The ARN of the key.
    pub target_key_arn: Computed<String>,
    /// The key, by its id or ARN.
    #[attr(equivalent = same_key)]
    pub target_key_id: String,
}

/// Whether two texts name the same key: ids, or ARNs that end in them.
fn same_key(a: &str, b: &str) -> bool {
    let id = |text: &str| text.rsplit('/').next().unwrap_or_default().to_owned();
    a == b || (!a.is_empty() && id(a) == id(b))
}

/// All names in the region. There is no call for one of them.
pub(super) async fn all(aws: &Aws) -> Result<HashMap<String, AliasListEntry>, Error> {
    let listed = async {
        let mut all = HashMap::new();
        let mut items = aws.kms().list_aliases().limit(100).into_paginator().items().send();
        while let Some(alias) = items.next().await {
            let alias = alias?;
            all.extend(alias.alias_name.clone().map(|name| (name, alias)));
        }
        Ok(all)
    };
    aws.call("kms:ListAliases", listed).await
}

/// The ARN of the key that a name stands for.
pub(super) fn target_arn(alias: &AliasListEntry) -> String {
    let key = alias.target_key_id().unwrap_or_default();
    match alias.alias_arn().and_then(|arn| arn.split_once(":alias/")) {
        Some((before, _)) => format!("{before}:key/{key}"),
        None => String::new(),
    }
}

impl Alias {
    fn with_remote(self, alias: &AliasListEntry) -> Alias {
        let name = alias.alias_name.clone().unwrap_or_default();
        Alias {
            id: name.as_str().into(),
            arn: alias.alias_arn.clone().unwrap_or_default().into(),
            name_prefix: name::prefix_of(&name).into(),
            name: name.into(),
            target_key_arn: target_arn(alias).into(),
            target_key_id: alias.target_key_id.clone().unwrap_or_default(),
        }
    }

    async fn read_back(self, aws: &Aws, name: &str) -> Result<Alias, Error> {
        let all = all(aws).await?;
        let missing = || Error::new("The alias is gone", format!("{name} vanished while it was read back."));
        all.get(name).map(|alias| self.with_remote(alias)).ok_or_else(missing)
    }
}

#[async_trait]
impl Resource for Alias {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let prefix = planned.name_prefix.as_deref().filter(|p| !p.is_empty()).unwrap_or("alias/");
        let name = name::chosen(planned.name.as_deref(), Some(prefix), cx);
        // A key that was just made may not be known everywhere yet.
        let unknown = |e: &Error| e.has_code(&["NotFoundException"]);
        let created = retry_while(Duration::from_secs(2 * 60), unknown, || async {
            let call = aws.kms().create_alias().alias_name(&name).target_key_id(&planned.target_key_id);
            aws.call("kms:CreateAlias", call.send()).await
        });
        match created.await {
            Err(e) if cx.repeated && e.has_code(&["AlreadyExistsException"]) => {
                let found = planned.clone().read_back(aws, &name).await?;
                if !same_key(&found.target_key_id, &planned.target_key_id) {
                    return Err(e.into());
                }
            }
            other => drop(other?),
        }
        let started = Alias { id: name.as_str().into(), ..planned.clone() };
        planned.read_back(aws, &name).await.map_err(|e| Failure::partial(e, started))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        match all(aws).await {
            Ok(all) => {
                let found = |s: &Self| all.get(s.id.as_deref().unwrap_or_default());
                states.into_iter().map(|s| Ok(found(&s).map(|alias| s.clone().with_remote(alias)))).collect()
            }
            Err(error) => states.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let name = prior.id.known()?.clone();
        let call = aws.kms().update_alias().alias_name(&name).target_key_id(&planned.target_key_id);
        aws.call("kms:UpdateAlias", call.send()).await?;
        Ok(planned.read_back(aws, &name).await?)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.kms().delete_alias().alias_name(state.id.known()?).send();
        unless_gone(aws.call("kms:DeleteAlias", call).await).map(|_| ())
    }

    /// Those of AWS's own are nobody's to manage.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = all(aws).await?;
        let own = all.into_iter().filter(|(name, _)| !name.starts_with("alias/aws/"));
        Ok(Some(own.map(|(_, alias)| Self::default().with_remote(&alias)).collect()))
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("name", Value::from(id))])
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("target_key_id") {
            cx.set_unknown("target_key_arn");
        }
    }
}
