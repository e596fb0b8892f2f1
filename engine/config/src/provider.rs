//! Provider requirements, configurations and references to them.

use std::fmt;
use std::sync::Arc;
use terrane_address::ProviderAddress;
use terrane_diagnostics::Span;
use terrane_syntax::{Body, Expr};

/// An entry of `required_providers`, or a provider implied by use.
#[derive(Clone, Debug)]
pub struct RequiredProvider {
    /// The provider.
    pub source: ProviderAddress,
    /// Version constraints with their places.
    pub versions: Vec<(String, Span)>,
    /// `configuration_aliases`.
    pub configuration_aliases: Vec<ProviderRef>,
    /// Where it is declared; `None` when it is implied.
    pub span: Option<Span>,
}

/// A `provider` block.
#[derive(Clone, Debug)]
pub struct ProviderBlock {
    /// The local name: the block's label.
    pub local_name: Arc<str>,
    /// `alias`.
    pub alias: Option<Arc<str>>,
    /// `for_each`: one configuration for each element, which `provider` arguments choose by key.
    pub for_each: Option<Expr>,
    /// `version`, the deprecated place of version constraints.
    pub version: Option<(String, Span)>,
    /// Its arguments, meta-arguments included ([`ProviderBlock::META_ARGUMENTS`]).
    pub body: Body,
    /// The block's header.
    pub span: Span,
}

impl ProviderBlock {
    /// Arguments that belong to the language and not to the provider.
    pub const META_ARGUMENTS: &'static [&'static str] = &["alias", "version", "for_each"];
}

/// A `provider_meta` block: what the module tells a provider of itself with each request.
#[derive(Clone, Debug)]
pub struct ProviderMeta {
    /// Its arguments.
    pub body: Body,
    /// The block's header.
    pub span: Span,
}

/// A reference to a provider configuration of the same module: `aws`, `aws.west`.
#[derive(Clone, Debug)]
pub struct ProviderRef {
    /// The provider's local name.
    pub local_name: Arc<str>,
    /// The alias.
    pub alias: Option<Arc<str>>,
    /// Which element of a configuration with `for_each`: `aws.by_region[each.key]`.
    pub key: Option<Expr>,
    /// Where it stands; the resource's header when it is implied.
    pub span: Span,
}

/// `aws`, `aws.west`.
impl fmt::Display for ProviderRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.local_name)?;
        match &self.alias {
            Some(alias) => write!(f, ".{alias}"),
            None => Ok(()),
        }
    }
}
