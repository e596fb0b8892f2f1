//! `replication_configuration`: copies in other buckets.

use crate::s3::bucket::Bucket;
use crate::s3::bucket_replication::BucketReplication;
use crate::s3::replication_rule as rule;
use crate::tags::Tags;
use std::collections::BTreeSet;
use terrane_sdk::{async_trait, validate};

use super::{Inline, blocks, set};

/// Whether something is on.
const STATUS: &[&str] = &["Enabled", "Disabled"];

blocks! {
    "Copies in other buckets." Replication { role: String, #[block(min = 1)] rules: BTreeSet<ReplicationRule>, }
    "Which objects are copied where." ReplicationRule {
        #[attr(validate = validate::one_of(&["Enabled"]))] delete_marker_replication_status: Option<String>,
        #[block(min = 1)] destination: Option<Destination>,
        #[block] filter: Option<ReplicationFilter>,
        id: Option<String>,
        prefix: Option<String>,
        priority: Option<i64>,
        #[block] source_selection_criteria: Option<Criteria>,
        #[attr(validate = validate::one_of(STATUS))] status: String,
    }
    "Where objects are copied to." Destination {
        #[block] access_control_translation: Option<Translation>,
        account_id: Option<String>,
        bucket: String,
        #[block] metrics: Option<Minutes>,
        replica_kms_key_id: Option<String>,
        #[block] replication_time: Option<Minutes>,
        storage_class: Option<String>,
    }
    "Who owns the copies." Translation {
        #[attr(validate = validate::one_of(&["Destination"]))] owner: String,
    }
    "A time in minutes." Minutes {
        #[attr(default = 15)] minutes: Option<i64>,
        #[attr(default = "Enabled", validate = validate::one_of(STATUS))] status: Option<String>,
    }
    "Which objects are copied." ReplicationFilter { prefix: Option<String>, tags: Tags, }
    "Which encrypted objects are copied." Criteria { #[block] sse_kms_encrypted_objects: Option<KmsObjects>, }
    "Whether objects encrypted with keys are copied." KmsObjects { enabled: bool, }
}

fn switch(status: &str) -> rule::Switch {
    rule::Switch { status: status.to_owned() }
}

fn status(enabled: bool) -> &'static str {
    if enabled { "Enabled" } else { "Disabled" }
}

impl ReplicationFilter {
    fn whole(&self) -> rule::Filter {
        let prefix = set(self.prefix.as_ref());
        let tag =
            |(key, value): (&String, &String)| rule::FilterTag { key: key.clone(), value: value.clone() };
        match (prefix, self.tags.len()) {
            (None, 1) => rule::Filter { tag: self.tags.iter().next().map(tag), ..Default::default() },
            (prefix, 0) => rule::Filter { prefix, ..Default::default() },
            (prefix, _) => {
                let all = rule::Conditions { prefix, tags: self.tags.clone() };
                rule::Filter { and: Some(all), ..Default::default() }
            }
        }
    }

    fn short(whole: rule::Filter) -> ReplicationFilter {
        let all = whole.and.unwrap_or_default();
        let mut tags = all.tags;
        tags.extend(whole.tag.map(|tag| (tag.key, tag.value)));
        ReplicationFilter { prefix: all.prefix.or(whole.prefix), tags }
    }
}

impl Destination {
    fn whole(&self) -> rule::Destination {
        let minutes = |time: &Minutes| time.minutes.map(|minutes| rule::Minutes { minutes });
        let state = |time: &Minutes| time.status.clone().unwrap_or_default();
        rule::Destination {
            access_control_translation: (self.access_control_translation.as_ref())
                .map(|t| rule::Translation { owner: t.owner.clone() }),
            account: set(self.account_id.as_ref()),
            bucket: self.bucket.clone(),
            encryption_configuration: set(self.replica_kms_key_id.as_ref())
                .map(|replica_kms_key_id| rule::Encryption { replica_kms_key_id }),
            metrics: (self.metrics.as_ref())
                .map(|m| rule::Metrics { event_threshold: minutes(m), status: state(m) }),
            replication_time: (self.replication_time.as_ref())
                .map(|t| rule::Time { status: state(t), time: minutes(t) }),
            storage_class: set(self.storage_class.as_ref()),
        }
    }

    fn short(whole: rule::Destination) -> Destination {
        let time = |status: String, time: Option<rule::Minutes>| Minutes {
            minutes: time.map(|time| time.minutes),
            status: Some(status),
        };
        Destination {
            access_control_translation: (whole.access_control_translation)
                .map(|t| Translation { owner: t.owner }),
            account_id: whole.account,
            bucket: whole.bucket,
            metrics: whole.metrics.map(|m| time(m.status, m.event_threshold)),
            replica_kms_key_id: whole.encryption_configuration.map(|e| e.replica_kms_key_id),
            replication_time: whole.replication_time.map(|t| time(t.status, t.time)),
            storage_class: whole.storage_class,
        }
    }
}

impl ReplicationRule {
    fn whole(&self) -> rule::ReplicationRule {
        // A rule with a filter must say what becomes of markers, and one without must not.
        let markers = self.delete_marker_replication_status.as_deref() == Some("Enabled");
        let criteria = self.source_selection_criteria.as_ref().map(|c| rule::Criteria {
            sse_kms_encrypted_objects: (c.sse_kms_encrypted_objects.as_ref())
                .map(|objects| switch(status(objects.enabled))),
            ..rule::Criteria::default()
        });
        rule::ReplicationRule {
            delete_marker_replication: self.filter.as_ref().map(|_| switch(status(markers))),
            destination: self.destination.as_ref().map(Destination::whole),
            existing_object_replication: None,
            filter: self.filter.as_ref().map(ReplicationFilter::whole),
            id: set(self.id.as_ref()).into(),
            prefix: set(self.prefix.as_ref()),
            priority: self.priority,
            source_selection_criteria: criteria,
            status: self.status.clone(),
        }
    }

    fn short(whole: rule::ReplicationRule, known: &BTreeSet<String>) -> ReplicationRule {
        // A rule without an id was given one when it was put, which S3 wants to be there.
        let made_up = |id: &String| id.starts_with(rule::MADE_UP_ID) && !known.contains(id);
        let markers = whole.delete_marker_replication.filter(|markers| markers.status == "Enabled");
        ReplicationRule {
            delete_marker_replication_status: markers.map(|markers| markers.status),
            destination: whole.destination.map(Destination::short),
            filter: whole.filter.map(ReplicationFilter::short),
            id: whole.id.0.filter(|id| !made_up(id)),
            prefix: whole.prefix,
            priority: whole.priority,
            source_selection_criteria: whole.source_selection_criteria.map(|c| Criteria {
                sse_kms_encrypted_objects: (c.sse_kms_encrypted_objects)
                    .map(|objects| KmsObjects { enabled: objects.status == "Enabled" }),
            }),
            status: whole.status,
        }
    }
}

#[async_trait]
impl Inline for BucketReplication {
    fn of_bucket(bucket: String) -> Self {
        Self { bucket, ..Self::default() }
    }

    fn said_by(bucket: &Bucket) -> Option<Self> {
        let said = bucket.replication_configuration.first()?;
        Some(Self {
            role: said.role.clone(),
            rule: said.rules.iter().map(ReplicationRule::whole).collect(),
            ..Self::of_bucket(bucket.id.0.clone()?)
        })
    }

    fn tell(found: Option<Self>, bucket: &mut Bucket) {
        let said = bucket.replication_configuration.iter().flat_map(|said| &said.rules);
        let known: BTreeSet<String> = said.filter_map(|rule| rule.id.clone()).collect();
        let replication = |found: Self| Replication {
            role: found.role,
            rules: found.rule.into_iter().map(|rule| ReplicationRule::short(rule, &known)).collect(),
        };
        bucket.replication_configuration = found.map(replication).into_iter().collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_the_same_there_and_back() {
        let known = BTreeSet::from(["terraform-7".to_owned()]);
        for (id, tags) in [(None, 0), (Some("own"), 1), (Some("terraform-7"), 2)] {
            let tags = (0..tags).map(|n| (format!("k{n}"), "v".to_owned())).collect::<Tags>();
            let minutes = || Minutes { minutes: Some(15), status: Some("Enabled".into()) };
            let said = ReplicationRule {
                delete_marker_replication_status: id.map(|_| "Enabled".into()),
                destination: Some(Destination {
                    access_control_translation: Some(Translation { owner: "Destination".into() }),
                    account_id: Some("123456789012".into()),
                    bucket: "arn:aws:s3:::copies".into(),
                    metrics: Some(minutes()),
                    replica_kms_key_id: Some("key".into()),
                    replication_time: Some(minutes()),
                    storage_class: Some("STANDARD".into()),
                }),
                filter: Some(ReplicationFilter { prefix: None, tags }),
                id: id.map(str::to_owned),
                prefix: None,
                priority: Some(1),
                source_selection_criteria: Some(Criteria {
                    sse_kms_encrypted_objects: Some(KmsObjects { enabled: true }),
                }),
                status: "Enabled".into(),
            };
            let mut whole = said.whole();
            whole.id.0.get_or_insert_with(|| format!("{}0", rule::MADE_UP_ID));
            assert_eq!(ReplicationRule::short(whole, &known), said);
        }
    }
}
