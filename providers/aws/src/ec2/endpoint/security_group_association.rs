//! `aws_vpc_endpoint_security_group_association`: a security group of an endpoint, perhaps instead of
//! the VPC's default one.

use super::association;
use super::association::Association;
use super::remote::{self, PATIENCE};
use crate::Aws;
use crate::ec2::batch::filter;
use crate::ec2::kind::find;
use aws_sdk_ec2::operation::modify_vpc_endpoint::builders::ModifyVpcEndpointFluentBuilder as Modify;
use aws_sdk_ec2::types::VpcEndpoint;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, async_trait};

/// Gives an endpoint a security group.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_endpoint_security_group_association", keep)]
pub struct EndpointSecurityGroupAssociation {
    /// An id made from both.
    pub id: Computed<String>,
    /// Whether the group takes the place of the VPC's default security group, which comes back when
    /// the association is destroyed.
    #[attr(force_new, default = false)]
    pub replace_default_association: Option<bool>,
    /// The security group.
    #[attr(force_new)]
    pub security_group_id: String,
    /// The endpoint.
    #[attr(force_new)]
    pub vpc_endpoint_id: String,
}

impl Association for EndpointSecurityGroupAssociation {
    const TARGET: &'static str = "security_group_id";

    fn parts(&self) -> (&Computed<String>, &str, &str) {
        (&self.id, &self.vpc_endpoint_id, &self.security_group_id)
    }

    fn identified(self, id: String) -> Self {
        let replaces = self.replace_default_association.unwrap_or_default();
        Self { id: id.into(), replace_default_association: Some(replaces), ..self }
    }

    fn targets(endpoint: &VpcEndpoint) -> Vec<&str> {
        endpoint.groups().iter().filter_map(|g| g.group_id()).collect()
    }

    fn of(vpc_endpoint_id: String, security_group_id: String) -> Self {
        Self { vpc_endpoint_id, security_group_id, ..Self::default() }
    }

    fn attach(call: Modify, target: &str) -> Modify {
        call.add_security_group_ids(target)
    }

    fn detach(call: Modify, target: &str) -> Modify {
        call.remove_security_group_ids(target)
    }
}

/// The default security group of an endpoint's VPC.
async fn default_group(aws: &Aws, endpoint: &VpcEndpoint) -> Result<Option<String>, Error> {
    let call = (aws.ec2().describe_security_groups())
        .filters(filter("vpc-id", endpoint.vpc_id()))
        .filters(filter("group-name", ["default"]))
        .send();
    let found = aws.call("ec2:DescribeSecurityGroups", call).await?;
    Ok(found.security_groups.unwrap_or_default().into_iter().find_map(|g| g.group_id))
}

#[async_trait]
impl Resource for EndpointSecurityGroupAssociation {
    type Client = Aws;

    const PART: bool = true;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let replaces = planned.replace_default_association == Some(true);
        let made = association::create(aws, planned, cx).await?;
        if replaces {
            // The group is there already, so that the endpoint is never without one.
            let complete = async {
                let endpoint = remote::settled(aws, &made.vpc_endpoint_id, PATIENCE).await?;
                let default = default_group(aws, &endpoint).await?;
                if let Some(group) = default.filter(|g| Self::is_attached(&endpoint, g)) {
                    let detach = |call| Self::detach(call, &group);
                    remote::modify(aws, &made.vpc_endpoint_id, PATIENCE, detach).await?;
                }
                Ok(())
            };
            let done: Result<(), Error> = complete.await;
            done.map_err(|e| Failure::partial(aws.here(e), made.clone()))?;
        }
        Ok(made)
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        association::read(aws, states).await
    }

    async fn update(_: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(Self { id: prior.id, ..planned })
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        if state.replace_default_association == Some(true)
            && let Some(endpoint) = find::<VpcEndpoint>(aws, &state.vpc_endpoint_id).await?
            && Self::is_attached(&endpoint, &state.security_group_id)
            && let Some(group) = default_group(aws, &endpoint).await?
            && !Self::is_attached(&endpoint, &group)
        {
            let attach = |call| Self::attach(call, &group);
            remote::modify(aws, &state.vpc_endpoint_id, PATIENCE, attach).await?;
        }
        association::delete(aws, state, cx).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        association::list(aws).await
    }

    fn import_id(&self) -> Option<String> {
        association::import_id(self)
    }

    /// `ENDPOINT/SECURITY-GROUP`.
    fn import(id: &str) -> Result<Attributes, Error> {
        association::import::<Self>(id)
    }
}
