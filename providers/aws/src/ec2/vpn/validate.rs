//! Checks of the values that VPNs are configured with.

use ipnet::{Ipv4Net, Ipv6Net};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;
use terrane_sdk::Value;
use terrane_sdk::value::Number;

/// The number of an autonomous system, as a text.
pub(super) fn asn(range: RangeInclusive<u64>) -> impl Fn(&Value) -> Result<(), String> {
    move |value| match value.as_str() {
        Some(text) if !text.parse::<u64>().is_ok_and(|n| range.contains(&n)) => {
            Err(format!("expected a number from {} to {}, got {text:?}.", range.start(), range.end()))
        }
        _ => Ok(()),
    }
}

/// The number of any autonomous system, as a text.
pub(crate) fn any_asn(value: &Value) -> Result<(), String> {
    asn(1..=4_294_967_294)(value)
}

/// A set of some of these texts.
pub(super) fn each_of(allowed: &'static [&'static str]) -> impl Fn(&Value) -> Result<(), String> {
    move |value| {
        let texts = value.as_slice().into_iter().flatten().filter_map(Value::as_str);
        match texts.into_iter().find(|t| !allowed.contains(t)) {
            Some(bad) => Err(format!("expected some of {}, got {bad:?}.", allowed.join(", "))),
            None => Ok(()),
        }
    }
}

/// A set of some of these numbers.
pub(super) fn each_number_of(allowed: &'static [i64]) -> impl Fn(&Value) -> Result<(), String> {
    move |value| {
        let numbers = value.as_slice().into_iter().flatten().filter_map(Value::as_number);
        match numbers.into_iter().find(|n| !n.to_i64().is_some_and(|n| allowed.contains(&n))) {
            Some(bad) => {
                let allowed: Vec<String> = allowed.iter().map(i64::to_string).collect();
                Err(format!("expected some of {}, got {}.", allowed.join(", "), shown(bad)))
            }
            None => Ok(()),
        }
    }
}

fn shown(number: &Number) -> String {
    number.to_i64().map_or_else(|| "another number".into(), |n| n.to_string())
}

/// The networks inside of tunnels that AWS keeps for itself.
const RESERVED: [&str; 7] = [
    "169.254.0.0/30",
    "169.254.1.0/30",
    "169.254.2.0/30",
    "169.254.3.0/30",
    "169.254.4.0/30",
    "169.254.5.0/30",
    "169.254.169.252/30",
];

/// The network inside of a tunnel: a /30 of 169.254.0.0/16.
pub(super) fn inside_ipv4(value: &Value) -> Result<(), String> {
    let Some(text) = value.as_str().filter(|t| !t.is_empty()) else { return Ok(()) };
    let network: Ipv4Net = text.parse().map_err(|_| format!("{text:?} is no IPv4 network."))?;
    let within = network.addr().octets()[..2] == Ipv4Addr::new(169, 254, 0, 0).octets()[..2];
    if network.prefix_len() != 30 || network != network.trunc() || !within {
        return Err(format!("expected a /30 network within 169.254.0.0/16, got {text:?}."));
    }
    if RESERVED.contains(&text) {
        return Err(format!("{text} is reserved by AWS."));
    }
    Ok(())
}

/// The IPv6 network inside of a tunnel: a /126 of fd00::/8.
pub(super) fn inside_ipv6(value: &Value) -> Result<(), String> {
    let Some(text) = value.as_str().filter(|t| !t.is_empty()) else { return Ok(()) };
    let network: Ipv6Net = text.parse().map_err(|_| format!("{text:?} is no IPv6 network."))?;
    let local = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 0).octets()[0];
    if network.prefix_len() != 126 || network.addr().octets()[0] != local {
        return Err(format!("expected a /126 network within fd00::/8, got {text:?}."));
    }
    Ok(())
}

/// A key for a tunnel: 8 to 64 letters, digits, periods and underscores, without a 0 in front.
pub(super) fn preshared_key(value: &Value) -> Result<(), String> {
    let Some(text) = value.as_str().filter(|t| !t.is_empty()) else { return Ok(()) };
    let allowed = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_');
    if !(8..=64).contains(&text.len()) || !allowed || text.starts_with('0') {
        return Err("a key has 8 to 64 letters, digits, periods and underscores, and no 0 in front.".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insides_of_tunnels() {
        for (text, valid) in [
            ("169.254.10.0/30", true),
            ("169.254.10.1/30", false),
            ("169.254.10.0/29", false),
            ("10.0.0.0/30", false),
            ("169.254.169.252/30", false),
            ("x", false),
        ] {
            assert_eq!(inside_ipv4(&Value::from(text)).is_ok(), valid, "{text}");
        }
        for (text, valid) in [("fd00::/126", true), ("fe00::/126", false), ("fd00::/64", false)] {
            assert_eq!(inside_ipv6(&Value::from(text)).is_ok(), valid, "{text}");
        }
    }

    #[test]
    fn keys_and_numbers() {
        for (text, valid) in [
            ("abcdefgh", true),
            ("0abcdefgh", false),
            ("abc", false),
            ("abcdefg-", false),
            ("a.b_c1D2", true),
        ] {
            assert_eq!(preshared_key(&Value::from(text)).is_ok(), valid, "{text}");
        }
        assert!(asn(1..=65535)(&Value::from("65000")).is_ok());
        assert!(asn(1..=65535)(&Value::from("0")).is_err());
        assert!(asn(1..=65535)(&Value::from("x")).is_err());
    }
}
