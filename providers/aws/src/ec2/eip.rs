//! `aws_eip`: a public IPv4 address, perhaps associated with an instance or network interface.

use super::batch::{all_failed, describe_by, filter, one_each};
use super::operation::{creation_tags, find_made, finish};
use super::tagging::{tag_map, update_tags};
use crate::Aws;
use crate::client::{PROPAGATION, is_not_found, retry_while};
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, DomainType, ResourceType};
use std::collections::HashMap;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Error, Failure, PlanContext, Resource, async_trait, validate,
};

/// Provides an Elastic IP address.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_eip", keep, timeouts(read = "15m", update = "5m", delete = "3m"))]
pub struct Eip {
    /// The id of the address: its allocation id.
    pub id: Computed<String>,
    /// The id of the allocation.
    pub allocation_id: Computed<String>,
    /// The ARN of the address.
    pub arn: Computed<String>,
    /// A certain address, from a pool of one's own or to recover one.
    #[attr(force_new)]
    pub address: Option<String>,
    /// The private address to associate with, when the interface has several.
    pub associate_with_private_ip: Option<String>,
    /// The association, when there is one.
    pub association_id: Computed<String>,
    /// The carrier's address, in a Wavelength zone.
    pub carrier_ip: Computed<String>,
    /// The customer's address.
    pub customer_owned_ip: Computed<String>,
    /// The pool of the customer's addresses.
    #[attr(force_new)]
    pub customer_owned_ipv4_pool: Option<String>,
    /// Where the address is used: `vpc`.
    #[attr(force_new, validate = validate::one_of(&["vpc", "standard"]))]
    pub domain: Auto<String>,
    /// The instance to associate with.
    pub instance: Auto<String>,
    /// The pool of addresses to take the address from.
    #[attr(force_new)]
    pub ipam_pool_id: Auto<String>,
    /// The place from which the address is advertised.
    #[attr(force_new)]
    pub network_border_group: Auto<String>,
    /// The network interface to associate with.
    pub network_interface: Auto<String>,
    /// The DNS name of the private address.
    pub private_dns: Computed<String>,
    /// The private address.
    pub private_ip: Computed<String>,
    /// The DNS name that the address stands for.
    pub ptr_record: Computed<String>,
    /// The DNS name of the address.
    pub public_dns: Computed<String>,
    /// The address.
    pub public_ip: Computed<String>,
    /// The pool of public addresses to take the address from.
    #[attr(force_new)]
    pub public_ipv4_pool: Auto<String>,
    /// The tags of the address.
    pub tags: Tags,
}

#[async_trait]
impl Resource for Eip {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => allocate(aws, &planned, cx).await?,
        };
        let started = Eip { id: id.as_str().into(), allocation_id: id.as_str().into(), ..planned.clone() };
        let complete = async {
            associate(aws, &id, &planned).await?;
            read_back(aws, &started, &id, Some(&planned)).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        match read(aws, &states).await {
            Ok(mut read) => {
                states.iter().map(|s| Ok(read.remove(s.id.as_deref().unwrap_or_default()))).collect()
            }
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        // What it stands for already, it need not be associated with again.
        let there =
            prior.private_ip.as_deref().filter(|ip| planned.associate_with_private_ip.as_deref() == Some(ip));
        let target = |e: &Self| {
            let text = |t: Option<&str>| t.unwrap_or_default().to_owned();
            [
                text(e.instance.as_deref()),
                text(e.network_interface.as_deref()),
                text(there.or(e.associate_with_private_ip.as_deref())),
            ]
        };
        // What the plan leaves open belonged to the target before.
        let mut wanted = planned.clone();
        let leads_elsewhere = target(&prior) != target(&planned);
        if leads_elsewhere {
            disassociate(aws, &prior).await?;
            let other = |now: &Auto<String>, before: &Auto<String>| now.0.is_some() && now != before;
            let other_instance = other(&planned.instance, &prior.instance);
            let other_interface = other(&planned.network_interface, &prior.network_interface);
            if other_instance && !other_interface {
                wanted.network_interface = None.into();
            } else if other_interface && !other_instance {
                wanted.instance = None.into();
            }
            associate(aws, &id, &wanted).await?;
        }
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        Ok(read_back(aws, &planned, &id, leads_elsewhere.then_some(&wanted)).await?)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        disassociate(aws, &state).await?;
        let border = state.network_border_group.0.clone().filter(|b| !b.is_empty());
        let release = || {
            let call = aws.ec2().release_address().allocation_id(id).set_network_border_group(border.clone());
            aws.call("ec2:ReleaseAddress", call.send())
        };
        let in_use = |e: &Error| e.has_code(&["InvalidIPAddress.InUse", "AuthFailure"]);
        match retry_while(cx.timeout_or(Duration::from_secs(3 * 60)), in_use, release).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let found = aws.call("ec2:DescribeAddresses", aws.ec2().describe_addresses().send()).await?;
        let account = aws.account().await?;
        let addresses = found.addresses.unwrap_or_default().into_iter();
        Ok(Some(addresses.map(|a| Eip::empty().with(aws, &account, a, None)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        let target = ["instance", "network_interface", "associate_with_private_ip"];
        let same_target = !cx.changed("instance") && !cx.changed("network_interface");
        let stands_for = cx.planned("associate_with_private_ip") == cx.prior("private_ip");
        if target.iter().any(|name| cx.changed(name)) && !(same_target && stands_for) {
            cx.set_unknown("association_id");
            cx.set_unknown("private_ip");
            cx.set_unknown("private_dns");
            for name in ["instance", "network_interface"] {
                if cx.config(name).is_null() {
                    cx.set_unknown(name);
                }
            }
        }
    }
}

impl Eip {
    fn empty() -> Eip {
        Eip {
            id: None.into(),
            allocation_id: None.into(),
            arn: None.into(),
            address: None,
            associate_with_private_ip: None,
            association_id: None.into(),
            carrier_ip: None.into(),
            customer_owned_ip: None.into(),
            customer_owned_ipv4_pool: None,
            domain: None.into(),
            instance: None.into(),
            ipam_pool_id: None.into(),
            network_border_group: None.into(),
            network_interface: None.into(),
            private_dns: None.into(),
            private_ip: None.into(),
            ptr_record: None.into(),
            public_dns: None.into(),
            public_ip: None.into(),
            public_ipv4_pool: None.into(),
            tags: Tags::new(),
        }
    }

    /// Whether an address is associated with the instance and interface that this object names.
    fn has_target_of(&self, remote: &types::Address) -> bool {
        let is = |wanted: Option<&str>, there: Option<&str>| {
            wanted.filter(|w| !w.is_empty()).is_none_or(|w| Some(w) == there)
        };
        is(self.instance.as_deref(), remote.instance_id())
            && is(self.network_interface.as_deref(), remote.network_interface_id())
    }

    /// This object as EC2 describes it; `ptr` is the DNS name it stands for.
    fn with(self, aws: &Aws, account: &str, remote: types::Address, ptr: Option<String>) -> Eip {
        let id = remote.allocation_id.unwrap_or_default();
        let text = |t: Option<String>| t.unwrap_or_default();
        let public_ip = text(remote.public_ip);
        let private_ip = text(remote.private_ip_address);
        let names = dns_names(aws.region());
        let private_dns = (!private_ip.is_empty()).then(|| (names.private)(&private_ip));
        Eip {
            arn: aws.ec2_arn(account, &format!("elastic-ip/{id}")).into(),
            allocation_id: id.as_str().into(),
            association_id: text(remote.association_id).into(),
            carrier_ip: text(remote.carrier_ip).into(),
            customer_owned_ip: text(remote.customer_owned_ip).into(),
            customer_owned_ipv4_pool: remote.customer_owned_ipv4_pool,
            domain: remote.domain.map(|d| d.as_str().to_owned()).into(),
            instance: text(remote.instance_id).into(),
            ipam_pool_id: self.ipam_pool_id.0.clone().unwrap_or_default().into(),
            network_border_group: text(remote.network_border_group).into(),
            network_interface: text(remote.network_interface_id).into(),
            private_dns: private_dns.into(),
            private_ip: private_ip.into(),
            ptr_record: ptr.or(self.ptr_record.0.clone()).unwrap_or_default().into(),
            public_dns: (names.public)(&public_ip).into(),
            public_ip: public_ip.into(),
            public_ipv4_pool: text(remote.public_ipv4_pool).into(),
            tags: tag_map(remote.tags),
            id: id.into(),
            ..self
        }
    }
}

/// How EC2 names addresses in a region.
struct Names {
    public: Box<dyn Fn(&str) -> String>,
    private: Box<dyn Fn(&str) -> String>,
}

fn dns_names(region: &str) -> Names {
    let (public, private) = match region {
        "us-east-1" => ("compute-1".to_owned(), "ec2.internal".to_owned()),
        _ => (format!("{region}.compute"), format!("{region}.compute.internal")),
    };
    let suffix = crate::client::dns_suffix(crate::client::partition_of(region));
    Names {
        public: Box::new(move |ip| format!("ec2-{}.{public}.{suffix}", ip.replace('.', "-"))),
        private: Box::new(move |ip| format!("ip-{}.{private}", ip.replace('.', "-"))),
    }
}

async fn allocate(aws: &Aws, planned: &Eip, cx: &ApplyContext) -> Result<String, Error> {
    let set = |t: Option<&str>| t.filter(|t| !t.is_empty()).map(str::to_owned);
    let call = (aws.ec2().allocate_address())
        .domain(DomainType::Vpc)
        .set_address(planned.address.clone())
        .set_customer_owned_ipv4_pool(planned.customer_owned_ipv4_pool.clone())
        .set_ipam_pool_id(set(planned.ipam_pool_id.as_deref()))
        .set_network_border_group(set(planned.network_border_group.as_deref()))
        .set_public_ipv4_pool(set(planned.public_ipv4_pool.as_deref()))
        .tag_specifications(creation_tags(ResourceType::ElasticIp, &planned.tags, cx))
        .send();
    let allocated = aws.call("ec2:AllocateAddress", call).await?;
    allocated.allocation_id.ok_or_else(|| Error::new("AllocateAddress failed", "The answer has no id."))
}

async fn associate(aws: &Aws, id: &str, planned: &Eip) -> Result<(), Error> {
    let set = |t: Option<&str>| t.filter(|t| !t.is_empty()).map(str::to_owned);
    let (instance, interface) = (set(planned.instance.as_deref()), set(planned.network_interface.as_deref()));
    if instance.is_none() && interface.is_none() {
        return Ok(());
    }
    let call = (aws.ec2().associate_address().allocation_id(id))
        // EC2 takes one of them; the interface is the more exact one.
        .set_instance_id(if interface.is_some() { None } else { instance })
        .set_network_interface_id(interface)
        .set_private_ip_address(set(planned.associate_with_private_ip.as_deref()));
    let associate = || aws.call("ec2:AssociateAddress", call.clone().send());
    // An address just made, or an instance that is about to run.
    let early = |e: &Error| {
        e.has_code(&["InvalidAllocationID.NotFound", "InvalidInstanceID", "IncorrectInstanceState"])
    };
    retry_while(PROPAGATION, early, associate).await.map(|_| ())
}

async fn disassociate(aws: &Aws, state: &Eip) -> Result<(), Error> {
    let Some(association) = state.association_id.as_deref().filter(|a| !a.is_empty()) else { return Ok(()) };
    let call = aws.ec2().disassociate_address().association_id(association).send();
    match aws.call("ec2:DisassociateAddress", call).await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other.map(|_| ()),
    }
}

async fn describe(aws: &Aws, ids: Vec<String>) -> Result<Vec<types::Address>, Error> {
    let call = aws.ec2().describe_addresses().filters(filter("allocation-id", ids)).send();
    Ok(aws.call("ec2:DescribeAddresses", call).await?.addresses.unwrap_or_default())
}

async fn read(aws: &Aws, states: &[Eip]) -> Result<HashMap<String, Eip>, Error> {
    let ids = states.iter().filter_map(|s| s.id.as_deref());
    let found = describe_by(ids, |ids| describe(aws, ids), |a| a.allocation_id()).await?;
    let account = aws.account().await?;
    let with = |state: &Eip| {
        let id = state.id.as_deref().unwrap_or_default();
        let remote = found.get(id)?.clone();
        Some((id.to_owned(), state.clone().with(aws, &account, remote, None)))
    };
    Ok(states.iter().filter_map(with).collect())
}

/// Reads an address that has just been changed, and perhaps `associated` with what an object
/// names: then when it is seen as such.
async fn read_back(aws: &Aws, planned: &Eip, id: &str, associated: Option<&Eip>) -> Result<Eip, Error> {
    let all = |ids| one_each(ids, |ids| describe(aws, ids), |a: &types::Address| a.allocation_id());
    let unseen = || Error::new("The address vanished", format!("{id} is not found.")).code("NotFound");
    let look = || async {
        let found = aws.joint().join(id.to_owned(), all).await.unwrap_or(Ok(None))?;
        found.filter(|address| associated.is_none_or(|a| a.has_target_of(address))).ok_or_else(unseen)
    };
    let remote = retry_while(PROPAGATION, is_not_found, look).await?;
    Ok(planned.clone().with(aws, &aws.account().await?, remote, None))
}
