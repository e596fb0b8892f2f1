//! `aws_network_acl_association`: the network ACL that a subnet uses.

use super::acl_subnets;
use super::batch::{all_failed, describe_all, filter};
use super::kind::Kind;
use crate::Aws;
use aws_sdk_ec2::types::{self, NetworkAcl};
use std::collections::BTreeSet;
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait};

/// Provides the association of a network ACL with a subnet.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_network_acl_association", keep)]
pub struct NetworkAclAssociation {
    /// The id of the association.
    pub id: Computed<String>,
    /// The ACL.
    #[attr(force_new)]
    pub network_acl_id: String,
    /// The subnet.
    #[attr(force_new)]
    pub subnet_id: String,
}

#[async_trait]
impl Resource for NetworkAclAssociation {
    type Client = Aws;

    const PART: bool = true;

    /// The subnet is the natural key: it has one ACL.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let subnets: BTreeSet<String> = [planned.subnet_id.clone()].into();
        let made = acl_subnets::use_acl(aws, &planned.network_acl_id, &subnets).await?;
        Ok(NetworkAclAssociation { id: made.into_iter().next().into(), ..planned })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let ids = states.iter().filter_map(|s| s.id.as_deref());
        let describe = |ids: Vec<String>| async move {
            NetworkAcl::describe(aws, Some(vec![filter("association.association-id", ids)])).await
        };
        let associations: Vec<types::NetworkAclAssociation> = match describe_all(ids, describe).await {
            Ok(acls) => acls.into_iter().flat_map(|a| a.associations.unwrap_or_default()).collect(),
            Err(error) => return all_failed(states.len(), &error),
        };
        let now = |state: Self| {
            let id = state.id.as_deref();
            let found = associations.iter().find(|a| a.network_acl_association_id() == id)?;
            Some(NetworkAclAssociation {
                network_acl_id: found.network_acl_id.clone()?,
                subnet_id: found.subnet_id.clone()?,
                ..state
            })
        };
        states.into_iter().map(|state| Ok(now(state))).collect()
    }

    /// Nothing of an association can be changed.
    async fn update(_: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(NetworkAclAssociation { id: prior.id, ..planned })
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let Some(acl) = super::kind::find::<NetworkAcl>(aws, &state.network_acl_id).await? else {
            return Ok(());
        };
        let subnets = [state.subnet_id].into();
        acl_subnets::back_to_default(aws, acl.vpc_id().unwrap_or_default(), &state.network_acl_id, &subnets)
            .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let acls = super::kind::all::<NetworkAcl>(aws).await?.into_iter();
        let associations = acls.flat_map(|acl| acl.associations.unwrap_or_default());
        let object = |a: types::NetworkAclAssociation| Self {
            id: a.network_acl_association_id.into(),
            network_acl_id: a.network_acl_id.unwrap_or_default(),
            subnet_id: a.subnet_id.unwrap_or_default(),
        };
        Ok(Some(associations.map(object).collect()))
    }
}
