//! `aws_vpc_peering_connection_accepter`: the other side's consent to a peering connection.

use super::PeeringOptions;
use super::remote::{self, PATIENCE, Sides, options_of, put_options, state, status};
use crate::Aws;
use crate::ec2::batch::all_failed;
use crate::ec2::kind::{self, read_each};
use crate::ec2::tagging::{tag_map, update_tags};
use crate::tags::Tags;
use aws_sdk_ec2::types::{
    self, VpcPeeringConnectionStateReasonCode as State, VpcPeeringConnectionVpcInfo as Side,
};
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, PlanContext, Resource, Value, async_trait,
};

/// Manages the side of a peering connection that accepts it. Destroying it leaves the connection to
/// the side that asked for it.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_peering_connection_accepter", keep, timeouts(create = "1m", update = "1m"))]
pub struct VpcPeeringConnectionAccepter {
    /// The id of the connection.
    pub id: Computed<String>,
    /// How far the connection is.
    pub accept_status: Computed<String>,
    /// Options of the side that accepts.
    #[block(computed)]
    pub accepter: Option<PeeringOptions>,
    /// Whether to accept the connection.
    pub auto_accept: Option<bool>,
    /// The account that owns the other VPC.
    pub peer_owner_id: Computed<String>,
    /// The region of the accepting VPC.
    pub peer_region: Computed<String>,
    /// The VPC of the other side.
    pub peer_vpc_id: Computed<String>,
    /// Options of the side that asks.
    #[block(computed)]
    pub requester: Option<PeeringOptions>,
    /// The tags that this side puts on the connection.
    pub tags: Tags,
    /// The VPC of this side.
    pub vpc_id: Computed<String>,
    /// The connection.
    #[attr(force_new)]
    pub vpc_peering_connection_id: String,
}

#[async_trait]
impl Resource for VpcPeeringConnectionAccepter {
    type Client = Aws;

    const PART: bool = true;

    /// The connection is the natural key: accepted by an earlier attempt, it is active.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = planned.vpc_peering_connection_id.clone();
        let ready = [State::PendingAcceptance, State::Active, State::Provisioning];
        let found = remote::reach(aws, &id, &ready, cx.timeout_or(PATIENCE)).await?;
        let started = Self { id: id.as_str().into(), ..planned };
        let complete = async {
            let before = aws.tags().managed(tag_map(found.tags.clone()));
            update_tags(aws, &id, &before, &started.tags).await?;
            put(aws, found, &started, cx).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let account = match aws.account().await {
            Ok(account) => account,
            Err(error) => return all_failed(states.len(), &error),
        };
        let with = |state: Self, remote| state.with(&account, remote);
        read_each::<types::VpcPeeringConnection, _>(aws, states, |s| s.id.as_deref(), with).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        let now = kind::visible::<types::VpcPeeringConnection>(aws, &id).await?;
        Ok(put(aws, now, &planned, cx).await?)
    }

    /// The connection is the other side's to delete.
    async fn delete(_: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        Ok(())
    }

    /// Those that are asked for elsewhere, or by this account itself.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let accepts = |c: &types::VpcPeeringConnection| {
            let side = c.accepter_vpc_info();
            side.and_then(|s| s.owner_id()).is_none_or(|owner| owner == &*account)
                && side.and_then(|s| s.region()).is_none_or(|region| region == aws.region())
        };
        let all = kind::all::<types::VpcPeeringConnection>(aws).await?.into_iter();
        Ok(Some(all.filter(accepts).map(|c| Self::default().with(&account, c)).collect()))
    }

    /// The id of the connection.
    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("vpc_peering_connection_id", Value::from(id))])
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("auto_accept") {
            cx.set_unknown("accept_status");
        }
    }
}

async fn put(
    aws: &Aws,
    mut now: types::VpcPeeringConnection,
    planned: &VpcPeeringConnectionAccepter,
    cx: &ApplyContext,
) -> Result<VpcPeeringConnectionAccepter, Error> {
    let timeout = cx.timeout_or(PATIENCE);
    let id = planned.vpc_peering_connection_id.as_str();
    if planned.auto_accept == Some(true) && state(&now) == Some(&State::PendingAcceptance) {
        now = remote::accept(aws, id, timeout).await?;
    }
    now = put_options(aws, now, planned.accepter.as_ref(), planned.requester.as_ref(), timeout).await?;
    // What was read before the tags were set does not tell them.
    let now = kind::find::<types::VpcPeeringConnection>(aws, id).await?.unwrap_or(now);
    let account = aws.account().await?;
    Ok(planned.clone().with(&account, now))
}

impl VpcPeeringConnectionAccepter {
    /// This object as EC2 describes it to `account`.
    fn with(self, account: &str, remote: types::VpcPeeringConnection) -> Self {
        let sides = Sides::of(&remote, account);
        let (own, peer) = (sides.own, sides.peer);
        let id = remote.vpc_peering_connection_id.clone().unwrap_or_default();
        Self {
            accept_status: status(&remote).into(),
            accepter: options_of(remote.accepter_vpc_info()).or(self.accepter),
            auto_accept: self.auto_accept,
            peer_owner_id: Sides::text(peer, Side::owner_id).into(),
            peer_region: sides.region.to_owned().into(),
            peer_vpc_id: Sides::text(peer, Side::vpc_id).into(),
            requester: options_of(remote.requester_vpc_info()).or(self.requester),
            vpc_id: Sides::text(own, Side::vpc_id).into(),
            vpc_peering_connection_id: id.clone(),
            tags: tag_map(remote.tags),
            id: id.into(),
        }
    }
}
