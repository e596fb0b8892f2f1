//! `aws_ebs_volume`: a volume of EBS.

use super::remote::{self, Change};
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while, wait_until};
use crate::ec2::batch::all_failed;
use crate::ec2::kind::{self, by_ids, created, int, set, visible};
use crate::ec2::operation::{creation_tags, find_made, finish};
use crate::ec2::tagging::{tag_map, update_tags};
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, ResourceType, SnapshotState, VolumeState as State, VolumeType};
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Error, Failure, PlanContext, Resource, async_trait, validate,
};

const PATIENCE: Duration = Duration::from_secs(10 * 60);
const KINDS: &[&str] = &["standard", "gp2", "gp3", "io1", "io2", "sc1", "st1"];

/// Provides a volume.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ebs_volume", keep, timeouts(create = "5m", update = "5m", delete = "10m"))]
pub struct EbsVolume {
    /// The id of the volume.
    pub id: Computed<String>,
    /// The ARN of the volume.
    pub arn: Computed<String>,
    /// The zone the volume is in.
    #[attr(force_new)]
    pub availability_zone: String,
    /// When the volume was made.
    pub create_time: Computed<String>,
    /// Whether the volume is encrypted.
    #[attr(force_new)]
    pub encrypted: Auto<bool>,
    /// Whether a snapshot is made before the volume is deleted.
    #[attr(default = false)]
    pub final_snapshot: Option<bool>,
    /// Operations in a second.
    pub iops: Auto<i64>,
    /// The key of an encrypted volume.
    #[attr(force_new)]
    pub kms_key_id: Auto<String>,
    /// Whether several instances can have the volume.
    #[attr(force_new)]
    pub multi_attach_enabled: Option<bool>,
    /// The Outpost the volume is on.
    #[attr(force_new)]
    pub outpost_arn: Option<String>,
    /// The size, in GiB.
    pub size: Auto<i64>,
    /// The snapshot to begin with.
    #[attr(force_new)]
    pub snapshot_id: Auto<String>,
    /// The tags of the volume.
    pub tags: Tags,
    /// The throughput in MiB in a second, of a `gp3` volume.
    #[attr(validate = validate::between(125..=2000))]
    pub throughput: Auto<i64>,
    /// The kind of volume.
    #[attr(name = "type", validate = validate::one_of(KINDS))]
    pub kind: Auto<String>,
    /// How fast the volume is filled from its snapshot, in MiB in a second.
    #[attr(force_new, validate = validate::between(100..=300))]
    pub volume_initialization_rate: Option<i64>,
}

#[async_trait]
impl Resource for EbsVolume {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = Self { id: id.as_str().into(), ..planned };
        let timeout = cx.timeout_or(PATIENCE);
        let ready = kind::wait::<types::Volume, _>(aws, &id, "to be available", timeout, |volume| {
            let Some(volume) = volume else { return Ok(Poll::Pending("not found".into())) };
            match volume.state() {
                Some(State::Error) => {
                    let detail = "Often its key or snapshot cannot be used.";
                    Err(Error::new("The volume could not be made", detail))
                }
                Some(State::Creating) => Ok(Poll::Pending("creating".into())),
                _ => Ok(Poll::Ready(volume)),
            }
        });
        let complete = async {
            let volume = ready.await?;
            let account = aws.account().await?;
            Ok(started.clone().with(aws, &account, volume))
        };
        complete.await.map_err(|e: Error| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let ids = states.iter().filter_map(|s| s.id.as_deref());
        match futures::try_join!(by_ids::<types::Volume>(aws, ids), aws.account()) {
            Ok((found, account)) => (states.into_iter())
                .map(|state| {
                    let remote = found.get(state.id.as_deref().unwrap_or_default()).cloned();
                    Ok(remote.map(|remote| state.with(aws, &account, remote)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        let number = |f: fn(&Self) -> Option<i64>| int(f(&planned).filter(|n| f(&prior) != Some(*n)));
        let kind = planned.kind.0.clone().filter(|k| prior.kind.as_deref() != Some(k));
        let change = Change {
            size: number(|v| v.size.0),
            iops: number(|v| v.iops.0).filter(|n| *n > 0),
            throughput: number(|v| v.throughput.0).filter(|n| *n > 0),
            kind,
            multi_attach: None,
        };
        remote::change(aws, &id, change, cx.timeout_or(PATIENCE)).await?;
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        let (volume, account) = futures::try_join!(visible::<types::Volume>(aws, &id), aws.account())?;
        Ok(planned.with(aws, &account, volume))
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let timeout = cx.timeout_or(PATIENCE);
        let there = kind::find::<types::Volume>(aws, id).await?;
        if there.as_ref().is_none_or(kind::Kind::is_gone) {
            return Ok(());
        }
        if state.final_snapshot == Some(true) {
            snapshot(aws, id, &state.tags, timeout).await?;
        }
        let delete = || aws.call("ec2:DeleteVolume", aws.ec2().delete_volume().volume_id(id).send());
        match retry_while(timeout, |e| e.has_code(&["VolumeInUse"]), delete).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            other => other?,
        };
        kind::wait::<types::Volume, _>(aws, id, "to be deleted", timeout, |volume| {
            Ok(match volume.and_then(|v| v.state) {
                None | Some(State::Deleted) => Poll::Ready(()),
                Some(state) => Poll::Pending(state.as_str().to_owned()),
            })
        })
        .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let (all, account) = futures::try_join!(kind::all::<types::Volume>(aws), aws.account())?;
        Ok(Some(all.into_iter().map(|v| Self::default().with(aws, &account, v)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("type") {
            for name in ["iops", "throughput"] {
                if cx.config(name).is_null() {
                    cx.set_unknown(name);
                }
            }
        }
        if cx.is_create() && cx.config("size").is_null() && cx.config("snapshot_id").is_null() {
            let detail = "A volume needs a size, or a snapshot to begin with.";
            cx.error_on("size", "A volume without a size", detail);
        }
    }
}

async fn create(aws: &Aws, planned: &EbsVolume, cx: &ApplyContext) -> Result<String, Error> {
    let some = |n: &Auto<i64>| int(n.0.filter(|n| *n > 0));
    let call = (aws.ec2().create_volume())
        .client_token(cx.token.to_string())
        .availability_zone(&planned.availability_zone)
        .set_encrypted(planned.encrypted.0.filter(|e| *e))
        .set_iops(some(&planned.iops))
        .set_kms_key_id(set(planned.kms_key_id.as_deref()))
        .set_multi_attach_enabled(planned.multi_attach_enabled.filter(|m| *m))
        .set_outpost_arn(set(planned.outpost_arn.as_deref()))
        .set_size(some(&planned.size))
        .set_snapshot_id(set(planned.snapshot_id.as_deref()))
        .set_throughput(some(&planned.throughput))
        .set_volume_type(planned.kind.as_deref().map(VolumeType::from))
        .set_volume_initialization_rate(int(planned.volume_initialization_rate))
        .tag_specifications(creation_tags(ResourceType::Volume, &planned.tags, cx))
        .send();
    created("ec2:CreateVolume", aws.call("ec2:CreateVolume", call).await?.volume_id)
}

/// Makes the last snapshot of a volume, with the volume's tags, and waits for it.
async fn snapshot(aws: &Aws, volume: &str, tags: &Tags, timeout: Duration) -> Result<(), Error> {
    let tags = types::TagSpecification::builder()
        .resource_type(ResourceType::Snapshot)
        .set_tags(Some(crate::ec2::tagging::tag_list(tags)))
        .build();
    let call = aws.ec2().create_snapshot().volume_id(volume);
    let call = if tags.tags().is_empty() { call } else { call.tag_specifications(tags) };
    let made = aws.call("ec2:CreateSnapshot", call.send()).await?;
    let id = created("ec2:CreateSnapshot", made.snapshot_id)?;
    wait_until(&format!("snapshot {id}"), timeout, || async {
        let call = aws.ec2().describe_snapshots().snapshot_ids(&id).send();
        let found = aws.call("ec2:DescribeSnapshots", call).await?.snapshots.unwrap_or_default();
        match found.into_iter().next().and_then(|s| s.state) {
            Some(SnapshotState::Completed) => Ok(Poll::Ready(())),
            Some(SnapshotState::Error) => {
                let detail = format!("Volume {volume} is not deleted therefore.");
                Err(Error::new(format!("Snapshot {id} failed"), detail))
            }
            state => Ok(Poll::Pending(state.map_or_else(|| "not found".into(), |s| s.as_str().to_owned()))),
        }
    })
    .await
}

impl EbsVolume {
    /// This object as EC2 describes it.
    fn with(self, aws: &Aws, account: &str, remote: types::Volume) -> Self {
        let id = remote.volume_id.unwrap_or_default();
        let arn = aws.ec2_arn(account, &format!("volume/{id}"));
        let number = |n: Option<i32>| n.map(i64::from).unwrap_or_default();
        let made =
            remote.create_time.and_then(|t| t.fmt(aws_sdk_ec2::primitives::DateTimeFormat::DateTime).ok());
        let shares = remote.multi_attach_enabled.unwrap_or_default();
        Self {
            arn: arn.into(),
            availability_zone: remote.availability_zone.unwrap_or_default(),
            create_time: made.unwrap_or_default().into(),
            encrypted: remote.encrypted.unwrap_or_default().into(),
            final_snapshot: Some(self.final_snapshot.unwrap_or_default()),
            iops: number(remote.iops).into(),
            kms_key_id: remote.kms_key_id.unwrap_or_default().into(),
            multi_attach_enabled: self.multi_attach_enabled.map(|_| shares).or(shares.then_some(true)),
            outpost_arn: remote.outpost_arn.or(self.outpost_arn.filter(String::is_empty)),
            size: number(remote.size).into(),
            snapshot_id: remote.snapshot_id.unwrap_or_default().into(),
            tags: tag_map(remote.tags),
            throughput: number(remote.throughput).into(),
            kind: remote.volume_type.map(|t| t.as_str().to_owned()).into(),
            volume_initialization_rate: remote
                .volume_initialization_rate
                .map(i64::from)
                .or(self.volume_initialization_rate),
            id: id.into(),
        }
    }
}
