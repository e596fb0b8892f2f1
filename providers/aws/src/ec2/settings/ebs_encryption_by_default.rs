//! `aws_ebs_encryption_by_default`: whether new volumes are encrypted where nothing is said.

use super::setting;
use crate::Aws;
use terrane_sdk::{Computed, Error, Resource};

/// Lets new volumes and copies of snapshots be encrypted in this region. Destroying it ends that.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ebs_encryption_by_default", keep)]
pub struct EbsEncryptionByDefault {
    /// The region.
    pub id: Computed<String>,
    /// Whether they are encrypted.
    #[attr(default = true)]
    pub enabled: Option<bool>,
}

impl EbsEncryptionByDefault {
    pub(super) async fn get(aws: &Aws) -> Result<bool, Error> {
        let call = aws.ec2().get_ebs_encryption_by_default().send();
        let answer = aws.call("ec2:GetEbsEncryptionByDefault", call).await?;
        Ok(answer.ebs_encryption_by_default.unwrap_or_default())
    }

    fn with(self, enabled: &bool) -> Self {
        EbsEncryptionByDefault { enabled: Some(*enabled), ..self }
    }

    async fn put(&self, aws: &Aws) -> Result<(), Error> {
        if self.enabled == Some(false) {
            return Self::reset(aws).await;
        }
        let call = aws.ec2().enable_ebs_encryption_by_default().send();
        aws.call("ec2:EnableEbsEncryptionByDefault", call).await.map(drop)
    }

    async fn reset(aws: &Aws) -> Result<(), Error> {
        let call = aws.ec2().disable_ebs_encryption_by_default().send();
        aws.call("ec2:DisableEbsEncryptionByDefault", call).await.map(drop)
    }
}

setting!(EbsEncryptionByDefault);
