//! `google_compute_global_address`: an address, or a range for private connections, that is kept.

use super::kind::{self, Kind, Place, kind};
use crate::Google;
use crate::names::{compute_reference, parse_id, same_reference};
use crate::provider::project_of;
use google_cloud_compute_v1::model::Address as Remote;
use std::collections::BTreeMap;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, PlanContext, Resource, async_trait, validate,
};

kind!(Api: Address, global_addresses, "addresses", global, set_address, addresses);

/// Provides a global address, or a range for private connections to services.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_global_address",
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct GlobalAddress {
    /// The path of the address, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the address.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The project of the address.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The address itself, or the first one of a range.
    #[attr(force_new)]
    pub address: Auto<String>,
    /// `EXTERNAL` or `INTERNAL`.
    #[attr(force_new, default = "EXTERNAL", validate = validate::one_of(&["INTERNAL", "EXTERNAL"]))]
    pub address_type: Option<String>,
    /// What the address is for.
    #[attr(force_new)]
    pub description: Option<String>,
    /// What may use the range: `VPC_PEERING` or `PRIVATE_SERVICE_CONNECT`.
    #[attr(force_new)]
    pub purpose: Option<String>,
    /// The network of an internal range.
    #[attr(force_new, equivalent = same_reference)]
    pub network: Option<String>,
    /// The length of the prefix of a range.
    #[attr(force_new)]
    pub prefix_length: Auto<i64>,
    /// `IPV4` or `IPV6`.
    #[attr(force_new)]
    pub ip_version: Option<String>,
    /// The labels of the address.
    pub labels: BTreeMap<String, String>,
    /// The version of the labels.
    pub label_fingerprint: Computed<String>,
    /// When the address was made.
    pub creation_timestamp: Computed<String>,
    /// The URL of the address.
    pub self_link: Computed<String>,
}

#[async_trait]
impl Resource for GlobalAddress {
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
        parse_id(id, &["projects/{project}/global/addresses/{name}", "{project}/{name}", "{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let all = Api::list(google, &Place::global(project)).await?;
        Ok(Some(all.into_iter().map(|remote| Self::default().with(google, remote)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if cx.changed("labels") || cx.changed("terraform_labels") {
            cx.set_unknown("label_fingerprint");
        }
    }
}

impl GlobalAddress {
    fn place(&self, google: &Google) -> Result<Place, Error> {
        Ok(Place::global(project_of(google, self.project.as_deref())?))
    }

    /// What Google is to make.
    fn body(&self, place: &Place) -> Remote {
        let networks = format!("projects/{}/global/networks", place.project);
        Remote::new()
            .set_name(&self.name)
            .set_or_clear_address(self.address.0.clone())
            .set_or_clear_address_type(self.address_type.as_deref())
            .set_or_clear_description(self.description.clone())
            .set_or_clear_purpose(self.purpose.as_deref())
            .set_or_clear_network(self.network.as_deref().map(|n| compute_reference(&networks, n)))
            .set_or_clear_prefix_length(self.prefix_length.0.and_then(|n| i32::try_from(n).ok()))
            .set_or_clear_ip_version(self.ip_version.as_deref())
            .set_labels(self.labels.clone())
    }

    /// This address as Google describes it.
    fn with(self, google: &Google, remote: Remote) -> GlobalAddress {
        let word = |value: Option<&str>| value.map(str::to_owned);
        let place = self.place(google).unwrap_or_else(|_| Place::global(""));
        let fingerprint = kind::field(&remote, "labelFingerprint");
        let name = remote.name.unwrap_or_default();
        GlobalAddress {
            id: kind::path::<Api>(&place, &name).into(),
            name,
            project: place.project.into(),
            address: remote.address.into(),
            address_type: word(remote.address_type.as_ref().and_then(|v| v.name()))
                .or(Some("EXTERNAL".into())),
            description: remote.description,
            purpose: word(remote.purpose.as_ref().and_then(|v| v.name())),
            network: remote.network,
            prefix_length: remote.prefix_length.map(i64::from).into(),
            ip_version: word(remote.ip_version.as_ref().and_then(|v| v.name()))
                .filter(|version| version == "IPV6" || self.ip_version.is_some()),
            labels: remote.labels.into_iter().collect(),
            label_fingerprint: fingerprint.into(),
            creation_timestamp: remote.creation_timestamp.into(),
            self_link: remote.self_link.into(),
        }
    }
}
