//! What single changes look like. Each case is one snapshot, read by eye when it changes.
#![allow(clippy::unwrap_used)]

mod fixture;

use fixture::{change, path, schemas};
use serde_json::{Value as Json, json};
use terrane_plan::{Action, ResourceChange};
use terrane_view::{Options, Palette, render_change};

fn check(name: &str, change: &ResourceChange) {
    check_with(name, change, &Options::default());
}

fn check_with(name: &str, change: &ResourceChange, options: &Options) {
    let text = render_change(change, &schemas(), &Palette::plain(), options);
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

/// An update of `test_server.web` from `before` to `after`, both with an id and a name.
fn update(before: Json, after: Json) -> ResourceChange {
    let with_id = |mut v: Json| {
        v["id"] = json!("i-1");
        v["name"] = json!("web");
        v
    };
    change(Action::Update, with_id(before), with_id(after))
}

fn replace(before: Json, after: Json, paths: &[&[&str]]) -> ResourceChange {
    let mut change = update(before, after);
    change.action = Action::DeleteThenCreate;
    change.after =
        change.after.with_attribute("id", terrane_value::Value::unknown(terrane_value::Type::String));
    change.requires_replace = paths.iter().map(|p| path(p)).collect();
    change
}

fn everything() -> Json {
    json!({
        "id": "<unknown>", "name": "web", "image": "debian", "size": 2.5, "enabled": true,
        "tags": {"Name": "web", "team:owner": "a"}, "zones": ["a", "b"], "groups": ["y", "x"],
        "script": "#!/bin/sh\necho hi\n", "policy": r#"{"Statement":[{"Effect":"Allow"}]}"#,
        "limits": {"cpu": 1}, "password": "hunter2",
        "extra": {"n": null, "list": [1, "two"], "a b": {}},
        "endpoint": {"host": "h", "port": 1, "secret": "hunter2"},
        "endpoints": [{"host": "h"}], "endpoint_map": {"main": {"host": "h"}},
        "ingress": [{"from_port": 80, "to_port": 80, "protocol": "tcp", "cidr_blocks": ["10.0.0.0/8"]}],
        "disk": [{"device_name": "sda", "size": 10, "snapshot": [{"schedule": "daily"}]}],
        "timeouts": {"create": "5m"}, "label": {"k": {"text": "t"}},
        "login": [{"user": "root", "key": "hunter2"}],
    })
}

#[test]
fn create_and_destroy() {
    check("create_everything", &change(Action::Create, Json::Null, everything()));
    let mut known = everything();
    known["id"] = json!("i-1");
    check("destroy_everything", &change(Action::Delete, known, Json::Null));
    check(
        "create_with_unknown_blocks",
        &change(
            Action::Create,
            Json::Null,
            json!({
                "id": "<unknown>", "zones": ["a", "<unknown>"], "tags": {"k": "<unknown>"}, "ingress": "<unknown>",
                "timeouts": {},
            }),
        ),
    );
}

#[test]
fn plain_attributes() {
    check(
        "update_scalars",
        &update(
            json!({"size": 1, "enabled": false, "image": "a", "password": "hunter2", "script": "x"}),
            json!({"size": 2, "enabled": true, "image": "<unknown>", "password": "hunter3", "policy": "new"}),
        ),
    );
    check(
        "update_hides_unchanged",
        &update(
            json!({"size": 1, "enabled": false, "image": "a", "tags": {"Name": "w"}}),
            json!({"size": 2, "enabled": false, "image": "a", "tags": {"Name": "w"}}),
        ),
    );
    check(
        "replace_with_paths",
        &replace(
            json!({"image": "a", "zones": ["a", "b"], "limits": {"cpu": 1, "memory": "1"}, "size": 1, "tags": {"k": "v"}}),
            json!({"image": "b", "zones": ["a", "c"], "limits": {"cpu": 2, "memory": "1"}, "size": 2}),
            &[&["image"], &["zones", "1"], &["limits", "cpu"], &["tags"]],
        ),
    );
    check(
        "replace_sensitive",
        &replace(json!({"password": "hunter2"}), json!({"password": "hunter3"}), &[&["password"]]),
    );
    check(
        "replace_by_dynamic",
        &replace(json!({"extra": ["a", {"b": "c"}]}), json!({"extra": ["a", {"b": "d"}]}), &[&["extra"]]),
    );
}

#[test]
fn collections() {
    check(
        "map",
        &update(
            json!({"tags": {"keep": "1", "change": "1", "go": "1", "later": "1"}}),
            json!({"tags": {"keep": "1", "change": "2", "come": "1", "later": "<unknown>"}}),
        ),
    );
    check(
        "list_in_the_middle",
        &update(
            json!({"zones": ["a", "b", "c", "d", "e", "f", "g", "h"]}),
            json!({"zones": ["a", "b", "c", "new", "d", "e", "f", "h"]}),
        ),
    );
    check(
        "list_element_changes",
        &update(json!({"zones": ["a", "b", "c"]}), json!({"zones": ["a", "x", "c"]})),
    );
    check("list_comes", &update(json!({}), json!({"zones": ["a"]})));
    check("list_goes", &update(json!({"zones": ["a"]}), json!({})));
    check("list_becomes_empty", &update(json!({"zones": ["a"]}), json!({"zones": []})));
    check("list_becomes_unknown", &update(json!({"zones": ["a"]}), json!({"zones": "<unknown>"})));
    check("set_of_strings", &update(json!({"groups": ["a", "b", "c"]}), json!({"groups": ["b", "c", "d"]})));
    check(
        "set_of_objects",
        &update(
            json!({"routes": [
                {"cidr": "10.0.0.0/8", "gateway": "g-1", "metric": 1},
                {"cidr": "10.1.0.0/16", "gateway": "g-2", "metric": 2},
                {"cidr": "10.2.0.0/16", "gateway": "g-3", "metric": 3},
            ]}),
            json!({"routes": [
                {"cidr": "10.0.0.0/8", "gateway": "g-1", "metric": 1},
                {"cidr": "10.1.0.0/16", "gateway": "g-2", "metric": 20},
                {"cidr": "192.168.0.0/16", "gateway": "g-9", "metric": 9},
            ]}),
        ),
    );
    check(
        "wide_list",
        &change(
            Action::Create,
            Json::Null,
            json!({
                "extra": (0..60).collect::<Vec<_>>(), "zones": (0..30).map(|i| format!("zone-{i}")).collect::<Vec<_>>(),
            }),
        ),
    );
    check(
        "list_of_objects",
        &update(
            json!({"extra": [{"name": "a", "x": 1}, {"name": "b", "x": 1}, {"name": "c", "x": 1, "y": 2}]}),
            json!({"extra": [{"name": "b", "x": 1}, {"name": "c", "x": 3, "y": 2}]}),
        ),
    );
}

#[test]
fn dynamic_values() {
    check(
        "forms_change",
        &update(
            json!({"extra": [1, {"a": 1}, "s", {"o": 1}, null, "x"]}),
            json!({"extra": [{"a": 1}, 1, ["s"], 5, "x", null]}),
        ),
    );
    let mut typed = update(json!({"extra": ["a", "b"]}), json!({}));
    typed.after = typed.after.with_attribute(
        "extra",
        terrane_value::Value::list(terrane_value::Type::String, ["a".into(), "b".into()]),
    );
    check("type_alone_changes", &typed);
    check(
        "object_in_object",
        &update(
            json!({"extra": {"a": {"b": {"c": 1, "d": 2}}, "same": {"x": 1}}}),
            json!({"extra": {"a": {"b": {"c": 9, "d": 2}}, "same": {"x": 1}, "with space": true}}),
        ),
    );
}

#[test]
fn texts() {
    let long: Vec<String> = (1..=20).map(|i| format!("line {i}")).collect();
    let mut other = long.clone();
    other[9] = "line ten".into();
    check("text_by_line", &update(json!({"script": long.join("\n")}), json!({"script": other.join("\n")})));
    check(
        "text_comes_and_goes",
        &update(
            json!({"script": "a\nb\n", "image": "one line"}),
            json!({"policy": "c\n\nd\n", "image": "one line\nand one\n"}),
        ),
    );
    check("text_loses_its_line_end", &update(json!({"script": "a\nb\n"}), json!({"script": "a\nb"})));
    check(
        "control_characters",
        &update(
            json!({"image": "a", "script": "a\nb"}),
            json!({"image": "\u{1b}[2Ja", "script": "a\r\n\u{1b}]0;b"}),
        ),
    );
    let options = Options { width: 80, ..Options::default() };
    let (a, b) = ("a".repeat(60), "b".repeat(60));
    check_with(
        "long_values_fold",
        &update(json!({"image": a, "size": 1}), json!({"image": b, "size": 2})),
        &options,
    );
}

#[test]
fn documents() {
    let policy = |v: Json| json!({ "policy": v.to_string() });
    check(
        "json_by_meaning",
        &update(
            policy(
                json!({"Version": "2012", "Statement": [{"Sid": "A", "Action": ["s3:Get", "s3:Put"]}, {"Sid": "B", "Action": "*"}]}),
            ),
            policy(
                json!({"Version": "2012", "Statement": [{"Sid": "A", "Action": ["s3:Get", "s3:List"]}, {"Sid": "B", "Action": "*"}], "Id": "x"}),
            ),
        ),
    );
    check(
        "json_whitespace",
        &update(json!({"policy": r#"{"a":[1,2]}"#}), json!({"policy": "{\n  \"a\": [1, 2]\n}"})),
    );
    check("json_unknown", &update(policy(json!({"a": 1})), json!({"policy": "<unknown>"})));
    check("json_empty", &update(policy(json!({})), policy(json!({"a": 1}))));
    check(
        "json_forces_replacement",
        &replace(policy(json!({"a": 1})), policy(json!({"a": 2})), &[&["policy"]]),
    );
    check("not_quite_json", &update(json!({"policy": "{not json"}), json!({"policy": "[1"})));
}

#[test]
fn yaml() {
    let script = |text: &str| json!({ "script": text });
    let values = "# values\nimage:\n  tag: \"1\"\n  name: web\nports: [80, 443]\nreplicas: 2\n";
    let other = "# values\nreplicas: 2\nports:\n- 80\n- 8443\nimage: {name: web, tag: \"2\"}\n";
    check("yaml_by_meaning", &update(script(values), script(other)));
    let laid_out = values.replace("[80, 443]", "[ 80, 443 ]");
    check("yaml_layout", &update(script(values), script(&laid_out)));
    let commented = other.replace("# values", "#cloud-config");
    check("yaml_comments", &update(script(values), script(&commented)));
    check("not_quite_yaml", &update(script("a: b: c\nd\n"), script("a: b: c\ne\n")));
}

#[test]
fn long_values_become_unknown() {
    let lines: String = (0..40).map(|n| format!("line {n}\n")).collect();
    let zones: Vec<String> = (0..40).map(|n| format!("zone-{n}")).collect();
    let statements: Vec<Json> = (0..12).map(|n| json!({"Sid": n})).collect();
    let policy = json!({ "Statement": statements }).to_string();
    let unknown = json!({"script": "<unknown>", "zones": "<unknown>", "policy": "<unknown>"});
    let before = json!({"script": lines, "zones": zones, "policy": policy});
    check("long_values_become_unknown", &update(before, unknown));
}

#[test]
fn blocks() {
    let rule = |port: u64, cidr: &str, text: &str| json!({"from_port": port, "to_port": port, "protocol": "tcp", "cidr_blocks": [cidr], "description": text});
    check(
        "set_blocks_by_likeness",
        &update(
            json!({"ingress": [rule(22, "10.0.0.0/8", "ssh"), rule(80, "0.0.0.0/0", "http"), rule(443, "0.0.0.0/0", "https")]}),
            json!({"ingress": [rule(22, "10.1.0.0/16", "ssh"), rule(80, "0.0.0.0/0", "http"), {"protocol": "icmp"}]}),
        ),
    );
    check(
        "list_blocks",
        &update(
            json!({"disk": [{"device_name": "sda", "size": 1}, {"device_name": "sdb", "size": 1}, {"device_name": "sdc", "size": 1}]}),
            json!({"disk": [{"device_name": "sda", "size": 1}, {"device_name": "sdc", "size": 5, "snapshot": [{"schedule": "daily"}]}]}),
        ),
    );
    check(
        "blocks_force_replacement",
        &replace(
            json!({"disk": [{"device_name": "sda", "size": 1}], "timeouts": {"create": "1m"}, "label": {"a": {"text": "x"}}}),
            json!({"disk": [{"device_name": "sda", "size": 2}, {"device_name": "sdb"}], "label": {"a": {"text": "y"}, "b": {"text": "z"}}}),
            &[&["disk"], &["disk", "0", "size"], &["label", "a", "text"]],
        ),
    );
    check(
        "blocks_become_unknown",
        &update(json!({"ingress": [rule(22, "10.0.0.0/8", "")]}), json!({"ingress": "<unknown>"})),
    );
    check(
        "unchanged_blocks",
        &update(
            json!({"disk": [{"device_name": "sda"}], "timeouts": {"create": "1m"}, "size": 1}),
            json!({"disk": [{"device_name": "sda"}], "timeouts": {"create": "1m"}, "size": 2}),
        ),
    );
    check(
        "sensitive_in_blocks",
        &update(
            json!({"login": [{"user": "root", "key": "hunter2"}], "endpoint": {"host": "a", "secret": "hunter2"}}),
            json!({"login": [{"user": "root", "key": "hunter3"}], "endpoint": {"host": "b", "secret": "hunter3"}}),
        ),
    );
    check(
        "nested_attributes",
        &update(
            json!({"endpoints": [{"host": "a", "port": 1}, {"host": "b", "port": 2}], "endpoint_map": {"x": {"host": "a"}, "y": {"host": "b"}}}),
            json!({"endpoints": [{"host": "a", "port": 1}, {"host": "b", "port": 3}], "endpoint_map": {"x": {"host": "a"}, "y": {"host": "c"}, "z": {"host": "d"}}}),
        ),
    );
    let mut marked = update(
        json!({"ingress": [rule(22, "10.0.0.0/8", "hunter2")]}),
        json!({"ingress": [rule(22, "10.0.0.0/8", "hunter3")]}),
    );
    let sensitive = marked.after.attribute("ingress").unwrap().sensitive();
    marked.after = marked.after.with_attribute("ingress", sensitive);
    check("sensitive_blocks", &marked);
}

#[test]
fn sensitivity() {
    let mark =
        |v: &terrane_value::Value, name: &str| v.with_attribute(name, v.attribute(name).unwrap().sensitive());
    let mut becomes = update(
        json!({"image": "a", "size": 1, "extra": ["p", "q"]}),
        json!({"image": "b", "size": 1, "extra": ["p", "q"]}),
    );
    becomes.after = mark(&mark(&becomes.after, "image"), "size");
    let inner = terrane_value::Value::tuple(["p".into(), terrane_value::Value::from("hunter2").sensitive()]);
    becomes.after = becomes.after.with_attribute("extra", inner);
    check("becomes_sensitive", &becomes);
    let mut no_longer = update(json!({"image": "a", "size": 1}), json!({"image": "b", "size": 1}));
    no_longer.before = mark(&mark(&no_longer.before, "image"), "size");
    check("no_longer_sensitive", &no_longer);
    check_with(
        "shown_on_request",
        &update(json!({"password": "hunter2"}), json!({"password": "hunter3"})),
        &Options { show_sensitive: true, ..Options::default() },
    );
}

#[test]
fn secrets_never_show() {
    let mut known = everything();
    known["id"] = json!("i-1");
    let mut other = known.clone();
    other["password"] = json!("hunter9");
    other["endpoint"]["secret"] = json!("hunter9");
    other["login"][0]["key"] = json!("hunter9");
    for (action, before, after) in [
        (Action::Create, Json::Null, known.clone()),
        (Action::Delete, known.clone(), Json::Null),
        (Action::Update, known.clone(), other.clone()),
        (Action::DeleteThenCreate, known.clone(), other),
        (Action::Forget, known.clone(), Json::Null),
        (Action::NoOp, known.clone(), known),
    ] {
        let mut change = change(action, before, after);
        change.importing = Some("i".into());
        let text = render_change(&change, &schemas(), &Palette::coloured(), &Options::default());
        assert!(!text.contains("hunter"), "{action:?}:\n{text}");
    }
}
