//! Network interfaces as EC2 describes, attaches and detaches them. Knows no schema.

use crate::Aws;
use crate::client::{PROPAGATION, Poll, is_not_found, retry_while};
use crate::ec2::batch::{PAGE, pages};
use crate::ec2::kind::{self, created, kind};
use aws_sdk_ec2::types::{AttachmentStatus, NetworkInterface as Remote, NetworkInterfaceAttachment};
use std::time::Duration;
use terrane_sdk::Error;

/// How long interfaces may take to be attached and detached.
pub(super) const PATIENCE: Duration = Duration::from_secs(10 * 60);

kind!(Remote, "network interface", Some("network-interface-id"), network_interface_id, |aws, filters| {
    let call = aws.ec2().describe_network_interfaces().set_filters(filters).max_results(PAGE);
    pages!(aws, "ec2:DescribeNetworkInterfaces", call)
});

/// The attachment to an instance that an interface has and is not about to lose.
pub(super) fn attachment(interface: &Remote) -> Option<&NetworkInterfaceAttachment> {
    let lasting = |a: &&NetworkInterfaceAttachment| {
        let status = a.status();
        a.instance_id().is_some()
            && !matches!(status, Some(AttachmentStatus::Detached | AttachmentStatus::Detaching))
    };
    interface.attachment().filter(lasting)
}

/// Attaches an interface to an instance, waits for it and answers the id of the attachment. One that
/// is attached there already stays.
pub(super) async fn attach(
    aws: &Aws,
    interface: &str,
    instance: &str,
    device_index: i64,
    card: Option<i64>,
) -> Result<String, Error> {
    let now = kind::visible::<Remote>(aws, interface).await?;
    let there = attachment(&now).filter(|a| a.instance_id() == Some(instance));
    let id = match there.and_then(|a| a.attachment_id.clone()) {
        Some(id) => id,
        None => {
            let call = (aws.ec2().attach_network_interface())
                .network_interface_id(interface)
                .instance_id(instance)
                .set_device_index(kind::int(Some(device_index)))
                .set_network_card_index(kind::int(card));
            let attach = || aws.call("ec2:AttachNetworkInterface", call.clone().send());
            let early =
                |e: &Error| is_not_found(e) || e.has_code(&["IncorrectState", "IncorrectInstanceState"]);
            let made = retry_while(PROPAGATION, early, attach).await?;
            created("ec2:AttachNetworkInterface", made.attachment_id)?
        }
    };
    kind::wait::<Remote, _>(aws, interface, "to be attached", PATIENCE, |found| {
        let status = found.as_ref().and_then(|i| i.attachment()).map(|a| a.status().cloned());
        Ok(match status {
            Some(Some(AttachmentStatus::Attached) | None) => Poll::Ready(()),
            Some(Some(status)) => Poll::Pending(status.as_str().to_owned()),
            None => Poll::Pending("detached".into()),
        })
    })
    .await?;
    Ok(id)
}

/// Detaches an interface and waits until it is; one that is not attached is no error.
pub(super) async fn detach(aws: &Aws, interface: &str, attachment: &str) -> Result<(), Error> {
    let call = aws.ec2().detach_network_interface().attachment_id(attachment).force(true).send();
    match aws.call("ec2:DetachNetworkInterface", call).await {
        Err(e) if is_not_found(&e) => return Ok(()),
        other => other?,
    };
    kind::wait::<Remote, _>(aws, interface, "to be detached", PATIENCE, |found| {
        Ok(match found.as_ref().and_then(|i| i.attachment()) {
            Some(a)
                if a.attachment_id() == Some(attachment)
                    && a.status() != Some(&AttachmentStatus::Detached) =>
            {
                Poll::Pending(a.status().map_or_else(|| "attached".into(), |s| s.as_str().to_owned()))
            }
            _ => Poll::Ready(()),
        })
    })
    .await
}
