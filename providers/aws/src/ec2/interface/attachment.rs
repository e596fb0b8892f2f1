//! `aws_network_interface_attachment`: a further network interface of an instance.

use super::remote;
use crate::Aws;
use crate::ec2::batch::{PAGE, all_failed, describe_all, filter, pages};
use crate::ec2::kind::all;
use aws_sdk_ec2::types::NetworkInterface as Remote;
use std::collections::HashMap;
use terrane_sdk::{ApplyContext, Auto, Computed, Error, Failure, Resource, async_trait};

/// Attaches a network interface to an instance.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_network_interface_attachment", keep)]
pub struct NetworkInterfaceAttachment {
    /// The id of the attachment.
    pub id: Computed<String>,
    /// The id of the attachment.
    pub attachment_id: Computed<String>,
    /// The index of the interface among those of the instance.
    #[attr(force_new)]
    pub device_index: i64,
    /// The instance.
    #[attr(force_new)]
    pub instance_id: String,
    /// The network card that the interface is on.
    #[attr(force_new)]
    pub network_card_index: Auto<i64>,
    /// The network interface.
    #[attr(force_new)]
    pub network_interface_id: String,
    /// How far the attachment is.
    pub status: Computed<String>,
}

/// The interfaces with these attachments.
async fn describe(aws: &Aws, ids: Vec<String>) -> Result<Vec<Remote>, Error> {
    let call = aws.ec2().describe_network_interfaces().filters(filter("attachment.attachment-id", ids));
    pages!(aws, "ec2:DescribeNetworkInterfaces", call.max_results(PAGE))
}

#[async_trait]
impl Resource for NetworkInterfaceAttachment {
    type Client = Aws;

    const PART: bool = true;

    /// The interface is the natural key: it is attached to one instance at most.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (interface, instance) = (&planned.network_interface_id, &planned.instance_id);
        let card = planned.network_card_index.0;
        let id = remote::attach(aws, interface, instance, planned.device_index, card).await?;
        let started = Self { id: id.as_str().into(), ..planned.clone() };
        match crate::ec2::kind::visible::<Remote>(aws, interface).await {
            Ok(found) => Ok(started.clone().with(&found).unwrap_or(started)),
            Err(e) => Err(Failure::partial(aws.here(e), started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let ids = states.iter().filter_map(|s| s.id.as_deref());
        let found = match describe_all(ids, |ids| describe(aws, ids)).await {
            Ok(found) => found,
            Err(error) => return all_failed(states.len(), &error),
        };
        let by_attachment: HashMap<&str, &Remote> =
            found.iter().filter_map(|i| Some((remote::attachment(i)?.attachment_id()?, i))).collect();
        let now = |state: Self| {
            let interface = *by_attachment.get(state.id.as_deref()?)?;
            state.with(interface)
        };
        states.into_iter().map(|state| Ok(now(state))).collect()
    }

    /// Nothing of an attachment can be changed.
    async fn update(_: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(Self { id: prior.id, ..planned })
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        remote::detach(aws, &state.network_interface_id, state.id.known()?).await
    }

    /// Those of further interfaces: an instance has its first one for life.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = all::<Remote>(aws).await?;
        let further = |i: &&Remote| remote::attachment(i).is_some_and(|a| a.device_index() != Some(0));
        Ok(Some(all.iter().filter(further).filter_map(|i| Self::default().with(i)).collect()))
    }
}

impl NetworkInterfaceAttachment {
    /// This object as EC2 describes it; none when the interface is not attached.
    fn with(self, interface: &Remote) -> Option<Self> {
        let found = remote::attachment(interface)?;
        let id = found.attachment_id.clone();
        Some(Self {
            id: id.clone().into(),
            attachment_id: id.into(),
            device_index: found.device_index().map_or(self.device_index, i64::from),
            instance_id: found.instance_id.clone().unwrap_or(self.instance_id),
            network_card_index: found.network_card_index().map_or(0, i64::from).into(),
            network_interface_id: interface.network_interface_id.clone().unwrap_or(self.network_interface_id),
            status: found.status().map(|s| s.as_str().to_owned()).into(),
        })
    }
}
