//! Data source `aws_kms_alias`: the key that a name stands for.

use crate::Aws;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

use super::alias::{all, target_arn};

/// The key that a name stands for.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_kms_alias")]
pub struct AliasData {
    /// The ARN of the name.
    pub arn: Computed<String>,
    /// The ARN of the name.
    pub id: Computed<String>,
    /// The name, which begins with `alias/`.
    pub name: String,
    /// The ARN of the key.
    pub target_key_arn: Computed<String>,
    /// The id of the key.
    pub target_key_id: Computed<String>,
}

#[async_trait]
impl DataSource for AliasData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let all = all(aws).await?;
        let Some(alias) = all.get(&config.name) else {
            let detail = format!("There is no alias {:?} in this region and account.", config.name);
            return Err(aws.here(Error::new("The alias does not exist", detail).attribute("name")));
        };
        // Names of AWS's own get a key only when it is used first.
        let key = match alias.target_key_id.clone() {
            Some(key) => (key, target_arn(alias)),
            None => {
                let call = aws.kms().describe_key().key_id(&config.name).send();
                let found = aws.call("kms:DescribeKey", call).await?.key_metadata;
                found.map(|m| (m.key_id, m.arn.unwrap_or_default())).unwrap_or_default()
            }
        };
        Ok(AliasData {
            arn: alias.alias_arn.clone().unwrap_or_default().into(),
            id: alias.alias_arn.clone().unwrap_or_default().into(),
            target_key_id: key.0.into(),
            target_key_arn: key.1.into(),
            name: config.name,
        })
    }
}
