//! `aws_ec2_instance_metadata_defaults`: how new instances answer for their metadata where nothing is said.

use super::setting;
use crate::Aws;
use aws_sdk_ec2::types::{
    DefaultInstanceMetadataEndpointState, DefaultInstanceMetadataTagsState, InstanceMetadataDefaultsResponse,
    MetadataDefaultHttpTokensState,
};
use terrane_sdk::{Computed, Error, Resource, Value, validate};

const NONE: &str = "no-preference";
const SWITCH: &[&str] = &["disabled", "enabled", NONE];

/// Says how new instances of this region answer for their metadata. Destroying it takes that back.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_ec2_instance_metadata_defaults", keep)]
pub struct InstanceMetadataDefaults {
    /// The region.
    pub id: Computed<String>,
    /// Whether they answer: `enabled`, `disabled` or `no-preference`.
    #[attr(default = NONE, validate = validate::one_of(SWITCH))]
    pub http_endpoint: Option<String>,
    /// How far answers may travel, in hops from 1 to 64; -1 for no preference.
    #[attr(default = -1, validate = valid_hops)]
    pub http_put_response_hop_limit: Option<i64>,
    /// Whether questions need a token: `optional`, `required` or `no-preference`.
    #[attr(default = NONE, validate = validate::one_of(&[NONE, "optional", "required"]))]
    pub http_tokens: Option<String>,
    /// Whether the instance's tags are told: `enabled`, `disabled` or `no-preference`.
    #[attr(default = NONE, validate = validate::one_of(SWITCH))]
    pub instance_metadata_tags: Option<String>,
}

/// Checks a number of hops.
fn valid_hops(value: &Value) -> Result<(), String> {
    match value.as_number().and_then(|n| n.to_i64()) {
        Some(-1) | None => Ok(()),
        Some(_) => validate::between(1..=64)(value),
    }
}

impl InstanceMetadataDefaults {
    async fn get(aws: &Aws) -> Result<Option<InstanceMetadataDefaultsResponse>, Error> {
        let call = aws.ec2().get_instance_metadata_defaults().send();
        Ok(aws.call("ec2:GetInstanceMetadataDefaults", call).await?.account_level)
    }

    fn with(self, found: &Option<InstanceMetadataDefaultsResponse>) -> Self {
        let text = |text: Option<&str>| Some(text.unwrap_or(NONE).to_owned());
        let found = found.as_ref();
        InstanceMetadataDefaults {
            http_endpoint: text(found.and_then(|f| f.http_endpoint.as_ref()).map(|s| s.as_str())),
            http_put_response_hop_limit: Some(
                found.and_then(|f| f.http_put_response_hop_limit).map_or(-1, i64::from),
            ),
            http_tokens: text(found.and_then(|f| f.http_tokens.as_ref()).map(|s| s.as_str())),
            instance_metadata_tags: text(
                found.and_then(|f| f.instance_metadata_tags.as_ref()).map(|s| s.as_str()),
            ),
            ..self
        }
    }

    async fn put(&self, aws: &Aws) -> Result<(), Error> {
        let hops = self.http_put_response_hop_limit.and_then(|hops| i32::try_from(hops).ok()).unwrap_or(-1);
        let word = |text: &Option<String>| text.clone().unwrap_or_else(|| NONE.to_owned());
        let call = (aws.ec2().modify_instance_metadata_defaults())
            .http_endpoint(DefaultInstanceMetadataEndpointState::from(word(&self.http_endpoint).as_str()))
            .http_put_response_hop_limit(hops)
            .http_tokens(MetadataDefaultHttpTokensState::from(word(&self.http_tokens).as_str()))
            .instance_metadata_tags(DefaultInstanceMetadataTagsState::from(
                word(&self.instance_metadata_tags).as_str(),
            ));
        let answer = aws.call("ec2:ModifyInstanceMetadataDefaults", call.send()).await?;
        match answer.r#return {
            Some(false) => {
                Err(Error::new("The defaults were not changed", "AWS answers that it did not change them.")
                    .operation("ec2:ModifyInstanceMetadataDefaults"))
            }
            _ => Ok(()),
        }
    }

    async fn reset(aws: &Aws) -> Result<(), Error> {
        let none = InstanceMetadataDefaults {
            id: None.into(),
            http_endpoint: None,
            http_put_response_hop_limit: None,
            http_tokens: None,
            instance_metadata_tags: None,
        };
        none.put(aws).await
    }
}

setting!(InstanceMetadataDefaults);
