//! What the cloud tells about itself: where objects are, what there is, and who changed it.

use super::identity;
use crate::CloudObject;
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_provider::{Account, HistoryEvent, ImportedObject, Private, Scope};
use terrane_value::Value;

/// The scope of a region. All of the cloud is one account.
pub(crate) fn scope(region: &str) -> Scope {
    Scope { account: Arc::from("fake"), region: region.into() }
}

/// The objects of a region as a list gives them.
pub(crate) fn listed(
    objects: &BTreeMap<String, CloudObject>,
    type_name: &str,
    region: &str,
) -> Vec<ImportedObject> {
    let here = objects.values().filter(|object| object.region == region);
    let imported = |object: &CloudObject| ImportedObject {
        type_name: type_name.to_owned(),
        state: object.value.clone(),
        private: Private::from([]).with_identity(identity::of(&object.value, region)),
    };
    here.map(imported).collect()
}

/// That `who` did something to an object.
pub(crate) fn event(operation: &str, who: &str) -> HistoryEvent {
    HistoryEvent {
        time: "2026-01-01T00:00:00Z".into(),
        operation: format!("fake:{operation}"),
        principal: who.to_owned(),
        source_address: Some("192.0.2.1".into()),
        tool: Some("console".into()),
        request_id: Some("r-1".into()),
        error: None,
    }
}

/// An account for each region that has a name here: the organisation.
pub(crate) fn accounts(regions: &[String], config: &Value, role: &str) -> Vec<Account> {
    let account = |region: &String| Account {
        id: format!("account-{region}").into(),
        name: format!("{region} through {role}").into(),
        config: config.with_attribute("region", Value::string(region)),
    };
    regions.iter().map(account).collect()
}
