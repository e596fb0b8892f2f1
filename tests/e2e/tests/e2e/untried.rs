//! Which arguments of native types no configuration of these tests sets: `docs/untried.md` has the list, so that a new argument
//! needs a test, or is seen to have none. To write it again, after reading why it changed:
//!
//!     TERRANE_UPDATE_GOLDEN=1 cargo test -p terrane-e2e untried

use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use terrane_diagnostics::SourceMap;
use terrane_e2e::TestContext;
use terrane_syntax::{Block, Body, parse_file};
use terrane_xtask::workspace;

const PROVIDERS: [(&str, &str); 2] = [("AWS", "hashicorp/aws"), ("Google Cloud", "hashicorp/google")];

const HEAD: &str = "# Arguments without an end-to-end test

Made by `tests/e2e/tests/e2e/untried.rs`, which fails where it is not current. These arguments of the native types are set by no configuration of
the end-to-end tests. Some of them are set by the tests of the providers themselves, which work on values: see
[providers/aws/VERIFIED.md](../providers/aws/VERIFIED.md) and [providers/google/VERIFIED.md](../providers/google/VERIFIED.md). Of a block that is not
set only its own name is listed. Deprecated arguments, `id`, `region`, `tags_all` and `timeouts` are left out.
";

/// What is set, by resource type: paths such as `root_block_device.iops`.
type Paths = BTreeMap<String, BTreeSet<String>>;

#[test]
fn arguments_without_a_test_are_those_that_the_page_lists() {
    let configuration: String = (PROVIDERS.iter().enumerate())
        .map(|(n, (_, source))| format!("    p{n} = {{ source = \"{source}\" }}\n"))
        .collect();
    let context = TestContext::with_config(&format!(
        "terraform {{\n  required_providers {{\n{configuration}  }}\n}}\n"
    ));
    context.good(&["init"]);
    let schemas = context.json(&["providers", "schema", "-json"]);
    let set = set_by_tests();
    let mut page = HEAD.to_owned();
    for (title, source) in PROVIDERS {
        let types =
            &schemas["provider_schemas"][format!("registry.terraform.io/{source}")]["resource_schemas"];
        let (mut all, mut rows) = (0, String::new());
        let mut missing = 0;
        for (name, schema) in types.as_object().expect("resource types") {
            let mut arguments = Vec::new();
            arguments_of(&schema["block"], "", &mut arguments);
            let tried = set.get(name).cloned().unwrap_or_default();
            let untried: Vec<&String> =
                arguments.iter().filter(|argument| !tried.contains(*argument)).collect();
            (all, missing) = (all + arguments.len(), missing + untried.len());
            let within =
                |argument: &str| untried.iter().any(|other| argument.starts_with(&format!("{other}.")));
            let listed: Vec<String> = untried
                .iter()
                .filter(|argument| !within(argument))
                .map(|argument| format!("`{argument}`"))
                .collect();
            if !listed.is_empty() {
                let _ = writeln!(rows, "| {name} | {} |", listed.join(", "));
            }
        }
        let _ = write!(
            page,
            "\n## {title}\n\n{} of {all} arguments are set; not these:\n\n| type | arguments |\n|---|---|\n{rows}",
            all - missing
        );
    }
    let path = workspace::root().join("docs/untried.md");
    if std::env::var_os("TERRANE_UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let differing: Vec<&str> =
        page.lines().filter(|line| !written.lines().any(|other| other == *line)).collect();
    assert!(written == page, "docs/untried.md is not current; new or changed:\n{}", differing.join("\n"));
}

/// The paths of what a configuration can set, parents before children.
fn arguments_of(block: &Json, prefix: &str, found: &mut Vec<String>) {
    let left_out = ["id", "region"];
    for (name, attribute) in block["attributes"].as_object().into_iter().flatten() {
        let settable = attribute["optional"] == true || attribute["required"] == true;
        if settable
            && attribute["deprecated"] != true
            && name != "tags_all"
            && !(prefix.is_empty() && left_out.contains(&name.as_str()))
        {
            found.push(format!("{prefix}{name}"));
        }
    }
    for (name, nested) in
        block["block_types"].as_object().into_iter().flatten().filter(|(name, _)| *name != "timeouts")
    {
        found.push(format!("{prefix}{name}"));
        arguments_of(&nested["block"], &format!("{prefix}{name}."), found);
    }
}

/// What the configurations of the tests set: their files, and the texts in their sources.
fn set_by_tests() -> Paths {
    let mut set = Paths::new();
    let root = workspace::root().join("tests/e2e");
    for path in files(&root.join("families"))
        .into_iter()
        .chain(files(&root.join("tests")))
        .chain(files(&root.join("goldens")))
    {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("tf") => collect(&text, &mut set),
            Some("rs") => text
                .split("r#\"")
                .skip(1)
                .filter_map(|rest| rest.split("\"#").next())
                .for_each(|text| collect(text, &mut set)),
            _ => {}
        }
    }
    assert!(set.len() > 200, "only {} types were found", set.len());
    set
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found
}

fn collect(text: &str, set: &mut Paths) {
    let mut sources = SourceMap::default();
    let file = sources.add("main.tf", text);
    let (body, _) = parse_file(&sources, file);
    let Body::Native(body) = body else { return };
    for block in body.blocks.iter().filter(|block| &*block.kind.name == "resource") {
        if let Some(label) = block.labels.first() {
            paths(&block.body, "", set.entry(label.text.to_string()).or_default());
        }
    }
}

/// The paths of arguments and blocks in a body; `dynamic` blocks count as what they make.
fn paths(body: &Body, prefix: &str, found: &mut BTreeSet<String>) {
    let Body::Native(body) = body else { return };
    found.extend(body.attributes.iter().map(|attribute| format!("{prefix}{}", attribute.name.name)));
    for block in &body.blocks {
        let (name, body) = made(block);
        found.insert(format!("{prefix}{name}"));
        if let Some(body) = body {
            paths(body, &format!("{prefix}{name}."), found);
        }
    }
}

fn made(block: &Block) -> (&str, Option<&Body>) {
    match (&*block.kind.name, block.labels.first(), &block.body) {
        ("dynamic", Some(label), Body::Native(body)) => {
            let content = body.blocks.iter().find(|block| &*block.kind.name == "content");
            (&label.text, content.map(|content| &content.body))
        }
        (name, ..) => (name, Some(&block.body)),
    }
}
