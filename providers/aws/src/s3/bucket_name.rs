//! Names of buckets.

use terrane_sdk::Value;

/// The end of names that are unique within an account and region alone.
const ACCOUNT_REGIONAL: &str = "-an";

/// A name as S3 takes it: 3 to 63 lower-case letters, digits, dots and hyphens.
pub(super) fn valid(value: &Value) -> Result<(), String> {
    let Some(name) = value.as_str().filter(|n| !n.is_empty()) else { return Ok(()) };
    let wrong = |why: &str| Err(format!("a bucket's name must {why}, got {name:?}."));
    // Names in the oldest region may be up to 255 characters of more kinds; S3 takes no new ones.
    if !(3..=63).contains(&name.len()) {
        return wrong("have 3 to 63 characters");
    }
    if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.') {
        return wrong("only have lower-case letters, digits, dots and hyphens");
    }
    let ends = [name.as_bytes()[0], name.as_bytes()[name.len() - 1]];
    if ends.iter().any(|b| !b.is_ascii_alphanumeric()) {
        return wrong("begin and end with a letter or digit");
    }
    if name.contains("..") {
        return wrong("have no two dots side by side");
    }
    if name.parse::<std::net::Ipv4Addr>().is_ok() {
        return wrong("not look like an IPv4 address");
    }
    Ok(())
}

/// The namespace that a name is in.
pub(super) fn namespace(name: &str) -> String {
    if name.ends_with(ACCOUNT_REGIONAL) { "account-regional".into() } else { "global".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        for (name, ok) in [
            ("my.logs-2", true),
            ("ab", false),
            ("My-logs", false),
            ("-logs", false),
            ("logs.", false),
            ("a..b", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(valid(&Value::from(name)).is_ok(), ok, "{name}");
        }
    }
}
