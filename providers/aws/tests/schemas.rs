//! The schemas: against golden files (`schemas/<type>.json`, written anew with
//! `TERRANE_UPDATE_GOLDEN=1`, and then reviewed by eye), and against the names that AWS provider
//! 6.62 has (`tests/reference-schema.json`).

use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use std::path::Path;
use terrane_provider::Provider;
use terrane_schema::{AttributeType, Block, Schema};
use terrane_sdk::schema_json;
use terrane_value::Type;

/// Differences to the reference that are meant, and why. A name with `*` in front of it is meant
/// for every type.
const MEANT: &[(&str, &str)] = &[
    (
        "*id",
        "the reference lists the id as optional, as Terraform's SDK declares it; setting it never worked",
    ),
    ("*tags_all", "the reference lists what the bindings let one set; here as in the provider's schema"),
];

fn types() -> Vec<(String, Schema, &'static str)> {
    let schema = terrane_provider_aws::provider().schema();
    let resources = schema.resources.iter().map(|(n, s)| (n.to_string(), Schema::clone(s), "resources"));
    let data =
        schema.data_sources.iter().map(|(n, s)| (format!("data {n}"), Schema::clone(s), "data_sources"));
    resources.chain(data).collect()
}

#[test]
fn schemas_are_the_golden_ones() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let update = std::env::var("TERRANE_UPDATE_GOLDEN").is_ok();
    let mut wrong = Vec::new();
    let mut expected_files = BTreeSet::new();
    for (name, schema, _) in types() {
        let file = format!("{}.json", name.replace("data ", "data_"));
        let text = serde_json::to_string_pretty(&schema_json(&schema)).expect("schemas are JSON") + "\n";
        let path = folder.join(&file);
        if update {
            std::fs::write(&path, &text).expect("the golden file can be written");
        }
        if std::fs::read_to_string(&path).unwrap_or_default() != text {
            wrong.push(file.clone());
        }
        expected_files.insert(file);
    }
    let files = std::fs::read_dir(&folder).expect("there is a folder of golden files");
    let forgotten: Vec<_> = files
        .filter_map(|f| f.ok()?.file_name().into_string().ok())
        .filter(|f| !expected_files.contains(f))
        .collect();
    assert!(wrong.is_empty(), "these schemas differ from their golden file: {wrong:?}");
    assert!(forgotten.is_empty(), "these golden files belong to no type: {forgotten:?}");
}

#[test]
fn names_are_those_of_the_reference() {
    let text = include_str!("reference-schema.json");
    let reference: Json = serde_json::from_str(text).expect("the reference is JSON");
    let mut differences = Vec::new();
    for (name, schema, kind) in types() {
        let type_name = name.trim_start_matches("data ");
        let Some(there) = reference[kind][type_name].as_object() else {
            differences.push(format!("{name}: not in the reference"));
            continue;
        };
        let attributes = there["attributes"].as_object().expect("attributes are an object");
        compare(&name, &schema.block, attributes, &mut differences);
        let old = there.get("old_schema_version").and_then(Json::as_u64);
        if old.is_some_and(|old| old > schema.version) {
            differences.push(format!("{name}: version {} is older than {old:?}", schema.version));
        }
    }
    differences.sort();
    assert!(differences.is_empty(), "unexplained differences: {differences:#?}");
}

fn compare(at: &str, block: &Block, reference: &Map<String, Json>, differences: &mut Vec<String>) {
    let names: BTreeSet<&str> = (block.attributes.keys().map(|k| &**k))
        .chain(block.blocks.keys().map(|k| &**k))
        .chain(reference.keys().map(String::as_str))
        .collect();
    for name in names {
        let here = format!("{at}.{name}");
        let meant = |n: &str| MEANT.iter().any(|(m, _)| *m == n);
        if meant(&here) || meant(&format!("*{name}")) {
            continue;
        }
        let Some(there) = reference.get(name) else {
            differences.push(format!("{here}: only here"));
            continue;
        };
        let need = there["need"].as_str().unwrap_or_default();
        if let Some(nested) = block.blocks.get(name) {
            let none = Map::new();
            compare(&here, &nested.block, there["of"].as_object().unwrap_or(&none), differences);
        } else if let Some(attribute) = block.attributes.get(name) {
            let ours = match (attribute.required, attribute.optional) {
                (true, _) => "required",
                (_, true) => "optional",
                _ => "computed",
            };
            if ours != need {
                differences.push(format!("{here}: {ours} here, {need} there"));
            }
            if let (AttributeType::Plain(ty), Some(of)) = (&attribute.ty, there["of"].as_object()) {
                compare_object(&here, ty, of, differences);
            }
        } else {
            differences.push(format!("{here}: missing"));
        }
    }
}

fn compare_object(at: &str, ty: &Type, reference: &Map<String, Json>, differences: &mut Vec<String>) {
    let Some(Type::Object(object)) = ty.element() else {
        differences.push(format!("{at}: not a collection of objects"));
        return;
    };
    let ours: BTreeSet<&str> = object.attributes.keys().map(|k| &**k).collect();
    let theirs: BTreeSet<&str> = reference.keys().map(String::as_str).collect();
    if ours != theirs {
        differences.push(format!("{at}: {ours:?} here, {theirs:?} there"));
    }
}
