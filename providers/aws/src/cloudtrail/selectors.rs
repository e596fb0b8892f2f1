//! Which events a trail has.

use aws_sdk_cloudtrail::types::{
    self, AdvancedEventSelector as RemoteAdvanced, AdvancedFieldSelector, EventSelector as RemoteSelector,
    InsightType, ReadWriteType,
};
use std::collections::BTreeSet;
use terrane_sdk::{Block, Error, validate};

/// Which events a trail has.
#[derive(Clone, Debug, Default, Block)]
pub struct EventSelector {
    /// Events about data.
    #[block]
    pub data_resource: Vec<DataResource>,
    /// Services whose events are left out.
    pub exclude_management_event_sources: BTreeSet<String>,
    /// Whether events about resources are there.
    #[attr(default = true)]
    pub include_management_events: Option<bool>,
    /// `All`, `ReadOnly` or `WriteOnly`.
    #[attr(default = "All", validate = validate::one_of(&["All", "ReadOnly", "WriteOnly"]))]
    pub read_write_type: Option<String>,
}

/// Events about data.
#[derive(Clone, Debug, Default, Block)]
pub struct DataResource {
    /// What kind of data: `AWS::S3::Object`.
    #[attr(name = "type")]
    pub kind: String,
    /// What the ARNs of the data begin with.
    #[attr(required)]
    pub values: Vec<String>,
}

/// Which events a trail has, field by field.
#[derive(Clone, Debug, Default, Block)]
pub struct AdvancedEventSelector {
    /// What fields must be.
    #[block(min = 1)]
    pub field_selector: BTreeSet<FieldSelector>,
    /// What it is, in words.
    #[attr(validate = validate::length(0..=1000))]
    pub name: Option<String>,
}

/// What a field must be.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct FieldSelector {
    /// It ends with one of these.
    pub ends_with: Vec<String>,
    /// It is one of these.
    pub equals: Vec<String>,
    /// The name of the field.
    pub field: String,
    /// It ends with none of these.
    pub not_ends_with: Vec<String>,
    /// It is none of these.
    pub not_equals: Vec<String>,
    /// It begins with none of these.
    pub not_starts_with: Vec<String>,
    /// It begins with one of these.
    pub starts_with: Vec<String>,
}

/// What is looked for in the events of a trail.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct InsightSelector {
    /// `ApiCallRateInsight` or `ApiErrorRateInsight`.
    #[attr(validate = validate::one_of(&["ApiCallRateInsight", "ApiErrorRateInsight"]))]
    pub insight_type: String,
}

fn some(list: &[String]) -> Option<Vec<String>> {
    Some(list.to_vec()).filter(|l| !l.is_empty())
}

impl EventSelector {
    pub(super) fn to_remote(&self) -> RemoteSelector {
        let data = self.data_resource.iter().map(|d| {
            types::DataResource::builder().r#type(&d.kind).set_values(Some(d.values.clone())).build()
        });
        let sources: Vec<String> = self.exclude_management_event_sources.iter().cloned().collect();
        RemoteSelector::builder()
            .set_data_resources(Some(data.collect()))
            .set_exclude_management_event_sources(some(&sources))
            .include_management_events(self.include_management_events != Some(false))
            .read_write_type(ReadWriteType::from(self.read_write_type.as_deref().unwrap_or("All")))
            .build()
    }

    pub(super) fn from_remote(selector: RemoteSelector) -> EventSelector {
        let data = |d: types::DataResource| DataResource {
            kind: d.r#type.unwrap_or_default(),
            values: d.values.unwrap_or_default(),
        };
        EventSelector {
            data_resource: selector.data_resources.into_iter().flatten().map(data).collect(),
            exclude_management_event_sources: selector
                .exclude_management_event_sources
                .into_iter()
                .flatten()
                .collect(),
            include_management_events: Some(selector.include_management_events.unwrap_or(true)),
            read_write_type: selector.read_write_type.map(|t| t.as_str().to_owned()),
        }
    }

    /// Whether it is what a trail has that nobody chose events for.
    pub(super) fn is_default(&self) -> bool {
        self.data_resource.is_empty()
            && self.exclude_management_event_sources.is_empty()
            && self.include_management_events != Some(false)
            && self.read_write_type.as_deref().is_none_or(|t| t == "All")
    }
}

impl AdvancedEventSelector {
    pub(super) fn to_remote(&self) -> Result<RemoteAdvanced, Error> {
        let incomplete = |e| Error::new("Incomplete event selector", format!("{e}."));
        let field = |f: &FieldSelector| {
            AdvancedFieldSelector::builder()
                .field(&f.field)
                .set_ends_with(some(&f.ends_with))
                .set_equals(some(&f.equals))
                .set_not_ends_with(some(&f.not_ends_with))
                .set_not_equals(some(&f.not_equals))
                .set_not_starts_with(some(&f.not_starts_with))
                .set_starts_with(some(&f.starts_with))
                .build()
                .map_err(incomplete)
        };
        let fields = self.field_selector.iter().map(field).collect::<Result<Vec<_>, _>>()?;
        let name = self.name.clone().filter(|n| !n.is_empty());
        RemoteAdvanced::builder().set_name(name).set_field_selectors(Some(fields)).build().map_err(incomplete)
    }

    pub(super) fn from_remote(selector: RemoteAdvanced) -> AdvancedEventSelector {
        let field = |f: AdvancedFieldSelector| FieldSelector {
            ends_with: f.ends_with.unwrap_or_default(),
            equals: f.equals.unwrap_or_default(),
            field: f.field,
            not_ends_with: f.not_ends_with.unwrap_or_default(),
            not_equals: f.not_equals.unwrap_or_default(),
            not_starts_with: f.not_starts_with.unwrap_or_default(),
            starts_with: f.starts_with.unwrap_or_default(),
        };
        AdvancedEventSelector {
            field_selector: selector.field_selectors.into_iter().map(field).collect(),
            name: selector.name,
        }
    }
}

impl InsightSelector {
    pub(super) fn to_remote(&self) -> types::InsightSelector {
        types::InsightSelector::builder().insight_type(InsightType::from(self.insight_type.as_str())).build()
    }

    pub(super) fn from_remote(selector: types::InsightSelector) -> Option<InsightSelector> {
        Some(InsightSelector { insight_type: selector.insight_type?.as_str().to_owned() })
    }
}
