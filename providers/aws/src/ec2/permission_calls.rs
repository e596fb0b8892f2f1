//! The calls that change the permissions of a security group.

use super::permission::{Permission, Permissions};
use crate::Aws;
use crate::client::{is_not_found, retry_while};
use aws_sdk_ec2::types::IpPermission;
use std::time::Duration;
use terrane_sdk::Error;

/// Which way the traffic goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// To members of the group.
    Ingress,
    /// From members of the group.
    Egress,
}

/// How long a group that a rule mentions may be unknown after it was made.
const PATIENCE: Duration = Duration::from_secs(2 * 60);

fn list(permissions: &Permissions) -> Option<Vec<IpPermission>> {
    Some(permissions.iter().map(|(p, description)| p.to_ip_permission(description)).collect())
}

/// Changes the permissions of group `id` from `before` to `after`: removes, describes anew, adds.
pub(crate) async fn change(
    aws: &Aws,
    id: &str,
    direction: Direction,
    before: &Permissions,
    after: &Permissions,
) -> Result<(), Error> {
    let pick = |from: &Permissions, keep: &dyn Fn(&Permission, &String) -> bool| -> Permissions {
        from.iter().filter(|(p, d)| keep(p, d)).map(|(p, d)| (p.clone(), d.clone())).collect()
    };
    let removed = pick(before, &|p, _| !after.contains_key(p));
    let described = pick(after, &|p, d| before.get(p).is_some_and(|b| b != d));
    let added = pick(after, &|p, _| !before.contains_key(p));
    revoke(aws, id, direction, &removed).await?;
    describe(aws, id, direction, &described).await?;
    authorize(aws, id, direction, &added).await
}

/// Adds permissions; those that are there already, from an earlier attempt, are no error.
pub(crate) async fn authorize(
    aws: &Aws,
    id: &str,
    direction: Direction,
    permissions: &Permissions,
) -> Result<(), Error> {
    if permissions.is_empty() {
        return Ok(());
    }
    match authorize_all(aws, id, direction, permissions).await {
        // One that is there fails the whole call: try one by one.
        Err(e) if is_duplicate(&e) => {
            for (permission, description) in permissions {
                let one = [(permission.clone(), description.clone())].into();
                match authorize_all(aws, id, direction, &one).await {
                    Err(e) if !is_duplicate(&e) => return Err(e),
                    _ => {}
                }
            }
            Ok(())
        }
        other => other,
    }
}

fn is_duplicate(error: &Error) -> bool {
    error.has_code(&["InvalidPermission.Duplicate"])
}

async fn authorize_all(
    aws: &Aws,
    id: &str,
    direction: Direction,
    permissions: &Permissions,
) -> Result<(), Error> {
    let ec2 = aws.ec2();
    let new_group = |e: &Error| e.has_code(&["InvalidGroup.NotFound"]);
    match direction {
        Direction::Ingress => {
            let call =
                ec2.authorize_security_group_ingress().group_id(id).set_ip_permissions(list(permissions));
            let send = || aws.call("ec2:AuthorizeSecurityGroupIngress", call.clone().send());
            retry_while(PATIENCE, new_group, send).await.map(|_| ())
        }
        Direction::Egress => {
            let call =
                ec2.authorize_security_group_egress().group_id(id).set_ip_permissions(list(permissions));
            let send = || aws.call("ec2:AuthorizeSecurityGroupEgress", call.clone().send());
            retry_while(PATIENCE, new_group, send).await.map(|_| ())
        }
    }
}

/// Removes permissions; those that are gone already are no error.
pub(crate) async fn revoke(
    aws: &Aws,
    id: &str,
    direction: Direction,
    permissions: &Permissions,
) -> Result<(), Error> {
    if permissions.is_empty() {
        return Ok(());
    }
    let result = match direction {
        Direction::Ingress => {
            let call =
                aws.ec2().revoke_security_group_ingress().group_id(id).set_ip_permissions(list(permissions));
            aws.call("ec2:RevokeSecurityGroupIngress", call.send()).await.map(|_| ())
        }
        Direction::Egress => {
            let call =
                aws.ec2().revoke_security_group_egress().group_id(id).set_ip_permissions(list(permissions));
            aws.call("ec2:RevokeSecurityGroupEgress", call.send()).await.map(|_| ())
        }
    };
    result.or_else(|e| if is_not_found(&e) { Ok(()) } else { Err(e) })
}

async fn describe(aws: &Aws, id: &str, direction: Direction, permissions: &Permissions) -> Result<(), Error> {
    if permissions.is_empty() {
        return Ok(());
    }
    let ec2 = aws.ec2();
    match direction {
        Direction::Ingress => {
            let call = ec2.update_security_group_rule_descriptions_ingress().group_id(id);
            let call = call.set_ip_permissions(list(permissions)).send();
            aws.call("ec2:UpdateSecurityGroupRuleDescriptionsIngress", call).await.map(|_| ())
        }
        Direction::Egress => {
            let call = ec2.update_security_group_rule_descriptions_egress().group_id(id);
            let call = call.set_ip_permissions(list(permissions)).send();
            aws.call("ec2:UpdateSecurityGroupRuleDescriptionsEgress", call).await.map(|_| ())
        }
    }
}
