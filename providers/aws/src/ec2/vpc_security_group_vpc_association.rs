//! `aws_vpc_security_group_vpc_association`: a further VPC in which a security group can be used.

use super::batch::{PAGE, all_failed, describe_all, filter, pages};
use super::kind::parts;
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while, wait_until};
use aws_sdk_ec2::types::{SecurityGroupVpcAssociation as Remote, SecurityGroupVpcAssociationState as State};
use std::time::Duration;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Lets a security group be used in a VPC that is not its own.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_security_group_vpc_association", keep, timeouts(create = "5m", delete = "5m"))]
pub struct SecurityGroupVpcAssociation {
    /// The security group.
    #[attr(force_new)]
    pub security_group_id: String,
    /// How far the association is.
    pub state: Computed<String>,
    /// The VPC.
    #[attr(force_new)]
    pub vpc_id: String,
}

/// The associations of these groups, or of all.
async fn describe(aws: &Aws, groups: Option<Vec<String>>) -> Result<Vec<Remote>, Error> {
    let filters = groups.map(|groups| vec![filter("group-id", groups)]);
    let call = aws.ec2().describe_security_group_vpc_associations().set_filters(filters);
    pages!(aws, "ec2:DescribeSecurityGroupVpcAssociations", call.max_results(PAGE))
}

impl SecurityGroupVpcAssociation {
    fn find<'a>(&self, found: &'a [Remote]) -> Option<&'a Remote> {
        found
            .iter()
            .find(|a| a.group_id() == Some(&self.security_group_id) && a.vpc_id() == Some(&self.vpc_id))
    }

    async fn look(&self, aws: &Aws) -> Result<Option<Remote>, Error> {
        let found = describe(aws, Some(vec![self.security_group_id.clone()])).await?;
        Ok(self.find(&found).cloned())
    }
}

fn is_gone(remote: &Remote) -> bool {
    matches!(remote.state(), Some(State::Disassociated | State::Disassociating))
}

fn failure(remote: &Remote) -> Error {
    let why = remote.state_reason().unwrap_or("AWS gives no reason.");
    Error::new("The association of the security group with the VPC failed", why)
}

#[async_trait]
impl Resource for SecurityGroupVpcAssociation {
    type Client = Aws;

    const PART: bool = true;

    /// Group and VPC are the natural key.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let there = if cx.repeated { planned.look(aws).await? } else { None };
        if there.is_none() {
            let call = (aws.ec2().associate_security_group_vpc())
                .group_id(&planned.security_group_id)
                .vpc_id(&planned.vpc_id);
            let associate = || aws.call("ec2:AssociateSecurityGroupVpc", call.clone().send());
            retry_while(super::NEW_PARENT, is_not_found, associate).await?;
        }
        let what = format!("security group {} in {}", planned.security_group_id, planned.vpc_id);
        let ready = wait_until(&what, cx.timeout_or(PATIENCE), || async {
            let Some(found) = planned.look(aws).await? else { return Ok(Poll::Pending("not found".into())) };
            match &found.state {
                Some(State::AssociationFailed) => Err(failure(&found)),
                Some(State::Associated) | None => Ok(Poll::Ready(())),
                Some(state) => Ok(Poll::Pending(state.as_str().to_owned())),
            }
        });
        match ready.await {
            Ok(()) => Ok(Self { state: State::Associated.as_str().into(), ..planned }),
            Err(e) => Err(Failure::partial(aws.here(e), planned.clone())),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let groups = states.iter().map(|s| s.security_group_id.as_str());
        let found = match describe_all(groups, |groups| describe(aws, Some(groups))).await {
            Ok(found) => found,
            Err(error) => return all_failed(states.len(), &error),
        };
        let now = |state: Self| {
            let remote = state.find(&found)?;
            let word = remote.state().map(|s| s.as_str().to_owned());
            (!is_gone(remote)).then(|| Self { state: word.into(), ..state })
        };
        states.into_iter().map(|state| Ok(now(state))).collect()
    }

    /// Nothing of an association can be changed.
    async fn update(_: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(Self { state: prior.state, ..planned })
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let call = || {
            let call = (aws.ec2().disassociate_security_group_vpc())
                .group_id(&state.security_group_id)
                .vpc_id(&state.vpc_id)
                .send();
            aws.call("ec2:DisassociateSecurityGroupVpc", call)
        };
        super::kind::delete(cx.timeout_or(PATIENCE), call).await?;
        let what = format!("security group {} to leave {}", state.security_group_id, state.vpc_id);
        wait_until(&what, cx.timeout_or(PATIENCE), || async {
            match state.look(aws).await? {
                Some(found) if found.state() == Some(&State::DisassociationFailed) => Err(failure(&found)),
                Some(found) if found.state() != Some(&State::Disassociated) => {
                    Ok(Poll::Pending(found.state.map_or_else(String::new, |s| s.as_str().to_owned())))
                }
                _ => Ok(Poll::Ready(())),
            }
        })
        .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let object = |a: Remote| {
            let there = !is_gone(&a);
            let state = a.state.map(|s| s.as_str().to_owned()).into();
            there.then_some(Self { security_group_id: a.group_id?, vpc_id: a.vpc_id?, state })
        };
        Ok(Some(describe(aws, None).await?.into_iter().filter_map(object).collect()))
    }

    fn import_id(&self) -> Option<String> {
        Some(format!("{},{}", self.security_group_id, self.vpc_id))
    }

    /// `GROUP,VPC`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let [group, vpc] = parts(id, ',', ["SECURITY-GROUP-ID", "VPC-ID"])?;
        Ok(vec![("security_group_id", Value::from(group)), ("vpc_id", Value::from(vpc))])
    }
}
