//! The CLI configuration, as far as installing needs it: `credentials`, `credentials_helper`, `host`
//! and `provider_installation` blocks and the cache of provider packages. Other blocks and arguments are
//! for others, and passed over.

mod installation;

use crate::helper::CredentialsHelper;
use crate::provider::Installation;
use std::collections::BTreeMap;
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_syntax::{Attribute, Body, Expr, ExprKind, ObjectKey, parse_file};

/// What CLI configuration files say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CliConfig {
    /// By host name, in lower case.
    pub hosts: BTreeMap<String, HostSettings>,
    /// The program that knows tokens for other hosts.
    pub helper: Option<CredentialsHelper>,
    /// Where providers come from.
    pub installation: Option<Installation>,
    /// The directory that shares provider packages between working directories.
    pub plugin_cache_dir: Option<String>,
}

/// What is configured for a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostSettings {
    /// The token of a `credentials` block.
    pub token: Option<String>,
    /// The services of a `host` block, which are not asked of the host then.
    pub services: Option<BTreeMap<String, String>>,
}

impl CliConfig {
    /// Adds what `other` says and `self` does not.
    pub fn or(&mut self, other: CliConfig) {
        for (host, settings) in other.hosts {
            let mine = self.hosts.entry(host).or_default();
            mine.token = mine.token.take().or(settings.token);
            mine.services = mine.services.take().or(settings.services);
        }
        self.helper = self.helper.take().or(other.helper);
        self.installation = self.installation.take().or(other.installation);
        self.plugin_cache_dir = self.plugin_cache_dir.take().or(other.plugin_cache_dir);
    }
}

/// Reads the file of this name and content: JSON when its name ends so.
pub fn read(name: &str, text: &str, sources: &mut SourceMap) -> (CliConfig, Diagnostics) {
    let mut config = CliConfig::default();
    if name.ends_with(".json") {
        return match serde_json::from_str(text) {
            Ok(json) => (from_json(&json), Diagnostics::new()),
            Err(error) => {
                let detail = format!("{name} is not valid JSON: {error}.");
                (config, Diagnostic::error("Invalid CLI configuration", detail).into())
            }
        };
    }
    let file = sources.add(name, with_map_of_overrides(text));
    let (body, mut diagnostics) = parse_file(sources, file);
    let Body::Native(body) = body else { return (config, diagnostics) };
    let cache = body.attributes.iter().find(|a| &*a.name.name == "plugin_cache_dir");
    config.plugin_cache_dir = cache.and_then(|a| text_of(&a.expr));
    for block in &body.blocks {
        let kind = &*block.kind.name;
        if kind == "provider_installation" {
            config.installation = Some(diagnostics.take(installation::from_block(block)));
            continue;
        }
        if !matches!(kind, "credentials" | "credentials_helper" | "host") {
            continue;
        }
        let [label] = &block.labels[..] else {
            let label =
                if kind == "credentials_helper" { "the name of the program" } else { "the host name" };
            let detail = format!("A {kind} block has one label, {label}.");
            diagnostics.push(Diagnostic::error("Invalid CLI configuration", detail).at(block.header));
            continue;
        };
        let (attributes, _) = block.body.just_attributes();
        let find = |name: &str| attributes.iter().find(|a| &*a.name.name == name);
        let mut invalid = |attribute: &Attribute, what: &str| {
            let detail = format!("The argument {:?} must be {what}.", &*attribute.name.name);
            diagnostics.push(Diagnostic::error("Invalid CLI configuration", detail).at(attribute.expr.span));
        };
        if kind == "credentials_helper" {
            let args = find("args").and_then(|args| match list_of(&args.expr) {
                None => {
                    invalid(args, "a list of strings");
                    None
                }
                list => list,
            });
            config.helper =
                Some(CredentialsHelper { name: label.text.to_string(), args: args.unwrap_or_default() });
            continue;
        }
        let settings = config.hosts.entry(label.text.to_lowercase()).or_default();
        if kind == "credentials" {
            if let Some(token) = find("token") {
                match text_of(&token.expr) {
                    Some(text) => settings.token = Some(text),
                    None => invalid(token, "a string"),
                }
            }
        } else if let Some(services) = find("services") {
            match map_of(&services.expr) {
                Some(map) => settings.services = Some(map),
                None => invalid(services, "a map of service names to URLs"),
            }
        }
    }
    (config, diagnostics)
}

/// The text with `dev_overrides { "a/b" = "c" }`, which the older syntax of these files allows,
/// written as a map.
fn with_map_of_overrides(text: &str) -> String {
    let name = "dev_overrides";
    let mut parts = text.split(name);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        whole.push_str(name);
        if part.trim_start().starts_with('{') {
            whole.push_str(" =");
        }
        whole.push_str(part);
    }
    whole
}

fn from_json(json: &serde_json::Value) -> CliConfig {
    let mut config = CliConfig::default();
    let objects = |name: &str| json.get(name).and_then(|v| v.as_object()).into_iter().flatten();
    for (host, settings) in objects("credentials") {
        let token = settings.get("token").and_then(|t| t.as_str()).map(str::to_owned);
        config.hosts.entry(host.to_lowercase()).or_default().token = token;
    }
    for (host, settings) in objects("host") {
        let services = settings.get("services").and_then(|s| s.as_object()).into_iter().flatten();
        let services = services.filter_map(|(name, url)| Some((name.clone(), url.as_str()?.to_owned())));
        config.hosts.entry(host.to_lowercase()).or_default().services = Some(services.collect());
    }
    config.helper = objects("credentials_helper").next().map(|(name, settings)| {
        let args = settings.get("args").and_then(|a| a.as_array()).into_iter().flatten();
        let args = args.filter_map(|arg| arg.as_str().map(str::to_owned)).collect();
        CredentialsHelper { name: name.clone(), args }
    });
    config.plugin_cache_dir = json.get("plugin_cache_dir").and_then(|d| d.as_str()).map(str::to_owned);
    config.installation = json.get("provider_installation").map(installation::from_json);
    config
}

fn text_of(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Literal(value) => value.as_str().map(str::to_owned),
        _ => None,
    }
}

fn list_of(expr: &Expr) -> Option<Vec<String>> {
    let ExprKind::Tuple(items) = &expr.kind else { return None };
    items.iter().map(text_of).collect()
}

fn map_of(expr: &Expr) -> Option<BTreeMap<String, String>> {
    let ExprKind::Object(items) = &expr.kind else { return None };
    items
        .iter()
        .map(|item| {
            let name = match &item.key {
                ObjectKey::Name(name) => name.name.to_string(),
                ObjectKey::Expr(key) => text_of(key)?,
            };
            Some((name, text_of(&item.value)?))
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::read;
    use terrane_diagnostics::SourceMap;

    #[test]
    fn blocks_and_json_say_the_same() {
        let native = r#"
plugin_cache_dir = "$HOME/.terraform.d/plugin-cache"
credentials "App.example.com" {
  token = "secret"
}
host "app.example.com" {
  services = {
    "modules.v1" = "https://modules.example.com/v1/",
  }
}
credentials_helper "store" {
  args = ["--profile", "work"]
}
provider_installation {
  direct {}
}
"#;
        let json = r#"{"credentials": {"app.example.com": {"token": "secret"}},
            "credentials_helper": {"store": {"args": ["--profile", "work"]}},
            "host": {"app.example.com": {"services": {"modules.v1": "https://modules.example.com/v1/"}}}}"#;
        let mut sources = SourceMap::default();
        let (from_native, problems) = read(".terraformrc", native, &mut sources);
        assert!(problems.is_empty(), "{problems:?}");
        let (from_json, problems) = read("credentials.tfrc.json", json, &mut sources);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(from_native.hosts, from_json.hosts);
        assert_eq!(from_native.helper, from_json.helper);
        assert_eq!(from_native.helper.unwrap().args, ["--profile", "work"]);
        assert_eq!(from_native.plugin_cache_dir.as_deref(), Some("$HOME/.terraform.d/plugin-cache"));
        let host = &from_native.hosts["app.example.com"];
        assert_eq!(host.token.as_deref(), Some("secret"));
        assert_eq!(host.services.as_ref().unwrap()["modules.v1"], "https://modules.example.com/v1/");
    }

    #[test]
    fn what_is_wrong_is_told() {
        let mut sources = SourceMap::default();
        for text in [
            "credentials {\n}\n",
            "credentials \"a.b\" {\n  token = 1 + x\n}\n",
            "host \"a.b\" {\n  services = 1\n}\n",
            "credentials_helper {\n}\n",
            "credentials_helper \"a\" {\n  args = 1\n}\n",
        ] {
            let (_, problems) = read(".terraformrc", text, &mut sources);
            assert!(problems.has_errors(), "{text}");
        }
        assert!(read("a.tfrc.json", "{", &mut sources).1.has_errors());
    }
}
