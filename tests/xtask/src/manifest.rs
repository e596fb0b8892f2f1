//! What each resource type has been tried against, as the reference pages say it, short enough for the summary of a test run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use terrane_xtask::workspace;

/// The lines: a provider and what its types have been tried against, with the types.
pub(crate) fn lines() -> Vec<String> {
    let reference = workspace::root().join("docs/reference");
    let mut lines = Vec::new();
    for provider in files(&reference) {
        let Some(name) = provider.file_name().map(|name| name.to_string_lossy().into_owned()) else {
            continue;
        };
        let mut tried = BTreeMap::new();
        for page in files(&provider) {
            read(&fs::read_to_string(page).unwrap_or_default(), &mut tried);
        }
        for (against, types) in tried {
            lines.push(format!("{name}, {against}: {} types: {}", types.len(), types.join(", ")));
        }
    }
    lines
}

/// The files of a directory, in order.
fn files(directory: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// Reads a page: below the heading of each type, what it was tried against, and whether something of it was not. `*` stands for that.
fn read(page: &str, tried: &mut BTreeMap<String, Vec<String>>) {
    let mut heading = "";
    for line in page.lines() {
        if let Some(text) = line.strip_prefix("## ") {
            heading = text;
        } else if let Some(text) = line.strip_prefix("Tried: ") {
            let against = text.split([':', ';', '.']).next().unwrap_or_default();
            let rest = if text.contains("; not tried") { "*" } else { "" };
            tried.entry(against.to_owned()).or_default().push(format!("{heading}{rest}"));
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn types_are_told_by_what_they_were_tried_against() {
        let page = "# AWS: VPN\n\n## aws_a\n\nAn a.\n\nTried: stub only: created; not tried: colours.\n\n| `x` |\n\n\
                    ## aws_b\n\nTried: moto: verified.\n\n## data aws_a\n\n## aws_c\n\nTried: moto: verified.\n";
        let mut tried = super::BTreeMap::new();
        super::read(page, &mut tried);
        let told: Vec<_> = tried.iter().map(|(against, types)| (against.as_str(), types.join(" "))).collect();
        assert_eq!(told, [("moto", "aws_b aws_c".to_owned()), ("stub only", "aws_a*".to_owned())]);
    }

    #[test]
    fn the_pages_of_both_providers_are_read() {
        let lines = super::lines();
        for beginning in ["aws, moto: ", "aws, stub only: ", "google, sandbox: "] {
            assert!(lines.iter().any(|line| line.starts_with(beginning)), "{beginning} in {lines:?}");
        }
    }
}
