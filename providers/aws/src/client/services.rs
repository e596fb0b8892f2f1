//! The clients of AWS's services: how each is made from what a provider configuration's
//! connections share, and kept by the connection to a region.

use std::sync::OnceLock;

use super::Aws;
use super::session::Session;

/// How configurations know a service and where it is.
struct Service {
    /// Its names in the `endpoints` block; the first one is its own.
    names: &'static [&'static str],
    /// Whether one endpoint serves all regions, under one limit.
    global: bool,
}

macro_rules! services {
    ($($(#[$doc:meta])* $name:ident: $sdk:ident, names: $names:expr, global: $global:expr
        $(, with: |$config:ident, $session:ident| $with:expr)?;)*) => {
        /// The names, aliases included, of the services that the provider calls.
        pub(crate) fn called() -> impl Iterator<Item = &'static str> {
            const ALL: &[Service] = &[$(Service { names: &$names, global: $global }),*];
            let with_crate = ALL.iter().flat_map(|service| service.names.iter().copied());
            with_crate.chain(super::plain::called())
        }

        /// The clients that a connection has made so far.
        #[derive(Default)]
        pub(super) struct Services {
            $($name: OnceLock<$sdk::Client>,)*
        }

        impl Aws {
            $(
                $(#[$doc])*
                pub fn $name(&self) -> &$sdk::Client {
                    self.parts().services.$name.get_or_init(|| self.session().$name(&self.region))
                }
            )*
        }

        impl Session {
            $(
                /// A client of the service in `region`.
                pub(super) fn $name(&self, region: &str) -> $sdk::Client {
                    let service = Service { names: &$names, global: $global };
                    let region = self.region_of(&service, region);
                    let (http, partition) = self.paced(&service, region);
                    let mut config = $sdk::config::Builder::from(self.shared())
                        .region($sdk::config::Region::new(region.to_owned()))
                        .retry_partition($sdk::config::retry::RetryPartition::new(partition))
                        .http_client(http);
                    if let Some(url) = service.names.iter().find_map(|name| self.endpoint(name)) {
                        config = config.endpoint_url(url);
                    }
                    $(
                        let $session = self;
                        let $config = config;
                        let config = $with;
                    )?
                    $sdk::Client::from_conf(config.build())
                }
            )*
        }
    };
}

services! {
    /// The client of CloudTrail.
    cloudtrail: aws_sdk_cloudtrail, names: ["cloudtrail"], global: false;
    /// The client of CloudWatch.
    cloudwatch: aws_sdk_cloudwatch, names: ["cloudwatch"], global: false;
    /// The client of Direct Connect.
    directconnect: aws_sdk_directconnect, names: ["directconnect"], global: false;
    /// The client of EC2.
    ec2: aws_sdk_ec2, names: ["ec2"], global: false;
    /// The client of IAM.
    iam: aws_sdk_iam, names: ["iam"], global: true;
    /// The client of the Key Management Service.
    kms: aws_sdk_kms, names: ["kms"], global: false;
    /// The client of CloudWatch Logs.
    logs: aws_sdk_cloudwatchlogs, names: ["logs", "cloudwatchlog", "cloudwatchlogs"], global: false;
    /// The client of Organizations.
    organizations: aws_sdk_organizations, names: ["organizations"], global: true;
    /// The client of the Resource Access Manager.
    ram: aws_sdk_ram, names: ["ram"], global: false;
    /// The client of S3.
    s3: aws_sdk_s3, names: ["s3", "s3api"], global: false,
        with: |config, session| config.force_path_style(session.s3_path_style());
    /// The client of the Simple Notification Service.
    sns: aws_sdk_sns, names: ["sns"], global: false;
    /// The client of the Simple Queue Service.
    sqs: aws_sdk_sqs, names: ["sqs"], global: false;
    /// The client of Systems Manager.
    ssm: aws_sdk_ssm, names: ["ssm"], global: false;
    /// The client of the Security Token Service.
    sts: aws_sdk_sts, names: ["sts"], global: false;
}

impl Session {
    /// The region whose endpoint of a service is called by connections to `region`.
    fn region_of<'a>(&'a self, service: &Service, region: &'a str) -> &'a str {
        match self.sts_region() {
            Some(set) if service.names == ["sts"] => set,
            _ => region,
        }
    }

    /// What paces the requests to a service: the HTTP client under its limit, and the name under
    /// which the SDK counts its retries.
    fn paced(&self, service: &Service, region: &str) -> (super::limit::Limited, String) {
        let (name, place) = (service.names[0], if service.global { "global" } else { region });
        (self.http_client(place, name), format!("{}/{place}/{name}", self.scope()))
    }
}
