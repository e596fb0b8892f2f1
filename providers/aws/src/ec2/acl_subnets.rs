//! Which network ACL a subnet uses: each uses one at any time, so that an association is only
//! ever replaced.

use super::batch::{describe_all, filter};
use super::kind::Kind;
use crate::Aws;
use crate::client::{PROPAGATION, is_not_found, retry_while};
use aws_sdk_ec2::types::{NetworkAcl, NetworkAclAssociation};
use std::collections::BTreeSet;
use terrane_sdk::Error;

/// The associations of these subnets.
pub(super) async fn associations<'a>(
    aws: &Aws,
    subnets: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<NetworkAclAssociation>, Error> {
    let wanted: BTreeSet<&str> = subnets.into_iter().collect();
    let describe = |ids: Vec<String>| async move {
        NetworkAcl::describe(aws, Some(vec![filter("association.subnet-id", ids)])).await
    };
    let acls = describe_all(wanted.iter().copied(), describe).await?;
    let all = acls.into_iter().flat_map(|a| a.associations.unwrap_or_default());
    Ok(all.filter(|a| a.subnet_id().is_some_and(|s| wanted.contains(s))).collect())
}

/// Lets subnets use the ACL, and gives the ids of the new associations.
pub(super) async fn use_acl(aws: &Aws, acl: &str, subnets: &BTreeSet<String>) -> Result<Vec<String>, Error> {
    if subnets.is_empty() {
        return Ok(Vec::new());
    }
    let found = associations(aws, subnets.iter().map(String::as_str)).await?;
    if let Some(missing) = subnets.iter().find(|s| !found.iter().any(|a| a.subnet_id() == Some(s))) {
        let detail =
            format!("Subnet {missing} has no network ACL to be replaced: it may not exist any more.");
        return Err(Error::new("The network ACL cannot be associated", detail).code("NotFound"));
    }
    let replaced = found.into_iter().map(|association| replace(aws, acl, association));
    terrane_sdk::try_join_all(replaced).await
}

async fn replace(aws: &Aws, acl: &str, association: NetworkAclAssociation) -> Result<String, Error> {
    let id = association.network_acl_association_id.unwrap_or_default();
    if association.network_acl_id.as_deref() == Some(acl) {
        return Ok(id);
    }
    let call = aws.ec2().replace_network_acl_association().association_id(id).network_acl_id(acl);
    let replace = || aws.call("ec2:ReplaceNetworkAclAssociation", call.clone().send());
    let early = |e: &Error| e.has_code(&["InvalidNetworkAclID.NotFound"]);
    let made = retry_while(PROPAGATION, early, replace).await?;
    Ok(made.new_association_id.unwrap_or_default())
}

/// Lets those subnets that use `acl` use the default ACL of the VPC. Subnets that are gone, or use
/// another one by now, are none of ours.
pub(super) async fn back_to_default(
    aws: &Aws,
    vpc: &str,
    acl: &str,
    subnets: &BTreeSet<String>,
) -> Result<(), Error> {
    if subnets.is_empty() {
        return Ok(());
    }
    let filters = vec![filter("vpc-id", [vpc]), filter("default", ["true"])];
    let default = NetworkAcl::describe(aws, Some(filters)).await?.into_iter().find_map(|a| a.network_acl_id);
    let Some(default) = default else { return Ok(()) };
    let found = associations(aws, subnets.iter().map(String::as_str)).await?;
    let using = found.into_iter().filter(|a| a.network_acl_id() == Some(acl));
    let replaced = using.map(|association| async {
        match replace(aws, &default, association).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    });
    terrane_sdk::try_join_all(replaced).await.map(|_| ())
}
