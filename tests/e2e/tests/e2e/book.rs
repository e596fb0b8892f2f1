//! The book: every link in the pages of the repository leads somewhere, and no page of `docs` is left out.

use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use terrane_e2e::TestContext;
use terrane_xtask::book::{anchors, links, targets, within};
use terrane_xtask::workspace;

/// All pages that are part of the repository.
fn pages() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "*.md"])
        .current_dir(workspace::root())
        .output()
        .expect("there is a git");
    let all: Vec<PathBuf> = String::from_utf8_lossy(&listed.stdout).lines().map(PathBuf::from).collect();
    assert!(all.len() > 50, "where are the pages? {all:?}");
    all.into_iter().filter(|page| workspace::root().join(page).is_file()).collect()
}

fn read(page: &Path) -> String {
    std::fs::read_to_string(workspace::root().join(page)).unwrap()
}

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    let mut followed = 0;
    for page in pages() {
        // Cases of the language's tests are no pages to read; their brackets are expressions.
        if page.starts_with("tests/literate") {
            continue;
        }
        let text = read(&page);
        for link in targets(&text) {
            followed += 1;
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let folder = page.parent().unwrap_or(Path::new(""));
            let target = if path.is_empty() { Some(page.clone()) } else { within(&folder.join(path)) };
            let full = target.as_ref().map(|target| workspace::root().join(target));
            let Some((target, full)) = target.zip(full).filter(|(_, full)| full.exists()) else {
                broken.push(format!("{}: {link} leads nowhere", page.display()));
                continue;
            };
            if full.is_dir() && page.starts_with("docs") && !full.join("README.md").is_file() {
                broken.push(format!("{}: {link} is a directory without a README", page.display()));
            }
            if !anchor.is_empty() && full.is_file() && !anchors(&read(&target)).contains(anchor) {
                broken.push(format!("{}: {} has no heading #{anchor}", page.display(), target.display()));
            }
        }
    }
    assert!(followed > 130, "only {followed} links were found");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_page_of_the_book_is_in_its_summary() {
    let summary = read(Path::new("docs/SUMMARY.md"));
    let listed: BTreeSet<PathBuf> = links(&summary).iter().map(|link| Path::new("docs").join(link)).collect();
    let pages: BTreeSet<PathBuf> = (pages().into_iter())
        .filter(|page| page.starts_with("docs") && !page.ends_with("SUMMARY.md"))
        .collect();
    let forgotten: Vec<_> = pages.difference(&listed).collect();
    let missing: Vec<_> = listed.difference(&pages).collect();
    assert!(forgotten.is_empty() && missing.is_empty(), "not in it: {forgotten:?}; not there: {missing:?}");
}

/// The front page and the page of what is compatible say how many types there are.
#[test]
fn types_are_counted() {
    let context = TestContext::with_config("provider \"aws\" {}\nprovider \"google\" {}\n");
    context.good(&["init"]);
    let schemas: Json =
        serde_json::from_str(&context.good(&["providers", "schema", "-json"]).stdout).unwrap();
    for provider in ["aws", "google"] {
        let schemas = &schemas["provider_schemas"][format!("registry.terraform.io/hashicorp/{provider}")];
        let count = |kind: &str| schemas[kind].as_object().unwrap().len();
        let (resources, data) = (count("resource_schemas"), count("data_source_schemas"));
        for page in ["README.md", "docs/compatibility.md"] {
            let text = read(&workspace::root().join(page)).split_whitespace().collect::<Vec<_>>().join(" ");
            for said in [format!("{resources} resource types"), format!("{data} data sources")] {
                assert!(text.contains(&said), "{page} does not say that {provider} has {said}");
            }
        }
    }
}

#[test]
fn links_and_anchors_are_read_as_browsers_do() {
    let page = "# A page\n\n[one](a.md#b) and `[no](x)` and [`code`](c.md)\n```text\n[no](y)\n```\n## What `it` is, really\n## A page\n[far](https://example.com)\n";
    assert_eq!(targets(page), ["a.md#b", "c.md"]);
    assert_eq!(links(page), ["a.md", "c.md"]);
    let found = anchors(page);
    for anchor in ["a-page", "what-it-is-really", "a-page-1"] {
        assert!(found.contains(anchor), "{found:?}");
    }
    assert_eq!(within(Path::new("docs/../a/./b.md")), Some("a/b.md".into()));
    assert_eq!(within(Path::new("docs/../../b.md")), None);
}
