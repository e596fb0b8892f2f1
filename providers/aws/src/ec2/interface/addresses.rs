//! The addresses and prefixes of a network interface that can be changed while it works.

use super::NetworkInterface;
use crate::Aws;
use crate::ec2::kind::int;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Error};

/// What is to be assigned and unassigned.
#[derive(Debug, Default, PartialEq, Eq)]
struct Change {
    remove: Vec<String>,
    add: Vec<String>,
    /// How many more, of EC2's choice.
    more: i64,
}

impl Change {
    /// From what is there to a wanted set, list or number; a set or list says more than a number, and
    /// what is not known yet says nothing.
    fn of(
        there: &[String],
        before: (&Auto<BTreeSet<String>>, &Auto<i64>),
        after: (&Auto<BTreeSet<String>>, &Auto<i64>),
    ) -> Change {
        match (&after.0.0, after.1.0) {
            (Some(wanted), _) if before.0.0.as_ref() != Some(wanted) => Change {
                remove: there.iter().filter(|a| !wanted.contains(*a)).cloned().collect(),
                add: wanted.iter().filter(|a| !there.contains(a)).cloned().collect(),
                more: 0,
            },
            (_, Some(count)) if before.1.0 != Some(count) => {
                let wanted = usize::try_from(count).unwrap_or_default();
                let more = i64::try_from(wanted.saturating_sub(there.len())).unwrap_or_default();
                Change { remove: there.iter().skip(wanted).cloned().collect(), add: Vec::new(), more }
            }
            _ => Change::default(),
        }
    }

    fn count(&self) -> Option<i32> {
        int((self.more > 0).then_some(self.more))
    }

    fn assigns(&self) -> bool {
        !self.add.is_empty() || self.more > 0
    }
}

/// A list, unless it is empty.
fn some(list: &[String]) -> Option<Vec<String>> {
    (!list.is_empty()).then(|| list.to_vec())
}

/// Changes addresses and prefixes from what is there to what is planned.
pub(super) async fn change(
    aws: &Aws,
    id: &str,
    prior: &NetworkInterface,
    planned: &NetworkInterface,
) -> Result<(), Error> {
    private(aws, id, prior, planned).await?;
    ipv6(aws, id, prior, planned).await?;
    prefixes(aws, id, prior, planned).await
}

async fn private(
    aws: &Aws,
    id: &str,
    prior: &NetworkInterface,
    planned: &NetworkInterface,
) -> Result<(), Error> {
    let primary = prior.private_ip.as_deref().unwrap_or_default();
    let others = |s: &Auto<BTreeSet<String>>| {
        Auto(s.0.as_ref().map(|s| s.iter().filter(|a| *a != primary).cloned().collect::<BTreeSet<_>>()))
    };
    let there: Vec<String> =
        prior.private_ip_list.0.iter().flatten().filter(|a| *a != primary).cloned().collect();
    let change =
        match ordered(&prior.private_ip_list, &planned.private_ip_list, planned.private_ip_list_enabled) {
            Some(change) => change,
            None => Change::of(
                &there,
                (&others(&prior.private_ips), &prior.private_ips_count),
                (&others(&planned.private_ips), &planned.private_ips_count),
            ),
        };
    if let Some(removed) = some(&change.remove) {
        let call = aws.ec2().unassign_private_ip_addresses().network_interface_id(id);
        let call = call.set_private_ip_addresses(Some(removed)).send();
        aws.call("ec2:UnassignPrivateIpAddresses", call).await?;
    }
    if change.assigns() {
        let call = (aws.ec2().assign_private_ip_addresses().network_interface_id(id))
            .set_private_ip_addresses(some(&change.add))
            .set_secondary_private_ip_address_count(change.count())
            .send();
        aws.call("ec2:AssignPrivateIpAddresses", call).await?;
    }
    Ok(())
}

/// The change of a list whose order counts: what follows the first difference goes and comes again.
fn ordered(before: &Auto<Vec<String>>, after: &Auto<Vec<String>>, enabled: Option<bool>) -> Option<Change> {
    let after = after.0.as_ref().filter(|_| enabled == Some(true))?;
    let before = before.0.as_deref().unwrap_or_default();
    let same = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    Some(Change { remove: before[same..].to_vec(), add: after[same..].to_vec(), more: 0 })
}

async fn ipv6(
    aws: &Aws,
    id: &str,
    prior: &NetworkInterface,
    planned: &NetworkInterface,
) -> Result<(), Error> {
    let there = prior.ipv6_address_list.0.clone().unwrap_or_default();
    let list = (&prior.ipv6_address_list, &planned.ipv6_address_list);
    let change = match ordered(list.0, list.1, planned.ipv6_address_list_enabled) {
        Some(change) => change,
        None => Change::of(
            &there,
            (&prior.ipv6_addresses, &prior.ipv6_address_count),
            (&planned.ipv6_addresses, &planned.ipv6_address_count),
        ),
    };
    if let Some(removed) = some(&change.remove) {
        let call = aws.ec2().unassign_ipv6_addresses().network_interface_id(id);
        aws.call("ec2:UnassignIpv6Addresses", call.set_ipv6_addresses(Some(removed)).send()).await?;
    }
    if change.assigns() {
        let call = (aws.ec2().assign_ipv6_addresses().network_interface_id(id))
            .set_ipv6_addresses(some(&change.add))
            .set_ipv6_address_count(change.count())
            .send();
        aws.call("ec2:AssignIpv6Addresses", call).await?;
    }
    Ok(())
}

async fn prefixes(
    aws: &Aws,
    id: &str,
    prior: &NetworkInterface,
    planned: &NetworkInterface,
) -> Result<(), Error> {
    let there = |s: &Auto<BTreeSet<String>>| s.0.iter().flatten().cloned().collect::<Vec<_>>();
    let ipv4 = Change::of(
        &there(&prior.ipv4_prefixes),
        (&prior.ipv4_prefixes, &prior.ipv4_prefix_count),
        (&planned.ipv4_prefixes, &planned.ipv4_prefix_count),
    );
    if let Some(removed) = some(&ipv4.remove) {
        let call = aws.ec2().unassign_private_ip_addresses().network_interface_id(id);
        aws.call("ec2:UnassignPrivateIpAddresses", call.set_ipv4_prefixes(Some(removed)).send()).await?;
    }
    if ipv4.assigns() {
        let call = (aws.ec2().assign_private_ip_addresses().network_interface_id(id))
            .set_ipv4_prefixes(some(&ipv4.add))
            .set_ipv4_prefix_count(ipv4.count())
            .send();
        aws.call("ec2:AssignPrivateIpAddresses", call).await?;
    }
    let ipv6 = Change::of(
        &there(&prior.ipv6_prefixes),
        (&prior.ipv6_prefixes, &prior.ipv6_prefix_count),
        (&planned.ipv6_prefixes, &planned.ipv6_prefix_count),
    );
    if let Some(removed) = some(&ipv6.remove) {
        let call = aws.ec2().unassign_ipv6_addresses().network_interface_id(id);
        aws.call("ec2:UnassignIpv6Addresses", call.set_ipv6_prefixes(Some(removed)).send()).await?;
    }
    if ipv6.assigns() {
        let call = (aws.ec2().assign_ipv6_addresses().network_interface_id(id))
            .set_ipv6_prefixes(some(&ipv6.add))
            .set_ipv6_prefix_count(ipv6.count())
            .send();
        aws.call("ec2:AssignIpv6Addresses", call).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> Auto<BTreeSet<String>> {
        Auto(Some(names.iter().map(|n| (*n).to_owned()).collect()))
    }

    #[test]
    fn sets_count_more_than_numbers() {
        let there = ["a".to_owned(), "b".to_owned()];
        let before = (&set(&["a", "b"]), &Auto(Some(2)));
        let unknown = Auto(None);
        let change = Change::of(&there, before, (&set(&["b", "c"]), &unknown));
        assert_eq!(change, Change { remove: vec!["a".into()], add: vec!["c".into()], more: 0 });
        let change = Change::of(&there, before, (&Auto(None), &Auto(Some(4))));
        assert_eq!(change, Change { more: 2, ..Change::default() });
        let change = Change::of(&there, before, (&Auto(None), &Auto(Some(1))));
        assert_eq!(change, Change { remove: vec!["b".into()], ..Change::default() });
        assert_eq!(Change::of(&there, before, before), Change::default());
    }

    #[test]
    fn an_order_is_kept_by_assigning_again() {
        let list = |names: &[&str]| Auto(Some(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>()));
        let change = ordered(&list(&["a", "b", "c"]), &list(&["a", "c", "b"]), Some(true));
        let moved =
            Change { remove: vec!["b".into(), "c".into()], add: vec!["c".into(), "b".into()], more: 0 };
        assert_eq!(change, Some(moved));
        assert_eq!(ordered(&list(&["a"]), &list(&["b"]), None), None);
    }
}
