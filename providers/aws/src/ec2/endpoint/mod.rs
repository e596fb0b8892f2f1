//! VPC endpoints: private ways from a VPC to services, and what is attached to them piece by piece.

mod association;
mod gateway_facts;
mod interfaces;
mod policy;
mod remote;
mod route_table_association;
mod security_group_association;
mod service;
mod service_allowed_principal;
mod service_permissions;
mod subnet_association;
mod vpc_endpoint;

pub use policy::EndpointPolicy;
pub use route_table_association::EndpointRouteTableAssociation;
pub use security_group_association::EndpointSecurityGroupAssociation;
pub use service::EndpointService;
pub use service_allowed_principal::EndpointServiceAllowedPrincipal;
pub use subnet_association::EndpointSubnetAssociation;
use vpc_endpoint::SubnetAddresses;
pub use vpc_endpoint::VpcEndpoint;

use crate::Aws;
use terrane_sdk::{ResourceType, resources};

/// The resource types about endpoints.
pub(super) fn resources() -> Vec<ResourceType<Aws>> {
    resources![
        EndpointPolicy,
        EndpointRouteTableAssociation,
        EndpointSecurityGroupAssociation,
        EndpointService,
        EndpointServiceAllowedPrincipal,
        EndpointSubnetAssociation,
        VpcEndpoint,
    ]
}
