//! The rules of a bucket's lifecycle.

// The older form of a rule, with a prefix instead of a filter, is still in states and modules.
#![allow(deprecated)]

use crate::tags::Tags;
use aws_sdk_s3::types::{self, ExpirationStatus, TransitionStorageClass};
use std::collections::BTreeSet;
use terrane_sdk::{Block, Error, validate};

use super::remote::{built, int, same_time, tag_list, tag_map, text, time, time_text, valid_time};

const STORAGE_CLASSES: &[&str] =
    &["GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR"];

/// What happens to some objects.
#[derive(Clone, Debug, Default, Block)]
pub struct LifecycleRule {
    /// When parts of uploads that were never completed go.
    #[block]
    pub abort_incomplete_multipart_upload: Option<AbortUpload>,
    /// When objects go.
    #[block]
    pub expiration: Option<Expiration>,
    /// Which objects the rule is about; all of them without it.
    #[block]
    pub filter: Option<RuleFilter>,
    /// The name of the rule.
    #[attr(validate = validate::length(1..=255))]
    pub id: String,
    /// When earlier versions go.
    #[block]
    pub noncurrent_version_expiration: Option<NoncurrentExpiration>,
    /// When earlier versions move to other storage.
    #[block]
    pub noncurrent_version_transition: BTreeSet<NoncurrentTransition>,
    /// What the names of the objects begin with.
    #[attr(deprecated = "Use filter instead.")]
    pub prefix: Option<String>,
    /// `Enabled` or `Disabled`.
    #[attr(validate = validate::one_of(&["Enabled", "Disabled"]))]
    pub status: String,
    /// When objects move to other storage.
    #[block]
    pub transition: BTreeSet<Transition>,
}

/// When parts of uploads that were never completed go.
#[derive(Clone, Debug, Default, Block)]
pub struct AbortUpload {
    /// The number of days since the upload began.
    pub days_after_initiation: Option<i64>,
}

/// When objects go.
#[derive(Clone, Debug, Default, Block)]
pub struct Expiration {
    /// The day.
    #[attr(validate = valid_time, equivalent = same_time)]
    pub date: Option<String>,
    /// The number of days since they were made.
    pub days: Option<i64>,
    /// Whether markers of deleted objects go when no earlier version is left.
    pub expired_object_delete_marker: Option<bool>,
}

/// Which objects a rule is about.
#[derive(Clone, Debug, Default, Block)]
pub struct RuleFilter {
    /// Several conditions, all of which must be met.
    #[block]
    pub and: Option<RuleConditions>,
    /// Objects larger than this many bytes.
    pub object_size_greater_than: Option<i64>,
    /// Objects smaller than this many bytes.
    pub object_size_less_than: Option<i64>,
    /// Objects whose names begin with this.
    pub prefix: Option<String>,
    /// Objects with this tag.
    #[block]
    pub tag: Option<RuleTag>,
}

/// Several conditions.
#[derive(Clone, Debug, Default, Block)]
pub struct RuleConditions {
    /// Objects larger than this many bytes.
    pub object_size_greater_than: Option<i64>,
    /// Objects smaller than this many bytes.
    pub object_size_less_than: Option<i64>,
    /// Objects whose names begin with this.
    pub prefix: Option<String>,
    /// Objects with all these tags.
    pub tags: Tags,
}

/// A tag of objects.
#[derive(Clone, Debug, Default, Block)]
pub struct RuleTag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// When earlier versions go.
#[derive(Clone, Debug, Default, Block)]
pub struct NoncurrentExpiration {
    /// How many earlier versions stay all the same.
    pub newer_noncurrent_versions: Option<i64>,
    /// The number of days since a later version was made.
    pub noncurrent_days: i64,
}

/// When earlier versions move to other storage.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct NoncurrentTransition {
    /// How many earlier versions stay all the same.
    pub newer_noncurrent_versions: Option<i64>,
    /// The number of days since a later version was made.
    pub noncurrent_days: i64,
    /// The storage.
    #[attr(validate = validate::one_of(STORAGE_CLASSES))]
    pub storage_class: String,
}

/// When objects move to other storage.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Transition {
    /// The day.
    #[attr(validate = valid_time, equivalent = same_time)]
    pub date: Option<String>,
    /// The number of days since they were made.
    pub days: Option<i64>,
    /// The storage.
    #[attr(validate = validate::one_of(STORAGE_CLASSES))]
    pub storage_class: String,
}

fn above(n: Option<i64>) -> Option<i64> {
    n.filter(|n| *n > 0)
}

impl LifecycleRule {
    /// The rule as S3 takes it.
    pub(super) fn to_remote(&self) -> Result<types::LifecycleRule, Error> {
        let prefix = self.prefix.clone().filter(|_| self.filter.is_none());
        let filter = match (&self.filter, &prefix) {
            (Some(filter), _) => Some(filter.to_remote()?),
            (None, Some(_)) => None,
            // A rule without either is one about all objects, which S3 wants to be said.
            (None, None) => Some(types::LifecycleRuleFilter::builder().prefix("").build()),
        };
        let abort = match &self.abort_incomplete_multipart_upload {
            None => None,
            Some(abort) => Some(
                types::AbortIncompleteMultipartUpload::builder()
                    .set_days_after_initiation(int(abort.days_after_initiation)?)
                    .build(),
            ),
        };
        let noncurrent = match &self.noncurrent_version_expiration {
            None => None,
            Some(expiration) => Some(
                types::NoncurrentVersionExpiration::builder()
                    .set_newer_noncurrent_versions(int(above(expiration.newer_noncurrent_versions))?)
                    .set_noncurrent_days(int(Some(expiration.noncurrent_days))?)
                    .build(),
            ),
        };
        let transitions = self.transition.iter().map(Transition::to_remote).collect::<Result<Vec<_>, _>>()?;
        let noncurrent_transitions = (self.noncurrent_version_transition.iter())
            .map(NoncurrentTransition::to_remote)
            .collect::<Result<Vec<_>, _>>()?;
        built(
            types::LifecycleRule::builder()
                .id(&self.id)
                .status(ExpirationStatus::from(self.status.as_str()))
                .set_prefix(prefix)
                .set_filter(filter)
                .set_abort_incomplete_multipart_upload(abort)
                .set_expiration(self.expiration.as_ref().map(Expiration::to_remote).transpose()?)
                .set_noncurrent_version_expiration(noncurrent)
                .set_transitions(Some(transitions).filter(|t| !t.is_empty()))
                .set_noncurrent_version_transitions(Some(noncurrent_transitions).filter(|t| !t.is_empty()))
                .build(),
        )
    }

    /// The rule as S3 gives it; `before` says in which of two forms "all objects" was written.
    pub(super) fn from_remote(rule: types::LifecycleRule, before: Option<&LifecycleRule>) -> LifecycleRule {
        let filter = rule.filter.map(RuleFilter::from_remote);
        let said_nothing = before.is_some_and(|b| b.filter.is_none());
        let all = |f: &RuleFilter| f.is_empty();
        LifecycleRule {
            abort_incomplete_multipart_upload: rule
                .abort_incomplete_multipart_upload
                .map(|a| AbortUpload { days_after_initiation: a.days_after_initiation.map(i64::from) }),
            expiration: rule.expiration.map(|e| Expiration {
                date: time_text(e.date),
                days: e.days.map(i64::from),
                expired_object_delete_marker: e.expired_object_delete_marker,
            }),
            filter: match filter {
                Some(filter) if said_nothing && all(&filter) => None,
                None if before.is_some_and(|b| b.filter.as_ref().is_some_and(all)) => {
                    Some(RuleFilter::default())
                }
                filter => filter,
            },
            id: rule.id.unwrap_or_default(),
            noncurrent_version_expiration: rule.noncurrent_version_expiration.map(|e| NoncurrentExpiration {
                newer_noncurrent_versions: e.newer_noncurrent_versions.map(i64::from),
                noncurrent_days: e.noncurrent_days.map(i64::from).unwrap_or_default(),
            }),
            noncurrent_version_transition: (rule.noncurrent_version_transitions.into_iter().flatten())
                .map(|t| NoncurrentTransition {
                    newer_noncurrent_versions: t.newer_noncurrent_versions.map(i64::from),
                    noncurrent_days: t.noncurrent_days.map(i64::from).unwrap_or_default(),
                    storage_class: t.storage_class.map(|c| c.as_str().to_owned()).unwrap_or_default(),
                })
                .collect(),
            prefix: rule.prefix,
            status: rule.status.as_str().to_owned(),
            transition: (rule.transitions.into_iter().flatten())
                .map(|t| Transition {
                    date: time_text(t.date),
                    days: t.days.map(i64::from),
                    storage_class: t.storage_class.map(|c| c.as_str().to_owned()).unwrap_or_default(),
                })
                .collect(),
        }
    }
}

impl Expiration {
    fn to_remote(&self) -> Result<types::LifecycleExpiration, Error> {
        // S3 takes one of the three, so that zero values count as not set beside another.
        let (date, days) = (time(&self.date)?, int(above(self.days))?);
        let marker = self.expired_object_delete_marker.filter(|m| *m || (date.is_none() && days.is_none()));
        Ok(types::LifecycleExpiration::builder()
            .set_date(date)
            .set_days(days)
            .set_expired_object_delete_marker(marker)
            .build())
    }
}

impl Transition {
    fn to_remote(&self) -> Result<types::Transition, Error> {
        let date = time(&self.date)?;
        let days = self.days.filter(|_| date.is_none()).or(date.is_none().then_some(0));
        Ok(types::Transition::builder()
            .set_date(date)
            .set_days(int(days)?)
            .storage_class(TransitionStorageClass::from(self.storage_class.as_str()))
            .build())
    }
}

impl NoncurrentTransition {
    fn to_remote(&self) -> Result<types::NoncurrentVersionTransition, Error> {
        Ok(types::NoncurrentVersionTransition::builder()
            .set_newer_noncurrent_versions(int(above(self.newer_noncurrent_versions))?)
            .set_noncurrent_days(int(Some(self.noncurrent_days))?)
            .storage_class(TransitionStorageClass::from(self.storage_class.as_str()))
            .build())
    }
}

impl RuleFilter {
    /// Whether it is about all objects.
    fn is_empty(&self) -> bool {
        self.and.is_none()
            && self.tag.is_none()
            && above(self.object_size_greater_than).is_none()
            && above(self.object_size_less_than).is_none()
            && self.prefix.as_deref().unwrap_or_default().is_empty()
    }

    fn to_remote(&self) -> Result<types::LifecycleRuleFilter, Error> {
        let filter = types::LifecycleRuleFilter::builder();
        if self.is_empty() {
            return Ok(filter.prefix("").build());
        }
        let and = match &self.and {
            None => None,
            Some(all) => Some(
                types::LifecycleRuleAndOperator::builder()
                    .set_object_size_greater_than(above(all.object_size_greater_than))
                    .set_object_size_less_than(above(all.object_size_less_than))
                    .set_prefix(text(&all.prefix))
                    .set_tags(Some(tag_list(&all.tags)?).filter(|t| !t.is_empty()))
                    .build(),
            ),
        };
        let tag = self.tag.as_ref().map(|t| built(types::Tag::builder().key(&t.key).value(&t.value).build()));
        Ok(filter
            .set_and(and)
            .set_object_size_greater_than(above(self.object_size_greater_than))
            .set_object_size_less_than(above(self.object_size_less_than))
            .set_prefix(text(&self.prefix))
            .set_tag(tag.transpose()?)
            .build())
    }

    fn from_remote(filter: types::LifecycleRuleFilter) -> RuleFilter {
        RuleFilter {
            and: filter.and.map(|and| RuleConditions {
                object_size_greater_than: and.object_size_greater_than,
                object_size_less_than: and.object_size_less_than,
                prefix: and.prefix,
                tags: tag_map(and.tags.unwrap_or_default()),
            }),
            object_size_greater_than: filter.object_size_greater_than,
            object_size_less_than: filter.object_size_less_than,
            prefix: filter.prefix,
            tag: filter.tag.map(|t| RuleTag { key: t.key, value: t.value }),
        }
    }
}
