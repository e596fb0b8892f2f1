//! `aws_ec2_instance_types`, `aws_ec2_instance_type_offerings` and `aws_ec2_instance_type_offering`: the types of instances
//! that there are, and where.

use super::one::only;
use crate::Aws;
use crate::ec2::batch::pages;
use crate::ec2::data_filter::{DataFilter, filters};
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, LocationType};
use std::collections::BTreeSet;
use terrane_sdk::{Computed, DataSource, Error, async_trait, validate};

/// The largest page of types.
const TYPES_PAGE: i32 = 100;

/// The largest page of offerings.
const OFFERINGS_PAGE: i32 = 1000;

const LOCATION_TYPES: &[&str] = &["availability-zone", "availability-zone-id", "outpost", "region"];

/// The types of instances that match.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_instance_types")]
pub struct InstanceTypes {
    /// Filters of DescribeInstanceTypes.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The region.
    pub id: Computed<String>,
    /// The types.
    pub instance_types: Computed<Vec<String>>,
}

#[async_trait]
impl DataSource for InstanceTypes {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = filters(&config.filter, &Tags::new(), &[]);
        let call = aws.ec2().describe_instance_types().set_filters(wanted).max_results(TYPES_PAGE);
        let found: Vec<types::InstanceTypeInfo> = pages!(aws, "ec2:DescribeInstanceTypes", call)?;
        let names: Vec<String> =
            found.iter().filter_map(|t| Some(t.instance_type()?.as_str().to_owned())).collect();
        Ok(InstanceTypes { id: aws.region().into(), instance_types: names.into(), ..config })
    }
}

/// Where there is a type of instances: type, place and kind of place.
async fn offerings(
    aws: &Aws,
    filter: &BTreeSet<DataFilter>,
    location_type: Option<&str>,
) -> Result<Vec<[String; 3]>, Error> {
    let wanted = filters(filter, &Tags::new(), &[]);
    let call = (aws.ec2().describe_instance_type_offerings())
        .set_filters(wanted)
        .set_location_type(location_type.map(LocationType::from))
        .max_results(OFFERINGS_PAGE);
    let found: Vec<types::InstanceTypeOffering> = pages!(aws, "ec2:DescribeInstanceTypeOfferings", call)?;
    let parts = |offering: types::InstanceTypeOffering| {
        [
            offering.instance_type.map(|t| t.as_str().to_owned()).unwrap_or_default(),
            offering.location.unwrap_or_default(),
            offering.location_type.map(|t| t.as_str().to_owned()).unwrap_or_default(),
        ]
    };
    Ok(found.into_iter().map(parts).collect())
}

/// Where there are the types of instances that match.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_instance_type_offerings")]
pub struct InstanceTypeOfferings {
    /// Filters of DescribeInstanceTypeOfferings.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The region.
    pub id: Computed<String>,
    /// The types, each as often as there are places with it.
    pub instance_types: Computed<Vec<String>>,
    /// What kind of places to tell of: `region`, `availability-zone` or `availability-zone-id`.
    #[attr(validate = validate::one_of(LOCATION_TYPES))]
    pub location_type: Option<String>,
    /// For each of the types the kind of place.
    pub location_types: Computed<Vec<String>>,
    /// For each of the types the place.
    pub locations: Computed<Vec<String>>,
}

#[async_trait]
impl DataSource for InstanceTypeOfferings {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let found = offerings(aws, &config.filter, config.location_type.as_deref()).await?;
        let part = |n: usize| found.iter().map(|offering| offering[n].clone()).collect::<Vec<_>>();
        Ok(InstanceTypeOfferings {
            id: aws.region().into(),
            instance_types: part(0).into(),
            locations: part(1).into(),
            location_types: part(2).into(),
            ..config
        })
    }
}

/// The type of instances that is there and preferred.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_instance_type_offering")]
pub struct InstanceTypeOffering {
    /// Filters of DescribeInstanceTypeOfferings.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The type.
    pub id: Computed<String>,
    /// The type.
    pub instance_type: Computed<String>,
    /// What kind of places to look at: `region`, `availability-zone` or `availability-zone-id`.
    #[attr(validate = validate::one_of(LOCATION_TYPES))]
    pub location_type: Option<String>,
    /// Types, the best one first.
    pub preferred_instance_types: Vec<String>,
}

#[async_trait]
impl DataSource for InstanceTypeOffering {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let found = offerings(aws, &config.filter, config.location_type.as_deref()).await?;
        let mut found: Vec<String> = found.into_iter().map(|[name, ..]| name).collect();
        let preferred = config.preferred_instance_types.iter().find(|name| found.contains(name));
        let name = match preferred {
            Some(name) => name.clone(),
            None => {
                // One that is in several places is still one.
                found.sort();
                found.dedup();
                only(found, "instance type", "ec2:DescribeInstanceTypeOfferings")?
            }
        };
        Ok(InstanceTypeOffering { id: name.as_str().into(), instance_type: name.into(), ..config })
    }
}
