//! Where providers may come from: the `provider_installation` block of the CLI configuration, and
//! what holds without one.

use std::collections::BTreeMap;
use std::path::PathBuf;
use terrane_address::ProviderAddress;

/// What a `provider_installation` block says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installation {
    /// Which providers that are part of this program are used; all, when the block does not say.
    pub native: Option<Patterns>,
    /// Where the others come from, in the order in which they are tried. Empty for the usual places.
    pub methods: Vec<Method>,
    /// Directories with programs that are used whatever the version, by provider.
    pub dev_overrides: BTreeMap<ProviderAddress, PathBuf>,
}

/// A place that provides some providers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The place.
    pub place: Place,
    /// Which providers it may be asked for.
    pub patterns: Patterns,
}

/// A kind of place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A directory with packages.
    Filesystem(PathBuf),
    /// A server with the packages of many registries, by its URL.
    Network(String),
    /// Each provider's own registry.
    Direct,
}

/// Which providers are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns {
    /// Those that may be; all when there is none.
    pub include: Vec<String>,
    /// Those that may not, even if they are included.
    pub exclude: Vec<String>,
}

impl Patterns {
    /// Whether a provider is meant.
    pub fn match_provider(&self, address: &ProviderAddress) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, address));
        (self.include.is_empty() || any(&self.include)) && !any(&self.exclude)
    }
}

/// Whether a pattern has the form `[HOST/]NAMESPACE/TYPE` in which `*` may stand for the later parts.
pub(crate) fn is_pattern(pattern: &str) -> bool {
    let parts: Vec<&str> = pattern.split('/').collect();
    let plain = |part: &&str| !part.is_empty() && !part.contains('*');
    let star = |part: &&str| *part == "*";
    matches!(parts.len(), 2 | 3)
        && parts.iter().all(|p| plain(p) || star(p))
        && parts.iter().skip_while(|p| plain(p)).all(star)
}

fn matches(pattern: &str, address: &ProviderAddress) -> bool {
    let parts: Vec<&str> = pattern.split('/').collect();
    let (host, namespace, type_name) = match parts[..] {
        [namespace, type_name] => (ProviderAddress::DEFAULT_HOST, namespace, type_name),
        [host, namespace, type_name] => (host, namespace, type_name),
        _ => return false,
    };
    let fits = |pattern: &str, name: &str| pattern == "*" || pattern.eq_ignore_ascii_case(name);
    fits(host, &address.hostname)
        && fits(namespace, &address.namespace)
        && fits(type_name, &address.type_name)
}

impl Installation {
    /// Whether a provider that is part of this program is used rather than another program.
    pub fn uses_native(&self, address: &ProviderAddress) -> bool {
        let asked = self.native.as_ref().is_none_or(|patterns| patterns.match_provider(address));
        asked && !self.dev_overrides.contains_key(address)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn patterns_include_and_exclude() {
        let patterns = |include: &[&str], exclude: &[&str]| Patterns {
            include: include.iter().map(|p| (*p).to_owned()).collect(),
            exclude: exclude.iter().map(|p| (*p).to_owned()).collect(),
        };
        let aws: ProviderAddress = "hashicorp/aws".parse().unwrap();
        let own: ProviderAddress = "tf.example.com/ops/thing".parse().unwrap();
        for (patterns, for_aws, for_own) in [
            (patterns(&[], &[]), true, true),
            (patterns(&["hashicorp/*"], &[]), true, false),
            (patterns(&["*/*"], &[]), true, false),
            (patterns(&["*/*/*"], &["hashicorp/aws"]), false, true),
            (patterns(&["tf.example.com/*/*"], &[]), false, true),
            (patterns(&["registry.terraform.io/hashicorp/aws"], &[]), true, false),
        ] {
            assert_eq!(patterns.match_provider(&aws), for_aws, "{patterns:?}");
            assert_eq!(patterns.match_provider(&own), for_own, "{patterns:?}");
        }
    }

    #[test]
    fn what_is_a_pattern() {
        for good in ["a/b", "a/*", "*/*", "h.example/a/b", "h.example/*/*", "*/*/*"] {
            assert!(is_pattern(good), "{good}");
        }
        for bad in ["a", "", "*/b", "h.example/*/b", "a/b*", "a/b/c/d", "a//b"] {
            assert!(!is_pattern(bad), "{bad}");
        }
    }
}
