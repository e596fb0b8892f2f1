//! `aws_iam_account_alias`: the account's name in addresses of the console.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, validate,
};

use super::listing::pages;
use super::{is_taken, unless_gone};

/// Provides the alias of the AWS account, which has one at most.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_iam_account_alias", keep)]
pub struct AccountAlias {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The alias.
    #[attr(
        force_new,
        validate = validate::length(3..=63),
        validate = validate::matches(
            "^[a-z0-9]([a-z0-9]|-[a-z0-9])*$",
            "only have lower-case letters, digits and single hyphens between them"
        )
    )]
    pub account_alias: String,
}

/// The account's aliases: one or none.
pub(super) async fn aliases(aws: &Aws) -> Result<BTreeSet<String>, Error> {
    let found = pages!(aws, "iam:ListAccountAliases", aws.iam().list_account_aliases())?;
    Ok(found.into_iter().collect())
}

#[async_trait]
impl Resource for AccountAlias {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let alias = planned.account_alias.clone();
        let call = aws.iam().create_account_alias().account_alias(&alias).send();
        match aws.call("iam:CreateAccountAlias", call).await {
            Ok(_) => {}
            Err(error) if cx.repeated && is_taken(&error) && aliases(aws).await?.contains(&alias) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(AccountAlias { id: alias.into(), ..planned })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = aliases(aws).await;
        let read = |state: Self| {
            let id = state.id.known()?.clone();
            let is_there = found.as_ref().map_err(Clone::clone)?.contains(&id);
            Ok(is_there.then_some(AccountAlias { account_alias: id, ..state }))
        };
        states.into_iter().map(read).collect()
    }

    /// Every attribute needs a new object.
    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.iam().delete_account_alias().account_alias(state.id.known()?).send();
        unless_gone(aws.call("iam:DeleteAccountAlias", call).await).map(|_| ())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let alias = |alias: String| AccountAlias { id: alias.clone().into(), account_alias: alias };
        Ok(Some(aliases(aws).await?.into_iter().map(alias).collect()))
    }

    /// The alias.
    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("account_alias", Value::from(id))])
    }
}
