//! The connection to Google Cloud: credentials, endpoints, defaults for project, region and zone,
//! and the clients of its services, made when they are first needed. Knows no resource type.

mod credentials;
mod error;
mod limit;
mod long_running;
mod named;
mod permission;
mod rest;
mod retry;
mod services;
mod session;

pub(crate) use error::{is_conflict, is_disabled, is_not_found, is_taken};
pub(crate) use limit::Limits;
pub(crate) use long_running::finish_long;
pub(crate) use named::Named;
pub(crate) use permission::explained;
pub(crate) use rest::{Request, Upload};
pub(crate) use services::called;

use crate::configuration::Configuration;
use crate::labels::LabelPolicy;
use google_cloud_auth::credentials::Credentials;
use services::Services;
use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use terrane_sdk::Error;
use tokio::sync::OwnedMutexGuard;

/// A connection under one set of credentials. It reaches all projects.
pub struct Google {
    credentials: Credentials,
    endpoints: BTreeMap<String, String>,
    universe_domain: Option<String>,
    project: Option<String>,
    region: Option<String>,
    zone: Option<String>,
    labels: LabelPolicy,
    limits: Arc<Limits>,
    services: Services,
    http: reqwest::Client,
    /// What is changed as a whole, by its path: routers, IAM policies.
    changing: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Google {
    /// The project of objects that name none.
    pub fn project(&self) -> Option<&str> {
        self.project.as_deref()
    }

    /// The region of objects that name none: the configured one, or that of the zone.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref().or_else(|| self.zone.as_deref().and_then(region_of_zone))
    }

    /// The zone of objects that name none.
    pub fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// The rules of the provider configuration for labels.
    pub(crate) fn labels(&self) -> &LabelPolicy {
        &self.labels
    }

    /// Waits until nobody else changes what is at `path`, and keeps others out until the guard is dropped.
    pub(crate) async fn only(&self, path: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
            changing.entry(path.to_owned()).or_default().clone()
        };
        lock.lock_owned().await
    }

    /// Awaits a call of `operation` (`compute.networks.insert`) within the limit of its service;
    /// its error says what was called.
    pub(crate) async fn call<T>(
        &self,
        operation: &str,
        call: impl Future<Output = google_cloud_gax::Result<T>>,
    ) -> Result<T, Error> {
        let service = operation.split('.').next().unwrap_or_default();
        let limit = self.limits.get(service);
        let _slot = limit.enter().await;
        let begun = Instant::now();
        let answer = call.await;
        limit.spent(begun.elapsed());
        answer.map_err(|e| error::api_error(operation, &e))
    }

    /// Who and where this is, as far as it is known.
    pub(crate) fn identity(&self) -> String {
        match (self.project(), self.region()) {
            (Some(project), Some(region)) => format!("project {project}, region {region}"),
            (Some(project), None) => format!("project {project}"),
            (None, _) => String::new(),
        }
    }

    /// The connection that a provider configuration describes. Sends nothing.
    pub(crate) fn open(config: &terrane_sdk::Value, limits: Arc<Limits>) -> Result<Arc<Google>, Error> {
        let configuration = Configuration::decode(config)?;
        Self::with(configuration, crate::configuration::endpoints::decode(config), limits)
    }
}

/// `europe-west1` of `europe-west1-b`.
pub(crate) fn region_of_zone(zone: &str) -> Option<&str> {
    zone.rsplit_once('-').map(|(region, _)| region)
}
