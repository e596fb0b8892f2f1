//! `aws_network_interface_sg_attachment`: one security group of a network interface, by itself.
//!
//! EC2 sets all groups of an interface at once. Wishes of about the same time go in one call, and one
//! call after the other, so that none undoes another.

use super::remote::PATIENCE;
use crate::Aws;
use crate::client::{is_not_found, retry_while};
use crate::ec2::kind::{all, by_ids, parts, read_each, visible};
use aws_sdk_ec2::types::NetworkInterface as Remote;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};
use tokio::sync::Mutex;

/// Gives a network interface, perhaps of an instance, a security group.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "aws_network_interface_sg_attachment",
    keep,
    timeouts(create = "3m", read = "3m", delete = "3m")
)]
pub struct NetworkInterfaceSecurityGroup {
    /// The group and the interface.
    pub id: Computed<String>,
    /// The network interface.
    #[attr(force_new)]
    pub network_interface_id: String,
    /// The security group.
    #[attr(force_new)]
    pub security_group_id: String,
}

/// A group to add to an interface, or to remove from it.
#[derive(Clone, Debug)]
struct Wish {
    interface: String,
    group: String,
    add: bool,
}

/// One change of groups after the other.
static TURN: Mutex<()> = Mutex::const_new(());

/// Changes the groups of one interface.
async fn change(aws: &Aws, interface: &str, wishes: &[(String, bool)]) -> Result<(), Error> {
    let _turn = TURN.lock().await;
    let now = visible::<Remote>(aws, interface).await?;
    let there: BTreeSet<String> = now.groups().iter().filter_map(|g| g.group_id.clone()).collect();
    let mut groups = there.clone();
    for (group, add) in wishes {
        match add {
            true => groups.insert(group.clone()),
            false => groups.remove(group),
        };
    }
    if groups == there {
        return Ok(());
    }
    let call = (aws.ec2().modify_network_interface_attribute())
        .network_interface_id(interface)
        .set_groups(Some(groups.into_iter().collect()));
    let modify = || aws.call("ec2:ModifyNetworkInterfaceAttribute", call.clone().send());
    // The group may just have been made.
    let early = |e: &Error| e.has_code(&["InvalidGroup.NotFound"]) && wishes.iter().any(|(_, add)| *add);
    retry_while(crate::ec2::NEW_PARENT, early, modify).await.map(|_| ())
}

async fn fulfil(aws: &Aws, wish: Wish) -> Result<(), Error> {
    let all = |wishes: Vec<Wish>| async move {
        let mut by_interface = BTreeMap::<String, Vec<(String, bool)>>::new();
        for wish in &wishes {
            by_interface.entry(wish.interface.clone()).or_default().push((wish.group.clone(), wish.add));
        }
        let mut done = HashMap::new();
        for (interface, wishes) in by_interface {
            let result = change(aws, &interface, &wishes).await;
            done.insert(interface, result);
        }
        wishes.iter().map(|w| done.get(&w.interface).cloned().unwrap_or(Ok(()))).collect()
    };
    let lost = || Error::new("The security groups were not changed", "The call was interrupted.");
    aws.joint().join(wish, all).await.unwrap_or_else(|| Err(lost()))
}

fn has(interface: &Remote, group: &str) -> bool {
    interface.groups().iter().any(|g| g.group_id() == Some(group))
}

impl NetworkInterfaceSecurityGroup {
    fn of(network_interface_id: String, security_group_id: String) -> Self {
        let id = format!("{security_group_id}_{network_interface_id}").into();
        Self { id, network_interface_id, security_group_id }
    }
}

#[async_trait]
impl Resource for NetworkInterfaceSecurityGroup {
    type Client = Aws;

    const PART: bool = true;

    /// The pair is the natural key.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (interface, group) = (planned.network_interface_id.clone(), planned.security_group_id.clone());
        fulfil(aws, Wish { interface, group, add: true }).await?;
        Ok(Self::of(planned.network_interface_id, planned.security_group_id))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let interface: for<'a> fn(&'a Self) -> Option<&'a str> = |s| Some(&s.network_interface_id);
        let mark = |state: Self, remote: Remote| match has(&remote, &state.security_group_id) {
            true => Self::of(state.network_interface_id, state.security_group_id),
            false => Self { id: None.into(), ..state },
        };
        let read = read_each::<Remote, _>(aws, states, interface, mark).await;
        read.into_iter().map(|answer| answer.map(|found| found.filter(|s| s.id.0.is_some()))).collect()
    }

    /// Nothing of an attachment can be changed.
    async fn update(_: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(Self { id: prior.id, ..planned })
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let found = by_ids::<Remote>(aws, [state.network_interface_id.as_str()]).await?;
        if !found.values().any(|i| has(i, &state.security_group_id)) {
            return Ok(());
        }
        let wish = Wish { interface: state.network_interface_id, group: state.security_group_id, add: false };
        let remove = || fulfil(aws, wish.clone());
        match retry_while(PATIENCE, |e| e.has_code(&["IncorrectState"]), remove).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other,
        }
    }

    /// All groups of all interfaces, but of those that are AWS services' own.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let mut all = all::<Remote>(aws).await?;
        all.retain(|i| i.requester_managed() != Some(true));
        let of = |interface: Remote| {
            let id = interface.network_interface_id.unwrap_or_default();
            let groups = interface.groups.unwrap_or_default().into_iter().filter_map(|g| g.group_id);
            groups.map(move |group| Self::of(id.clone(), group))
        };
        Ok(Some(all.into_iter().flat_map(of).collect()))
    }

    fn import_id(&self) -> Option<String> {
        Some(format!("{}_{}", self.network_interface_id, self.security_group_id))
    }

    /// `INTERFACE_GROUP`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let [interface, group] = parts(id, '_', ["NETWORK-INTERFACE-ID", "SECURITY-GROUP-ID"])?;
        let made = Value::from(format!("{group}_{interface}").as_str());
        Ok(vec![
            ("id", made),
            ("network_interface_id", Value::from(interface)),
            ("security_group_id", Value::from(group)),
        ])
    }
}
