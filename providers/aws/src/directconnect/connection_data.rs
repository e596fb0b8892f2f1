//! Data source `aws_dx_connection`: a line to AWS, found by its name.

use super::calls::arn;
use super::connection::{all, is_gone, state};
use super::tagging::tag_map;
use crate::Aws;
use crate::tags::Tags;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// The one line to AWS with a name.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_dx_connection")]
pub struct DxConnectionData {
    /// The ARN of the connection.
    pub arn: Computed<String>,
    /// The device at AWS's end.
    pub aws_device: Computed<String>,
    /// How much the line carries.
    pub bandwidth: Computed<String>,
    /// The id of the connection.
    pub id: Computed<String>,
    /// The location.
    pub location: Computed<String>,
    /// The name.
    pub name: String,
    /// The account that owns the connection.
    pub owner_account_id: Computed<String>,
    /// The partner who provides the line.
    pub partner_name: Computed<String>,
    /// The provider of the line.
    pub provider_name: Computed<String>,
    /// How far the connection is.
    pub state: Computed<String>,
    /// The tags of the connection.
    pub tags: Auto<Tags>,
    /// The number of the VLAN.
    pub vlan_id: Computed<i64>,
}

#[async_trait]
impl DataSource for DxConnectionData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let account = aws.account().await?;
        let all = all(aws).await?;
        let mut named = all.into_iter().filter(|c| c.connection_name() == Some(&*config.name) && !is_gone(c));
        let (Some(found), None) = (named.next(), named.next()) else {
            let detail = format!("Exactly one connection must have the name {:?}.", config.name);
            return Err(Error::new("No connection, or several, match", detail).attribute("name"));
        };
        let id = found.connection_id.clone().unwrap_or_default();
        Ok(DxConnectionData {
            arn: arn(aws, &account, &format!("dxcon/{id}")).into(),
            state: state(&found).into(),
            aws_device: found.aws_device_v2.unwrap_or_default().into(),
            bandwidth: found.bandwidth.unwrap_or_default().into(),
            location: found.location.unwrap_or_default().into(),
            owner_account_id: found.owner_account.unwrap_or_default().into(),
            partner_name: found.partner_name.unwrap_or_default().into(),
            provider_name: found.provider_name.unwrap_or_default().into(),
            tags: aws.tags().managed(tag_map(found.tags)).into(),
            vlan_id: i64::from(found.vlan).into(),
            id: id.into(),
            name: config.name,
        })
    }
}
