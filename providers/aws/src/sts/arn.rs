//! `aws_arn`: the parts of an ARN.

use crate::Aws;
use crate::functions::parse;
use terrane_sdk::{Computed, DataSource, Error, Value, async_trait};

/// Takes an ARN apart. Nobody is asked.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_arn")]
pub struct Arn {
    /// The account; empty where the ARN names none.
    pub account: Computed<String>,
    /// The ARN.
    #[attr(validate = valid)]
    pub arn: String,
    /// The ARN.
    pub id: Computed<String>,
    /// The partition: `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: Computed<String>,
    /// The region; empty where the ARN names none.
    pub region: Computed<String>,
    /// What is left: kind and name.
    pub resource: Computed<String>,
    /// The service.
    pub service: Computed<String>,
}

fn valid(value: &Value) -> Result<(), String> {
    value
        .as_str()
        .map_or(Ok(()), |arn| parse(arn).map(|_| ()).map_err(|why| format!("must be an ARN: {why}.")))
}

#[async_trait]
impl DataSource for Arn {
    type Client = Aws;

    async fn read(_: &Aws, config: Self) -> Result<Self, Error> {
        let invalid = |why: String| Error::new("Invalid ARN", format!("{why}.")).attribute("arn");
        let [partition, service, region, account, resource] = parse(&config.arn).map_err(invalid)?;
        Ok(Arn {
            account: account.into(),
            id: config.arn.as_str().into(),
            partition: partition.into(),
            region: region.into(),
            resource: resource.into(),
            service: service.into(),
            arn: config.arn.clone(),
        })
    }
}
