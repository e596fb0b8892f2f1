//! `lifecycle_rule`: what becomes of some objects.

use crate::Aws;
use crate::s3::bucket::Bucket;
use crate::s3::bucket_lifecycle::BucketLifecycle;
use crate::s3::lifecycle_rule as rule;
use crate::tags::Tags;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Error, async_trait};

use super::{Inline, blocks, set};

blocks! {
    "What happens to some objects." LifecycleRule {
        abort_incomplete_multipart_upload_days: Option<i64>,
        enabled: bool,
        #[block] expiration: Option<Expiration>,
        id: Auto<String>,
        #[block] noncurrent_version_expiration: Option<NoncurrentExpiration>,
        #[block] noncurrent_version_transition: BTreeSet<NoncurrentTransition>,
        prefix: Option<String>,
        tags: Tags,
        #[block] transition: BTreeSet<Transition>,
    }
    "When objects go." Expiration {
        date: Option<String>,
        days: Option<i64>,
        expired_object_delete_marker: Option<bool>,
    }
    "When earlier versions go." NoncurrentExpiration { days: Option<i64>, }
    "When earlier versions move." NoncurrentTransition { days: Option<i64>, storage_class: String, }
    "When objects move." Transition { date: Option<String>, days: Option<i64>, storage_class: String, }
}

/// A day as a point in time.
fn midnight(day: Option<&String>) -> Option<String> {
    set(day).map(|day| if day.contains('T') { day } else { format!("{day}T00:00:00Z") })
}

/// The day of a point in time.
fn day(time: Option<String>) -> Option<String> {
    time.map(|time| time.split('T').next().unwrap_or_default().to_owned())
}

fn above_zero(days: Option<i64>) -> Option<i64> {
    days.filter(|days| *days > 0)
}

impl Expiration {
    fn whole(&self) -> rule::Expiration {
        let (date, days) = (midnight(self.date.as_ref()), above_zero(self.days));
        // S3 wants to be told one of the three.
        let nothing = date.is_none() && days.is_none();
        let marker = self.expired_object_delete_marker.or(nothing.then_some(false));
        rule::Expiration { date, days, expired_object_delete_marker: marker }
    }
}

impl LifecycleRule {
    fn filter(&self) -> rule::RuleFilter {
        let prefix = set(self.prefix.as_ref());
        let tag = |(key, value): (&String, &String)| rule::RuleTag { key: key.clone(), value: value.clone() };
        match (prefix, self.tags.len()) {
            (None, 1) => rule::RuleFilter { tag: self.tags.iter().next().map(tag), ..Default::default() },
            (prefix, 0) => rule::RuleFilter { prefix, ..Default::default() },
            (prefix, _) => {
                let all = rule::RuleConditions { prefix, tags: self.tags.clone(), ..Default::default() };
                rule::RuleFilter { and: Some(all), ..Default::default() }
            }
        }
    }

    fn whole(&self) -> rule::LifecycleRule {
        let abort = above_zero(self.abort_incomplete_multipart_upload_days);
        let moved = |t: &NoncurrentTransition| rule::NoncurrentTransition {
            newer_noncurrent_versions: None,
            noncurrent_days: t.days.unwrap_or_default(),
            storage_class: t.storage_class.clone(),
        };
        rule::LifecycleRule {
            abort_incomplete_multipart_upload: abort
                .map(|days| rule::AbortUpload { days_after_initiation: Some(days) }),
            expiration: self.expiration.as_ref().map(Expiration::whole),
            filter: Some(self.filter()),
            id: self.id.0.clone().unwrap_or_default(),
            noncurrent_version_expiration: self.noncurrent_version_expiration.as_ref().map(|e| {
                rule::NoncurrentExpiration {
                    newer_noncurrent_versions: None,
                    noncurrent_days: e.days.unwrap_or_default(),
                }
            }),
            noncurrent_version_transition: self.noncurrent_version_transition.iter().map(moved).collect(),
            prefix: None,
            status: if self.enabled { "Enabled" } else { "Disabled" }.to_owned(),
            transition: (self.transition.iter())
                .map(|t| rule::Transition {
                    date: midnight(t.date.as_ref()),
                    days: t.days,
                    storage_class: t.storage_class.clone(),
                })
                .collect(),
        }
    }

    fn short(whole: rule::LifecycleRule) -> LifecycleRule {
        let rule::RuleFilter { and, prefix, tag, .. } = whole.filter.unwrap_or_default();
        let all = and.unwrap_or_default();
        let mut tags = all.tags;
        tags.extend(tag.map(|tag| (tag.key, tag.value)));
        LifecycleRule {
            abort_incomplete_multipart_upload_days: (whole.abort_incomplete_multipart_upload)
                .and_then(|abort| abort.days_after_initiation),
            enabled: whole.status == "Enabled",
            expiration: whole.expiration.map(|e| Expiration {
                date: day(e.date),
                days: e.days,
                expired_object_delete_marker: e.expired_object_delete_marker,
            }),
            id: whole.id.into(),
            noncurrent_version_expiration: (whole.noncurrent_version_expiration)
                .map(|e| NoncurrentExpiration { days: Some(e.noncurrent_days) }),
            noncurrent_version_transition: (whole.noncurrent_version_transition.into_iter())
                .map(|t| NoncurrentTransition {
                    days: Some(t.noncurrent_days),
                    storage_class: t.storage_class,
                })
                .collect(),
            prefix: all.prefix.or(prefix).or(whole.prefix),
            tags,
            transition: (whole.transition.into_iter())
                .map(|t| Transition { date: day(t.date), days: t.days, storage_class: t.storage_class })
                .collect(),
        }
    }
}

#[async_trait]
impl Inline for BucketLifecycle {
    fn of_bucket(bucket: String) -> Self {
        Self { bucket, ..Self::default() }
    }

    fn said_by(bucket: &Bucket) -> Option<Self> {
        let rules = Some(&bucket.lifecycle_rule).filter(|rules| !rules.is_empty())?;
        let rule = rules.iter().map(LifecycleRule::whole).collect();
        Some(Self { rule, ..Self::of_bucket(bucket.id.0.clone()?) })
    }

    fn tell(found: Option<Self>, bucket: &mut Bucket) {
        let rules = found.map(|found| found.rule).unwrap_or_default();
        bucket.lifecycle_rule = rules.into_iter().map(LifecycleRule::short).collect();
    }

    /// Rules are known by their ids, so that those without one get it here and not from S3.
    async fn completed(mut self, _: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        let mut taken: BTreeSet<String> = self.rule.iter().map(|rule| rule.id.clone()).collect();
        let mut free = (0..).map(|n| format!("tf-s3-lifecycle-{n}"));
        for rule in self.rule.iter_mut().filter(|rule| rule.id.is_empty()) {
            rule.id = free.find(|id| taken.insert(id.clone())).unwrap_or_default();
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_the_same_there_and_back() {
        let tags = |n: usize| (0..n).map(|n| (format!("k{n}"), "v".to_owned())).collect::<Tags>();
        for (prefix, count) in
            [(None, 0), (None, 1), (None, 2), (Some("a/"), 0), (Some("a/"), 1), (Some("a/"), 2)]
        {
            let rule = LifecycleRule {
                abort_incomplete_multipart_upload_days: Some(3),
                enabled: count == 1,
                expiration: Some(Expiration { date: Some("2030-01-12".into()), ..Expiration::default() }),
                id: "rule".into(),
                noncurrent_version_expiration: Some(NoncurrentExpiration { days: Some(90) }),
                noncurrent_version_transition: [NoncurrentTransition {
                    days: Some(30),
                    storage_class: "GLACIER".into(),
                }]
                .into(),
                prefix: prefix.map(str::to_owned),
                tags: tags(count),
                transition: [Transition { date: None, days: Some(60), storage_class: "GLACIER".into() }]
                    .into(),
            };
            assert_eq!(LifecycleRule::short(rule.whole()), rule, "{prefix:?} {count}");
        }
    }
}
