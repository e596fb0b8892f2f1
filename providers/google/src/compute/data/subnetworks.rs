//! `google_compute_subnetwork` and `google_compute_subnetworks`: data sources of subnets.

use crate::Google;
use crate::compute::kind::Place;
use crate::names::{escape, name_of, path_of};
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{Auto, Block, Computed, DataSource, Diagnostic, Diagnostics, Error, Value, async_trait};

/// Reads a subnet, by its name or URL.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_compute_subnetwork")]
pub struct SubnetworkData {
    /// The path of the subnet, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the subnet.
    pub name: Auto<String>,
    /// The project of the subnet.
    pub project: Auto<String>,
    /// The region of the subnet.
    pub region: Auto<String>,
    /// The URL of the subnet.
    pub self_link: Auto<String>,
    /// What the subnet is for.
    pub description: Computed<String>,
    /// The external IPv6 range.
    pub external_ipv6_prefix: Computed<String>,
    /// The address of the gateway.
    pub gateway_address: Computed<String>,
    /// The internal IPv6 range.
    pub internal_ipv6_prefix: Computed<String>,
    /// The range of addresses.
    pub ip_cidr_range: Computed<String>,
    /// Whether IPv6 addresses are internal or external.
    pub ipv6_access_type: Computed<String>,
    /// The URL of the network.
    pub network: Computed<String>,
    /// Whether instances without external addresses reach Google's services.
    pub private_ip_google_access: Computed<bool>,
    /// Ranges for pods, services and the like.
    pub secondary_ip_range: Computed<Vec<SecondaryRangeData>>,
    /// Which versions of IP there are.
    pub stack_type: Computed<String>,
    /// Google's number for the subnet.
    pub subnetwork_id: Computed<i64>,
}

/// A range beside the subnet's own.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SecondaryRangeData {
    /// The range.
    pub ip_cidr_range: String,
    /// Its name.
    pub range_name: String,
}

#[async_trait]
impl DataSource for SubnetworkData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let path = match (config.self_link.as_deref(), config.name.as_deref()) {
            (Some(link), _) => path_of(link).to_owned(),
            (None, name) => {
                let place = Place::regional(google, config.project.as_deref(), config.region.as_deref())?;
                let name = name.unwrap_or_default();
                format!("projects/{}/regions/{}/subnetworks/{name}", place.project, place.area)
            }
        };
        let found = google.fetch("compute.subnetworks.get", "compute", format!("compute/v1/{path}")).await?;
        let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
        let part = |i: usize| path.split('/').nth(i).unwrap_or_default().to_owned();
        let ranges =
            found["secondaryIpRanges"].as_array().into_iter().flatten().map(|range| SecondaryRangeData {
                ip_cidr_range: range["ipCidrRange"].as_str().unwrap_or_default().to_owned(),
                range_name: range["rangeName"].as_str().unwrap_or_default().to_owned(),
            });
        Ok(SubnetworkData {
            name: text("name").into(),
            project: part(1).into(),
            region: part(3).into(),
            self_link: text("selfLink").into(),
            description: text("description").into(),
            external_ipv6_prefix: text("externalIpv6Prefix").into(),
            gateway_address: text("gatewayAddress").into(),
            internal_ipv6_prefix: text("internalIpv6Prefix").into(),
            ip_cidr_range: text("ipCidrRange").into(),
            ipv6_access_type: text("ipv6AccessType").into(),
            network: text("network").into(),
            private_ip_google_access: (found["privateIpGoogleAccess"] == true).into(),
            secondary_ip_range: ranges.collect::<Vec<_>>().into(),
            stack_type: text("stackType").into(),
            subnetwork_id: text("id").parse().ok().into(),
            id: path.clone().into(),
        })
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let unset = |name: &str| config.attribute(name).is_none_or(|v| v.is_null());
        if unset("name") && unset("self_link") {
            let detail = "One of name and self_link says which one.";
            diagnostics.push(Diagnostic::error("Subnet without name or URL", detail));
        }
    }
}

/// Lists the subnets of a region.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_compute_subnetworks")]
pub struct SubnetworksData {
    /// Project and region.
    pub id: Computed<String>,
    /// Which subnets, as the API's filters say it: `ipCidrRange eq 10.0.0.0/24`.
    pub filter: Option<String>,
    /// The project.
    pub project: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The subnets.
    pub subnetworks: Computed<Vec<ListedSubnetwork>>,
}

/// A subnet in a list.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ListedSubnetwork {
    /// What it is for.
    pub description: String,
    /// Its range.
    pub ip_cidr_range: String,
    /// Its name.
    pub name: String,
    /// The URL of its network.
    #[attr(deprecated = "Use network_name.")]
    pub network: String,
    /// The name of its network.
    pub network_name: String,
    /// The URL of its network.
    pub network_self_link: String,
    /// Whether instances without external addresses reach Google's services.
    pub private_ip_google_access: bool,
    /// Its URL.
    pub self_link: String,
}

#[async_trait]
impl DataSource for SubnetworksData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let Place { project, area } =
            Place::regional(google, config.project.as_deref(), config.region.as_deref())?;
        let filter = config.filter.as_deref().map(|f| format!("?filter={}", escape(f))).unwrap_or_default();
        let path = format!("compute/v1/projects/{project}/regions/{area}/subnetworks{filter}");
        let all = google.fetch_all("compute.subnetworks.list", "compute", &path, "items").await?;
        let subnets = all.iter().map(|subnet: &Json| {
            let text = |name: &str| subnet[name].as_str().unwrap_or_default().to_owned();
            ListedSubnetwork {
                description: text("description"),
                ip_cidr_range: text("ipCidrRange"),
                name: text("name"),
                network: text("network"),
                network_name: name_of(&text("network")).to_owned(),
                network_self_link: text("network"),
                private_ip_google_access: subnet["privateIpGoogleAccess"] == true,
                self_link: text("selfLink"),
            }
        });
        Ok(SubnetworksData {
            id: format!("projects/{project}/regions/{area}").into(),
            subnetworks: subnets.collect::<Vec<_>>().into(),
            ..config
        })
    }
}
