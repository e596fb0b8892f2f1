//! Arithmetic on IP address ranges.

use super::Want::{Bool, List, Number, String as Text};
use super::{Call, CallError, Function, Returns, bad_argument, function, param};
use std::net::{Ipv4Addr, Ipv6Addr};
use terrane_value::{Number as Num, Type, Value};

const TEXT: Returns = Returns::Is(Text);

pub(super) const TABLE: &[Function] = &[
    function(
        "cidrcontains",
        &[param("containing_prefix", Text), param("contained", Text)],
        Returns::Is(Bool),
        contains,
    )
    .doc(
        "Whether an address or range is within a range.",
        "cidrcontains(\"192.168.2.0/20\", \"192.168.2.0/22\")",
        "true",
    ),
    function("cidrhost", &[param("prefix", Text), param("hostnum", Number)], TEXT, cidrhost).doc(
        "The address of a host in a range by its number; negative numbers count from the end.",
        "cidrhost(\"10.12.112.0/20\", 268)",
        "\"10.12.113.12\"",
    ),
    function("cidrnetmask", &[param("prefix", Text)], TEXT, cidrnetmask).doc(
        "The netmask of an IPv4 range.",
        "cidrnetmask(\"172.16.0.0/12\")",
        "\"255.240.0.0\"",
    ),
    function(
        "cidrsubnet",
        &[param("prefix", Text), param("newbits", Number), param("netnum", Number)],
        TEXT,
        cidrsubnet,
    )
    .doc(
        "A part of a range, by how many bits its prefix is longer and its number.",
        "cidrsubnet(\"10.1.2.0/24\", 4, 15)",
        "\"10.1.2.240/28\"",
    ),
    function("cidrsubnets", &[param("prefix", Text)], Returns::Is(List(&Text)), cidrsubnets)
        .rest(param("newbits", Number))
        .doc(
            "Consecutive parts of a range, each by how many bits its prefix is longer.",
            "cidrsubnets(\"10.1.0.0/16\", 4, 8)",
            "tolist([\"10.1.0.0/20\", \"10.1.16.0/24\"])",
        ),
];

/// A range of addresses.
#[derive(Clone, Copy)]
struct Cidr {
    /// The first address.
    base: u128,
    /// 32 or 128.
    bits: u32,
    /// The length of the prefix.
    length: u32,
}

impl Cidr {
    /// Reads `10.0.0.0/8` or `fd00::/8`. Leading zeros in IPv4 addresses are ignored.
    fn parse(text: &str) -> Option<Cidr> {
        let (address, length) = text.split_once('/')?;
        if length.is_empty() || length.len() > 3 || !length.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let length: u32 = length.parse().ok()?;
        let (base, bits) = if address.contains(':') {
            (u128::from(address.parse::<Ipv6Addr>().ok()?), 128)
        } else {
            let mut octets = Vec::with_capacity(4);
            for part in address.split('.') {
                if part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
                    return None;
                }
                octets.push(part.parse::<u8>().ok()?);
            }
            let octets: [u8; 4] = octets.try_into().ok()?;
            (u128::from(u32::from_be_bytes(octets)), 32)
        };
        if length > bits {
            return None;
        }
        let cidr = Cidr { base, bits, length };
        Some(Cidr { base: base & !cidr.host_mask(), ..cidr })
    }

    /// The bits of the host part.
    fn host_mask(&self) -> u128 {
        match self.bits - self.length {
            128 => u128::MAX,
            n => (1 << n) - 1,
        }
    }

    fn address(&self, address: u128) -> String {
        match u32::try_from(address) {
            Ok(v4) if self.bits == 32 => Ipv4Addr::from(v4).to_string(),
            _ => Ipv6Addr::from(address).to_string(),
        }
    }
}

impl std::fmt::Display for Cidr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address(self.base), self.length)
    }
}

fn prefix(call: &Call<'_>) -> Result<Cidr, CallError> {
    Cidr::parse(call.str(0))
        .ok_or_else(|| format!("invalid CIDR expression: invalid CIDR address: {}", call.str(0)).into())
}

/// The argument at position `i` as an integer that may be as large as an address.
fn big(call: &Call<'_>, i: usize) -> Result<i128, CallError> {
    let text = call.args[i].as_number().and_then(|n: &Num| n.to_radix_text(10));
    let text = text.ok_or_else(|| bad_argument(i, "a whole number is required"))?;
    text.parse().map_err(|_| bad_argument(i, "the number is larger than any address"))
}

fn contains(call: &Call<'_>) -> Result<Value, CallError> {
    let outer = prefix(call)?;
    let text = call.str(1);
    let whole = |bits: &str| Cidr::parse(&format!("{text}/{bits}"));
    let inner = Cidr::parse(text)
        .or_else(|| whole(if text.contains(':') { "128" } else { "32" }))
        .ok_or_else(|| bad_argument(1, format!("{text:?} is neither an IP address nor a CIDR prefix")))?;
    if inner.bits != outer.bits {
        return Err(bad_argument(1, "an IPv4 and an IPv6 address cannot contain each other"));
    }
    let fits = inner.length >= outer.length && inner.base & !outer.host_mask() == outer.base;
    Ok(Value::from(fits))
}

fn cidrhost(call: &Call<'_>) -> Result<Value, CallError> {
    let cidr = prefix(call)?;
    let number = big(call, 1)?;
    let mask = cidr.host_mask();
    // -1 is the last address.
    let distance = if number < 0 { number.unsigned_abs() - 1 } else { number.unsigned_abs() };
    if distance > mask {
        return Err(format!("prefix of {} does not accommodate a host numbered {number}", cidr.length).into());
    }
    let host = if number < 0 { mask - distance } else { distance };
    Ok(Value::string(cidr.address(cidr.base | host)))
}

fn cidrnetmask(call: &Call<'_>) -> Result<Value, CallError> {
    let cidr = prefix(call)?;
    if cidr.bits != 32 {
        return Err(format!("IPv6 addresses cannot have a netmask: {}", call.str(0)).into());
    }
    let mask = u128::from(u32::MAX) & !cidr.host_mask();
    Ok(Value::string(cidr.address(mask)))
}

fn cidrsubnet(call: &Call<'_>) -> Result<Value, CallError> {
    let cidr = prefix(call)?;
    let (new_bits, number) = (call.int(1)?, big(call, 2)?);
    let length = i64::from(cidr.length) + new_bits;
    let Some(length) = u32::try_from(length).ok().filter(|n| *n <= cidr.bits) else {
        return Err(
            format!("insufficient address space to extend prefix of {} by {new_bits}", cidr.length).into()
        );
    };
    let does_not_fit = || {
        CallError::Other(format!(
            "prefix extension of {new_bits} does not accommodate a subnet numbered {number}"
        ))
    };
    let largest = match new_bits {
        ..=0 => 0,
        128.. => u128::MAX,
        n => (1u128 << n) - 1,
    };
    let number = u128::try_from(number).ok().filter(|n| *n <= largest).ok_or_else(does_not_fit)?;
    let shifted = number.checked_shl(cidr.bits - length).unwrap_or(0);
    let subnet = Cidr { length, ..cidr };
    let base = (cidr.base & !subnet.host_mask()) | shifted;
    Ok(Value::string(Cidr { base, ..subnet }.to_string()))
}

fn cidrsubnets(call: &Call<'_>) -> Result<Value, CallError> {
    let cidr = prefix(call)?;
    let end = cidr.base | cidr.host_mask();
    let mut next = Some(cidr.base);
    let mut subnets = Vec::new();
    let mut previous: Option<Cidr> = None;
    for i in 1..call.args.len() {
        let new_bits = call.int(i)?;
        if new_bits < 1 {
            return Err(bad_argument(i, "must extend prefix by at least one bit"));
        }
        if new_bits > 32 {
            return Err(bad_argument(i, "may not extend prefix by more than 32 bits"));
        }
        let length = cidr.length + u32::try_from(new_bits).unwrap_or(32);
        if length > cidr.bits {
            let version = if cidr.bits == 32 { 4 } else { 6 };
            return Err(bad_argument(
                i,
                format!(
                    "would extend prefix to {length} bits, which is too long for an IPv{version} address"
                ),
            ));
        }
        let mut subnet = Cidr { length, ..cidr };
        let mask = subnet.host_mask();
        let base = next
            .and_then(|at| at.checked_add(mask))
            .map(|at| at & !mask)
            .filter(|at| at.checked_add(mask).is_some_and(|last| last <= end));
        let Some(base) = base else {
            let after = previous.map_or_else(String::new, |p| p.to_string());
            return Err(bad_argument(
                i,
                format!(
                    "not enough remaining address space for a subnet with a prefix of {length} bits after {after}"
                ),
            ));
        };
        subnet.base = base;
        subnets.push(Value::string(subnet.to_string()));
        next = (base | mask).checked_add(1);
        previous = Some(subnet);
    }
    Ok(Value::list(Type::String, subnets))
}
