//! Modules of registries: `[HOST/]NAMESPACE/NAME/SYSTEM[//SUBDIRECTORY]`.

use super::{ModuleSourceError, split_subdirectory, subdirectory};
use crate::ProviderAddress;
use std::fmt;

/// A module of a registry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegistryModule {
    /// The registry's host name, in lower case, with its port unless that is 443.
    pub host: String,
    /// Whose module it is.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// What it is for: mostly the name of a provider.
    pub system: String,
    /// Where in the package the module is; empty for its top.
    pub subdirectory: String,
}

/// Hosts whose addresses mean repositories.
const NO_REGISTRIES: [&str; 3] = ["github.com", "bitbucket.org", "gitlab.com"];

impl RegistryModule {
    /// Reads an address; `None` when the text has another form.
    pub(super) fn parse(text: &str) -> Result<Option<RegistryModule>, ModuleSourceError> {
        if text.contains(['?', '@']) || text.contains("::") {
            return Ok(None);
        }
        let (package, below) = split_subdirectory(text);
        let parts: Vec<&str> = package.split('/').collect();
        let (host, rest) = match parts[..] {
            [_, _, _] => (ProviderAddress::DEFAULT_HOST.to_owned(), &parts[..]),
            [host, _, _, _] => match host_name(host) {
                Some(host) => (host, &parts[1..]),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let [namespace, name, system] = rest else { return Ok(None) };
        if !is_name(namespace) || !is_name(name) || !is_system(system) {
            return Ok(None);
        }
        Ok(Some(RegistryModule {
            host,
            namespace: (*namespace).to_owned(),
            name: (*name).to_owned(),
            system: (*system).to_owned(),
            subdirectory: subdirectory(below)?,
        }))
    }

    /// The address without the subdirectory and, when it is the default, the host.
    pub fn short(&self) -> String {
        let rest = format!("{}/{}/{}", self.namespace, self.name, self.system);
        if self.host == ProviderAddress::DEFAULT_HOST { rest } else { format!("{}/{rest}", self.host) }
    }

    /// The address without the subdirectory.
    pub fn package(&self) -> String {
        format!("{}/{}/{}/{}", self.host, self.namespace, self.name, self.system)
    }
}

impl fmt::Display for RegistryModule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.package())?;
        if self.subdirectory.is_empty() { Ok(()) } else { write!(f, "//{}", self.subdirectory) }
    }
}

/// A host name with a dot, and perhaps a port.
fn host_name(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let (name, port) = match lower.split_once(':') {
        Some((name, port)) => (name, Some(port.parse::<u16>().ok()?)),
        None => (lower.as_str(), None),
    };
    let label = |l: &str| {
        !l.is_empty()
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let valid = name.contains('.') && name.split('.').all(label) && !NO_REGISTRIES.contains(&name);
    valid.then(|| match port {
        Some(port) if port != 443 => format!("{name}:{port}"),
        _ => name.to_owned(),
    })
}

fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= 64
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(b))
}

fn is_system(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}
