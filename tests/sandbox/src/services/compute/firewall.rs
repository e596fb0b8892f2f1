//! Firewall rules.

use crate::json;
use crate::refusal::Refusal;
use ipnet::IpNet;
use serde_json::{Value, json};

pub(crate) fn check(object: &mut Value) -> Result<(), Refusal> {
    let (allowed, denied) = (json::list(object, "allowed").len(), json::list(object, "denied").len());
    if (allowed == 0) == (denied == 0) {
        return Err(Refusal::invalid(
            "Invalid value for field 'resource.allowed': ''. Exactly one of allowed and denied must be specified.",
        ));
    }
    let egress = json::text(object, "direction") == Some("EGRESS");
    let sources = ["sourceRanges", "sourceTags", "sourceServiceAccounts"];
    if egress {
        if let Some(field) = sources[1..].iter().find(|field| !json::list(object, field).is_empty()) {
            return Err(Refusal::invalid(format!(
                "Invalid value for field 'resource.{field}': ''. It cannot be specified for EGRESS."
            )));
        }
        if json::list(object, "destinationRanges").is_empty() {
            object["destinationRanges"] = json!(["0.0.0.0/0"]);
        }
    } else if sources.iter().all(|field| json::list(object, field).is_empty()) {
        object["sourceRanges"] = json!(["0.0.0.0/0"]);
    }
    let priority = object.get("priority").and_then(Value::as_i64).unwrap_or(1000);
    if !(0..=65535).contains(&priority) {
        return Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.priority': '{priority}'. Must be between 0 and 65535."
        )));
    }
    for field in ["sourceRanges", "destinationRanges"] {
        for range in json::texts(object, &format!("{field}[]")) {
            let read = range.parse::<IpNet>().is_ok() || range.parse::<std::net::IpAddr>().is_ok();
            if !read {
                return Err(Refusal::invalid(format!(
                    "Invalid value for field 'resource.{field}[]': '{range}'. Must be a valid IP range."
                )));
            }
        }
    }
    for field in ["allowed[].ports[]", "denied[].ports[]"] {
        for port in texts_of(object, field) {
            let bounds: Vec<Option<u16>> = port.split('-').map(|bound| bound.parse().ok()).collect();
            let good = matches!(bounds.as_slice(), [Some(_)])
                || matches!(bounds.as_slice(), [Some(low), Some(high)] if low <= high);
            if !good {
                return Err(Refusal::invalid(format!(
                    "Invalid value for field 'resource.{field}': '{port}'. Invalid port."
                )));
            }
        }
    }
    Ok(())
}

/// The items of lists in lists: `allowed[].ports[]`.
fn texts_of(object: &Value, path: &str) -> Vec<String> {
    json::texts(object, path).into_iter().map(str::to_owned).collect()
}
