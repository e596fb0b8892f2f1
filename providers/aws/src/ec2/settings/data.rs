//! Data sources `aws_ebs_default_kms_key`, `aws_ebs_encryption_by_default` and `aws_ec2_serial_console_access`: what settings are.

use super::{EbsEncryptionByDefault, SerialConsoleAccess};
use crate::Aws;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// The key for volumes where none is named.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ebs_default_kms_key")]
pub struct EbsDefaultKmsKeyData {
    /// The region.
    pub id: Computed<String>,
    /// The ARN of the key; its alias, when it is AWS's own.
    pub key_arn: Computed<String>,
}

#[async_trait]
impl DataSource for EbsDefaultKmsKeyData {
    type Client = Aws;

    async fn read(aws: &Aws, _: Self) -> Result<Self, Error> {
        let call = aws.ec2().get_ebs_default_kms_key_id().send();
        let key = aws.call("ec2:GetEbsDefaultKmsKeyId", call).await?.kms_key_id;
        Ok(EbsDefaultKmsKeyData { id: aws.region().into(), key_arn: key.unwrap_or_default().into() })
    }
}

/// Whether new volumes are encrypted where nothing is said.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ebs_encryption_by_default")]
pub struct EbsEncryptionByDefaultData {
    /// Whether they are encrypted.
    pub enabled: Computed<bool>,
    /// The region.
    pub id: Computed<String>,
}

#[async_trait]
impl DataSource for EbsEncryptionByDefaultData {
    type Client = Aws;

    async fn read(aws: &Aws, _: Self) -> Result<Self, Error> {
        let enabled = EbsEncryptionByDefault::get(aws).await?;
        Ok(EbsEncryptionByDefaultData { enabled: enabled.into(), id: aws.region().into() })
    }
}

/// Whether the serial consoles of instances can be reached.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_serial_console_access")]
pub struct SerialConsoleAccessData {
    /// Whether they can be reached.
    pub enabled: Computed<bool>,
    /// The region.
    pub id: Computed<String>,
}

#[async_trait]
impl DataSource for SerialConsoleAccessData {
    type Client = Aws;

    async fn read(aws: &Aws, _: Self) -> Result<Self, Error> {
        let enabled = SerialConsoleAccess::get(aws).await?;
        Ok(SerialConsoleAccessData { enabled: enabled.into(), id: aws.region().into() })
    }
}
