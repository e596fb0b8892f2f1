//! Attachments of any kind, by what is attached.

use crate::Aws;
use crate::ec2::batch::{PAGE, describe_all, filter, pages};
use aws_sdk_ec2::types::{TransitGatewayAttachment, TransitGatewayAttachmentState as State};
use std::collections::HashMap;
use terrane_sdk::Error;

/// The attachments of resources of a kind, by resource and transit gateway, that are there to stay and that
/// the account sees.
pub(crate) async fn attachments_of_resources<'a>(
    aws: &Aws,
    kind: &str,
    ids: impl IntoIterator<Item = &'a str>,
) -> Result<HashMap<(String, String), String>, Error> {
    let describe = |ids: Vec<String>| async move {
        let call = (aws.ec2().describe_transit_gateway_attachments())
            .filters(filter("resource-type", [kind]))
            .filters(filter("resource-id", ids))
            .max_results(PAGE);
        pages!(aws, "ec2:DescribeTransitGatewayAttachments", call)
    };
    let found = describe_all(ids, describe).await?;
    let there = |a: &TransitGatewayAttachment| {
        !matches!(a.state(), Some(State::Deleted | State::Deleting | State::Failed))
    };
    let pair = |a: TransitGatewayAttachment| {
        Some(((a.resource_id?, a.transit_gateway_id?), a.transit_gateway_attachment_id?))
    };
    Ok(found.into_iter().filter(there).filter_map(pair).collect())
}
