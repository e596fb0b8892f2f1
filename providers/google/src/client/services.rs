//! The clients of Google Cloud's services: each made once, when it is first needed.

use super::Google;
use super::limit::Meter;
use super::retry::Repeats;
use google_cloud_gax::client_builder::Error as BuilderError;
use terrane_sdk::Error;
use tokio::sync::OnceCell;

macro_rules! services {
    ($($(#[$doc:meta])* $name:ident: $client:path, service: $service:literal, endpoint: $endpoint:literal;)*) => {
        /// The names by which `*_custom_endpoint` attributes know the services that are called, by clients
        /// and without.
        pub(crate) fn called() -> impl Iterator<Item = &'static str> {
            [$($endpoint,)* "big_query", "container", "dns", "iam_credentials", "kms", "logging", "org_policy", "pubsub", "resource_manager", "service_networking", "storage"].into_iter()
        }

        /// The clients made so far.
        #[derive(Default)]
        pub(super) struct Services {
            $($name: OnceCell<$client>,)*
        }

        impl Google {
            $(
                $(#[$doc])*
                pub(crate) async fn $name(&self) -> Result<&$client, Error> {
                    self.services.$name.get_or_try_init(|| async {
                        let mut builder = <$client>::builder()
                            .with_credentials(self.credentials.clone())
                            .with_retry_policy(Repeats)
                            .with_retry_throttler(Meter(self.limits.get($service)));
                        if let Some(endpoint) = self.origin($endpoint)? {
                            builder = builder.with_endpoint(endpoint);
                        }
                        if let Some(domain) = &self.universe_domain {
                            builder = builder.with_universe_domain(domain);
                        }
                        builder.build().await.map_err(|e| no_client($service, &e))
                    }).await
                }
            )*
        }
    };
}

services! {
    /// The client of addresses.
    addresses: google_cloud_compute_v1::client::Addresses, service: "compute", endpoint: "compute";
    /// The client of external VPN gateways.
    external_vpn_gateways: google_cloud_compute_v1::client::ExternalVpnGateways, service: "compute", endpoint: "compute";
    /// The client of firewall rules.
    firewalls: google_cloud_compute_v1::client::Firewalls, service: "compute", endpoint: "compute";
    /// The client of global addresses.
    global_addresses: google_cloud_compute_v1::client::GlobalAddresses, service: "compute", endpoint: "compute";
    /// The client of operations that belong to no region.
    global_operations: google_cloud_compute_v1::client::GlobalOperations, service: "compute", endpoint: "compute";
    /// The client of networks.
    networks: google_cloud_compute_v1::client::Networks, service: "compute", endpoint: "compute";
    /// The client of operations in a region.
    region_operations: google_cloud_compute_v1::client::RegionOperations, service: "compute", endpoint: "compute";
    /// The client of routers.
    routers: google_cloud_compute_v1::client::Routers, service: "compute", endpoint: "compute";
    /// The client of routes.
    routes: google_cloud_compute_v1::client::Routes, service: "compute", endpoint: "compute";
    /// The client of subnetworks.
    subnetworks: google_cloud_compute_v1::client::Subnetworks, service: "compute", endpoint: "compute";
    /// The client of HA VPN gateways.
    vpn_gateways: google_cloud_compute_v1::client::VpnGateways, service: "compute", endpoint: "compute";
    /// The client of VPN tunnels.
    vpn_tunnels: google_cloud_compute_v1::client::VpnTunnels, service: "compute", endpoint: "compute";
    /// The client of operations in a zone.
    zone_operations: google_cloud_compute_v1::client::ZoneOperations, service: "compute", endpoint: "compute";
    /// The client of projects.
    projects: google_cloud_resourcemanager_v3::client::Projects, service: "cloudresourcemanager", endpoint: "resource_manager_v3";
    /// The client of folders.
    folders: google_cloud_resourcemanager_v3::client::Folders, service: "cloudresourcemanager", endpoint: "resource_manager_v3";
    /// The client of organizations.
    organizations: google_cloud_resourcemanager_v3::client::Organizations, service: "cloudresourcemanager", endpoint: "resource_manager_v3";
    /// The client of the services that projects use.
    service_usage: google_cloud_api_serviceusage_v1::client::ServiceUsage, service: "serviceusage", endpoint: "service_usage";
    /// The client of service accounts and roles.
    iam: google_cloud_iam_admin_v1::client::Iam, service: "iam", endpoint: "iam";
    /// The client of billing.
    billing: google_cloud_billing_v1::client::CloudBilling, service: "cloudbilling", endpoint: "cloud_billing";
}

impl Google {
    /// Scheme, host and port of the endpoint that the configuration gives a service. Its path is
    /// that of the API's version, which the clients know themselves.
    pub(super) fn origin(&self, service: &str) -> Result<Option<String>, Error> {
        let Some(endpoint) = self.endpoints.get(service) else { return Ok(None) };
        let url = reqwest::Url::parse(endpoint).map_err(|e| {
            Error::new("Invalid custom endpoint", format!("{endpoint:?} is no URL: {e}."))
                .attribute(format!("{service}_custom_endpoint"))
        })?;
        Ok(Some(url.origin().ascii_serialization()))
    }
}

fn no_client(service: &str, error: &BuilderError) -> Error {
    Error::new(format!("No client for {service}"), format!("{error}."))
}
