//! Firewall policies of networks: their rules by priority, and the networks they are associated with.

use crate::call::Call;
use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::resource::resource_of;
use crate::world::World;
use ipnet::IpNet;
use serde_json::{Value, json};

/// Every policy ends with four rules that leave traffic to others.
pub(crate) fn creating(object: &mut Value) -> Result<(), Refusal> {
    let name = json::string(object, "name");
    if !crate::validate::matches("[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?", &name) {
        return Err(Refusal::invalid(format!("Invalid value for field 'resource.name': '{name}'.")));
    }
    if !json::list(object, "rules").is_empty() || !json::list(object, "associations").is_empty() {
        return Err(Refusal::not_modelled("A firewall policy that is created with rules or associations"));
    }
    let last = |priority: i64, direction: &str, field: &str, range: &str| {
        json!({
            "kind": "compute#firewallPolicyRule", "priority": priority, "action": "goto_next", "direction": direction,
            "description": format!("default {} rule", direction.to_lowercase()), "enableLogging": false, "ruleTupleCount": 2,
            "match": {field: [range], "layer4Configs": [{"ipProtocol": "all"}]},
        })
    };
    object["rules"] = json!([
        last(2_147_483_644, "EGRESS", "destIpRanges", "::/0"),
        last(2_147_483_645, "INGRESS", "srcIpRanges", "::/0"),
        last(2_147_483_646, "EGRESS", "destIpRanges", "0.0.0.0/0"),
        last(2_147_483_647, "INGRESS", "srcIpRanges", "0.0.0.0/0"),
    ]);
    count(object);
    Ok(())
}

fn count(object: &mut Value) {
    let tuples = json::list(object, "rules").iter().map(|rule| rule["ruleTupleCount"].as_i64().unwrap_or(0));
    object["ruleTupleCount"] = json!(tuples.sum::<i64>());
}

/// What can be asked of a policy.
pub(super) fn show(_: &World, call: &Call<'_>, path: &str, object: &Value) -> Result<Value, Refusal> {
    if call.verb() == "getRule" {
        let priority = asked(call)?;
        let found =
            json::list(object, "rules").iter().find(|rule| rule["priority"].as_i64() == Some(priority));
        return found.cloned().ok_or_else(|| no_rule(priority));
    }
    let name = call.query.get("name").unwrap_or("");
    let found =
        json::list(object, "associations").iter().find(|known| json::text(known, "name") == Some(name));
    found.cloned().ok_or_else(|| no_association(path, name))
}

fn asked(call: &Call<'_>) -> Result<i64, Refusal> {
    let text = call.query.get("priority").unwrap_or("");
    text.parse().map_err(|_| Refusal::invalid(format!("Invalid value for field 'priority': '{text}'.")))
}

fn no_rule(priority: i64) -> Refusal {
    Refusal::invalid(format!(
        "Invalid value for field 'priority': '{priority}'. The firewall policy does not contain a rule at priority {priority}."
    ))
}

fn no_association(path: &str, name: &str) -> Refusal {
    Refusal::invalid(format!(
        "Invalid value for field 'name': '{name}'. An association with that name does not exist in {path}."
    ))
}

/// Changes rules and associations.
pub(super) fn act(
    world: &mut World,
    call: &Call<'_>,
    path: &str,
    body: &Value,
    object: &mut Value,
) -> Result<(), Refusal> {
    let mut rules = json::list(object, "rules").to_vec();
    match call.verb() {
        "addAssociation" => return associate(world, call, path, body, object),
        "removeAssociation" => {
            let name = call.query.get("name").unwrap_or("");
            let mut kept = json::list(object, "associations").to_vec();
            let before = kept.len();
            kept.retain(|known| json::text(known, "name") != Some(name));
            if kept.len() == before {
                return Err(no_association(path, name));
            }
            json::take(object, "associations");
            if !kept.is_empty() {
                object["associations"] = Value::Array(kept);
            }
            return Ok(());
        }
        "addRule" => {
            let rule = checked(body.clone())?;
            if rules.iter().any(|known| known["priority"] == rule["priority"]) {
                return Err(Refusal::invalid(format!(
                    "Invalid value for field 'resource.priority': '{}'. Rules cannot have the same priorities.",
                    rule["priority"]
                )));
            }
            rules.push(rule);
        }
        verb => {
            let priority = asked(call)?;
            let at = rules.iter().position(|rule| rule["priority"].as_i64() == Some(priority));
            let at = at.ok_or_else(|| no_rule(priority))?;
            if priority > 2_147_483_547 {
                return Err(Refusal::invalid("The default rules of a firewall policy cannot be changed."));
            }
            let mut rule = rules.remove(at);
            if verb == "patchRule" {
                json::merge(&mut rule, body);
                let rule = checked(rule)?;
                if rules.iter().any(|known| known["priority"] == rule["priority"]) {
                    return Err(Refusal::invalid("Rules cannot have the same priorities."));
                }
                rules.push(rule);
            }
        }
    }
    rules.sort_by_key(|rule| rule["priority"].as_i64());
    object["rules"] = Value::Array(rules);
    count(object);
    Ok(())
}

fn checked(mut rule: Value) -> Result<Value, Refusal> {
    let wrong = |field: &str, value: &str, why: &str| {
        Err(Refusal::invalid(format!("Invalid value for field 'resource.{field}': '{value}'. {why}")))
    };
    let action = json::string(&rule, "action");
    if !matches!(action.as_str(), "allow" | "deny" | "goto_next" | "apply_security_profile_group") {
        return wrong("action", &action, "It is allow, deny, goto_next or apply_security_profile_group.");
    }
    let direction = json::string(&rule, "direction");
    if direction.is_empty() {
        return wrong("direction", "", "It has to be given.");
    }
    if !rule["priority"].as_i64().is_some_and(|priority| (0..=2_147_483_547).contains(&priority)) {
        return wrong("priority", &rule["priority"].to_string(), "It is between 0 and 2147483547.");
    }
    let protocols = json::list(&rule, "match.layer4Configs");
    if protocols.is_empty() {
        return wrong("match.layer4Configs", "", "At least one has to be given.");
    }
    for field in ["srcIpRanges", "destIpRanges"] {
        for range in json::texts(&rule, &format!("match.{field}[]")) {
            if range.parse::<IpNet>().is_err() && range.parse::<std::net::IpAddr>().is_err() {
                return wrong(&format!("match.{field}"), range, "Must be a valid CIDR range.");
            }
        }
    }
    let ranges =
        ["match.srcIpRanges[]", "match.destIpRanges[]"].map(|path| json::texts(&rule, path).len().max(1));
    let tuples = protocols.len() * ranges[0] * ranges[1] + 1;
    json::fill(
        &mut rule,
        &json!({"kind": "compute#firewallPolicyRule", "disabled": false, "enableLogging": false}),
    );
    rule["ruleTupleCount"] = json!(tuples);
    Ok(rule)
}

fn associate(
    world: &mut World,
    call: &Call<'_>,
    path: &str,
    body: &Value,
    object: &mut Value,
) -> Result<(), Refusal> {
    let target = world.canonical(resource_of(json::text(body, "attachmentTarget").unwrap_or("")));
    if !target.contains("/global/networks/") {
        return Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.attachmentTarget': '{target}'. It must be a network."
        )));
    }
    if !world.store.objects.contains_key(&format!("compute:{target}")) {
        return Err(Refusal::missing(&target));
    }
    let link = compute_link(&target);
    let replace = call.query.get("replaceExistingAssociation") == Some("true");
    // A network has one policy for all regions and one for each.
    let prefix = format!("compute:{}/", path.rsplit_once('/').map_or("", |(collection, _)| collection));
    for (key, other) in world.store.under(&prefix) {
        let own = key.ends_with(&format!(":{path}"));
        if json::texts(other, "associations[].attachmentTarget").contains(&link.as_str()) && !(own && replace)
        {
            return Err(Refusal::invalid(format!(
                "A firewall policy is associated with the network '{target}' already: {}.",
                key.trim_start_matches("compute:")
            )));
        }
    }
    let name = json::text(body, "name")
        .map_or_else(|| format!("association-{}", world.store.number()), str::to_owned);
    let mut associations = json::list(object, "associations").to_vec();
    associations.retain(|known| !replace || json::text(known, "attachmentTarget") != Some(&link));
    if associations.iter().any(|known| json::text(known, "name") == Some(&name)) {
        return Err(Refusal::new(409, format!("An association with the name '{name}' exists already.")));
    }
    associations.push(json!({
        "name": name, "attachmentTarget": link, "firewallPolicyId": object["id"], "shortName": object["name"],
    }));
    object["associations"] = Value::Array(associations);
    Ok(())
}

/// A policy in use stays.
pub(crate) fn deleting(path: &str, old: &Value) -> Result<(), Refusal> {
    match json::list(old, "associations").first() {
        Some(association) => {
            let network = resource_of(json::text(association, "attachmentTarget").unwrap_or("")).to_owned();
            Err(Refusal::in_use("firewall_policy", path, &network))
        }
        None => Ok(()),
    }
}
