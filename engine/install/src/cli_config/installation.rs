//! The `provider_installation` block.

use super::{map_of, text_of};
use crate::provider::{Installation, Method, Patterns, Place, is_pattern};
use terrane_address::ProviderAddress;
use terrane_diagnostics::{Diagnostic, Diagnostics, Span};
use terrane_syntax::{Attribute, Block, Body, Expr, ExprKind, NativeBody};

fn error(detail: impl Into<String>, at: Span) -> Diagnostic {
    Diagnostic::error("Invalid provider_installation block", detail).at(at)
}

/// Reads the block.
pub(super) fn from_block(block: &Block) -> (Installation, Diagnostics) {
    let (mut installation, mut problems) = (Installation::default(), Diagnostics::new());
    let Body::Native(body) = &block.body else { return (installation, problems) };
    for inner in &body.blocks {
        let kind = &*inner.kind.name;
        let (attributes, more) = inner.body.just_attributes();
        problems.append(more);
        let mut patterns = Patterns::default();
        let mut place = None;
        for attribute in &attributes {
            let mut wanted = || problems.take(names(attribute));
            match (kind, &*attribute.name.name) {
                ("dev_overrides", _) => {}
                (_, "include") => patterns.include = wanted(),
                (_, "exclude") => patterns.exclude = wanted(),
                ("filesystem_mirror", "path") => place = text_of(&attribute.expr),
                ("network_mirror", "url") => place = text_of(&attribute.expr),
                (_, other) => {
                    problems.push(error(
                        format!("A {kind} block has no argument {other:?}."),
                        attribute.name.span,
                    ));
                }
            }
        }
        let mut needs = |argument: &str| {
            problems.push(error(
                format!("A {kind} block needs the argument {argument}, a string."),
                inner.header,
            ));
        };
        let place = match (kind, place) {
            ("native", _) => {
                installation.native = Some(patterns);
                continue;
            }
            ("direct", _) => Place::Direct,
            ("filesystem_mirror", Some(path)) => Place::Filesystem(path.into()),
            ("network_mirror", Some(url)) => Place::Network(url),
            ("filesystem_mirror", None) => {
                needs("path");
                continue;
            }
            ("network_mirror", None) => {
                needs("url");
                continue;
            }
            _ => {
                let detail = format!(
                    "There is no installation method {kind:?}; there are native, filesystem_mirror, network_mirror, direct and \
                     dev_overrides."
                );
                problems.push(error(detail, inner.header));
                continue;
            }
        };
        installation.methods.push(Method { place, patterns });
    }
    overrides(body, &mut installation, &mut problems);
    (installation, problems)
}

/// `dev_overrides`, whose names are addresses: an attribute with a map, or a block of arguments.
fn overrides(body: &NativeBody, installation: &mut Installation, problems: &mut Diagnostics) {
    let mut add = |name: &str, path: Option<String>, at: Span| match (name.parse::<ProviderAddress>(), path) {
        (Ok(address), Some(path)) => {
            installation.dev_overrides.insert(address, path.into());
        }
        (Err(e), _) => problems.push(error(format!("{e}."), at)),
        (_, None) => problems.push(error("The path of a provider must be a string.", at)),
    };
    for attribute in body.attributes.iter().filter(|a| &*a.name.name == "dev_overrides") {
        let Some(map) = map_of(&attribute.expr) else {
            add("a/b", None, attribute.expr.span);
            continue;
        };
        map.into_iter().for_each(|(name, path)| add(&name, Some(path), attribute.expr.span));
    }
}

fn names(attribute: &Attribute) -> (Vec<String>, Diagnostics) {
    let mut problems = Diagnostics::new();
    let ExprKind::Tuple(items) = &attribute.expr.kind else {
        let detail = format!("The argument {:?} must be a list of patterns.", &*attribute.name.name);
        return (Vec::new(), error(detail, attribute.expr.span).into());
    };
    let mut name = |item: &Expr| {
        let text = text_of(item).filter(|text| is_pattern(text));
        if text.is_none() {
            let detail = "A pattern is an address such as \"hashicorp/aws\", or \"example.com/*/*\" with * for the later parts.";
            problems.push(error(detail, item.span));
        }
        text
    };
    let names = items.iter().filter_map(&mut name).collect();
    (names, problems)
}

/// Reads the block from JSON. What cannot be read is passed over.
pub(super) fn from_json(json: &serde_json::Value) -> Installation {
    let mut installation = Installation::default();
    let list = |value: &serde_json::Value, name: &str| -> Vec<String> {
        let items = value.get(name).and_then(|v| v.as_array()).into_iter().flatten();
        items.filter_map(|v| v.as_str().map(str::to_owned)).filter(|p| is_pattern(p)).collect()
    };
    // One object, or a list of them, which keeps the order of methods.
    let objects: Vec<&serde_json::Value> = match json.as_array() {
        Some(all) => all.iter().collect(),
        None => vec![json],
    };
    for (kind, value) in objects.into_iter().filter_map(|o| o.as_object()).flatten() {
        let blocks: Vec<&serde_json::Value> = match value.as_array() {
            Some(all) => all.iter().collect(),
            None => vec![value],
        };
        for block in blocks {
            let patterns = Patterns { include: list(block, "include"), exclude: list(block, "exclude") };
            let text = |name: &str| block.get(name).and_then(|v| v.as_str()).map(str::to_owned);
            let place = match kind.as_str() {
                "native" => {
                    installation.native = Some(patterns);
                    continue;
                }
                "dev_overrides" => {
                    for (name, path) in block.as_object().into_iter().flatten() {
                        if let (Ok(address), Some(path)) = (name.parse(), path.as_str()) {
                            installation.dev_overrides.insert(address, path.into());
                        }
                    }
                    continue;
                }
                "direct" => Some(Place::Direct),
                "filesystem_mirror" => text("path").map(|path| Place::Filesystem(path.into())),
                "network_mirror" => text("url").map(Place::Network),
                _ => None,
            };
            installation.methods.extend(place.map(|place| Method { place, patterns }));
        }
    }
    installation
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::{Place, read_cli_config};
    use terrane_diagnostics::SourceMap;

    #[test]
    fn methods_keep_their_order() {
        let native = r#"
provider_installation {
  native {
    exclude = ["hashicorp/aws"]
  }
  filesystem_mirror {
    path    = "/usr/share/providers"
    include = ["example.com/*/*"]
  }
  network_mirror {
    url = "https://mirror.example.com/providers/"
  }
  direct {
    exclude = ["example.com/*/*"]
  }
  dev_overrides {
    "ops/thing" = "/home/me/thing"
  }
}
"#;
        let json = r#"{"provider_installation": [
            {"native": {"exclude": ["hashicorp/aws"]}},
            {"filesystem_mirror": {"path": "/usr/share/providers", "include": ["example.com/*/*"]}},
            {"network_mirror": {"url": "https://mirror.example.com/providers/"}},
            {"direct": {"exclude": ["example.com/*/*"]}},
            {"dev_overrides": {"ops/thing": "/home/me/thing"}}]}"#;
        let mut sources = SourceMap::default();
        let (config, problems) = read_cli_config(".terraformrc", native, &mut sources);
        assert!(problems.is_empty(), "{problems:?}");
        let installation = config.installation.unwrap();
        let places: Vec<&Place> = installation.methods.iter().map(|m| &m.place).collect();
        let mirror = Place::Network("https://mirror.example.com/providers/".into());
        assert_eq!(places, [&Place::Filesystem("/usr/share/providers".into()), &mirror, &Place::Direct]);
        assert!(!installation.uses_native(&"hashicorp/aws".parse().unwrap()));
        assert!(!installation.uses_native(&"ops/thing".parse().unwrap()));
        assert!(installation.uses_native(&"hashicorp/google".parse().unwrap()));
        let (config, problems) = read_cli_config("a.tfrc.json", json, &mut sources);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(config.installation.unwrap(), installation);
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (block, why) in [
            ("filesystem_mirror {\n}\n", "needs the argument path"),
            ("network_mirror {\n  path = \"x\"\n}\n", "no argument"),
            ("magic {\n}\n", "no installation method"),
            ("direct {\n  include = \"a/b\"\n}\n", "list of patterns"),
            ("direct {\n  include = [\"*/b\"]\n}\n", "A pattern is"),
            ("dev_overrides {\n  \"a b\" = \"c\"\n}\n", "not a provider source address"),
        ] {
            let text = format!("provider_installation {{\n{block}}}\n");
            let (_, problems) = read_cli_config(".terraformrc", &text, &mut SourceMap::default());
            assert!(problems.iter().any(|p| p.detail.contains(why)), "{block}: {problems:?}");
        }
    }
}
