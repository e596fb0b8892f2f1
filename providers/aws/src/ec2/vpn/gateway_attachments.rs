//! The attachment of virtual private gateways to VPCs. Both the gateway's own argument and a
//! resource of its own make one.

use super::PATIENCE;
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while};
use crate::ec2::batch::{describe_by, filter};
use crate::ec2::kind::{self, Kind, kind};
use aws_sdk_ec2::types::{self, AttachmentStatus, VpnState};
use std::collections::HashMap;
use terrane_sdk::Error;

kind!(
    types::VpnGateway,
    "virtual private gateway",
    Some("vpn-gateway-id"),
    vpn_gateway_id,
    |aws, filters| {
        let call = aws.ec2().describe_vpn_gateways().set_filters(filters).send();
        Ok(aws.call("ec2:DescribeVpnGateways", call).await?.vpn_gateways.unwrap_or_default())
    },
    gone: |gateway| matches!(gateway.state(), Some(VpnState::Deleted | VpnState::Deleting))
);

/// The VPC that a gateway is attached to, or being so.
pub(super) fn vpc_of(gateway: &types::VpnGateway) -> Option<&str> {
    let attached = |a: &&types::VpcAttachment| {
        matches!(a.state(), Some(AttachmentStatus::Attached | AttachmentStatus::Attaching))
    };
    gateway.vpc_attachments().iter().find(attached).and_then(|a| a.vpc_id())
}

fn state<'a>(gateway: &'a types::VpnGateway, vpc: &str) -> Option<&'a AttachmentStatus> {
    gateway.vpc_attachments().iter().filter(|a| a.vpc_id() == Some(vpc)).find_map(|a| a.state())
}

/// Gateways by id, those that are gone left out.
pub(super) async fn gateways<'a>(
    aws: &Aws,
    ids: impl IntoIterator<Item = &'a str>,
) -> Result<HashMap<String, types::VpnGateway>, Error> {
    let describe = |ids: Vec<String>| async move {
        types::VpnGateway::describe(aws, Some(vec![filter("vpn-gateway-id", ids)])).await
    };
    let mut found = describe_by(ids, describe, |g| g.vpn_gateway_id()).await?;
    found.retain(|_, g| !g.is_gone());
    Ok(found)
}

/// Attaches a gateway to a VPC and waits for it; attached already is as good.
pub(super) async fn attach(aws: &Aws, gateway: &str, vpc: &str) -> Result<(), Error> {
    let now = kind::find::<types::VpnGateway>(aws, gateway).await?;
    let state = now.as_ref().and_then(|g| state(g, vpc));
    if !matches!(state, Some(AttachmentStatus::Attached | AttachmentStatus::Attaching)) {
        let attach = || {
            let call = aws.ec2().attach_vpn_gateway().vpn_gateway_id(gateway).vpc_id(vpc).send();
            aws.call("ec2:AttachVpnGateway", call)
        };
        retry_while(crate::ec2::NEW_PARENT, is_not_found, attach).await?;
    }
    settle(aws, gateway, vpc, true).await
}

/// Detaches a gateway from a VPC and waits for it; detached already is as good.
pub(super) async fn detach(aws: &Aws, gateway: &str, vpc: &str) -> Result<(), Error> {
    let call = aws.ec2().detach_vpn_gateway().vpn_gateway_id(gateway).vpc_id(vpc).send();
    match aws.call("ec2:DetachVpnGateway", call).await {
        Err(e) if is_not_found(&e) => return Ok(()),
        other => drop(other?),
    }
    settle(aws, gateway, vpc, false).await
}

async fn settle(aws: &Aws, gateway: &str, vpc: &str, attached: bool) -> Result<(), Error> {
    let what = format!("to be {} {vpc}", if attached { "attached to" } else { "detached from" });
    let ready = |found: Option<types::VpnGateway>| {
        let now = found.as_ref().and_then(|g| state(g, vpc)).cloned();
        Ok(match (attached, &now) {
            (true, Some(AttachmentStatus::Attached)) | (false, None | Some(AttachmentStatus::Detached)) => {
                Poll::Ready(())
            }
            (_, now) => Poll::Pending(now.as_ref().map_or("not found", |s| s.as_str()).to_owned()),
        })
    };
    kind::wait(aws, gateway, &what, PATIENCE, ready).await
}
