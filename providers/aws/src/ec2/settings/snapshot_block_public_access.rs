//! `aws_ebs_snapshot_block_public_access`: whether snapshots of volumes may be public.

use super::setting;
use crate::Aws;
use aws_sdk_ec2::types::SnapshotBlockPublicAccessState as State;
use terrane_sdk::{Computed, Error, Resource, validate};

/// Keeps snapshots of this region from being public. Destroying it ends that.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ebs_snapshot_block_public_access", keep)]
pub struct SnapshotBlockPublicAccess {
    /// The region.
    pub id: Computed<String>,
    /// What is blocked: `block-all-sharing`, `block-new-sharing`, or nothing with `unblocked`.
    #[attr(validate = validate::one_of(State::values()))]
    pub state: String,
}

impl SnapshotBlockPublicAccess {
    async fn get(aws: &Aws) -> Result<String, Error> {
        let call = aws.ec2().get_snapshot_block_public_access_state().send();
        let answer = aws.call("ec2:GetSnapshotBlockPublicAccessState", call).await?;
        Ok(answer.state.unwrap_or(State::Unblocked).as_str().to_owned())
    }

    fn with(self, state: &str) -> Self {
        SnapshotBlockPublicAccess { state: state.to_owned(), ..self }
    }

    async fn put(&self, aws: &Aws) -> Result<(), Error> {
        if self.state == State::Unblocked.as_str() {
            return Self::reset(aws).await;
        }
        let call = aws.ec2().enable_snapshot_block_public_access().state(State::from(self.state.as_str()));
        aws.call("ec2:EnableSnapshotBlockPublicAccess", call.send()).await.map(drop)
    }

    async fn reset(aws: &Aws) -> Result<(), Error> {
        let call = aws.ec2().disable_snapshot_block_public_access().send();
        aws.call("ec2:DisableSnapshotBlockPublicAccess", call).await.map(drop)
    }
}

setting!(SnapshotBlockPublicAccess);
