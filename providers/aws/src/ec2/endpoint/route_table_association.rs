//! `aws_vpc_endpoint_route_table_association`: a route table that has a route to a gateway endpoint.

use super::association::{Association, association};
use aws_sdk_ec2::operation::modify_vpc_endpoint::builders::ModifyVpcEndpointFluentBuilder as Modify;
use aws_sdk_ec2::types::VpcEndpoint;
use terrane_sdk::{Computed, Resource};

/// Gives a route table a route to a gateway endpoint.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_endpoint_route_table_association", keep)]
pub struct EndpointRouteTableAssociation {
    /// An id made from both.
    pub id: Computed<String>,
    /// The route table.
    #[attr(force_new)]
    pub route_table_id: String,
    /// The endpoint.
    #[attr(force_new)]
    pub vpc_endpoint_id: String,
}

impl Association for EndpointRouteTableAssociation {
    const TARGET: &'static str = "route_table_id";

    fn parts(&self) -> (&Computed<String>, &str, &str) {
        (&self.id, &self.vpc_endpoint_id, &self.route_table_id)
    }

    fn identified(self, id: String) -> Self {
        Self { id: id.into(), ..self }
    }

    fn targets(endpoint: &VpcEndpoint) -> Vec<&str> {
        endpoint.route_table_ids().iter().map(String::as_str).collect()
    }

    fn of(vpc_endpoint_id: String, route_table_id: String) -> Self {
        Self { vpc_endpoint_id, route_table_id, ..Self::default() }
    }

    fn attach(call: Modify, target: &str) -> Modify {
        call.add_route_table_ids(target)
    }

    fn detach(call: Modify, target: &str) -> Modify {
        call.remove_route_table_ids(target)
    }
}

association!(EndpointRouteTableAssociation);
