//! `aws_vpn_gateway_attachment`: a virtual private gateway in a VPC.

use super::gateway_attachments::{attach, detach, gateways, vpc_of};
use crate::Aws;
use crate::ec2::batch::all_failed;
use crate::ec2::route::crc32;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, async_trait};

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

    /// Gateway and VPC are the natural key: what an earlier attempt made is there.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let made = VpnGatewayAttachment { id: planned.made_id().into(), ..planned };
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
                    Ok((vpc == Some(&*state.vpc_id)).then_some(state))
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

    fn import(id: &str) -> Result<Attributes, Error> {
        let detail =
            format!("An attachment of a virtual private gateway cannot be imported, {id:?} or other.");
        Err(Error::new("Import is not possible", detail))
    }
}

impl VpnGatewayAttachment {
    /// The id that Terraform gives the attachment.
    fn made_id(&self) -> String {
        format!("vpn-attachment-{:x}", crc32(&format!("{}-{}", self.vpc_id, self.vpn_gateway_id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_refused() {
        assert!(VpnGatewayAttachment::import("vpn-attachment-1").is_err());
    }
}
