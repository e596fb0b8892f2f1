//! What gateway endpoints lead to: the prefix lists of services.

use crate::Aws;
use crate::ec2::batch::{PAGE, describe_by, filter, pages};
use aws_sdk_ec2::types::{PrefixList, VpcEndpoint};
use std::collections::HashMap;
use terrane_sdk::Error;

/// Whether an endpoint is a gateway, which has a prefix list and no interfaces.
pub(super) fn is_gateway(endpoint: &VpcEndpoint) -> bool {
    endpoint.vpc_endpoint_type().is_none_or(|t| t.as_str() == "Gateway")
}

/// The prefix lists that the gateways among `endpoints` lead to, by the name of the service.
pub(super) async fn prefix_lists<'a>(
    aws: &Aws,
    endpoints: impl IntoIterator<Item = &'a VpcEndpoint>,
) -> Result<HashMap<String, PrefixList>, Error> {
    let names = endpoints.into_iter().filter(|e| is_gateway(e)).filter_map(|e| e.service_name());
    let describe = |names: Vec<String>| async move {
        let call = aws.ec2().describe_prefix_lists().filters(filter("prefix-list-name", names));
        pages!(aws, "ec2:DescribePrefixLists", call.max_results(PAGE))
    };
    describe_by(names, describe, |list: &PrefixList| list.prefix_list_name()).await
}
