//! The names of the types that the AWS provider has, whether they are built here or not: a configuration
//! may declare those that are not, as modules do whose callers want none of them.
//!
//! The lists have the names without `aws_`: those of the provider's 5.100, without what 6.0 removed, and
//! of what was known of 6.62. A type that came in between may be missing.

use std::sync::LazyLock;

static RESOURCES: LazyLock<Vec<String>> = LazyLock::new(|| names(include_str!("resources.txt")));
static DATA_SOURCES: LazyLock<Vec<String>> = LazyLock::new(|| names(include_str!("data_sources.txt")));

fn names(list: &str) -> Vec<String> {
    list.split_whitespace().map(|name| format!("aws_{name}")).collect()
}

/// The managed types and the data sources.
pub(crate) fn all() -> (Vec<&'static str>, Vec<&'static str>) {
    let all = |list: &'static LazyLock<Vec<String>>| list.iter().map(String::as_str).collect();
    (all(&RESOURCES), all(&DATA_SOURCES))
}

#[cfg(test)]
mod tests {
    use terrane_provider::Provider;

    #[test]
    fn types_are_served_or_known_by_name_and_not_both() {
        let schema = crate::provider().schema();
        let unserved = &schema.unserved;
        assert!(unserved.resources.contains("aws_elasticache_cluster"));
        assert!(unserved.data_sources.contains("aws_eks_cluster"));
        let both = |name: &str| unserved.resources.contains(name);
        assert_eq!(schema.resources.keys().find(|n| both(n)), None);
        assert!(!both("aws_vpc") && !both("aws_opsworks_stack"));
        let (resources, data_sources) = super::all();
        for names in [resources, data_sources] {
            assert!(names.is_sorted(), "the lists are sorted");
            assert!(
                names
                    .iter()
                    .all(|n| n.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))
            );
        }
    }
}
