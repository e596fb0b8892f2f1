//! `aws_availability_zone`, `aws_regions` and `aws_default_tags`: where, and as what, objects are made.

use super::one::{only, told};
use crate::Aws;
use crate::ec2::data_filter::{DataFilter, filters};
use crate::ec2::kind::set;
use crate::tags::Tags;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// The zone that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_availability_zone")]
pub struct AvailabilityZone {
    /// Whether to look at zones that were not opted into, too.
    pub all_availability_zones: Option<bool>,
    /// Filters of DescribeAvailabilityZones.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// What people call the group of the zone.
    pub group_long_name: Computed<String>,
    /// The group of the zone.
    pub group_name: Computed<String>,
    /// The name of the zone.
    pub id: Computed<String>,
    /// The name of the zone, to choose it by.
    pub name: Auto<String>,
    /// What its name has beyond that of the region.
    pub name_suffix: Computed<String>,
    /// The place from which its addresses are advertised.
    pub network_border_group: Computed<String>,
    /// Whether it was opted into.
    pub opt_in_status: Computed<String>,
    /// The zone that controls it, by its id.
    pub parent_zone_id: Computed<String>,
    /// The zone that controls it.
    pub parent_zone_name: Computed<String>,
    /// The state of the zone.
    pub state: Auto<String>,
    /// The id of the zone.
    pub zone_id: Auto<String>,
    /// What kind of zone it is.
    pub zone_type: Computed<String>,
}

#[async_trait]
impl DataSource for AvailabilityZone {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let tags = Tags::new();
        let wanted = filters(&config.filter, &tags, &[("state", set(config.state.0.as_deref()))]);
        let call = (aws.ec2().describe_availability_zones())
            .set_all_availability_zones(config.all_availability_zones)
            .set_zone_names(set(config.name.0.as_deref()).map(|n| vec![n]))
            .set_zone_ids(set(config.zone_id.0.as_deref()).map(|i| vec![i]))
            .set_filters(wanted);
        let found = aws.call("ec2:DescribeAvailabilityZones", call.send()).await?;
        let found = found.availability_zones.unwrap_or_default();
        let found = only(found, "availability zone", "ec2:DescribeAvailabilityZones")?;
        let name = found.zone_name().unwrap_or_default();
        // A local zone's name goes on after a hyphen.
        let suffix = name.strip_prefix(found.region_name().unwrap_or_default()).unwrap_or(name);
        let suffix = suffix.strip_prefix('-').unwrap_or(suffix).to_owned();
        Ok(Self {
            group_long_name: told(found.group_long_name()),
            group_name: told(found.group_name()),
            id: told(found.zone_name()),
            name: told(found.zone_name()),
            name_suffix: suffix.into(),
            network_border_group: told(found.network_border_group()),
            opt_in_status: told(found.opt_in_status()),
            parent_zone_id: told(found.parent_zone_id()),
            parent_zone_name: told(found.parent_zone_name()),
            state: told(found.state()),
            zone_id: told(found.zone_id()),
            zone_type: told(found.zone_type()),
            ..config
        })
    }
}

/// The regions that match.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_regions")]
pub struct Regions {
    /// Whether to include regions that were not opted into.
    pub all_regions: Option<bool>,
    /// Filters of DescribeRegions.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The partition.
    pub id: Computed<String>,
    /// The names of the regions.
    pub names: Computed<BTreeSet<String>>,
}

#[async_trait]
impl DataSource for Regions {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let tags = Tags::new();
        let wanted = filters(&config.filter, &tags, &[]);
        let call = aws.ec2().describe_regions().set_all_regions(config.all_regions).set_filters(wanted);
        let found = aws.call("ec2:DescribeRegions", call.send()).await?.regions.unwrap_or_default();
        Ok(Self {
            id: aws.partition().into(),
            names: found.iter().filter_map(|r| set(r.region_name())).collect::<BTreeSet<_>>().into(),
            ..config
        })
    }
}

/// The tags that the provider configuration gives all objects.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_default_tags")]
pub struct DefaultTags {
    /// The partition.
    pub id: Computed<String>,
    /// The tags.
    pub tags: Computed<Tags>,
}

#[async_trait]
impl DataSource for DefaultTags {
    type Client = Aws;

    async fn read(aws: &Aws, _: Self) -> Result<Self, Error> {
        Ok(Self { id: aws.partition().into(), tags: aws.tags().defaults().clone().into() })
    }
}
