//! Tags: which of an object's tags are ours to manage, and how the provider's default tags and
//! an object's own make up `tags_all`.

use crate::configuration::Configuration;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{Type, Value};

/// The tags of an object.
pub type Tags = BTreeMap<String, String>;

/// The tag that names the operation which made an object, while that operation lasts (see
/// `ec2::operation`). It is never shown.
pub(crate) const OPERATION_TAG: &str = "terrane:operation";

/// The rules of the provider configuration.
#[derive(Clone, Debug, Default)]
pub(crate) struct TagPolicy {
    default: Tags,
    ignored_keys: BTreeSet<String>,
    ignored_prefixes: BTreeSet<String>,
}

impl TagPolicy {
    pub(crate) fn new(configuration: &Configuration) -> TagPolicy {
        let ignored = configuration.ignore_tags.first();
        TagPolicy {
            default: configuration.default_tags.first().map(|d| d.tags.clone()).unwrap_or_default(),
            ignored_keys: ignored.map(|i| i.keys.clone()).unwrap_or_default(),
            ignored_prefixes: ignored.map(|i| i.key_prefixes.clone()).unwrap_or_default(),
        }
    }

    fn is_ignored(&self, key: &str) -> bool {
        self.ignored_keys.contains(key) || self.ignored_prefixes.iter().any(|p| key.starts_with(p))
    }

    /// Whether a tag found on an object is one to manage: neither AWS's own, nor another
    /// system's, nor the mark of an operation.
    fn is_managed(&self, key: &str) -> bool {
        !key.starts_with("aws:") && key != OPERATION_TAG && !self.is_ignored(key)
    }

    /// Those of the tags found on an object that are ones to manage.
    pub(crate) fn managed(&self, mut found: Tags) -> Tags {
        found.retain(|key, _| self.is_managed(key));
        found
    }

    /// The tags that all objects get.
    pub(crate) fn defaults(&self) -> &Tags {
        &self.default
    }

    /// All tags an object with these `tags` (perhaps unknown) shall have.
    pub(crate) fn all(&self, tags: &Value) -> Value {
        self.with(&self.default, tags)
    }

    /// All tags an object with these `tags` shall have that is without the default ones.
    pub(crate) fn own(&self, tags: &Value) -> Value {
        self.with(&Tags::new(), tags)
    }

    fn with(&self, default: &Tags, tags: &Value) -> Value {
        if !tags.is_known() {
            return Value::unknown(Type::map(Type::String));
        }
        let mut all: BTreeMap<String, Value> =
            default.iter().map(|(k, v)| (k.clone(), Value::string(v))).collect();
        let own = tags.as_map().into_iter().flatten().filter(|(_, v)| !v.is_null());
        all.extend(own.map(|(k, v)| (k.to_string(), v.clone())));
        all.retain(|key, _| !self.is_ignored(key));
        Value::map(Type::String, all.iter().map(|(k, v)| (k.as_str(), v.clone())))
    }

    /// `tags` and `tags_all` of an object on which `found` was found, and which was known to
    /// have `before` as its own tags. Tags that equal a default one are the object's own only
    /// if they were before.
    pub(crate) fn split(&self, before: &Value, found: &Tags) -> (Value, Value) {
        let before_map = before.as_map();
        let was_own = |key: &str| before_map.is_some_and(|m| m.contains_key(key));
        let all: BTreeMap<&str, Value> = (found.iter())
            .filter(|(k, _)| self.is_managed(k))
            .map(|(k, v)| (k.as_str(), Value::string(v)))
            .collect();
        let is_default = |key: &str| self.default.get(key) == found.get(key);
        let mut own: BTreeMap<&str, Value> = (all.iter())
            .filter(|(k, _)| was_own(k) || !is_default(k))
            .map(|(k, v)| (*k, v.clone()))
            .collect();
        // What the configuration says about ignored tags, and null, stays as it is.
        for (key, value) in before_map.into_iter().flatten() {
            if self.is_ignored(key) || value.is_null() {
                own.insert(key, value.clone());
            }
        }
        let tags = match own.is_empty() && before_map.is_none() {
            true => Value::null(Type::map(Type::String)),
            false => Value::map(Type::String, own),
        };
        (tags, Value::map(Type::String, all))
    }
}

/// What to change to get from `before` to `after`: tags to set, and keys to remove.
pub fn difference(before: &Tags, after: &Tags) -> (Tags, Vec<String>) {
    let set = after.iter().filter(|(k, v)| before.get(*k) != Some(v));
    let removed = before.keys().filter(|k| !after.contains_key(*k));
    (set.map(|(k, v)| (k.clone(), v.clone())).collect(), removed.cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    fn value(pairs: &[(&str, &str)]) -> Value {
        Value::map(Type::String, pairs.iter().map(|(k, v)| (*k, Value::from(*v))))
    }

    fn policy() -> TagPolicy {
        TagPolicy {
            default: tags(&[("owner", "net"), ("env", "prod")]),
            ignored_keys: ["backup".to_owned()].into(),
            ignored_prefixes: ["kubernetes.io/".to_owned()].into(),
        }
    }

    #[test]
    fn own_tags_go_before_default_ones() {
        let all = policy().all(&value(&[("env", "test"), ("Name", "a"), ("backup", "no")]));
        assert_eq!(all, value(&[("Name", "a"), ("env", "test"), ("owner", "net")]));
        assert_eq!(policy().all(&Value::NULL), value(&[("env", "prod"), ("owner", "net")]));
        assert!(!policy().all(&Value::unknown(Type::map(Type::String))).is_known());
    }

    #[test]
    fn found_tags_are_split() {
        let null = Value::null(Type::map(Type::String));
        type Pairs = &'static [(&'static str, &'static str)];
        let cases: [(&Value, Pairs, Value, Pairs); 5] = [
            (&null, &[("owner", "net"), ("env", "prod")], null.clone(), &[("owner", "net"), ("env", "prod")]),
            (&null, &[("owner", "x")], value(&[("owner", "x")]), &[("owner", "x")]),
            (
                &value(&[("owner", "net")]),
                &[("owner", "net")],
                value(&[("owner", "net")]),
                &[("owner", "net")],
            ),
            (&null, &[("aws:cfn", "1"), ("kubernetes.io/a", "1"), (OPERATION_TAG, "t")], null.clone(), &[]),
            (&value(&[("backup", "no")]), &[("backup", "yes")], value(&[("backup", "no")]), &[]),
        ];
        for (before, found, own, all) in cases {
            assert_eq!(policy().split(before, &tags(found)), (own, value(all)), "{found:?}");
        }
    }

    #[test]
    fn a_difference_sets_and_removes() {
        let (set, removed) = difference(
            &tags(&[("a", "1"), ("b", "1"), ("c", "1")]),
            &tags(&[("a", "1"), ("b", "2"), ("d", "1")]),
        );
        assert_eq!(set, tags(&[("b", "2"), ("d", "1")]));
        assert_eq!(removed, ["c"]);
        assert_eq!(difference(&tags(&[("a", "1")]), &tags(&[("a", "1")])), (Tags::new(), vec![]));
    }
}
