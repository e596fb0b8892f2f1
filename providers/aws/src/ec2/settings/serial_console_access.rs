//! `aws_ec2_serial_console_access`: whether the serial consoles of instances can be reached.

use super::setting;
use crate::Aws;
use terrane_sdk::{Computed, Error, Resource};

/// Lets the serial consoles of instances in this region be reached. Destroying it ends that.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_serial_console_access", keep)]
pub struct SerialConsoleAccess {
    /// The region.
    pub id: Computed<String>,
    /// Whether they can be reached.
    #[attr(default = true)]
    pub enabled: Option<bool>,
}

impl SerialConsoleAccess {
    pub(super) async fn get(aws: &Aws) -> Result<bool, Error> {
        let call = aws.ec2().get_serial_console_access_status().send();
        let answer = aws.call("ec2:GetSerialConsoleAccessStatus", call).await?;
        Ok(answer.serial_console_access_enabled.unwrap_or_default())
    }

    fn with(self, enabled: &bool) -> Self {
        SerialConsoleAccess { enabled: Some(*enabled), ..self }
    }

    async fn put(&self, aws: &Aws) -> Result<(), Error> {
        if self.enabled == Some(false) {
            return Self::reset(aws).await;
        }
        let call = aws.ec2().enable_serial_console_access().send();
        aws.call("ec2:EnableSerialConsoleAccess", call).await.map(drop)
    }

    async fn reset(aws: &Aws) -> Result<(), Error> {
        let call = aws.ec2().disable_serial_console_access().send();
        aws.call("ec2:DisableSerialConsoleAccess", call).await.map(drop)
    }
}

setting!(SerialConsoleAccess);
