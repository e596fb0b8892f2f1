//! `aws_ec2_subnet_cidr_reservation`: addresses of a subnet that AWS does not give away by itself.

use super::batch::{PAGE, pages};
use super::kind::{created, parts, set};
use super::validate::network;
use crate::Aws;
use crate::client::is_not_found;
use aws_sdk_ec2::types::{SubnetCidrReservation as Remote, SubnetCidrReservationType};
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, join_all, try_join_all,
    validate,
};

/// Reserves addresses of a subnet.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_subnet_cidr_reservation", keep)]
pub struct SubnetCidrReservation {
    /// The id of the reservation.
    pub id: Computed<String>,
    /// The addresses.
    #[attr(force_new, validate = network)]
    pub cidr_block: String,
    /// What they are for.
    #[attr(force_new)]
    pub description: Option<String>,
    /// The account that owns the reservation.
    pub owner_id: Computed<String>,
    /// Whether AWS gives prefixes of the range, or addresses only where they are asked for: `prefix`
    /// or `explicit`.
    #[attr(force_new, validate = validate::one_of(&["prefix", "explicit"]))]
    pub reservation_type: String,
    /// The subnet.
    #[attr(force_new)]
    pub subnet_id: String,
}

/// All reservations of a subnet; none when it is gone.
async fn of(aws: &Aws, subnet: &str) -> Result<Vec<Remote>, Error> {
    let mut all = Vec::new();
    let mut token = None;
    loop {
        let call = aws.ec2().get_subnet_cidr_reservations().subnet_id(subnet).set_next_token(token);
        let page = match aws.call("ec2:GetSubnetCidrReservations", call.send()).await {
            Err(e) if is_not_found(&e) => return Ok(all),
            other => other?,
        };
        all.extend(page.subnet_ipv4_cidr_reservations.unwrap_or_default());
        all.extend(page.subnet_ipv6_cidr_reservations.unwrap_or_default());
        token = page.next_token.filter(|t| !t.is_empty());
        if token.is_none() {
            return Ok(all);
        }
    }
}

#[async_trait]
impl Resource for SubnetCidrReservation {
    type Client = Aws;

    const PART: bool = true;

    /// The range is the natural key: a subnet has each reserved once.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let there = if cx.repeated { of(aws, &planned.subnet_id).await? } else { Vec::new() };
        let made = there.into_iter().find(|r| r.cidr() == Some(&planned.cidr_block));
        let made = match made {
            Some(made) => made,
            None => {
                let call = (aws.ec2().create_subnet_cidr_reservation())
                    .subnet_id(&planned.subnet_id)
                    .cidr(&planned.cidr_block)
                    .reservation_type(SubnetCidrReservationType::from(planned.reservation_type.as_str()))
                    .set_description(set(planned.description.as_deref()))
                    .send();
                let made = aws.call("ec2:CreateSubnetCidrReservation", call).await?;
                made.subnet_cidr_reservation.unwrap_or_else(|| Remote::builder().build())
            }
        };
        created("ec2:CreateSubnetCidrReservation", made.subnet_cidr_reservation_id.clone())?;
        Ok(planned.with(&made))
    }

    /// EC2 tells reservations subnet by subnet, so that these calls run side by side.
    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let subnets: BTreeSet<String> = states.iter().map(|s| s.subnet_id.clone()).collect();
        let read = |subnet: String| async move { (subnet.clone(), of(aws, &subnet).await) };
        let found: BTreeMap<String, Result<Vec<Remote>, Error>> =
            join_all(subnets.into_iter().map(read)).await.into_iter().collect();
        let now = |state: Self| {
            let Some(all) = found.get(&state.subnet_id) else { return Ok(None) };
            let all = all.as_ref().map_err(Clone::clone)?;
            let id = state.id.as_deref();
            let remote = all.iter().find(|r| r.subnet_cidr_reservation_id() == id);
            Ok(remote.map(|remote| state.with(remote)))
        };
        states.into_iter().map(now).collect()
    }

    /// Nothing of a reservation can be changed.
    async fn update(_: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(Self { id: prior.id, ..planned })
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let call = aws.ec2().delete_subnet_cidr_reservation().subnet_cidr_reservation_id(id).send();
        match aws.call("ec2:DeleteSubnetCidrReservation", call).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// One call for each subnet: there is none for several.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let subnets = pages!(aws, "ec2:DescribeSubnets", aws.ec2().describe_subnets().max_results(PAGE))?;
        let found = try_join_all(subnets.iter().filter_map(|s| s.subnet_id()).map(|subnet| of(aws, subnet)));
        Ok(Some(found.await?.iter().flatten().map(|r| Self::default().with(r)).collect()))
    }

    fn import_id(&self) -> Option<String> {
        Some(format!("{}:{}", self.subnet_id, self.id.as_deref()?))
    }

    /// `SUBNET:RESERVATION`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let [subnet, reservation] = parts(id, ':', ["SUBNET-ID", "RESERVATION-ID"])?;
        Ok(vec![("subnet_id", Value::from(subnet)), ("id", Value::from(reservation))])
    }
}

impl SubnetCidrReservation {
    fn with(self, remote: &Remote) -> Self {
        let text = |t: Option<&str>| t.unwrap_or_default().to_owned();
        Self {
            id: remote.subnet_cidr_reservation_id.clone().into(),
            cidr_block: text(remote.cidr()),
            description: set(remote.description()).or(self.description.filter(String::is_empty)),
            owner_id: text(remote.owner_id()).into(),
            reservation_type: text(remote.reservation_type().map(|t| t.as_str())),
            subnet_id: remote.subnet_id.clone().unwrap_or(self.subnet_id),
        }
    }
}
