//! Providers and their configurations.

use crate::{AddressError, InstanceKey, ModulePath};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A provider: `registry.terraform.io/hashicorp/aws`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderAddress {
    /// The registry's host name.
    pub hostname: Arc<str>,
    /// The namespace in the registry.
    pub namespace: Arc<str>,
    /// The provider's type name, which is also the prefix of its resource types.
    pub type_name: Arc<str>,
}

/// A provider configuration: which provider, declared in which module, under which alias.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderConfigAddress {
    /// The module whose `provider` block it is.
    pub module: ModulePath,
    /// The provider.
    pub provider: ProviderAddress,
    /// The alias; `None` for the default configuration.
    pub alias: Option<Arc<str>>,
    /// Which instance of a configuration with `for_each`.
    pub key: InstanceKey,
}

impl ProviderConfigAddress {
    /// The same configuration block, and the instance of it with this key.
    #[must_use]
    pub fn with_key(&self, key: InstanceKey) -> ProviderConfigAddress {
        ProviderConfigAddress { key, ..self.clone() }
    }

    /// The configuration block, whatever instance of it this is.
    #[must_use]
    pub fn block(&self) -> ProviderConfigAddress {
        self.with_key(InstanceKey::None)
    }
}

impl ProviderAddress {
    /// The registry that addresses without a host name mean.
    pub const DEFAULT_HOST: &'static str = "registry.terraform.io";

    /// `registry.terraform.io/hashicorp/TYPE`, which a type name alone means.
    pub fn default_for(type_name: &str) -> ProviderAddress {
        ProviderAddress {
            hostname: Self::DEFAULT_HOST.into(),
            namespace: "hashicorp".into(),
            type_name: type_name.into(),
        }
    }

    /// `terraform.io/builtin/terraform`.
    pub fn builtin() -> ProviderAddress {
        ProviderAddress {
            hostname: "terraform.io".into(),
            namespace: "builtin".into(),
            type_name: "terraform".into(),
        }
    }

    /// Whether this is the provider that is part of Terrane itself.
    pub fn is_builtin(&self) -> bool {
        &*self.hostname == "terraform.io" && &*self.namespace == "builtin"
    }

    /// The address without the parts that are default: `hashicorp/aws`.
    pub fn short(&self) -> String {
        if &*self.hostname == Self::DEFAULT_HOST {
            format!("{}/{}", self.namespace, self.type_name)
        } else {
            self.to_string()
        }
    }
}

impl fmt::Display for ProviderAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.hostname, self.namespace, self.type_name)
    }
}

/// Reads `aws`, `hashicorp/aws` and `host/namespace/type`.
impl FromStr for ProviderAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<ProviderAddress, AddressError> {
        let parts: Vec<&str> = text.split('/').collect();
        let valid = |p: &str| !p.is_empty() && p.chars().all(|c| c.is_alphanumeric() || "-_.:".contains(c));
        if !parts.iter().all(|p| valid(p)) {
            return Err(AddressError(format!("{text:?} is not a provider source address")));
        }
        let lower = |s: &str| Arc::<str>::from(s.to_lowercase());
        match parts[..] {
            [name] => Ok(ProviderAddress::default_for(&name.to_lowercase())),
            [namespace, name] => Ok(ProviderAddress {
                hostname: Self::DEFAULT_HOST.into(),
                namespace: lower(namespace),
                type_name: lower(name),
            }),
            [host, namespace, name] => Ok(ProviderAddress {
                hostname: lower(host),
                namespace: lower(namespace),
                type_name: lower(name),
            }),
            _ => Err(AddressError(format!(
                "{text:?} is not a provider source address: the form is [HOSTNAME/]NAMESPACE/TYPE"
            ))),
        }
    }
}

/// As in state files: `module.a.provider["registry.terraform.io/hashicorp/aws"].west["key"]`.
impl fmt::Display for ProviderConfigAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dot = if self.module.is_root() { "" } else { "." };
        write!(f, "{}{dot}provider[\"{}\"]", self.module, self.provider)?;
        match &self.alias {
            Some(alias) => write!(f, ".{alias}{}", self.key),
            None => write!(f, "{}", self.key),
        }
    }
}
