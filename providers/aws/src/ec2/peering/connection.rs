//! `aws_vpc_peering_connection`: the wish to connect two VPCs, and when the other one is of the same
//! account and region, its acceptance.

use super::PeeringOptions;
use super::remote::{self, PATIENCE, Sides, options_of, put_options, state, status};
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while};
use crate::ec2::batch::all_failed;
use crate::ec2::kind::{self, created, read_each, set};
use crate::ec2::operation::{creation_tags, find_made, finish};
use crate::ec2::tagging::{tag_map, update_tags};
use crate::tags::Tags;
use aws_sdk_ec2::types::{
    self, ResourceType, VpcPeeringConnectionStateReasonCode as State, VpcPeeringConnectionVpcInfo as Side,
};
use terrane_sdk::{ApplyContext, Auto, Computed, Error, Failure, PlanContext, Resource, async_trait};

/// Asks for a connection to another VPC, of any account and region.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_peering_connection", keep, timeouts(create = "1m", update = "1m", delete = "1m"))]
pub struct VpcPeeringConnection {
    /// The id of the connection.
    pub id: Computed<String>,
    /// How far the connection is.
    pub accept_status: Computed<String>,
    /// Options of the side that accepts.
    #[block(computed)]
    pub accepter: Option<PeeringOptions>,
    /// Whether to accept the connection, when both VPCs are of the same account and region.
    pub auto_accept: Option<bool>,
    /// The account that owns the other VPC.
    #[attr(force_new)]
    pub peer_owner_id: Auto<String>,
    /// The region of the other VPC.
    #[attr(force_new)]
    pub peer_region: Auto<String>,
    /// The other VPC.
    #[attr(force_new)]
    pub peer_vpc_id: String,
    /// Options of the side that asks.
    #[block(computed)]
    pub requester: Option<PeeringOptions>,
    /// The tags of the connection.
    pub tags: Tags,
    /// The VPC that asks.
    #[attr(force_new)]
    pub vpc_id: String,
}

const READY: [State; 2] = [State::PendingAcceptance, State::Active];

#[async_trait]
impl Resource for VpcPeeringConnection {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = Self { id: id.as_str().into(), ..planned.clone() };
        let complete = async {
            let made = remote::reach(aws, &id, &READY, cx.timeout_or(PATIENCE)).await?;
            put(aws, made, &started, cx).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
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

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let call = aws.ec2().delete_vpc_peering_connection().vpc_peering_connection_id(id).send();
        match aws.call("ec2:DeleteVpcPeeringConnection", call).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            // One that failed, or that the other side has rejected or deleted, cannot be deleted.
            Err(e) if e.has_code(&["InvalidStateTransition"]) => return Ok(()),
            other => other?,
        };
        let timeout = cx.timeout_or(PATIENCE);
        kind::wait::<types::VpcPeeringConnection, _>(aws, id, "to be deleted", timeout, |found| {
            Ok(match found.as_ref().and_then(self::state) {
                None => Poll::Ready(()),
                Some(State::Active | State::Deleting | State::PendingAcceptance | State::Provisioning) => {
                    Poll::Pending(found.as_ref().map(status).unwrap_or_default())
                }
                Some(_) => Poll::Ready(()),
            })
        })
        .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let all = kind::all::<types::VpcPeeringConnection>(aws).await?.into_iter();
        // The side that accepts has another type for the connection.
        let asked = |c: &types::VpcPeeringConnection| {
            let requester = c.requester_vpc_info();
            requester.and_then(|r| r.owner_id()).is_none_or(|o| o == &*account)
                && requester.and_then(|r| r.region()).is_none_or(|r| r == aws.region())
        };
        Ok(Some(all.filter(asked).map(|c| Self::default().with(&account, c)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        let elsewhere = |name: &str, cx: &PlanContext<'_, Aws>| {
            cx.config(name).as_str().is_some_and(|r| !r.is_empty() && r != cx.client().region())
        };
        if cx.config("auto_accept").as_bool() == Some(true) && elsewhere("peer_region", cx) {
            let detail = "A connection to another region is accepted there, by \
                aws_vpc_peering_connection_accepter; leave auto_accept out here.";
            cx.error_on("auto_accept", "A connection to another region cannot accept itself", detail);
        }
        if cx.changed("auto_accept") {
            cx.set_unknown("accept_status");
        }
    }
}

async fn create(aws: &Aws, planned: &VpcPeeringConnection, cx: &ApplyContext) -> Result<String, Error> {
    let call = (aws.ec2().create_vpc_peering_connection())
        .vpc_id(&planned.vpc_id)
        .peer_vpc_id(&planned.peer_vpc_id)
        .set_peer_owner_id(set(planned.peer_owner_id.as_deref()))
        .set_peer_region(set(planned.peer_region.as_deref()))
        .tag_specifications(creation_tags(ResourceType::VpcPeeringConnection, &planned.tags, cx));
    let create = || aws.call("ec2:CreateVpcPeeringConnection", call.clone().send());
    let made = retry_while(crate::ec2::NEW_PARENT, is_not_found, create).await?;
    let id = made.vpc_peering_connection.and_then(|c| c.vpc_peering_connection_id);
    created("ec2:CreateVpcPeeringConnection", id)
}

/// Accepts the connection where that is wanted, and sets its options.
async fn put(
    aws: &Aws,
    mut now: types::VpcPeeringConnection,
    planned: &VpcPeeringConnection,
    cx: &ApplyContext,
) -> Result<VpcPeeringConnection, Error> {
    let timeout = cx.timeout_or(PATIENCE);
    let id = now.vpc_peering_connection_id.clone().unwrap_or_default();
    if planned.auto_accept == Some(true) && state(&now) == Some(&State::PendingAcceptance) {
        now = remote::accept(aws, &id, timeout).await?;
    }
    let (accepter, requester) = (planned.accepter.as_ref(), planned.requester.as_ref());
    now = put_options(aws, now, accepter, requester, timeout).await?;
    let account = aws.account().await?;
    Ok(planned.clone().with(&account, now))
}

impl VpcPeeringConnection {
    /// This object as EC2 describes it to `account`.
    fn with(self, account: &str, remote: types::VpcPeeringConnection) -> Self {
        let sides = Sides::of(&remote, account);
        let (own, peer) = (sides.own, sides.peer);
        Self {
            accept_status: status(&remote).into(),
            accepter: options_of(remote.accepter_vpc_info()).or(self.accepter),
            auto_accept: self.auto_accept,
            peer_owner_id: Sides::text(peer, Side::owner_id).into(),
            peer_region: sides.region.to_owned().into(),
            peer_vpc_id: Sides::text(peer, Side::vpc_id),
            requester: options_of(remote.requester_vpc_info()).or(self.requester),
            vpc_id: Sides::text(own, Side::vpc_id),
            tags: tag_map(remote.tags),
            id: remote.vpc_peering_connection_id.into(),
        }
    }
}
