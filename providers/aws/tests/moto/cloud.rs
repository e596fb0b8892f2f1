//! The provider as the engine drives it, against the endpoint under test.

use serde_json::{Value as Json, json};
use std::ops::Deref;
use std::sync::Arc;
use terrane_provider::{ApplyRequest, OperationToken, Private};
use terrane_provider_aws::AwsProvider;
use terrane_sdk::NativeProvider;
use terrane_sdk::testing::Driver;
use terrane_value::Value;

pub(crate) use terrane_sdk::testing::{Action, assert_same, get, text};

/// A configured provider.
pub(crate) struct Cloud {
    driver: Driver,
    aws: Arc<NativeProvider<AwsProvider>>,
    pub(crate) endpoint: String,
}

impl Deref for Cloud {
    type Target = Driver;

    fn deref(&self) -> &Driver {
        &self.driver
    }
}

impl Cloud {
    /// The cloud at the endpoint that the environment names, in its own region; `None`, with a
    /// word on standard error, when it names none.
    pub(crate) async fn open(region: &str) -> Option<Cloud> {
        Self::open_with(region, json!({})).await
    }

    /// The same with more settings.
    pub(crate) async fn open_with(region: &str, settings: Json) -> Option<Cloud> {
        let Ok(endpoint) = std::env::var("TERRANE_TEST_AWS_ENDPOINT") else {
            eprintln!("skipped: TERRANE_TEST_AWS_ENDPOINT is not set");
            return None;
        };
        Some(Self::open_at(endpoint, region, settings).await)
    }

    /// The cloud at the stub that the environment names, for what moto lacks.
    pub(crate) async fn open_stub(region: &str, settings: Json) -> Option<Cloud> {
        let Ok(endpoint) = std::env::var("TERRANE_TEST_AWS_STUB") else {
            eprintln!("skipped: TERRANE_TEST_AWS_STUB is not set");
            return None;
        };
        Some(Self::open_at(endpoint, region, settings).await)
    }

    /// The cloud at the stub, in an account of its own that a role leads into.
    pub(crate) async fn open_account(region: &str, account: &str) -> Option<Cloud> {
        let role = format!("arn:aws:iam::{account}:role/admin");
        Self::open_stub(region, json!({"assume_role": [{"role_arn": role}]})).await
    }

    async fn open_at(endpoint: String, region: &str, settings: Json) -> Cloud {
        let provider = terrane_provider_aws::provider();
        let mut config = json!({
            "region": region,
            "access_key": "AKIATEST",
            "secret_key": "secret",
            "s3_use_path_style": true,
            "endpoints": [{
                "account": endpoint, "elasticache": endpoint, "rds": endpoint, "redshift": endpoint, "s3control": endpoint,
                "cloudtrail": endpoint, "cloudwatch": endpoint, "directconnect": endpoint, "ec2": endpoint,
                "iam": endpoint, "kms": endpoint, "logs": endpoint, "organizations": endpoint, "ram": endpoint,
                "s3": endpoint, "sns": endpoint, "sqs": endpoint, "ssm": endpoint, "sts": endpoint,
            }],
        });
        for (key, value) in settings.as_object().expect("settings are an object") {
            config[key] = value.clone();
        }
        let driver = Driver::open(provider.clone(), &config).await;
        Cloud { driver, aws: provider, endpoint }
    }

    /// The requests sent by `work`.
    pub(crate) async fn requests<T>(&self, work: impl Future<Output = T>) -> (u64, T) {
        let before = self.aws.definition().requests_sent();
        let result = work.await;
        (self.aws.definition().requests_sent() - before, result)
    }
}

/// A look at the endpoint past the provider.
impl Cloud {
    fn ec2(&self, region: &str) -> aws_sdk_ec2::Client {
        let credentials = aws_sdk_ec2::config::Credentials::new("AKIATEST", "secret", None, None, "test");
        let config = aws_sdk_ec2::Config::builder()
            .behavior_version_latest()
            .region(aws_sdk_ec2::config::Region::new(region.to_owned()))
            .credentials_provider(credentials)
            .endpoint_url(&self.endpoint)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        aws_sdk_ec2::Client::from_conf(config)
    }

    pub(crate) fn here(&self) -> aws_sdk_ec2::Client {
        let identity = self.client.identity();
        self.ec2(identity.rsplit(' ').next().unwrap_or_default())
    }

    /// Makes a VPC as an operation with this token would.
    pub(crate) async fn create_vpc_with_token(&self, token: &OperationToken) -> String {
        use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};
        let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
        let tags = TagSpecification::builder()
            .resource_type(ResourceType::Vpc)
            .tags(tag("terrane:operation", &token.to_string()))
            .tags(tag("Name", "a"))
            .build();
        let call = self.here().create_vpc().cidr_block("10.0.0.0/16").tag_specifications(tags);
        call.send().await.unwrap().vpc.unwrap().vpc_id.unwrap()
    }

    /// The tags of an object, all of them.
    pub(crate) async fn tags(&self, id: &str) -> Json {
        use aws_sdk_ec2::types::Filter;
        let filter = Filter::builder().name("resource-id").values(id).build();
        let found =
            self.here().describe_tags().filters(filter).send().await.unwrap().tags.unwrap_or_default();
        found
            .into_iter()
            .map(|t| (t.key.unwrap(), Json::from(t.value)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    /// How many marks of operations an object has.
    pub(crate) async fn operation_tags(&self, id: &str) -> usize {
        usize::from(self.tags(id).await.get("terrane:operation").is_some())
    }

    /// Sets a tag.
    pub(crate) async fn tag(&self, id: &str, key: &str, value: &str) {
        let tag = aws_sdk_ec2::types::Tag::builder().key(key).value(value).build();
        self.here().create_tags().resources(id).tags(tag).send().await.unwrap();
    }
}

/// Changes that must fail, and others past the provider.
impl Cloud {
    /// The code with which AWS refuses a repeated create.
    pub(crate) async fn refused(
        &self,
        type_name: &str,
        planned: &Value,
        config: &Value,
        token: OperationToken,
    ) -> Option<String> {
        let request = ApplyRequest {
            type_name: type_name.to_owned(),
            prior: Value::NULL,
            config: config.clone(),
            planned: planned.clone(),
            private: Private::from([]),
            token,
            write_only_changed: Vec::new(),
            repeated: true,
        };
        let response = self.provider.apply(&self.client, request).await;
        let facts = response.diagnostics.iter().flat_map(|d| d.about.clone());
        facts
            .into_iter()
            .find(|(kind, _)| *kind == terrane_sdk::Context::Code)
            .map(|(_, code)| code.to_string())
    }

    /// What is said of a data source that finds nothing, or too much.
    pub(crate) async fn not_found(&self, type_name: &str, json: Json) -> String {
        let error = self.read_data(type_name, json).await.expect_err("it is refused");
        format!("{error:?}")
    }

    /// Makes a network interface.
    pub(crate) async fn create_interface(&self, subnet: &str, address: &str) -> String {
        let call = self.here().create_network_interface().subnet_id(subnet).private_ip_address(address);
        call.send().await.unwrap().network_interface.unwrap().network_interface_id.unwrap()
    }

    /// Deletes a network interface.
    pub(crate) async fn delete_interface(&self, id: &str) {
        self.here().delete_network_interface().network_interface_id(id).send().await.unwrap();
    }
}
