//! The rules of a bucket's replication.

// The older form of a rule, with a prefix instead of a filter, is still in states and modules.
#![allow(deprecated)]

use crate::tags::Tags;
use aws_sdk_s3::types::{
    self, DeleteMarkerReplication, DeleteMarkerReplicationStatus, EncryptionConfiguration,
    ExistingObjectReplicationStatus, MetricsStatus, OwnerOverride, ReplicaModifications,
    ReplicaModificationsStatus, ReplicationRuleAndOperator, ReplicationRuleFilter, ReplicationRuleStatus,
    ReplicationTimeStatus, ReplicationTimeValue, SourceSelectionCriteria, SseKmsEncryptedObjects,
    SseKmsEncryptedObjectsStatus, StorageClass, Tag,
};
use terrane_sdk::{Auto, Block, Error, validate};

use super::remote::{built, int, tag_list, tag_map, text};

/// What the ids of rules begin with that were written without one.
pub(super) const MADE_UP_ID: &str = "terraform-";

macro_rules! blocks {
    ($($doc:literal $name:ident { $($field_doc:literal $(#[$attr:meta])* $field:ident: $ty:ty,)* })*) => {
        $(
            #[doc = $doc]
            #[derive(Clone, Debug, Default, Block)]
            pub struct $name {
                $(
                    #[doc = $field_doc]
                    $(#[$attr])*
                    pub $field: $ty,
                )*
            }
        )*
    };
}

blocks! {
    "Which objects are copied where." ReplicationRule {
        "Whether markers of deleted objects are copied."
        #[block] delete_marker_replication: Option<Switch>,
        "Where objects are copied to."
        #[block(min = 1)] destination: Option<Destination>,
        "Whether objects from before the rule are copied."
        #[block] existing_object_replication: Option<Switch>,
        "Which objects; all of them when it is empty."
        #[block] filter: Option<Filter>,
        "The name of the rule; made up when it is not set."
        #[attr(validate = validate::length(0..=255))] id: Auto<String>,
        "What the names of the objects begin with."
        #[attr(deprecated = "Use filter instead.")] prefix: Option<String>,
        "The rule of the highest priority counts."
        priority: Option<i64>,
        "Which objects are copied besides ordinary ones."
        #[block] source_selection_criteria: Option<Criteria>,
        "`Enabled` or `Disabled`."
        #[attr(validate = validate::one_of(&["Enabled", "Disabled"]))] status: String,
    }
    "Something that is on or off." Switch {
        "`Enabled` or `Disabled`."
        #[attr(validate = validate::one_of(&["Enabled", "Disabled"]))] status: String,
    }
    "Where objects are copied to." Destination {
        "Who owns the copies."
        #[block] access_control_translation: Option<Translation>,
        "The account that owns the bucket."
        account: Option<String>,
        "The ARN of the bucket."
        bucket: String,
        "How the copies are encrypted."
        #[block] encryption_configuration: Option<Encryption>,
        "Metrics of the copying."
        #[block] metrics: Option<Metrics>,
        "How soon copies are made."
        #[block] replication_time: Option<Time>,
        "The storage of the copies; that of the objects when it is not set."
        storage_class: Option<String>,
    }
    "Who owns the copies." Translation {
        "`Destination`."
        #[attr(validate = validate::one_of(&["Destination"]))] owner: String,
    }
    "How the copies are encrypted." Encryption {
        "The ARN of the key."
        replica_kms_key_id: String,
    }
    "Metrics of the copying." Metrics {
        "From when on a copy is late."
        #[block] event_threshold: Option<Minutes>,
        "`Enabled` or `Disabled`."
        #[attr(validate = validate::one_of(&["Enabled", "Disabled"]))] status: String,
    }
    "How soon copies are made." Time {
        "`Enabled` or `Disabled`."
        #[attr(validate = validate::one_of(&["Enabled", "Disabled"]))] status: String,
        "Within what time."
        #[block(min = 1)] time: Option<Minutes>,
    }
    "A time." Minutes {
        "Minutes: 15."
        minutes: i64,
    }
    "Which objects are copied." Filter {
        "Several conditions, all of which must be met."
        #[block] and: Option<Conditions>,
        "Those whose names begin with this."
        prefix: Option<String>,
        "Those with this tag."
        #[block] tag: Option<FilterTag>,
    }
    "Several conditions." Conditions {
        "Objects whose names begin with this."
        prefix: Option<String>,
        "Objects with all these tags."
        tags: Tags,
    }
    "A tag of objects." FilterTag {
        "Its key."
        key: String,
        "Its value."
        value: String,
    }
    "Which objects are copied besides ordinary ones." Criteria {
        "Whether changes of the copies are copied back."
        #[block] replica_modifications: Option<Switch>,
        "Whether objects encrypted with keys of the Key Management Service are copied."
        #[block] sse_kms_encrypted_objects: Option<Switch>,
    }
}

impl Minutes {
    fn to_remote(&self) -> Result<ReplicationTimeValue, Error> {
        Ok(ReplicationTimeValue::builder().set_minutes(int(Some(self.minutes))?).build())
    }

    fn from_remote(time: ReplicationTimeValue) -> Minutes {
        Minutes { minutes: time.minutes.map(i64::from).unwrap_or_default() }
    }
}

impl Filter {
    fn is_empty(&self) -> bool {
        self.and.is_none() && self.tag.is_none() && self.prefix.as_deref().unwrap_or_default().is_empty()
    }

    fn to_remote(&self) -> Result<ReplicationRuleFilter, Error> {
        let filter = ReplicationRuleFilter::builder();
        if let Some(and) = &self.and {
            let and = ReplicationRuleAndOperator::builder()
                .set_prefix(text(&and.prefix))
                .set_tags(Some(tag_list(&and.tags)?).filter(|t| !t.is_empty()));
            return Ok(filter.and(and.build()).build());
        }
        if let Some(tag) = &self.tag {
            let tag = built(Tag::builder().key(&tag.key).value(&tag.value).build())?;
            return Ok(filter.tag(tag).build());
        }
        Ok(filter.prefix(self.prefix.clone().unwrap_or_default()).build())
    }

    fn from_remote(filter: ReplicationRuleFilter) -> Filter {
        Filter {
            and: filter
                .and
                .map(|a| Conditions { prefix: a.prefix, tags: tag_map(a.tags.unwrap_or_default()) }),
            prefix: filter.prefix,
            tag: filter.tag.map(|t| FilterTag { key: t.key, value: t.value }),
        }
    }
}

impl Destination {
    fn to_remote(&self) -> Result<types::Destination, Error> {
        let owner = self.access_control_translation.as_ref().map(|t| {
            built(
                types::AccessControlTranslation::builder()
                    .owner(OwnerOverride::from(t.owner.as_str()))
                    .build(),
            )
        });
        let encryption = self
            .encryption_configuration
            .as_ref()
            .map(|e| EncryptionConfiguration::builder().replica_kms_key_id(&e.replica_kms_key_id).build());
        let metrics = self.metrics.as_ref().map(|m| {
            let threshold = m.event_threshold.as_ref().map(Minutes::to_remote).transpose()?;
            let metrics = types::Metrics::builder().status(MetricsStatus::from(m.status.as_str()));
            built(metrics.set_event_threshold(threshold).build())
        });
        let time = self.replication_time.as_ref().map(|t| {
            let time = t.time.as_ref().map(Minutes::to_remote).transpose()?;
            let status = ReplicationTimeStatus::from(t.status.as_str());
            built(types::ReplicationTime::builder().status(status).set_time(time).build())
        });
        built(
            types::Destination::builder()
                .bucket(&self.bucket)
                .set_account(text(&self.account))
                .set_storage_class(text(&self.storage_class).as_deref().map(StorageClass::from))
                .set_access_control_translation(owner.transpose()?)
                .set_encryption_configuration(encryption)
                .set_metrics(metrics.transpose()?)
                .set_replication_time(time.transpose()?)
                .build(),
        )
    }

    fn from_remote(destination: types::Destination) -> Destination {
        Destination {
            access_control_translation: destination
                .access_control_translation
                .map(|t| Translation { owner: t.owner.as_str().to_owned() }),
            account: destination.account,
            bucket: destination.bucket,
            encryption_configuration: destination
                .encryption_configuration
                .and_then(|e| Some(Encryption { replica_kms_key_id: e.replica_kms_key_id? })),
            metrics: destination.metrics.map(|m| Metrics {
                event_threshold: m.event_threshold.map(Minutes::from_remote),
                status: m.status.as_str().to_owned(),
            }),
            replication_time: destination.replication_time.map(|t| Time {
                status: t.status.as_str().to_owned(),
                time: t.time.map(Minutes::from_remote),
            }),
            storage_class: destination.storage_class.map(|c| c.as_str().to_owned()),
        }
    }
}

impl Criteria {
    fn to_remote(&self) -> Result<SourceSelectionCriteria, Error> {
        let changes = self.replica_modifications.as_ref().map(|s| {
            let status = ReplicaModificationsStatus::from(s.status.as_str());
            built(ReplicaModifications::builder().status(status).build())
        });
        let encrypted = self.sse_kms_encrypted_objects.as_ref().map(|s| {
            let status = SseKmsEncryptedObjectsStatus::from(s.status.as_str());
            built(SseKmsEncryptedObjects::builder().status(status).build())
        });
        Ok(SourceSelectionCriteria::builder()
            .set_replica_modifications(changes.transpose()?)
            .set_sse_kms_encrypted_objects(encrypted.transpose()?)
            .build())
    }

    fn from_remote(criteria: SourceSelectionCriteria) -> Option<Criteria> {
        let criteria = Criteria {
            replica_modifications: criteria
                .replica_modifications
                .map(|r| Switch { status: r.status.as_str().to_owned() }),
            sse_kms_encrypted_objects: criteria
                .sse_kms_encrypted_objects
                .map(|s| Switch { status: s.status.as_str().to_owned() }),
        };
        let says = criteria.replica_modifications.is_some() || criteria.sse_kms_encrypted_objects.is_some();
        says.then_some(criteria)
    }
}

impl ReplicationRule {
    pub(super) fn to_remote(&self) -> Result<types::ReplicationRule, Error> {
        let markers = self.delete_marker_replication.as_ref().map(|s| {
            let status = DeleteMarkerReplicationStatus::from(s.status.as_str());
            DeleteMarkerReplication::builder().status(status).build()
        });
        let existing = self.existing_object_replication.as_ref().map(|s| {
            let status = ExistingObjectReplicationStatus::from(s.status.as_str());
            built(types::ExistingObjectReplication::builder().status(status).build())
        });
        // A rule is either of the newer form, with filter and priority, or has a prefix.
        let newer = self.filter.is_some();
        built(
            types::ReplicationRule::builder()
                .set_id(self.id.0.clone())
                .status(ReplicationRuleStatus::from(self.status.as_str()))
                .set_priority(int(self.priority)?.filter(|_| newer))
                .set_filter(self.filter.as_ref().map(Filter::to_remote).transpose()?)
                .set_prefix((!newer).then(|| self.prefix.clone().unwrap_or_default()))
                .set_delete_marker_replication(markers)
                .set_existing_object_replication(existing.transpose()?)
                .set_destination(self.destination.as_ref().map(Destination::to_remote).transpose()?)
                .set_source_selection_criteria(
                    self.source_selection_criteria.as_ref().map(Criteria::to_remote).transpose()?,
                )
                .build(),
        )
    }

    /// The rule as S3 gives it; `before` says whether an empty filter was written.
    pub(super) fn from_remote(rule: types::ReplicationRule, before: Option<&Self>) -> ReplicationRule {
        let filter = rule.filter.map(Filter::from_remote);
        let known_empty = before.and_then(|b| b.filter.as_ref()).is_some_and(Filter::is_empty);
        ReplicationRule {
            delete_marker_replication: rule
                .delete_marker_replication
                .and_then(|m| Some(Switch { status: m.status?.as_str().to_owned() })),
            destination: rule.destination.map(Destination::from_remote),
            existing_object_replication: rule
                .existing_object_replication
                .map(|e| Switch { status: e.status.as_str().to_owned() }),
            filter: if filter.is_none() && known_empty { Some(Filter::default()) } else { filter },
            id: rule.id.into(),
            prefix: rule.prefix,
            priority: rule.priority.map(i64::from),
            source_selection_criteria: rule.source_selection_criteria.and_then(Criteria::from_remote),
            status: rule.status.as_str().to_owned(),
        }
    }
}
