//! `aws_vpc_peering_connection_options`: the options of a peering connection's sides, apart from the
//! connection.

use super::remote::{self, PATIENCE, options_of, put_options};
use crate::Aws;
use crate::ec2::kind::{all, read_each};
use aws_sdk_ec2::types::{self, VpcPeeringConnectionStateReasonCode as State};
use terrane_sdk::{ApplyContext, Attributes, Block, Computed, Error, Failure, Resource, Value, async_trait};

/// Options of one side of a peering connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct PeeringOptions {
    /// Whether the other side resolves public names of this side's instances to private addresses.
    #[attr(default = false)]
    pub allow_remote_vpc_dns_resolution: Option<bool>,
}

impl PeeringOptions {
    pub(super) fn resolves(&self) -> bool {
        self.allow_remote_vpc_dns_resolution.unwrap_or_default()
    }
}

/// Sets options of an active peering connection. They stay when the resource is destroyed.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_peering_connection_options", keep)]
pub struct VpcPeeringConnectionOptions {
    /// The id of the connection.
    pub id: Computed<String>,
    /// Options of the side that accepts.
    #[block(computed)]
    pub accepter: Option<PeeringOptions>,
    /// Options of the side that asks.
    #[block(computed)]
    pub requester: Option<PeeringOptions>,
    /// The connection.
    #[attr(force_new)]
    pub vpc_peering_connection_id: String,
}

async fn put(
    aws: &Aws,
    planned: VpcPeeringConnectionOptions,
    cx: &ApplyContext,
) -> Result<VpcPeeringConnectionOptions, Error> {
    let timeout = cx.timeout_or(PATIENCE);
    let ready = [State::PendingAcceptance, State::Active];
    let now = remote::reach(aws, &planned.vpc_peering_connection_id, &ready, timeout).await?;
    let (accepter, requester) = (planned.accepter.as_ref(), planned.requester.as_ref());
    let now = put_options(aws, now, accepter, requester, timeout).await?;
    Ok(planned.with(now))
}

#[async_trait]
impl Resource for VpcPeeringConnectionOptions {
    type Client = Aws;

    const PART: bool = true;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(put(aws, planned, cx).await?)
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        read_each::<types::VpcPeeringConnection, _>(aws, states, |s| s.id.as_deref(), Self::with).await
    }

    async fn update(aws: &Aws, _: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(put(aws, planned, cx).await?)
    }

    /// The options are part of the connection, and stay.
    async fn delete(_: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        Ok(())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = all::<types::VpcPeeringConnection>(aws).await?.into_iter();
        Ok(Some(all.map(|c| Self::default().with(c)).collect()))
    }

    /// The id of the connection.
    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("vpc_peering_connection_id", Value::from(id))])
    }
}

impl VpcPeeringConnectionOptions {
    fn with(self, remote: types::VpcPeeringConnection) -> Self {
        Self {
            accepter: options_of(remote.accepter_vpc_info()).or(self.accepter),
            requester: options_of(remote.requester_vpc_info()).or(self.requester),
            vpc_peering_connection_id: remote.vpc_peering_connection_id.clone().unwrap_or_default(),
            id: remote.vpc_peering_connection_id.into(),
        }
    }
}
