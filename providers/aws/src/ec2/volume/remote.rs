//! Volumes as EC2 describes and modifies them. Knows no schema.

use crate::Aws;
use crate::client::{Poll, wait_until};
use crate::ec2::batch::{PAGE, filter, pages};
use crate::ec2::kind::kind;
use aws_sdk_ec2::types::{Volume, VolumeModificationState as State, VolumeType};
use std::time::Duration;
use terrane_sdk::Error;

kind!(Volume, "volume", Some("volume-id"), volume_id, |aws, filters| {
    let call = aws.ec2().describe_volumes().set_filters(filters).max_results(PAGE);
    pages!(aws, "ec2:DescribeVolumes", call)
}, gone: |volume| {
    use aws_sdk_ec2::types::VolumeState;
    matches!(volume.state(), Some(VolumeState::Deleted | VolumeState::Deleting))
});

/// What of a volume can be modified; unset stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::ec2) struct Change {
    pub(in crate::ec2) size: Option<i32>,
    pub(in crate::ec2) kind: Option<String>,
    pub(in crate::ec2) iops: Option<i32>,
    pub(in crate::ec2) throughput: Option<i32>,
    pub(in crate::ec2) multi_attach: Option<bool>,
}

/// Modifies a volume and waits until it is what it is to be; it may go on being optimized.
pub(in crate::ec2) async fn change(
    aws: &Aws,
    id: &str,
    change: Change,
    timeout: Duration,
) -> Result<(), Error> {
    if change == Change::default() {
        return Ok(());
    }
    let call = (aws.ec2().modify_volume().volume_id(id))
        .set_size(change.size)
        .set_volume_type(change.kind.as_deref().map(VolumeType::from))
        .set_iops(change.iops)
        .set_throughput(change.throughput)
        .set_multi_attach_enabled(change.multi_attach)
        .send();
    aws.call("ec2:ModifyVolume", call).await?;
    wait_until(&format!("volume {id} to be modified"), timeout, || async {
        let call = aws.ec2().describe_volumes_modifications().filters(filter("volume-id", [id])).send();
        let found = aws.call("ec2:DescribeVolumesModifications", call).await?;
        let found = found.volumes_modifications.unwrap_or_default();
        let Some(last) = found.into_iter().next() else { return Ok(Poll::Ready(())) };
        match last.modification_state {
            Some(State::Failed) => {
                let why = last.status_message.unwrap_or_else(|| "AWS gives no reason.".into());
                Err(Error::new(format!("Volume {id} was not modified"), why))
            }
            Some(State::Modifying) => Ok(Poll::Pending("modifying".into())),
            _ => Ok(Poll::Ready(())),
        }
    })
    .await
}
