//! What is planned for a resource type that uses every word.
#![allow(missing_docs, unreachable_pub, dead_code)]

mod widget;

use serde_json::{Value as Json, json};
use terrane_sdk::testing::{PlanCase, check_plans, plan_change, schema_of};
use widget::{Region, Widget};

fn prior(changes: Json) -> Json {
    let mut object = json!({
        "id": "w-1", "name": "a", "zone": "z1", "zone_id": "zid", "revision": 3, "size": 1, "rule": [],
        "options": [{ "mode": "fast" }],
    });
    if let (Some(object), Json::Object(changes)) = (object.as_object_mut(), changes) {
        object.extend(changes);
    }
    object
}

fn config(changes: Json) -> Json {
    let mut object = json!({ "name": "a" });
    if let (Some(object), Json::Object(changes)) = (object.as_object_mut(), changes) {
        object.extend(changes);
    }
    object
}

#[test]
fn plans_follow_the_rules() {
    let case = |name, prior, config, action, replace, unknown| PlanCase {
        name,
        prior,
        config,
        action,
        replace,
        unknown,
    };
    let new: &[&str] = &["id", "options", "revision", "rule", "zone", "zone_id"];
    let cases = [
        case("create", Json::Null, config(json!({})), "create", &[], new),
        case(
            "create with blocks",
            Json::Null,
            config(json!({ "zone": "z9", "disk": [{ "size": 1 }], "port": [{ "number": 1 }] })),
            "create",
            &[],
            &["disk", "id", "options", "port", "revision", "rule", "zone_id"],
        ),
        case("nothing changes", prior(json!({})), config(json!({})), "no-op", &[], &[]),
        case(
            "a change lets what is not kept be computed again",
            prior(json!({})),
            config(json!({ "note": "x" })),
            "update",
            &[],
            &["revision", "rule"],
        ),
        case(
            "a default that differs",
            prior(json!({ "size": 2 })),
            config(json!({})),
            "update",
            &[],
            &["revision", "rule"],
        ),
        case(
            "zero values are what Terraform stores for unset",
            prior(json!({ "note": "", "enabled": false, "tags": {} })),
            config(json!({})),
            "no-op",
            &[],
            &[],
        ),
        case(
            "empty for unset",
            prior(json!({})),
            config(json!({ "note": "", "tags": {} })),
            "no-op",
            &[],
            &[],
        ),
        case(
            "JSON of the same meaning",
            prior(json!({ "policy": "{\"a\":1,\"b\":2}" })),
            config(json!({ "policy": "{ \"b\": 2, \"a\": 1 }" })),
            "no-op",
            &[],
            &[],
        ),
        case(
            "JSON of another meaning",
            prior(json!({ "policy": "{\"a\":1}" })),
            config(json!({ "policy": "{\"a\":2}" })),
            "update",
            &[],
            &["revision", "rule"],
        ),
        case("force_new", prior(json!({})), config(json!({ "name": "b" })), "replace", &["name"], new),
        case(
            "force_new by the custom diff",
            prior(json!({ "note": "fixed" })),
            config(json!({ "note": "fixed", "size": 5 })),
            "replace",
            &["size"],
            new,
        ),
        case(
            "write-only values are no change",
            prior(json!({})),
            config(json!({ "secret": "s" })),
            "no-op",
            &[],
            &[],
        ),
        case(
            "timeouts are no change",
            prior(json!({})),
            config(json!({ "timeouts": { "create": "5m", "delete": null } })),
            "no-op",
            &[],
            &[],
        ),
        case(
            "list blocks by position",
            prior(json!({ "disk": [{ "size": 1, "device": "sda" }] })),
            config(json!({ "disk": [{ "size": 1 }] })),
            "no-op",
            &[],
            &[],
        ),
        case(
            "force_new in a list block",
            prior(json!({ "disk": [{ "size": 1, "kind": "ssd", "device": "sda" }] })),
            config(json!({ "disk": [{ "size": 1, "kind": "hdd" }] })),
            "replace",
            &["disk[0].kind"],
            &["disk", "id", "options", "revision", "rule", "zone", "zone_id"],
        ),
        case(
            "another list block with force_new in it",
            prior(json!({ "disk": [{ "size": 1, "device": "sda" }] })),
            config(json!({ "disk": [{ "size": 1 }, { "size": 2 }] })),
            "replace",
            &["disk"],
            &["disk", "id", "options", "revision", "rule", "zone", "zone_id"],
        ),
        case(
            "set blocks by content",
            prior(json!({ "port": [
                { "number": 1, "protocol": "tcp", "uid": "u1" }, { "number": 2, "protocol": "tcp", "uid": "u2" },
            ] })),
            config(json!({ "port": [{ "number": 2 }, { "number": 1, "protocol": "tcp" }] })),
            "no-op",
            &[],
            &[],
        ),
        case(
            "a changed set block",
            prior(json!({ "port": [{ "number": 1, "protocol": "tcp", "uid": "u1" }] })),
            config(json!({ "port": [{ "number": 1, "protocol": "udp" }] })),
            "update",
            &[],
            &["port", "revision", "rule"],
        ),
        case(
            "an attribute written as blocks",
            prior(json!({ "rule": [{ "cidr": "", "from": 1, "groups": [] }] })),
            config(json!({ "rule": [{ "cidr": null, "from": 1, "groups": null }] })),
            "no-op",
            &[],
            &[],
        ),
        case(
            "a computed block that is configured",
            prior(json!({})),
            config(json!({ "options": [{ "mode": "slow" }] })),
            "update",
            &[],
            &["revision", "rule"],
        ),
    ];
    assert_eq!(check_plans::<Widget>(&Region::default(), &cases), Vec::<String>::new());
}

#[test]
fn attributes_written_as_blocks_are_planned_with_zero_values() {
    let config = config(json!({ "rule": [{ "cidr": null, "from": 1, "groups": null }] }));
    let planned = plan_change::<Widget>(&Region::default(), &Json::Null, &config).expect("the case is right");
    let rules = planned.planned.attribute("rule").expect("the type has it");
    assert_eq!(format!("{rules:?}"), r#"set[{"cidr": "", "from": 1, "groups": set[]}]"#);
}

#[test]
fn the_schema_is_what_the_struct_says() {
    let schema = terrane_sdk::schema_json(&schema_of::<Widget>());
    assert_eq!(schema["version"], 2);
    let block = &schema["block"];
    assert_eq!(block["description"], "A thing for tests.");
    for (name, want) in [
        ("id", json!({ "type": "string", "computed": true })),
        (
            "name",
            json!({ "type": "string", "required": true, "description": "Its name.", "description_kind": "markdown" }),
        ),
        ("zone", json!({ "type": "string", "optional": true, "computed": true })),
        ("size", json!({ "type": "number", "optional": true })),
        ("secret", json!({ "type": "string", "optional": true, "sensitive": true, "write_only": true })),
        ("self", json!({ "type": "bool", "optional": true })),
        ("tags", json!({ "type": ["map", "string"], "optional": true })),
        (
            "rule",
            json!({
                "type": ["set", ["object", { "cidr": "string", "from": "number", "groups": ["set", "string"] }]],
                "optional": true, "computed": true,
            }),
        ),
    ] {
        assert_eq!(block["attributes"][name], want, "{name}");
    }
    for (name, nesting, max) in [
        ("disk", "list", json!(2)),
        ("port", "set", Json::Null),
        ("options", "list", json!(1)),
        ("timeouts", "single", Json::Null),
    ] {
        assert_eq!(block["block_types"][name]["nesting_mode"], nesting, "{name}");
        assert_eq!(block["block_types"][name]["max_items"], max, "{name}");
    }
}
