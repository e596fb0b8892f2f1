//! `aws_vpn_gateway_attachment`: a virtual private gateway in a VPC.

use super::gateway_attachments::{attach, detach, gateways, vpc_of};
use crate::Aws;
use crate::ec2::batch::all_failed;
use crate::ec2::kind::{self, parts};
use crate::ec2::route::crc32;
use aws_sdk_ec2::types;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

/// Attaches a virtual private gateway to a VPC.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpn_gateway_attachment", keep)]
pub struct VpnGatewayAttachment {
    /// A checksum of the VPC and the gateway.
    pub id: Computed<String>,
    /// The VPC.
    #[attr(force_new)]
    pub vpc_id: String,
    /// The gateway.
    #[attr(force_new)]
    pub vpn_gateway_id: String,
}

#[async_trait]
impl Resource for VpnGatewayAttachment {
    type Client = Aws;

    const PART: bool = true;

    /// Gateway and VPC are the natural key: what an earlier attempt made is there.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let made = planned.identified();
        match attach(aws, &made.vpn_gateway_id, &made.vpc_id).await {
            Ok(()) => Ok(made),
            Err(error) => Err(error.into()),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        match gateways(aws, states.iter().map(|s| s.vpn_gateway_id.as_str())).await {
            Ok(found) => (states.into_iter())
                .map(|state| {
                    let vpc = found.get(&state.vpn_gateway_id).and_then(vpc_of);
                    Ok((vpc == Some(&*state.vpc_id)).then(|| state.identified()))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        detach(aws, &state.vpn_gateway_id, &state.vpc_id).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let object = |gateway: types::VpnGateway| {
            let vpc_id = vpc_of(&gateway)?.to_owned();
            Some(Self { vpc_id, vpn_gateway_id: gateway.vpn_gateway_id?, ..Self::default() }.identified())
        };
        Ok(Some(kind::all::<types::VpnGateway>(aws).await?.into_iter().filter_map(object).collect()))
    }

    fn import_id(&self) -> Option<String> {
        Some(format!("{}:{}", self.vpn_gateway_id, self.vpc_id))
    }

    /// `vgw-1:vpc-1`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let [gateway, vpc] = parts(id, ':', ["GATEWAY-ID", "VPC-ID"])?;
        Ok(vec![("vpn_gateway_id", Value::from(gateway)), ("vpc_id", Value::from(vpc))])
    }
}

impl VpnGatewayAttachment {
    /// With the id that Terraform gives the attachment.
    fn identified(self) -> Self {
        let id = format!("vpn-attachment-{:x}", crc32(&format!("{}-{}", self.vpc_id, self.vpn_gateway_id)));
        VpnGatewayAttachment { id: id.into(), ..self }
    }
}
