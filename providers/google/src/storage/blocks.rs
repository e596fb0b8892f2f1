//! The blocks of `google_storage_bucket`, and how the API has them.

use std::collections::BTreeSet;
use terrane_sdk::serde_json::{Map, Value as Json, json};
use terrane_sdk::{Block, Computed, validate};

/// Whether objects move to other classes by themselves.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Autoclass {
    /// Whether they do.
    pub enabled: bool,
    /// The last class: `NEARLINE` or `ARCHIVE`.
    pub terminal_storage_class: terrane_sdk::Auto<String>,
}

/// Which pages of other sites may read objects.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Cors {
    /// The sites.
    pub origin: Vec<String>,
    /// The HTTP methods.
    pub method: Vec<String>,
    /// The headers they may see.
    pub response_header: Vec<String>,
    /// How long browsers remember it.
    pub max_age_seconds: Option<i64>,
}

/// Two regions for a bucket.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Placement {
    /// The regions.
    #[attr(required, force_new)]
    pub data_locations: BTreeSet<String>,
}

/// How objects are encrypted.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Encryption {
    /// The path of the key of objects that name none.
    pub default_kms_key_name: Option<String>,
    /// Whether keys of Cloud KMS can be used.
    #[block(computed)]
    pub customer_managed_encryption_enforcement_config: Option<Enforcement>,
    /// Whether keys of one's own can be used.
    #[block(computed)]
    pub customer_supplied_encryption_enforcement_config: Option<Enforcement>,
    /// Whether Google's keys can be used.
    #[block(computed)]
    pub google_managed_encryption_enforcement_config: Option<Enforcement>,
}

/// Whether a kind of keys can be used.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Enforcement {
    /// `NotRestricted` or `FullyRestricted`.
    #[attr(validate = validate::one_of(&["NotRestricted", "FullyRestricted"]))]
    pub restriction_mode: String,
    /// Since when.
    pub effective_time: Computed<String>,
}

impl Encryption {
    /// What the API calls each kind of keys.
    const KINDS: [&str; 3] = ["customerManaged", "customerSupplied", "googleManaged"];

    /// How Google is to encrypt, where it did so as `prior` says.
    pub(super) fn to_json(&self, prior: Option<&Encryption>) -> Json {
        let mut json = json!({});
        if self.default_kms_key_name.is_some() || prior.is_some_and(|p| p.default_kms_key_name.is_some()) {
            json["defaultKmsKeyName"] = self.default_kms_key_name.clone().into();
        }
        let enforced = [
            &self.customer_managed_encryption_enforcement_config,
            &self.customer_supplied_encryption_enforcement_config,
            &self.google_managed_encryption_enforcement_config,
        ];
        for (kind, enforced) in Self::KINDS.iter().zip(enforced) {
            if let Some(enforced) = enforced {
                json[format!("{kind}EncryptionEnforcementConfig")] =
                    json!({"restrictionMode": enforced.restriction_mode});
            }
        }
        json
    }

    pub(super) fn from_json(json: &Json) -> Option<Encryption> {
        let text = |value: &Json| value.as_str().map(str::to_owned);
        let [customer_managed, customer_supplied, google_managed] = Self::KINDS.map(|kind| {
            let config = &json[format!("{kind}EncryptionEnforcementConfig")];
            text(&config["restrictionMode"]).map(|restriction_mode| Enforcement {
                restriction_mode,
                effective_time: text(&config["effectiveTime"]).into(),
            })
        });
        let seen = Encryption {
            default_kms_key_name: text(&json["defaultKmsKeyName"]),
            customer_managed_encryption_enforcement_config: customer_managed,
            customer_supplied_encryption_enforcement_config: customer_supplied,
            google_managed_encryption_enforcement_config: google_managed,
        };
        (seen != Encryption::default()).then_some(seen)
    }
}

/// Whether names are folders.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct HierarchicalNamespace {
    /// Whether they are.
    #[attr(force_new)]
    pub enabled: bool,
}

/// From where the bucket can be reached.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct IpFilter {
    /// `Enabled` or `Disabled`.
    pub mode: String,
    /// Whether networks of other organizations may be named.
    pub allow_cross_org_vpcs: Option<bool>,
    /// Whether Google's service agents are let through.
    pub allow_all_service_agent_access: Option<bool>,
    /// Addresses of the internet.
    #[block]
    pub public_network_source: Option<PublicSource>,
    /// Networks.
    #[block]
    pub vpc_network_sources: Vec<VpcSource>,
}

/// Addresses of the internet.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PublicSource {
    /// Their ranges.
    #[attr(required)]
    pub allowed_ip_cidr_ranges: Vec<String>,
}

/// A network.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct VpcSource {
    /// The network.
    pub network: String,
    /// Ranges in it.
    #[attr(required)]
    pub allowed_ip_cidr_ranges: Vec<String>,
}

/// What happens to objects in time.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct LifecycleRule {
    /// What.
    #[block(min = 1)]
    pub action: Option<LifecycleAction>,
    /// To which objects.
    #[block(min = 1)]
    pub condition: Option<LifecycleCondition>,
}

/// What happens to objects.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct LifecycleAction {
    /// `Delete`, `SetStorageClass` or `AbortIncompleteMultipartUpload`.
    #[attr(name = "type")]
    pub kind: String,
    /// The class to set.
    pub storage_class: Option<String>,
}

/// To which objects something happens. Numbers that are 0 count only with their `send_..._if_zero`.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct LifecycleCondition {
    /// Days since creation.
    pub age: Option<i64>,
    /// Created before this day.
    pub created_before: Option<String>,
    /// With a custom time before this day.
    pub custom_time_before: Option<String>,
    /// Days since the custom time.
    pub days_since_custom_time: Option<i64>,
    /// Days since a newer version came.
    pub days_since_noncurrent_time: Option<i64>,
    /// Beginnings of names.
    pub matches_prefix: Vec<String>,
    /// Classes.
    pub matches_storage_class: Vec<String>,
    /// Ends of names.
    pub matches_suffix: Vec<String>,
    /// Replaced before this day.
    pub noncurrent_time_before: Option<String>,
    /// How many newer versions there are.
    pub num_newer_versions: Option<i64>,
    /// Whether an age of 0 counts.
    pub send_age_if_zero: Option<bool>,
    /// Whether 0 days since the custom time count.
    pub send_days_since_custom_time_if_zero: Option<bool>,
    /// Whether 0 days since a newer version count.
    pub send_days_since_noncurrent_time_if_zero: Option<bool>,
    /// Whether 0 newer versions count.
    pub send_num_newer_versions_if_zero: Option<bool>,
    /// `LIVE`, `ARCHIVED` or `ANY`.
    pub with_state: terrane_sdk::Auto<String>,
}

/// Where accesses are logged.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Logging {
    /// The bucket of the logs.
    pub log_bucket: String,
    /// How names of logs begin; with the bucket's name unless set.
    pub log_object_prefix: terrane_sdk::Auto<String>,
}

/// How long objects cannot be deleted.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct RetentionPolicy {
    /// The time, in seconds.
    pub retention_period: i64,
    /// Whether the time can never be shortened.
    pub is_locked: Option<bool>,
}

/// How long deleted objects can be had back.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SoftDelete {
    /// The time, in seconds.
    #[attr(default = 604800)]
    pub retention_duration_seconds: Option<i64>,
}

/// Whether older versions of objects are kept.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Versioning {
    /// Whether they are.
    pub enabled: bool,
}

/// How the bucket is a web site.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Website {
    /// What is shown for a folder.
    pub main_page_suffix: Option<String>,
    /// What is shown for what does not exist.
    pub not_found_page: Option<String>,
}

impl LifecycleRule {
    /// The rule as the API has it.
    pub(super) fn to_json(&self) -> Json {
        let mut action = Map::new();
        if let Some(a) = &self.action {
            action.insert("type".into(), a.kind.as_str().into());
            if let Some(class) = a.storage_class.as_deref().filter(|c| !c.is_empty()) {
                action.insert("storageClass".into(), class.into());
            }
        }
        let condition = self.condition.as_ref().map(LifecycleCondition::to_json).unwrap_or_else(|| json!({}));
        json!({"action": action, "condition": condition})
    }

    /// A rule as the API has it. What only says how a rule is written is taken from `written`.
    pub(super) fn from_json(json: &Json, written: Option<&LifecycleRule>) -> LifecycleRule {
        let text = |value: &Json| value.as_str().map(str::to_owned);
        let written = written.and_then(|w| w.condition.clone()).unwrap_or_default();
        LifecycleRule {
            action: Some(LifecycleAction {
                kind: text(&json["action"]["type"]).unwrap_or_default(),
                storage_class: text(&json["action"]["storageClass"]),
            }),
            condition: Some(LifecycleCondition::from_json(&json["condition"], written)),
        }
    }
}

impl LifecycleCondition {
    fn to_json(&self) -> Json {
        let mut all = Map::new();
        let numbers = [
            ("age", self.age, self.send_age_if_zero),
            ("daysSinceCustomTime", self.days_since_custom_time, self.send_days_since_custom_time_if_zero),
            (
                "daysSinceNoncurrentTime",
                self.days_since_noncurrent_time,
                self.send_days_since_noncurrent_time_if_zero,
            ),
            ("numNewerVersions", self.num_newer_versions, self.send_num_newer_versions_if_zero),
        ];
        for (name, number, zero_counts) in numbers {
            let number = number.unwrap_or_default();
            if number != 0 || zero_counts == Some(true) {
                all.insert(name.into(), number.into());
            }
        }
        let texts = [
            ("createdBefore", &self.created_before),
            ("customTimeBefore", &self.custom_time_before),
            ("noncurrentTimeBefore", &self.noncurrent_time_before),
        ];
        for (name, text) in texts {
            if let Some(text) = text.as_deref().filter(|t| !t.is_empty()) {
                all.insert(name.into(), text.into());
            }
        }
        let lists = [
            ("matchesPrefix", &self.matches_prefix),
            ("matchesSuffix", &self.matches_suffix),
            ("matchesStorageClass", &self.matches_storage_class),
        ];
        for (name, list) in lists {
            if !list.is_empty() {
                all.insert(name.into(), json!(list));
            }
        }
        match self.with_state.as_deref() {
            Some("LIVE") => drop(all.insert("isLive".into(), true.into())),
            Some("ARCHIVED") => drop(all.insert("isLive".into(), false.into())),
            _ => {}
        }
        Json::Object(all)
    }

    fn from_json(json: &Json, written: LifecycleCondition) -> LifecycleCondition {
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let list = |name: &str| {
            let all = json[name].as_array().into_iter().flatten();
            all.filter_map(|v| v.as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        let state = match json["isLive"].as_bool() {
            Some(true) => "LIVE",
            Some(false) => "ARCHIVED",
            None => "ANY",
        };
        LifecycleCondition {
            age: json["age"].as_i64(),
            created_before: text("createdBefore"),
            custom_time_before: text("customTimeBefore"),
            days_since_custom_time: json["daysSinceCustomTime"].as_i64(),
            days_since_noncurrent_time: json["daysSinceNoncurrentTime"].as_i64(),
            matches_prefix: list("matchesPrefix"),
            matches_storage_class: list("matchesStorageClass"),
            matches_suffix: list("matchesSuffix"),
            noncurrent_time_before: text("noncurrentTimeBefore"),
            num_newer_versions: json["numNewerVersions"].as_i64(),
            with_state: state.into(),
            ..written
        }
    }
}
