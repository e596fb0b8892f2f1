//! Checks of attribute values, and texts that mean the same.

use ipnet::{Ipv4Net, Ipv6Net};
use terrane_sdk::Value;

/// An IPv4 network in its canonical form: no bits beyond the prefix.
pub(crate) fn ipv4_network(value: &Value) -> Result<(), String> {
    let Some(text) = value.as_str() else { return Ok(()) };
    let network: Ipv4Net =
        text.parse().map_err(|_| format!("{text:?} is no IPv4 network in CIDR notation"))?;
    let canonical = network.trunc();
    if canonical.to_string() != text {
        return Err(format!("{text:?} is not the beginning of a network; did you mean \"{canonical}\"?"));
    }
    Ok(())
}

/// An IPv6 network in CIDR notation: no bits beyond the prefix. Any spelling will do.
pub(crate) fn ipv6_network(value: &Value) -> Result<(), String> {
    let Some(text) = value.as_str().filter(|t| !t.is_empty()) else { return Ok(()) };
    let network: Ipv6Net =
        text.parse().map_err(|_| format!("{text:?} is no IPv6 network in CIDR notation"))?;
    let canonical = network.trunc();
    if network != canonical {
        return Err(format!("{text:?} is not the beginning of a network; did you mean \"{canonical}\"?"));
    }
    Ok(())
}

/// An IPv4 or IPv6 network.
pub(crate) fn network(value: &Value) -> Result<(), String> {
    match value.as_str().is_some_and(|text| text.contains(':')) {
        true => ipv6_network(value),
        false => ipv4_network(value),
    }
}

/// An IPv4 network, or nothing.
pub(crate) fn ipv4_network_or_empty(value: &Value) -> Result<(), String> {
    if value.as_str() == Some("") { Ok(()) } else { ipv4_network(value) }
}

/// Whether two texts are the same network, however they are spelled.
pub(crate) fn same_network(a: &str, b: &str) -> bool {
    a == b || matches!((a.parse::<Ipv6Net>(), b.parse::<Ipv6Net>()), (Ok(a), Ok(b)) if a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        let cases = [
            ("10.0.0.0/16", true),
            ("10.0.0.1/16", false),
            ("10.0.0.0", false),
            ("10.0.0.0/33", false),
            ("2001:db8::/32", false),
        ];
        for (text, valid) in cases {
            assert_eq!(ipv4_network(&Value::from(text)).is_ok(), valid, "{text}");
        }
        let cases =
            [("2001:db8::/56", true), ("2001:DB8:0::/56", true), ("2001:db8::1/56", false), ("::/0", true)];
        for (text, valid) in cases {
            assert_eq!(ipv6_network(&Value::from(text)).is_ok(), valid, "{text}");
        }
        assert!(same_network("2001:DB8:0::/56", "2001:db8::/56"));
        assert!(!same_network("2001:db8::/56", "2001:db8::/64"));
    }
}
