//! `aws_availability_zones`: the zones of a region.

use super::data_filter::{DataFilter, filters};
use crate::Aws;
use crate::tags::Tags;
use std::collections::BTreeSet;
use terrane_sdk::{Computed, DataSource, Error, async_trait, validate};

/// The zones that the account can use in the region.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_availability_zones")]
pub struct AvailabilityZones {
    /// Whether to include local and wavelength zones that were not opted into.
    pub all_availability_zones: Option<bool>,
    /// Names to leave out.
    pub exclude_names: BTreeSet<String>,
    /// Ids to leave out.
    pub exclude_zone_ids: BTreeSet<String>,
    /// Filters of DescribeAvailabilityZones.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The groups of the zones.
    pub group_names: Computed<BTreeSet<String>>,
    /// The region.
    pub id: Computed<String>,
    /// The names of the zones, sorted.
    pub names: Computed<Vec<String>>,
    /// The state of zones to include: `available`, `information`, `impaired`, `unavailable`,
    /// `constrained`.
    #[attr(validate = validate::one_of(&["available", "information", "impaired", "unavailable", "constrained"]))]
    pub state: Option<String>,
    /// The ids of the zones, in the order of the names.
    pub zone_ids: Computed<Vec<String>>,
}

#[async_trait]
impl DataSource for AvailabilityZones {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let filters = filters(&config.filter, &Tags::new(), &[("state", config.state.clone())]);
        let call = (aws.ec2().describe_availability_zones())
            .set_all_availability_zones(config.all_availability_zones)
            .set_filters(filters);
        let found = aws.call("ec2:DescribeAvailabilityZones", call.send()).await?;
        let mut zones: Vec<_> = (found.availability_zones.unwrap_or_default().into_iter())
            .map(|z| {
                let text = |t: Option<String>| t.unwrap_or_default();
                (text(z.zone_name), text(z.zone_id), text(z.group_name))
            })
            .filter(|(name, id, _)| {
                !config.exclude_names.contains(name) && !config.exclude_zone_ids.contains(id)
            })
            .collect();
        zones.sort();
        Ok(AvailabilityZones {
            group_names: zones.iter().map(|(_, _, group)| group.clone()).collect::<BTreeSet<_>>().into(),
            names: zones.iter().map(|(name, ..)| name.clone()).collect::<Vec<_>>().into(),
            zone_ids: zones.iter().map(|(_, id, _)| id.clone()).collect::<Vec<_>>().into(),
            id: aws.region().into(),
            ..config
        })
    }
}
