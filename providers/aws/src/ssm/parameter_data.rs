//! Data source `aws_ssm_parameter`: the value under a name.

use crate::Aws;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// The value under a name.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_ssm_parameter")]
pub struct ParameterData {
    /// The ARN of the parameter.
    pub arn: Computed<String>,
    /// The name of the parameter.
    pub id: Computed<String>,
    /// The value, when it is no secure string; shown.
    pub insecure_value: Computed<String>,
    /// The name of the parameter.
    pub name: String,
    /// `String`, `StringList` or `SecureString`.
    #[attr(name = "type")]
    pub kind: Computed<String>,
    /// The value, not shown.
    #[attr(sensitive)]
    pub value: Computed<String>,
    /// How often the value was set.
    pub version: Computed<i64>,
    /// Whether a secure string is decrypted.
    #[attr(default = true)]
    pub with_decryption: Option<bool>,
}

#[async_trait]
impl DataSource for ParameterData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let decrypt = config.with_decryption != Some(false);
        let call = aws.ssm().get_parameter().name(&config.name).with_decryption(decrypt).send();
        let Some(found) = aws.call("ssm:GetParameter", call).await?.parameter else {
            let error = Error::new("GetParameter failed", "The answer has no parameter.");
            return Err(aws.here(error.operation("ssm:GetParameter")));
        };
        let kind = found.r#type.map(|t| t.as_str().to_owned()).unwrap_or_default();
        let value = found.value.unwrap_or_default();
        let open = if kind == "SecureString" { String::new() } else { value.clone() };
        Ok(ParameterData {
            arn: found.arn.unwrap_or_default().into(),
            id: found.name.unwrap_or_default().into(),
            insecure_value: open.into(),
            kind: kind.into(),
            value: value.into(),
            version: found.version.into(),
            ..config
        })
    }
}
