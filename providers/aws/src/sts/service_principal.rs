//! `aws_service_principal`: how policies name a service. Asks nobody.

use crate::Aws;
use crate::client::partition_of;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// How policies name a service.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_service_principal")]
pub struct ServicePrincipal {
    /// The name of the service in the region.
    pub id: Computed<String>,
    /// How policies name the service.
    pub name: Computed<String>,
    /// The region; the provider's when it is not set.
    pub region: Auto<String>,
    /// The service: `s3`.
    pub service_name: String,
    /// What the name ends with.
    pub suffix: Computed<String>,
}

/// What the names of principals end with: `amazonaws.com` everywhere, but for some services in China.
fn suffix(partition: &str, service: &str) -> &'static str {
    let chinese = ["codedeploy", "ec2", "elasticmapreduce", "logs"];
    match partition {
        "aws-cn" if chinese.contains(&service) => "amazonaws.com.cn",
        _ => "amazonaws.com",
    }
}

#[async_trait]
impl DataSource for ServicePrincipal {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let region = config.region.0.unwrap_or_else(|| aws.region().to_owned());
        let service = config.service_name;
        let suffix = suffix(partition_of(&region), &service);
        Ok(ServicePrincipal {
            id: format!("{service}.{region}.{suffix}").into(),
            name: format!("{service}.{suffix}").into(),
            region: region.into(),
            suffix: suffix.into(),
            service_name: service,
        })
    }
}
