//! `aws_dx_hosted_private_virtual_interface_accepter` and its like: the consent to a virtual interface on another
//! account's line.

use super::PATIENCE;
use super::interface::{self, WORKING, arn, one_of};
use super::tagging::{tag_map, update_tags};
use crate::Aws;
use crate::ec2::{all_failed, set_text};
use crate::tags::Tags;
use aws_sdk_directconnect::types::{VirtualInterface as Remote, VirtualInterfaceState as State};
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Diagnostics, Error, Failure, Resource, Value, async_trait,
};

/// All that the consents to the three kinds have in common.
macro_rules! accepter {
    ($ty:ident, $kind:literal, $confirm:ident, $names:expr) => {
        #[async_trait]
        impl Resource for $ty {
            type Client = Aws;

            const PART: bool = true;

            /// The interface is the natural key: accepted by an earlier attempt, it is no longer in state
            /// `confirming`.
            async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
                let account = aws.account().await?;
                let id = planned.virtual_interface_id.clone();
                let timeout = cx.timeout_or(PATIENCE);
                let now = interface::wait(aws, &id, interface::OFFERED, timeout).await?;
                if now.virtual_interface_state() == Some(&State::Confirming) {
                    $confirm(aws, &planned).await?;
                }
                let started = $ty { id: id.as_str().into(), ..planned };
                let complete = async {
                    let mut made = interface::wait(aws, &id, WORKING, timeout).await?;
                    let before = tag_map(made.tags.take());
                    update_tags(aws, &arn(aws, &account, &id), &before, &started.tags).await?;
                    let tags = started.tags.clone();
                    Ok($ty { tags, ..started.clone().with(aws, &account, made) })
                };
                complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
            }

            async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
                let account = match aws.account().await {
                    Ok(account) => account,
                    Err(error) => return all_failed(states.len(), &error),
                };
                let id = |s: &Self| Some(s.virtual_interface_id.clone());
                let found = match interface::all(aws).await {
                    Ok(found) => found,
                    Err(error) => return all_failed(states.len(), &error),
                };
                let accepted = |i: &&Remote| WORKING.contains(&interface::state(i));
                (states.into_iter())
                    .map(|state| {
                        let wanted = id(&state);
                        let same = |i: &&Remote| i.virtual_interface_id == wanted;
                        let remote = found.iter().filter(accepted).find(same).cloned();
                        Ok(remote.map(|remote| state.with(aws, &account, remote)))
                    })
                    .collect()
            }

            async fn update(
                aws: &Aws,
                prior: Self,
                planned: Self,
                _: &ApplyContext,
            ) -> Result<Self, Failure<Self>> {
                update_tags(aws, prior.arn.known()?, &prior.tags, &planned.tags).await?;
                Ok(planned)
            }

            /// The interface is the other account's to delete.
            async fn delete(_: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
                Ok(())
            }

            async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
                let account = aws.account().await?;
                let found = interface::accepted(aws, $kind, &account).await?.into_iter();
                Ok(Some(found.map(|i| Self::default().with(aws, &account, i)).collect()))
            }

            fn import(id: &str) -> Result<Attributes, Error> {
                Ok(vec![("id", Value::from(id)), ("virtual_interface_id", Value::from(id))])
            }

            fn validate(config: &Value, diagnostics: &mut Diagnostics) {
                let names: Option<[&str; 2]> = $names;
                if let Some(names) = names {
                    one_of(config, names, "gateway", diagnostics);
                }
            }
        }
    };
}

/// Accepts a private virtual interface on another account's line. When it is destroyed, the interface stays.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "aws_dx_hosted_private_virtual_interface_accepter",
    keep,
    timeouts(create = "10m", delete = "10m")
)]
pub struct DxHostedPrivateVirtualInterfaceAccepter {
    /// The id of the interface.
    pub id: Computed<String>,
    /// The ARN of the interface.
    pub arn: Computed<String>,
    /// The Direct Connect gateway that the interface leads to.
    #[attr(force_new)]
    pub dx_gateway_id: Option<String>,
    /// The tags of the interface.
    pub tags: Tags,
    /// The interface to accept.
    #[attr(force_new)]
    pub virtual_interface_id: String,
    /// The virtual private gateway that the interface leads to.
    #[attr(force_new)]
    pub vpn_gateway_id: Option<String>,
}

accepter!(
    DxHostedPrivateVirtualInterfaceAccepter,
    "private",
    confirm_private,
    Some(["dx_gateway_id", "vpn_gateway_id"])
);

impl DxHostedPrivateVirtualInterfaceAccepter {
    /// This object as Direct Connect describes it.
    fn with(self, aws: &Aws, account: &str, remote: Remote) -> DxHostedPrivateVirtualInterfaceAccepter {
        let id = remote.virtual_interface_id.unwrap_or_default();
        DxHostedPrivateVirtualInterfaceAccepter {
            arn: arn(aws, account, &id).into(),
            dx_gateway_id: set_text(remote.direct_connect_gateway_id.as_deref()),
            tags: tag_map(remote.tags),
            virtual_interface_id: id.clone(),
            vpn_gateway_id: set_text(remote.virtual_gateway_id.as_deref()),
            id: id.into(),
        }
    }
}

async fn confirm_private(aws: &Aws, planned: &DxHostedPrivateVirtualInterfaceAccepter) -> Result<(), Error> {
    let call = (aws.directconnect().confirm_private_virtual_interface())
        .virtual_interface_id(&planned.virtual_interface_id)
        .set_direct_connect_gateway_id(set_text(planned.dx_gateway_id.as_deref()))
        .set_virtual_gateway_id(set_text(planned.vpn_gateway_id.as_deref()))
        .send();
    aws.call("directconnect:ConfirmPrivateVirtualInterface", call).await.map(|_| ())
}

/// Accepts a public virtual interface on another account's line. When it is destroyed, the interface stays.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "aws_dx_hosted_public_virtual_interface_accepter",
    keep,
    timeouts(create = "10m", delete = "10m")
)]
pub struct DxHostedPublicVirtualInterfaceAccepter {
    /// The id of the interface.
    pub id: Computed<String>,
    /// The ARN of the interface.
    pub arn: Computed<String>,
    /// The tags of the interface.
    pub tags: Tags,
    /// The interface to accept.
    #[attr(force_new)]
    pub virtual_interface_id: String,
}

accepter!(DxHostedPublicVirtualInterfaceAccepter, "public", confirm_public, None);

impl DxHostedPublicVirtualInterfaceAccepter {
    /// This object as Direct Connect describes it.
    fn with(self, aws: &Aws, account: &str, remote: Remote) -> DxHostedPublicVirtualInterfaceAccepter {
        let id = remote.virtual_interface_id.unwrap_or_default();
        DxHostedPublicVirtualInterfaceAccepter {
            arn: arn(aws, account, &id).into(),
            tags: tag_map(remote.tags),
            virtual_interface_id: id.clone(),
            id: id.into(),
        }
    }
}

async fn confirm_public(aws: &Aws, planned: &DxHostedPublicVirtualInterfaceAccepter) -> Result<(), Error> {
    let call = (aws.directconnect().confirm_public_virtual_interface())
        .virtual_interface_id(&planned.virtual_interface_id)
        .send();
    aws.call("directconnect:ConfirmPublicVirtualInterface", call).await.map(|_| ())
}

/// Accepts a transit virtual interface on another account's line. When it is destroyed, the interface stays.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "aws_dx_hosted_transit_virtual_interface_accepter",
    keep,
    timeouts(create = "10m", delete = "10m")
)]
pub struct DxHostedTransitVirtualInterfaceAccepter {
    /// The id of the interface.
    pub id: Computed<String>,
    /// The ARN of the interface.
    pub arn: Computed<String>,
    /// The Direct Connect gateway that the interface leads to.
    #[attr(force_new)]
    pub dx_gateway_id: String,
    /// The tags of the interface.
    pub tags: Tags,
    /// The interface to accept.
    #[attr(force_new)]
    pub virtual_interface_id: String,
}

accepter!(DxHostedTransitVirtualInterfaceAccepter, "transit", confirm_transit, None);

impl DxHostedTransitVirtualInterfaceAccepter {
    /// This object as Direct Connect describes it.
    fn with(self, aws: &Aws, account: &str, remote: Remote) -> DxHostedTransitVirtualInterfaceAccepter {
        let id = remote.virtual_interface_id.unwrap_or_default();
        DxHostedTransitVirtualInterfaceAccepter {
            arn: arn(aws, account, &id).into(),
            dx_gateway_id: remote.direct_connect_gateway_id.unwrap_or_default(),
            tags: tag_map(remote.tags),
            virtual_interface_id: id.clone(),
            id: id.into(),
        }
    }
}

async fn confirm_transit(aws: &Aws, planned: &DxHostedTransitVirtualInterfaceAccepter) -> Result<(), Error> {
    let call = (aws.directconnect().confirm_transit_virtual_interface())
        .virtual_interface_id(&planned.virtual_interface_id)
        .direct_connect_gateway_id(&planned.dx_gateway_id)
        .send();
    aws.call("directconnect:ConfirmTransitVirtualInterface", call).await.map(|_| ())
}
