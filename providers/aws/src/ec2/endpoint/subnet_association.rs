//! `aws_vpc_endpoint_subnet_association`: a subnet in which an endpoint has a network interface.

use super::association::{Association, association};
use aws_sdk_ec2::operation::modify_vpc_endpoint::builders::ModifyVpcEndpointFluentBuilder as Modify;
use aws_sdk_ec2::types::VpcEndpoint;
use terrane_sdk::{Computed, Resource};

/// Gives an endpoint a network interface in a subnet.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_endpoint_subnet_association", keep, timeouts(create = "10m", delete = "10m"))]
pub struct EndpointSubnetAssociation {
    /// An id made from both.
    pub id: Computed<String>,
    /// The subnet.
    #[attr(force_new)]
    pub subnet_id: String,
    /// The endpoint.
    #[attr(force_new)]
    pub vpc_endpoint_id: String,
}

impl Association for EndpointSubnetAssociation {
    const TARGET: &'static str = "subnet_id";

    fn parts(&self) -> (&Computed<String>, &str, &str) {
        (&self.id, &self.vpc_endpoint_id, &self.subnet_id)
    }

    fn identified(self, id: String) -> Self {
        Self { id: id.into(), ..self }
    }

    fn targets(endpoint: &VpcEndpoint) -> Vec<&str> {
        endpoint.subnet_ids().iter().map(String::as_str).collect()
    }

    fn of(vpc_endpoint_id: String, subnet_id: String) -> Self {
        Self { vpc_endpoint_id, subnet_id, ..Self::default() }
    }

    fn attach(call: Modify, target: &str) -> Modify {
        call.add_subnet_ids(target)
    }

    fn detach(call: Modify, target: &str) -> Modify {
        call.remove_subnet_ids(target)
    }
}

association!(EndpointSubnetAssociation);
