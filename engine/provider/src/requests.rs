//! Requests to providers and their answers.

use crate::{OperationToken, Private};
use std::time::Duration;
use terrane_diagnostics::Diagnostics;
use terrane_value::{Path, Value};

/// An object to read.
#[derive(Clone, Debug)]
pub struct ReadObject {
    /// The object as last known.
    pub state: Value,
    /// What the provider keeps with it.
    pub private: Private,
}

/// An object as it is now.
#[derive(Clone, Debug)]
pub struct ReadResponse {
    /// The object.
    pub state: Value,
    /// What the provider keeps with it.
    pub private: Private,
}

/// An object in the form in which it was stored.
#[derive(Clone, Debug)]
pub struct UpgradeRequest {
    /// The resource type.
    pub type_name: String,
    /// The schema version it was stored with.
    pub version: u64,
    /// The object.
    pub json: serde_json::Value,
}

/// An object of another type, of the same provider or of another, as it was stored.
#[derive(Clone, Debug)]
pub struct MoveRequest {
    /// The provider it was managed by, such as `registry.terraform.io/hashicorp/null`.
    pub source_provider: String,
    /// Its type so far.
    pub source_type: String,
    /// The schema version it was stored with.
    pub source_version: u64,
    /// The object.
    pub source: serde_json::Value,
    /// What the provider kept with it.
    pub source_private: Private,
    /// The type that it is to have.
    pub type_name: String,
}

/// A change to plan.
#[derive(Clone, Debug)]
pub struct PlanRequest {
    /// The resource type.
    pub type_name: String,
    /// The object as it is; null when it is to be created.
    pub prior: Value,
    /// The configuration; null when the object is to be deleted.
    pub config: Value,
    /// Prior and configuration merged by `terrane_schema::proposed_new`; null when the object
    /// is to be deleted.
    pub proposed: Value,
    /// What the provider keeps with the prior object.
    pub private: Private,
}

/// A planned change.
#[derive(Clone, Debug)]
pub struct PlanResponse {
    /// What the object will be, with unknown values where only apply can tell.
    pub planned: Value,
    /// Attributes whose change needs a new object.
    pub requires_replace: Vec<Path>,
    /// What the provider keeps with the planned object; given back on apply.
    pub private: Private,
    /// The plan keeps to the loose rules of Terraform's older SDK (zero values for null,
    /// defaults of attributes that are not computed): departures that
    /// `terrane_schema::assert_plan_valid` finds are not errors.
    pub legacy_types: bool,
    /// Problems.
    pub diagnostics: Diagnostics,
}

/// A planned change to make.
#[derive(Clone, Debug)]
pub struct ApplyRequest {
    /// The resource type.
    pub type_name: String,
    /// The object as it is; null when it is to be created.
    pub prior: Value,
    /// The configuration, wholly known; null when the object is to be deleted.
    pub config: Value,
    /// The planned object, with unknown values only for what the provider itself will choose;
    /// null when the object is to be deleted.
    pub planned: Value,
    /// What the provider keeps with the planned object.
    pub private: Private,
    /// Names this operation. A repeat after a crash carries the same token, and must find what
    /// the first attempt made instead of making it again.
    pub token: OperationToken,
    /// Write-only attributes whose values differ from those of the last create or update, as far
    /// as that can be told. An update may have no other reason ([`crate::Provider::compares_write_only`]).
    pub write_only_changed: Vec<Path>,
    /// Whether this is such a repeat. Without it a provider would have to look for the work of an
    /// earlier attempt before every single create.
    pub repeated: bool,
}

/// What became of a change.
#[derive(Clone, Debug)]
pub struct ApplyResponse {
    /// The object, wholly known; null when it does not exist (deleted, or never created).
    pub state: Value,
    /// What the provider keeps with it.
    pub private: Private,
    /// As in [`PlanResponse::legacy_types`], for `terrane_schema::assert_object_compatible`.
    pub legacy_types: bool,
    /// Problems. With errors and a created object, the object is tainted.
    pub diagnostics: Diagnostics,
}

/// An object found by import or discovery.
#[derive(Clone, Debug)]
pub struct ImportedObject {
    /// The resource type, which can differ from the one asked for.
    pub type_name: String,
    /// The object as far as import knows it.
    pub state: Value,
    /// What the provider keeps with it.
    pub private: Private,
}

/// An ephemeral resource that was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its object, wholly known.
    pub value: Value,
    /// How it stays open.
    pub renewal: Renewal,
}

/// How an open ephemeral resource stays so.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// What the provider needs to renew or close it.
    pub private: Private,
    /// In what time it must be renewed, when it is still needed then.
    pub renew_after: Option<Duration>,
}

/// What calls of one service have cost so far, under one account and in one region.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traffic {
    /// The service: `ec2`.
    pub service: String,
    /// The region, or `global`.
    pub region: String,
    /// The account, as far as it is known.
    pub account: String,
    /// Requests sent, those included that repeat others.
    pub requests: u64,
    /// Requests that repeat one which failed or was refused.
    pub retries: u64,
    /// Requests that were refused since there were too many.
    pub throttled: u64,
    /// The sum of the times from request to answer, in seconds. Requests that were under way side by
    /// side count each.
    pub seconds: f64,
}
