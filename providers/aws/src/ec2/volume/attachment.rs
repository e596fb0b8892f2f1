//! `aws_volume_attachment`: a volume's attachment to an instance.

use crate::Aws;
use crate::client::{PROPAGATION, Poll, is_not_found, retry_while};
use crate::ec2::batch::all_failed;
use crate::ec2::kind::{self, by_ids, parts};
use crate::ec2::route::crc32;
use aws_sdk_ec2::types::{Volume, VolumeAttachment as Remote, VolumeAttachmentState as State};
use std::time::Duration;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Attaches a volume to an instance.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_volume_attachment", keep, timeouts(create = "5m", delete = "5m"))]
pub struct VolumeAttachment {
    /// An id made from all three.
    pub id: Computed<String>,
    /// The name of the device within the instance.
    #[attr(force_new)]
    pub device_name: String,
    /// Whether to detach the volume even when the instance does not let go of it.
    pub force_detach: Option<bool>,
    /// The instance.
    #[attr(force_new)]
    pub instance_id: String,
    /// Whether the volume stays attached when the resource is destroyed.
    pub skip_destroy: Option<bool>,
    /// Whether to stop the instance before the volume is detached.
    pub stop_instance_before_detaching: Option<bool>,
    /// The volume.
    #[attr(force_new)]
    pub volume_id: String,
}

fn leaves(attachment: &Remote) -> bool {
    matches!(attachment.state(), Some(State::Detached | State::Detaching))
}

impl VolumeAttachment {
    fn identified(self) -> Self {
        let text = format!("{}-{}-{}-", self.device_name, self.instance_id, self.volume_id);
        Self { id: format!("vai-{}", crc32(&text)).into(), ..self }
    }

    /// The attachment among those of the volume.
    fn find<'a>(&self, volume: &'a Volume) -> Option<&'a Remote> {
        volume.attachments().iter().find(|a| a.instance_id() == Some(&self.instance_id))
    }

    /// Waits until the volume is attached, or detached.
    async fn reach(&self, aws: &Aws, attached: bool, timeout: Duration) -> Result<(), Error> {
        let what = if attached { "to be attached" } else { "to be detached" };
        kind::wait::<Volume, _>(aws, &self.volume_id, what, timeout, |volume| {
            let found = volume.as_ref().and_then(|v| self.find(v)).map(|a| a.state().cloned());
            Ok(match found {
                Some(Some(State::Attached)) if attached => Poll::Ready(()),
                None | Some(Some(State::Detached)) if !attached => Poll::Ready(()),
                Some(Some(state)) => Poll::Pending(state.as_str().to_owned()),
                _ => Poll::Pending("detached".into()),
            })
        })
        .await
    }
}

#[async_trait]
impl Resource for VolumeAttachment {
    type Client = Aws;

    const PART: bool = true;

    /// Volume and instance are the natural key.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let timeout = cx.timeout_or(PATIENCE);
        let volume = kind::visible::<Volume>(aws, &planned.volume_id).await?;
        if planned.find(&volume).is_none() {
            let attach = || {
                let call = (aws.ec2().attach_volume())
                    .device(&planned.device_name)
                    .instance_id(&planned.instance_id)
                    .volume_id(&planned.volume_id)
                    .send();
                aws.call("ec2:AttachVolume", call)
            };
            // The instance may not run yet.
            let early = |e: &Error| e.has_code(&["IncorrectState", "InvalidInstanceID.NotFound"]);
            retry_while(PROPAGATION.min(timeout), early, attach).await?;
        }
        let started = planned.identified();
        match started.reach(aws, true, timeout).await {
            Ok(()) => Ok(started),
            Err(e) => Err(Failure::partial(aws.here(e), started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = match by_ids::<Volume>(aws, states.iter().map(|s| s.volume_id.as_str())).await {
            Ok(found) => found,
            Err(error) => return all_failed(states.len(), &error),
        };
        let now = |state: Self| {
            let attachment = state.find(found.get(&state.volume_id)?)?;
            let device = attachment.device.clone().unwrap_or_else(|| state.device_name.clone());
            (!leaves(attachment)).then(|| Self { device_name: device, ..state }.identified())
        };
        states.into_iter().map(|state| Ok(now(state))).collect()
    }

    /// What can be changed is for the destruction only.
    async fn update(_: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(Self { id: prior.id, ..planned })
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        if state.skip_destroy == Some(true) {
            return Ok(());
        }
        let timeout = cx.timeout_or(PATIENCE);
        let volume = kind::find::<Volume>(aws, &state.volume_id).await?;
        if volume.as_ref().and_then(|v| state.find(v)).is_none() {
            return Ok(());
        }
        if state.stop_instance_before_detaching == Some(true) {
            crate::ec2::instance::stop(aws, &state.instance_id, timeout).await?;
        }
        let call = (aws.ec2().detach_volume())
            .device(&state.device_name)
            .instance_id(&state.instance_id)
            .volume_id(&state.volume_id)
            .set_force(state.force_detach)
            .send();
        match aws.call("ec2:DetachVolume", call).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            // It has been detached in between.
            Err(e) if e.has_code(&["IncorrectState"]) && e.detail.contains("available") => return Ok(()),
            other => other?,
        };
        state.reach(aws, false, timeout).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let of = |volume: Volume| {
            let mut attachments = volume.attachments.unwrap_or_default();
            attachments.retain(|a| !leaves(a));
            let object = |a: Remote| {
                let (device_name, instance_id) = (a.device?, a.instance_id?);
                let volume_id = a.volume_id?;
                Some(Self { device_name, instance_id, volume_id, ..Self::default() }.identified())
            };
            attachments.into_iter().filter_map(object)
        };
        Ok(Some(kind::all::<Volume>(aws).await?.into_iter().flat_map(of).collect()))
    }

    fn import_id(&self) -> Option<String> {
        Some(format!("{}:{}:{}", self.device_name, self.volume_id, self.instance_id))
    }

    /// `DEVICE:VOLUME:INSTANCE`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let [device, volume, instance] = parts(id, ':', ["DEVICE-NAME", "VOLUME-ID", "INSTANCE-ID"])?;
        Ok(vec![
            ("device_name", Value::from(device)),
            ("volume_id", Value::from(volume)),
            ("instance_id", Value::from(instance)),
        ])
    }
}
