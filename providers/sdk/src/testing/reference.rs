//! The schemas of a provider against golden files and against lists of what another provider's types have.

use crate::schema_json;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use terrane_provider::Provider;
use terrane_schema::{AttributeType, Block, Schema};
use terrane_value::Type;

/// What the schemas of a provider are compared with.
pub struct Reference<'a> {
    /// The provider.
    pub provider: Arc<dyn Provider>,
    /// The folder of its crate, with golden files in `schemas` and the table in `SCHEMAS.md`.
    pub folder: &'a Path,
    /// Whose types the lists are of: `AWS provider 6.62`.
    pub title: &'a str,
    /// The lists, as `cut_reference.py` makes them.
    pub lists: &'a str,
    /// Differences that are meant, and why. A name with `*` in front of it is meant for every type.
    pub meant: &'a [(&'a str, &'a str)],
    /// Types that the lists do not have, so that their names are from the documentation alone.
    pub not_listed: &'a [&'a str],
}

impl Reference<'_> {
    fn types(&self) -> Vec<(String, Arc<Schema>, &'static str)> {
        let schema = self.provider.schema();
        let resources =
            schema.resources.iter().map(|(n, s)| (n.to_string(), Arc::new(Schema::clone(s)), "resources"));
        let data = (schema.data_sources.iter())
            .map(|(n, s)| (format!("data {n}"), Arc::new(Schema::clone(s)), "data_sources"));
        resources.chain(data).collect()
    }

    /// Golden files that differ, are missing or belong to no type. With `TERRANE_UPDATE_GOLDEN` they are
    /// written anew, to be reviewed by eye.
    pub fn check_golden_files(&self) -> Vec<String> {
        let folder = self.folder.join("schemas");
        let update = std::env::var("TERRANE_UPDATE_GOLDEN").is_ok();
        let mut wrong = Vec::new();
        let mut expected = BTreeSet::new();
        for (name, schema, _) in self.types() {
            let file = format!("{}.json", name.replace("data ", "data_"));
            let text = serde_json::to_string_pretty(&schema_json(&schema)).expect("schemas are JSON") + "\n";
            let path = folder.join(&file);
            if update {
                std::fs::create_dir_all(&folder).expect("the folder can be made");
                std::fs::write(&path, &text).expect("the golden file can be written");
            }
            if std::fs::read_to_string(&path).unwrap_or_default() != text {
                wrong.push(format!("{file} differs"));
            }
            expected.insert(file);
        }
        let files = std::fs::read_dir(&folder).expect("there is a folder of golden files");
        let names = files.filter_map(|f| f.ok()?.file_name().into_string().ok());
        wrong.extend(names.filter(|f| !expected.contains(f)).map(|f| format!("{f} belongs to no type")));
        wrong
    }

    /// Differences of names that are not among those meant. `TERRANE_REFERENCE_SCHEMA=PATH` compares with
    /// the whole lists, and prints what they have and the provider has not.
    pub fn differences(&self) -> Vec<String> {
        let reference = self.reference();
        let mut differences = Vec::new();
        for (name, schema, kind) in self.types() {
            let type_name = name.trim_start_matches("data ");
            let expected = !self.not_listed.contains(&name.as_str());
            let Some(there) = reference[kind][type_name].as_object() else {
                if expected {
                    differences.push(format!("{name}: not in the reference"));
                }
                continue;
            };
            if !expected {
                differences.push(format!("{name}: in the reference, but among those that are not"));
            }
            let attributes = there["attributes"].as_object().expect("attributes are an object");
            self.compare(&name, &schema.block, attributes, &mut differences);
            let old = there.get("old_schema_version").and_then(Json::as_u64);
            if old.is_some_and(|old| old > schema.version) {
                differences.push(format!("{name}: version {} is older than {old:?}", schema.version));
            }
        }
        differences.sort();
        differences
    }

    /// Whether `SCHEMAS.md` is current; with `TERRANE_UPDATE_GOLDEN` it is written anew.
    pub fn table_is_current(&self) -> bool {
        let text = self.table();
        let path = self.folder.join("SCHEMAS.md");
        if std::env::var("TERRANE_UPDATE_GOLDEN").is_ok() {
            std::fs::write(&path, &text).expect("the table can be written");
        }
        std::fs::read_to_string(&path).unwrap_or_default() == text
    }

    fn table(&self) -> String {
        let title = self.title;
        let mut text = format!(
            "# Where schemas differ from {title}\n\nMade from the tables in `tests/schemas.rs`, which \
             compares every type's attributes with lists of the provider's.\n\n| attribute | why |\n|---|---|\n",
        );
        for (attribute, why) in self.meant {
            let name = (attribute.strip_prefix('*'))
                .map_or((*attribute).to_owned(), |n| format!("{n} (every type)"));
            text.push_str(&format!("| {name} | {why} |\n"));
        }
        if !self.not_listed.is_empty() {
            text.push_str(
                "\nThe lists do not have these types; their names are from the provider's documentation:\n",
            );
        }
        for name in self.not_listed {
            text.push_str(&format!("\n- {name}"));
        }
        text.push('\n');
        text
    }

    /// The cut, or the lists that the environment names, in the form of the cut.
    fn reference(&self) -> Json {
        let Ok(path) = std::env::var("TERRANE_REFERENCE_SCHEMA") else {
            return serde_json::from_str(self.lists).expect("the reference is JSON");
        };
        let text = std::fs::read_to_string(path).expect("the lists can be read");
        let mut lists: Json = serde_json::from_str(&text).expect("the lists are JSON");
        let ours: BTreeSet<String> = self.types().into_iter().map(|(name, ..)| name).collect();
        for (kind, prefix) in [("resources", ""), ("data_sources", "data ")] {
            for (name, entry) in lists[kind].as_object_mut().expect("types are an object") {
                if !ours.contains(&format!("{prefix}{name}")) {
                    println!("not here: {prefix}{name}");
                }
                let mut attributes = entry["arguments"].take();
                for (name, of) in entry["computed"].as_object().into_iter().flatten() {
                    let mut computed = json!({"need": "computed"});
                    if let Some(of) = of.get("of") {
                        computed["of"] = of.clone();
                    }
                    attributes[name] = computed;
                }
                entry["attributes"] = attributes;
            }
        }
        lists
    }

    fn compare(&self, at: &str, block: &Block, reference: &Map<String, Json>, differences: &mut Vec<String>) {
        let names: BTreeSet<&str> = (block.attributes.keys().map(|k| &**k))
            .chain(block.blocks.keys().map(|k| &**k))
            .chain(reference.keys().map(String::as_str))
            .collect();
        for name in names {
            let here = format!("{at}.{name}");
            let meant = |n: &str| self.meant.iter().any(|(m, _)| *m == n);
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
                self.compare(&here, &nested.block, there["of"].as_object().unwrap_or(&none), differences);
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
