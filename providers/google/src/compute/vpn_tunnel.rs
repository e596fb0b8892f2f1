//! `google_compute_vpn_tunnel`: an encrypted tunnel between two VPN gateways.

use super::kind::{self, Kind, Place, kind};
use crate::Google;
use crate::names::{compute_reference, compute_url, name_of, parse_id, path_of, same_reference};
use google_cloud_compute_v1::model::{
    VpnTunnel as Remote, VpnTunnelCipherSuite, VpnTunnelPhase1Algorithms, VpnTunnelPhase2Algorithms,
};
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, PlanContext, Resource, async_trait,
};

kind!(Api: VpnTunnel, vpn_tunnels, "vpnTunnels", region, set_vpn_tunnel, vpn_tunnels);

/// Provides a VPN tunnel.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_vpn_tunnel",
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct VpnTunnel {
    /// The path of the tunnel, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the tunnel.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The project of the tunnel.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The region of the tunnel.
    #[attr(force_new, equivalent = same_reference)]
    pub region: Auto<String>,
    /// The secret that both gateways know.
    #[attr(force_new, sensitive)]
    pub shared_secret: String,
    /// What the tunnel is for.
    #[attr(force_new)]
    pub description: Option<String>,
    /// The version of IKE: 1 or 2.
    #[attr(force_new, default = 2)]
    pub ike_version: Option<i64>,
    /// The classic gateway at this end.
    #[attr(force_new, equivalent = same_reference, conflicts_with = "vpn_gateway")]
    pub target_vpn_gateway: Option<String>,
    /// The HA gateway at this end.
    #[attr(force_new, equivalent = same_reference, conflicts_with = "target_vpn_gateway")]
    pub vpn_gateway: Option<String>,
    /// The interface of the HA gateway.
    #[attr(force_new)]
    pub vpn_gateway_interface: Option<i64>,
    /// The gateway outside Google Cloud at the other end.
    #[attr(force_new, equivalent = same_reference, conflicts_with = "peer_gcp_gateway")]
    pub peer_external_gateway: Option<String>,
    /// The interface of that gateway.
    #[attr(force_new)]
    pub peer_external_gateway_interface: Option<i64>,
    /// The HA gateway of another network at the other end.
    #[attr(force_new, equivalent = same_reference, conflicts_with = "peer_external_gateway")]
    pub peer_gcp_gateway: Option<String>,
    /// The address of the other end.
    #[attr(force_new)]
    pub peer_ip: Auto<String>,
    /// The router that speaks BGP through the tunnel.
    #[attr(force_new, equivalent = same_reference)]
    pub router: Option<String>,
    /// Addresses here that go through the tunnel.
    #[attr(force_new)]
    pub local_traffic_selector: Auto<BTreeSet<String>>,
    /// Addresses there that go through the tunnel.
    #[attr(force_new)]
    pub remote_traffic_selector: Auto<BTreeSet<String>>,
    /// The algorithms that are offered.
    #[block(force_new, computed)]
    pub cipher_suite: Option<CipherSuite>,
    /// When the tunnel was made.
    pub creation_timestamp: Computed<String>,
    /// The state of the tunnel, in words.
    pub detailed_status: Computed<String>,
    /// A checksum of the secret.
    pub shared_secret_hash: Computed<String>,
    /// Google's number for the tunnel.
    pub tunnel_id: Computed<String>,
    /// The labels of the tunnel.
    pub labels: BTreeMap<String, String>,
    /// The version of the labels.
    pub label_fingerprint: Computed<String>,
    /// The URL of the tunnel.
    pub self_link: Computed<String>,
}

/// The algorithms that are offered.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct CipherSuite {
    /// For the first phase of IKE.
    #[block(force_new)]
    pub phase1: Option<FirstPhase>,
    /// For the second phase.
    #[block(force_new)]
    pub phase2: Option<SecondPhase>,
}

/// The algorithms of the first phase of IKE.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct FirstPhase {
    /// Groups of Diffie and Hellman.
    #[attr(force_new)]
    pub dh: BTreeSet<String>,
    /// Ciphers.
    #[attr(force_new)]
    pub encryption: BTreeSet<String>,
    /// What notices changes of messages.
    #[attr(force_new)]
    pub integrity: BTreeSet<String>,
    /// Pseudorandom functions.
    #[attr(force_new)]
    pub prf: BTreeSet<String>,
}

/// The algorithms of the second phase of IKE.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SecondPhase {
    /// Ciphers.
    #[attr(force_new)]
    pub encryption: BTreeSet<String>,
    /// What notices changes of messages.
    #[attr(force_new)]
    pub integrity: BTreeSet<String>,
    /// Groups of Diffie and Hellman for each new key.
    #[attr(force_new)]
    pub pfs: BTreeSet<String>,
}

impl CipherSuite {
    fn to_remote(&self) -> VpnTunnelCipherSuite {
        let first = self.phase1.as_ref().map(|phase| {
            VpnTunnelPhase1Algorithms::new()
                .set_dh(phase.dh.clone())
                .set_encryption(phase.encryption.clone())
                .set_integrity(phase.integrity.clone())
                .set_prf(phase.prf.clone())
        });
        let second = self.phase2.as_ref().map(|phase| {
            VpnTunnelPhase2Algorithms::new()
                .set_encryption(phase.encryption.clone())
                .set_integrity(phase.integrity.clone())
                .set_pfs(phase.pfs.clone())
        });
        VpnTunnelCipherSuite::new().set_or_clear_phase1(first).set_or_clear_phase2(second)
    }

    fn from_remote(remote: VpnTunnelCipherSuite) -> CipherSuite {
        let set = |all: Vec<String>| all.into_iter().collect::<BTreeSet<_>>();
        CipherSuite {
            phase1: remote.phase1.map(|phase| FirstPhase {
                dh: set(phase.dh),
                encryption: set(phase.encryption),
                integrity: set(phase.integrity),
                prf: set(phase.prf),
            }),
            phase2: remote.phase2.map(|phase| SecondPhase {
                encryption: set(phase.encryption),
                integrity: set(phase.integrity),
                pfs: set(phase.pfs),
            }),
        }
    }
}

#[async_trait]
impl Resource for VpnTunnel {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let place = planned.place(google)?;
        let created = kind::create::<Api>(google, &place, planned.body(&place), cx).await?;
        Ok(planned.with(google, created))
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let key = |s: &Self| Ok((s.place(google)?, s.name.clone()));
        kind::read_each::<Api, _>(google, states, key, |state, remote| state.with(google, remote)).await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let place = prior.place(google)?;
        if prior.labels != planned.labels {
            kind::set_labels::<Api>(google, &place, &planned.name, &planned.labels, cx).await?;
        }
        let remote = Api::get(google, &place, &planned.name).await?;
        Ok(planned.with(google, remote))
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        kind::delete::<Api>(google, &state.place(google)?, &state.name, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let whole = "projects/{project}/regions/{region}/vpnTunnels/{name}";
        parse_id(id, &[whole, "{project}/{region}/{name}", "{region}/{name}", "{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let all = Api::list_all(google, project).await?;
        Ok(Some(all.into_iter().map(|remote| Self::default().with(google, remote)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if cx.changed("labels") || cx.changed("terraform_labels") {
            cx.set_unknown("label_fingerprint");
        }
    }
}

impl VpnTunnel {
    fn place(&self, google: &Google) -> Result<Place, Error> {
        Place::regional(google, self.project.as_deref(), self.region.as_deref())
    }

    /// What Google is to make.
    fn body(&self, place: &Place) -> Remote {
        let Place { project, area } = place;
        let regional = |collection: &str, reference: &Option<String>| {
            let place = format!("projects/{project}/regions/{area}/{collection}");
            reference.as_deref().map(|r| compute_reference(&place, r))
        };
        let number = |n: Option<i64>| n.and_then(|n| i32::try_from(n).ok());
        let peer = self.peer_external_gateway.as_deref().map(|gateway| match gateway.contains('/') {
            true => compute_url(path_of(gateway)),
            false => compute_reference(&format!("projects/{project}/global/externalVpnGateways"), gateway),
        });
        Remote::new()
            .set_name(&self.name)
            .set_shared_secret(&self.shared_secret)
            .set_or_clear_description(self.description.clone())
            .set_or_clear_ike_version(number(self.ike_version))
            .set_or_clear_target_vpn_gateway(regional("targetVpnGateways", &self.target_vpn_gateway))
            .set_or_clear_vpn_gateway(regional("vpnGateways", &self.vpn_gateway))
            .set_or_clear_vpn_gateway_interface(number(self.vpn_gateway_interface))
            .set_or_clear_peer_external_gateway(peer)
            .set_or_clear_peer_external_gateway_interface(number(self.peer_external_gateway_interface))
            .set_or_clear_peer_gcp_gateway(regional("vpnGateways", &self.peer_gcp_gateway))
            .set_or_clear_peer_ip(self.peer_ip.0.clone())
            .set_or_clear_router(regional("routers", &self.router))
            .set_local_traffic_selector(self.local_traffic_selector.0.clone().unwrap_or_default())
            .set_remote_traffic_selector(self.remote_traffic_selector.0.clone().unwrap_or_default())
            .set_or_clear_cipher_suite(self.cipher_suite.as_ref().map(CipherSuite::to_remote))
            .set_labels(self.labels.clone())
    }

    /// This tunnel as Google describes it, which never tells the secret.
    fn with(self, google: &Google, remote: Remote) -> VpnTunnel {
        let place = self.place(google).unwrap_or_else(|_| Place::global(""));
        let region = name_of(remote.region.as_deref().unwrap_or(&place.area)).to_owned();
        let fingerprint = kind::field(&remote, "labelFingerprint");
        let name = remote.name.unwrap_or_default();
        let set = |all: Vec<String>| all.into_iter().collect::<BTreeSet<_>>();
        VpnTunnel {
            id: kind::path::<Api>(&Place::area(&place.project, &region), &name).into(),
            name,
            project: place.project.into(),
            region: region.into(),
            description: remote.description,
            ike_version: remote.ike_version.map(i64::from).or(Some(2)),
            target_vpn_gateway: remote.target_vpn_gateway,
            vpn_gateway: remote.vpn_gateway,
            vpn_gateway_interface: remote.vpn_gateway_interface.map(i64::from),
            peer_external_gateway: remote.peer_external_gateway,
            peer_external_gateway_interface: remote.peer_external_gateway_interface.map(i64::from),
            peer_gcp_gateway: remote.peer_gcp_gateway,
            peer_ip: remote.peer_ip.into(),
            router: remote.router,
            local_traffic_selector: set(remote.local_traffic_selector).into(),
            remote_traffic_selector: set(remote.remote_traffic_selector).into(),
            cipher_suite: remote.cipher_suite.map(CipherSuite::from_remote),
            creation_timestamp: remote.creation_timestamp.into(),
            detailed_status: remote.detailed_status.into(),
            shared_secret_hash: remote.shared_secret_hash.into(),
            tunnel_id: remote.id.map(|n| n.to_string()).into(),
            labels: remote.labels.into_iter().collect(),
            label_fingerprint: fingerprint.into(),
            self_link: remote.self_link.into(),
            ..self
        }
    }
}
