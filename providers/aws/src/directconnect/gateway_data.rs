//! Data source `aws_dx_gateway`: a Direct Connect gateway, found by its name.

use super::gateway::{arn, living};
use super::tagging::tag_map;
use crate::Aws;
use crate::tags::Tags;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// The one Direct Connect gateway with a name.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_dx_gateway")]
pub struct DxGatewayData {
    /// The number of the gateway's autonomous system.
    pub amazon_side_asn: Computed<String>,
    /// The ARN of the gateway.
    pub arn: Computed<String>,
    /// The id of the gateway.
    pub id: Computed<String>,
    /// The name.
    pub name: String,
    /// The account that owns the gateway.
    pub owner_account_id: Computed<String>,
    /// The tags of the gateway.
    pub tags: Auto<Tags>,
}

#[async_trait]
impl DataSource for DxGatewayData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let account = aws.account().await?;
        let all = living(aws).await?;
        let mut named = all.into_iter().filter(|g| g.direct_connect_gateway_name() == Some(&*config.name));
        let (Some(gateway), None) = (named.next(), named.next()) else {
            let detail = format!("Exactly one Direct Connect gateway must have the name {:?}.", config.name);
            return Err(Error::new("No gateway, or several, match", detail).attribute("name"));
        };
        let id = gateway.direct_connect_gateway_id.unwrap_or_default();
        Ok(DxGatewayData {
            amazon_side_asn: gateway.amazon_side_asn.map(|n| n.to_string()).into(),
            arn: arn(aws, &account, &id).into(),
            owner_account_id: gateway.owner_account.into(),
            tags: aws.tags().managed(tag_map(gateway.tags)).into(),
            id: id.into(),
            ..config
        })
    }
}
