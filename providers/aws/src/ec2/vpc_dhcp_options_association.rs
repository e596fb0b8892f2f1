//! `aws_vpc_dhcp_options_association`: the set of DHCP options that a VPC uses.

use super::batch::all_failed;
use super::kind::by_ids;
use crate::Aws;
use crate::client::{PROPAGATION, Poll, is_not_found, retry_while};
use aws_sdk_ec2::types::Vpc;
use terrane_sdk::{ApplyContext, Computed, Error, Failure, PlanContext, Resource, Value, async_trait};

/// The name of no set of one's own.
const NONE: &str = "default";

/// Provides the association of a set of DHCP options with a VPC. When it is destroyed, the VPC
/// uses no set.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_dhcp_options_association", keep)]
pub struct VpcDhcpOptionsAssociation {
    /// The ids of set and VPC.
    pub id: Computed<String>,
    /// The set.
    pub dhcp_options_id: String,
    /// The VPC.
    #[attr(force_new)]
    pub vpc_id: String,
}

async fn associate(aws: &Aws, vpc: &str, options: &str) -> Result<(), Error> {
    let call = aws.ec2().associate_dhcp_options().vpc_id(vpc).dhcp_options_id(options);
    let associate = || aws.call("ec2:AssociateDhcpOptions", call.clone().send());
    retry_while(super::NEW_PARENT, is_not_found, associate).await.map(|_| ())
}

/// Lets the VPC use the planned set, and waits until it is seen to.
async fn put(
    aws: &Aws,
    planned: VpcDhcpOptionsAssociation,
) -> Result<VpcDhcpOptionsAssociation, Failure<VpcDhcpOptionsAssociation>> {
    associate(aws, &planned.vpc_id, &planned.dhcp_options_id).await?;
    let wanted = planned.dhcp_options_id.as_str();
    super::kind::wait::<Vpc, ()>(aws, &planned.vpc_id, "to use its DHCP options", PROPAGATION, |vpc| {
        Ok(match vpc.and_then(|v| v.dhcp_options_id) {
            Some(id) if id == wanted => Poll::Ready(()),
            other => Poll::Pending(format!("it uses {}", other.unwrap_or_else(|| "none".into()))),
        })
    })
    .await?;
    Ok(planned.identified())
}

#[async_trait]
impl Resource for VpcDhcpOptionsAssociation {
    type Client = Aws;

    const PART: bool = true;

    /// The VPC is the natural key: it uses one set.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        put(aws, planned).await
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = match by_ids::<Vpc>(aws, states.iter().map(|s| s.vpc_id.as_str())).await {
            Ok(found) => found,
            Err(error) => return all_failed(states.len(), &error),
        };
        let now = |state: Self| {
            let options = found.get(&state.vpc_id)?.dhcp_options_id.clone()?;
            // After an import the set is not known.
            let is_ours = state.dhcp_options_id.is_empty() || state.dhcp_options_id == options;
            (is_ours && options != NONE)
                .then(|| VpcDhcpOptionsAssociation { dhcp_options_id: options, ..state }.identified())
        };
        states.into_iter().map(|state| Ok(now(state))).collect()
    }

    async fn update(aws: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        put(aws, planned).await
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let vpc = super::kind::find::<Vpc>(aws, &state.vpc_id).await?;
        // Another set is somebody else's by now.
        if vpc.and_then(|v| v.dhcp_options_id).as_deref() != Some(&state.dhcp_options_id) {
            return Ok(());
        }
        match associate(aws, &state.vpc_id, NONE).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other,
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let object = |vpc: Vpc| {
            let dhcp_options_id = vpc.dhcp_options_id.filter(|options| options != NONE)?;
            Some(Self { dhcp_options_id, vpc_id: vpc.vpc_id?, ..Self::default() }.identified())
        };
        Ok(Some(super::kind::all::<Vpc>(aws).await?.into_iter().filter_map(object).collect()))
    }

    fn import_id(&self) -> Option<String> {
        Some(self.vpc_id.clone())
    }

    /// The id of the VPC.
    fn import(id: &str) -> Result<Vec<(&'static str, Value)>, Error> {
        Ok(vec![("vpc_id", Value::from(id))])
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("dhcp_options_id") {
            cx.set_unknown("id");
        }
    }
}

impl VpcDhcpOptionsAssociation {
    fn identified(self) -> Self {
        let id = format!("{}-{}", self.dhcp_options_id, self.vpc_id);
        VpcDhcpOptionsAssociation { id: id.into(), ..self }
    }
}
