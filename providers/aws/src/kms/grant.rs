//! `aws_kms_grant`: somebody else may use a key.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use crate::tags::Tags;
use aws_sdk_kms::types::{GrantConstraints, GrantListEntry, GrantOperation};
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Attributes, Block, Computed, Error, Failure, Resource, Value, async_trait, join_all,
    try_join_all, validate,
};

use super::{key, unless_gone};

/// Lets somebody else use a key. To grant the same again under the same name answers the grant that
/// there is.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_kms_grant", keep)]
pub struct Grant {
    /// What the state knows it by: the key and the grant.
    pub id: Computed<String>,
    /// For which contexts of encryption.
    #[block(force_new)]
    pub constraints: BTreeSet<Constraints>,
    /// Tokens of grants that may not be known everywhere yet.
    #[attr(force_new)]
    pub grant_creation_tokens: BTreeSet<String>,
    /// The id of the grant.
    pub grant_id: Computed<String>,
    /// What lets the grant be used before it is known everywhere.
    #[attr(sensitive)]
    pub grant_token: Computed<String>,
    /// Who may use the key.
    #[attr(force_new)]
    pub grantee_principal: String,
    /// The key.
    #[attr(force_new)]
    pub key_id: String,
    /// The name of the grant.
    #[attr(force_new, validate = validate::length(0..=256))]
    pub name: Option<String>,
    /// What they may do: `Encrypt`, `Decrypt` and so on.
    #[attr(force_new, required)]
    pub operations: BTreeSet<String>,
    /// Whether the grant is retired, not revoked, when the resource is destroyed.
    #[attr(force_new, default = false)]
    pub retire_on_delete: Option<bool>,
    /// Who may retire the grant.
    #[attr(force_new)]
    pub retiring_principal: Option<String>,
}

/// For which contexts of encryption.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Constraints {
    /// The whole context.
    pub encryption_context_equals: Tags,
    /// A part of the context.
    pub encryption_context_subset: Tags,
}

impl Grant {
    fn with_remote(self, grant: GrantListEntry) -> Grant {
        let id = grant.grant_id.unwrap_or_default();
        let constraints = grant.constraints.map(|c| Constraints {
            encryption_context_equals: c.encryption_context_equals.into_iter().flatten().collect(),
            encryption_context_subset: c.encryption_context_subset.into_iter().flatten().collect(),
        });
        Grant {
            id: format!("{}:{id}", self.key_id).into(),
            constraints: constraints.into_iter().collect(),
            grant_id: id.into(),
            // A principal that was deleted is told by its unique id.
            grantee_principal: match grant.grantee_principal.filter(|p| p.starts_with("arn:")) {
                Some(principal) => principal,
                None => self.grantee_principal,
            },
            name: grant.name,
            operations: grant.operations.iter().flatten().map(|o| o.as_str().to_owned()).collect(),
            // An instruction that no reading tells: an import takes the default, which another value would replace the grant for.
            retire_on_delete: Some(self.retire_on_delete.unwrap_or_default()),
            retiring_principal: grant.retiring_principal,
            ..self
        }
    }

    fn ids(&self) -> Result<(String, String), Error> {
        let id = self.id.known()?;
        let (key, grant) = id.rsplit_once(':').ok_or_else(|| invalid(id))?;
        Ok((key.to_owned(), grant.to_owned()))
    }

    async fn read_one(self, aws: &Aws) -> Result<Option<Grant>, Error> {
        let (key, id) = self.ids()?;
        let call = aws.kms().list_grants().key_id(&key).grant_id(&id).send();
        let found = unless_gone(aws.call("kms:ListGrants", call).await);
        let found = match found {
            Err(e) if e.has_code(&["InvalidGrantIdException"]) => return Ok(None),
            other => other?,
        };
        let mut grants = found.and_then(|f| f.grants).into_iter().flatten();
        Ok(grants.find(|g| g.grant_id() == Some(&id)).map(|grant| self.with_remote(grant)))
    }
}

fn invalid(id: &str) -> Error {
    Error::new("Invalid import id", format!("Expected KEY:GRANT, got {id:?}."))
}

#[async_trait]
impl Resource for Grant {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let context = |tags: &Tags| Some(tags.clone().into_iter().collect()).filter(|_| !tags.is_empty());
        let constraints = planned.constraints.first().map(|c| {
            GrantConstraints::builder()
                .set_encryption_context_equals(context(&c.encryption_context_equals))
                .set_encryption_context_subset(context(&c.encryption_context_subset))
                .build()
        });
        let operations: Vec<_> =
            planned.operations.iter().map(|o| GrantOperation::from(o.as_str())).collect();
        let tokens: Vec<_> = planned.grant_creation_tokens.iter().cloned().collect();
        let premature = |e: &Error| e.has_code(&["InvalidArnException", "DependencyTimeoutException"]);
        let created = retry_while(PROPAGATION, premature, || async {
            let call = (aws.kms().create_grant().key_id(&planned.key_id))
                .grantee_principal(&planned.grantee_principal)
                .set_operations(Some(operations.clone()))
                .set_constraints(constraints.clone())
                .set_grant_tokens(Some(tokens.clone()).filter(|t| !t.is_empty()))
                .set_name(planned.name.clone().filter(|n| !n.is_empty()))
                .set_retiring_principal(planned.retiring_principal.clone().filter(|p| !p.is_empty()));
            aws.call("kms:CreateGrant", call.send()).await
        });
        let answer = created.await?;
        let id = answer.grant_id.unwrap_or_default();
        Ok(Grant {
            id: format!("{}:{id}", planned.key_id).into(),
            grant_id: id.into(),
            grant_token: answer.grant_token.unwrap_or_default().into(),
            ..planned
        })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        join_all(states.into_iter().map(|state| state.read_one(aws))).await
    }

    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let (key, id) = state.ids()?;
        let gone = |e: &Error| e.has_code(&["InvalidGrantIdException"]);
        let result = if state.retire_on_delete == Some(true) {
            let call = aws.kms().retire_grant().key_id(&key).grant_id(&id).send();
            aws.call("kms:RetireGrant", call).await.map(|_| ())
        } else {
            let call = aws.kms().revoke_grant().key_id(&key).grant_id(&id).send();
            aws.call("kms:RevokeGrant", call).await.map(|_| ())
        };
        match result {
            Err(e) if gone(&e) => Ok(()),
            other => unless_gone(other).map(|_| ()),
        }
    }

    const PART: bool = true;

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let of_key = |key: String| async move {
            let listed = async {
                let mut grants = Vec::new();
                let mut items = aws.kms().list_grants().key_id(&key).into_paginator().items().send();
                while let Some(grant) = items.next().await {
                    grants.push(grant?);
                }
                Ok(grants)
            };
            let grants = unless_gone(aws.call("kms:ListGrants", listed).await)?.unwrap_or_default();
            let grant =
                |grant: GrantListEntry| Self { key_id: key.clone(), ..Self::default() }.with_remote(grant);
            Ok::<Vec<Self>, Error>(grants.into_iter().map(grant).collect())
        };
        let all = try_join_all(key::ids(aws).await?.into_iter().map(of_key)).await?;
        Ok(Some(all.into_iter().flatten().collect()))
    }

    /// `KEY:GRANT`; the key may be an ARN.
    fn import(id: &str) -> Result<Attributes, Error> {
        match id.rsplit_once(':') {
            Some((key, grant)) if !key.is_empty() && !grant.is_empty() => Ok(vec![
                ("id", Value::from(id)),
                ("key_id", Value::from(key)),
                ("grant_id", Value::from(grant)),
            ]),
            _ => Err(invalid(id)),
        }
    }
}
