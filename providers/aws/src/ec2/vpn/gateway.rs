//! `aws_vpn_gateway`: the virtual private gateway, AWS's side of a VPN to one VPC.

use super::PATIENCE;
use super::gateway_attachments::{attach, detach, vpc_of};
use super::validate::any_asn;
use crate::Aws;
use crate::client::{is_not_found, retry_while};
use crate::ec2::dependents;
use crate::ec2::kind::{self, created, read_each, set, visible};
use crate::ec2::operation::{creation_tags, find_made, finish};
use crate::ec2::tagging::{tag_map, update_tags};
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, GatewayType, ResourceType};
use terrane_sdk::{ApplyContext, Auto, Computed, Error, Failure, Resource, async_trait};

/// Provides a virtual private gateway.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpn_gateway", keep)]
pub struct VpnGateway {
    /// The id of the gateway.
    pub id: Computed<String>,
    /// The number of the gateway's autonomous system.
    #[attr(force_new, validate = any_asn)]
    pub amazon_side_asn: Auto<String>,
    /// The ARN of the gateway.
    pub arn: Computed<String>,
    /// The zone that the gateway is in.
    #[attr(force_new)]
    pub availability_zone: Option<String>,
    /// The tags of the gateway.
    pub tags: Tags,
    /// The VPC that the gateway is attached to.
    pub vpc_id: Auto<String>,
}

#[async_trait]
impl Resource for VpnGateway {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let account = aws.account().await?;
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => {
                let asn = planned.amazon_side_asn.as_deref().and_then(|n| n.parse().ok());
                let call = (aws.ec2().create_vpn_gateway())
                    .r#type(GatewayType::Ipsec1)
                    .set_amazon_side_asn(asn)
                    .set_availability_zone(set(planned.availability_zone.as_deref()))
                    .tag_specifications(creation_tags(ResourceType::VpnGateway, &planned.tags, cx));
                let made = aws.call("ec2:CreateVpnGateway", call.send()).await?;
                created("ec2:CreateVpnGateway", made.vpn_gateway.and_then(|g| g.vpn_gateway_id))?
            }
        };
        let started = VpnGateway { id: id.as_str().into(), ..planned.clone() };
        let complete = async {
            visible::<types::VpnGateway>(aws, &id).await?;
            if let Some(vpc) = planned.vpc() {
                attach(aws, &id, vpc).await?;
            }
            Ok(started.clone().with(aws, &account, visible(aws, &id).await?))
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let account = match aws.account().await {
            Ok(account) => account,
            Err(error) => return crate::ec2::batch::all_failed(states.len(), &error),
        };
        read_each(aws, states, |s| s.id.as_deref(), |s, g| s.with(aws, &account, g)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?;
        if prior.vpc() != planned.vpc() {
            if let Some(vpc) = prior.vpc() {
                detach(aws, id, vpc).await?;
            }
            if let Some(vpc) = planned.vpc() {
                let left = VpnGateway { vpc_id: String::new().into(), ..prior.clone() };
                attach(aws, id, vpc).await.map_err(|e| Failure::partial(aws.here(e), left))?;
            }
        }
        update_tags(aws, id, &prior.tags, &planned.tags).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        // A gateway that is attached cannot be deleted, whoever attached it.
        let now = kind::find::<types::VpnGateway>(aws, id).await?.filter(|g| !kind::Kind::is_gone(g));
        let Some(now) = now else { return Ok(()) };
        if let Some(vpc) = vpc_of(&now) {
            detach(aws, id, vpc).await?;
        }
        let delete = || {
            let call = aws.ec2().delete_vpn_gateway().vpn_gateway_id(id).send();
            aws.call("ec2:DeleteVpnGateway", call)
        };
        // Connections and the attachment may still be going.
        let in_use = |e: &Error| e.has_code(&["IncorrectState"]);
        match retry_while(PATIENCE, in_use, delete).await {
            Err(e) if is_not_found(&e) => Ok(()),
            Err(e) if in_use(&e) => Err(dependents::explain_connections(aws, e, "vpn-gateway-id", id).await),
            other => other.map(|_| ()),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let all = kind::all::<types::VpnGateway>(aws).await?;
        Ok(Some(all.into_iter().map(|g| Self::default().with(aws, &account, g)).collect()))
    }
}

impl VpnGateway {
    fn vpc(&self) -> Option<&str> {
        self.vpc_id.as_deref().filter(|v| !v.is_empty())
    }

    /// This object as EC2 describes it.
    fn with(self, aws: &Aws, account: &str, remote: types::VpnGateway) -> VpnGateway {
        let vpc = vpc_of(&remote).unwrap_or_default().to_owned();
        let id = remote.vpn_gateway_id.unwrap_or_default();
        VpnGateway {
            amazon_side_asn: remote.amazon_side_asn.map(|n| n.to_string()).unwrap_or_default().into(),
            arn: aws.ec2_arn(account, &format!("vpn-gateway/{id}")).into(),
            // It is told only of gateways that were put into a zone.
            availability_zone: set(remote.availability_zone.as_deref()),
            tags: tag_map(remote.tags),
            vpc_id: vpc.into(),
            id: id.into(),
        }
    }
}
