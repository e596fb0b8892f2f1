//! `.terraform.lock.hcl`: which version of each provider a directory uses, and by which hashes its
//! packages are known. The format is Terraform's, and both can go on with each other's file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use terrane_address::{ProviderAddress, Version};
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_syntax::{Block, Body, Expr, ExprKind, parse_file};

const HEADER: &str = "\
# This file is maintained automatically by \"terrane init\" and \"terraform init\".
# Manual edits may be lost in future updates.
";

/// The content of a lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockFile {
    /// By provider.
    pub providers: BTreeMap<ProviderAddress, LockedProvider>,
}

/// What is locked for a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedProvider {
    /// The version that was chosen.
    pub version: Version,
    /// The constraints that it was chosen for, as they are written.
    pub constraints: String,
    /// The hashes of its packages: `h1:...` of the content, `zh:...` of the archives.
    pub hashes: BTreeSet<String>,
}

impl LockFile {
    /// Reads a file of this name and content.
    pub fn parse(name: &str, text: &str, sources: &mut SourceMap) -> (LockFile, Diagnostics) {
        let file = sources.add(name, text);
        let (body, mut diagnostics) = parse_file(sources, file);
        let mut lock = LockFile::default();
        let Body::Native(body) = body else { return (lock, diagnostics) };
        for block in &body.blocks {
            // Other kinds of blocks may be from newer versions.
            if &*block.kind.name != "provider" {
                continue;
            }
            match provider(block) {
                Ok((address, locked)) => {
                    if lock.providers.insert(address, locked).is_some() {
                        let detail = "This provider is in the file already.";
                        diagnostics.push(invalid(detail.into(), block));
                    }
                }
                Err(why) => diagnostics.push(invalid(why, block)),
            }
        }
        (lock, diagnostics)
    }

    /// The file's text.
    pub fn render(&self) -> String {
        let mut text = HEADER.to_owned();
        for (address, locked) in &self.providers {
            let _ = write!(text, "\nprovider \"{address}\" {{\n");
            let _ = match locked.constraints.is_empty() {
                true => writeln!(text, "  version = \"{}\"", locked.version),
                false => writeln!(
                    text,
                    "  version     = \"{}\"\n  constraints = \"{}\"",
                    locked.version, locked.constraints
                ),
            };
            if !locked.hashes.is_empty() {
                text.push_str("  hashes = [\n");
                for hash in &locked.hashes {
                    let _ = writeln!(text, "    \"{hash}\",");
                }
                text.push_str("  ]\n");
            }
            text.push_str("}\n");
        }
        text
    }
}

fn invalid(why: String, block: &Block) -> Diagnostic {
    Diagnostic::error("Invalid dependency lock file", why).at(block.header)
}

fn provider(block: &Block) -> Result<(ProviderAddress, LockedProvider), String> {
    let [label] = &block.labels[..] else {
        return Err("A provider block has one label, the address of the provider.".into());
    };
    let address = label.text.parse::<ProviderAddress>().map_err(|e| format!("{e}."))?;
    if address.to_string() != *label.text {
        return Err(format!("The address must be written in full: \"{address}\"."));
    }
    let (attributes, _) = block.body.just_attributes();
    let find = |name: &str| attributes.iter().find(|a| &*a.name.name == name).map(|a| &a.expr);
    let version = find("version").and_then(text).ok_or("A provider block has a version, a string.")?;
    let version = version.parse().map_err(|e| format!("The version {version:?}: {e}."))?;
    let constraints = match find("constraints") {
        None => String::new(),
        Some(expr) => text(expr).ok_or("The constraints must be a string.")?,
    };
    let hashes = match find("hashes") {
        None => BTreeSet::new(),
        Some(expr) => texts(expr).ok_or("The hashes must be a list of strings.")?,
    };
    if let Some(bad) = hashes.iter().find(|hash| !hash.contains(':')) {
        return Err(format!("{bad:?} is not a hash: it must begin with its scheme, as in \"h1:\"."));
    }
    Ok((address, LockedProvider { version, constraints, hashes }))
}

fn text(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Literal(value) => value.as_str().map(str::to_owned),
        _ => None,
    }
}

fn texts(expr: &Expr) -> Option<BTreeSet<String>> {
    let ExprKind::Tuple(items) = &expr.kind else { return None };
    items.iter().map(text).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const FILE: &str = r#"# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.

provider "registry.terraform.io/hashicorp/aws" {
  version     = "3.39.0"
  constraints = ">= 3.0.0, ~> 3.39"
  hashes = [
    "h1:aaa=",
    "zh:bbb",
  ]
}

provider "registry.terraform.io/hashicorp/null" {
  version = "3.2.1"
}
"#;

    #[test]
    fn what_terraform_wrote_is_written_again() {
        let (lock, problems) = LockFile::parse(".terraform.lock.hcl", FILE, &mut SourceMap::default());
        assert!(problems.is_empty(), "{problems:?}");
        let aws = &lock.providers[&"hashicorp/aws".parse().unwrap()];
        assert_eq!((aws.version.to_string(), aws.hashes.len()), ("3.39.0".into(), 2));
        let body = |text: &str| text.split_once("\n\n").map(|(_, body)| body.to_owned());
        assert_eq!(body(&lock.render()), body(FILE));
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, why) in [
            ("provider {\n}\n", "one label"),
            ("provider \"hashicorp/aws\" {\n  version = \"1.0.0\"\n}\n", "in full"),
            ("provider \"h.example/a/b\" {\n}\n", "has a version"),
            ("provider \"h.example/a/b\" {\n  version = \"x\"\n}\n", "The version \"x\""),
            ("provider \"h.example/a/b\" {\n  version = \"1.0.0\"\n  hashes = [\"abc\"]\n}\n", "not a hash"),
            ("provider \"h.example/a/b\" {\n  version = \"1.0.0\"\n  hashes = 1\n}\n", "list of strings"),
        ] {
            let (_, problems) = LockFile::parse("lock", text, &mut SourceMap::default());
            let found = problems.iter().any(|p| p.is_error() && p.detail.contains(why));
            assert!(found, "{text}: {problems:?}");
        }
    }
}
