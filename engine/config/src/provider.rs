//! Provider requirements, configurations and references to them.

use std::sync::Arc;
use terrane_address::ProviderAddress;
use terrane_diagnostics::Span;
use terrane_syntax::Body;

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
    /// Its arguments, meta-arguments included ([`ProviderBlock::META_ARGUMENTS`]).
    pub body: Body,
    /// The block's header.
    pub span: Span,
}

impl ProviderBlock {
    /// Arguments that belong to the language and not to the provider.
    pub const META_ARGUMENTS: &'static [&'static str] = &["alias", "version", "for_each"];
}

/// A reference to a provider configuration of the same module: `aws`, `aws.west`.
#[derive(Clone, Debug)]
pub struct ProviderRef {
    /// The provider's local name.
    pub local_name: Arc<str>,
    /// The alias.
    pub alias: Option<Arc<str>>,
    /// Where it stands; the resource's header when it is implied.
    pub span: Span,
}
