//! `terraform` blocks: required versions and providers, backend, encryption.

use super::{Decoder, constant, label, names, provider};
use crate::{Backend, Constraint, ProviderMeta, RequiredProvider, VersionError};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::ProviderAddress;
use terrane_diagnostics::{Diagnostic, Span};
use terrane_syntax::{Attribute, Block, Content, Expr, ExprKind, ObjectItem, ObjectKey};

pub(super) fn decode(decoder: &mut Decoder<'_>, block: &Block) {
    let content = read(decoder, block);
    required_version(decoder, &content);
    let mut required = content.blocks("required_providers");
    if let Some(first) = required.next() {
        if let Some(earlier) = decoder.required_providers {
            let detail = format!(
                "A module may have only one required providers configuration. The required providers were \
                 previously configured at {}.",
                decoder.place(earlier)
            );
            decoder.error("Duplicate required providers configuration", detail, first.header);
        } else {
            decoder.required_providers = Some(first.header);
            required_providers(decoder, first);
        }
    }
    for extra in required {
        let detail = "A module may have only one required providers configuration.";
        decoder.error("Duplicate required providers configuration", detail, extra.header);
    }
    storage(decoder, &content);
}

/// A `terraform` block of an override file: what it sets replaces what was set before.
pub(crate) fn decode_override(decoder: &mut Decoder<'_>, block: &Block) {
    let content = read(decoder, block);
    if content.attribute("required_version").is_some() {
        decoder.module.required_versions.clear();
    }
    required_version(decoder, &content);
    for required in content.blocks("required_providers") {
        required_providers(decoder, required);
    }
    if content.blocks.iter().any(|b| &*b.kind.name == "backend" || &*b.kind.name == "cloud") {
        // What the same file has said is not replaced but repeated.
        let elsewhere = |span: Span| span.file != block.header.file;
        decoder.module.backend.take_if(|backend| elsewhere(backend.span));
        decoder.module.cloud.take_if(|cloud| elsewhere(*cloud));
    }
    storage(decoder, &content);
}

fn read(decoder: &mut Decoder<'_>, block: &Block) -> Content {
    let content = decoder.content(
        &block.body,
        &["required_version", "experiments", "language"],
        &[
            ("required_providers", &[]),
            ("backend", &["type"]),
            ("cloud", &[]),
            ("encryption", &[]),
            ("provider_meta", &["provider"]),
        ],
    );
    edition(decoder, &content);
    for meta in content.blocks("provider_meta") {
        let Some((provider, _)) = label(meta, 0) else { continue };
        if let Some(earlier) = decoder.provider_metas.insert(provider.clone(), meta.header) {
            let detail = format!(
                "A provider_meta block for provider \"{provider}\" was already given at {}.",
                decoder.place(earlier)
            );
            decoder.error("Duplicate provider_meta block", detail, meta.header);
        }
        let meta = ProviderMeta { body: meta.body.clone(), span: meta.header };
        decoder.module.provider_metas.insert(provider, meta);
    }
    content
}

/// `language` and `experiments`: there is one edition, and there are no experiments.
fn edition(decoder: &mut Decoder<'_>, content: &Content) {
    if let Some(argument) = content.attribute("language") {
        let edition = match &argument.expr.kind {
            ExprKind::Variable(name) => Some(name.clone()),
            ExprKind::JsonString { text, .. } => Some(text.clone()),
            _ => None,
        };
        match edition.as_deref() {
            Some("TF2021") => {}
            Some(other) => {
                let detail = format!("There is only the edition TF2021 of the language, and not {other}.");
                decoder.error("Unsupported language edition", detail, argument.expr.span);
            }
            None => {
                let detail = "The \"language\" argument expects a bare language edition keyword, and the only \
                              one is TF2021, which is also the default.";
                decoder.error("Invalid language edition", detail, argument.expr.span);
            }
        }
    }
    if let Some(argument) = content.attribute("experiments") {
        let detail = "Terrane has no experimental features of the language. What once was an experiment and \
                      has become part of the language needs no \"experiments\" argument: remove it.";
        decoder.error("Module uses experimental features", detail, argument.name.span);
    }
}

fn required_version(decoder: &mut Decoder<'_>, content: &Content) {
    let Some(argument) = content.attribute("required_version") else { return };
    if matches!(&argument.expr.kind, ExprKind::Literal(value) if value.is_null()) {
        return;
    }
    let Some(text) = decoder.string(content, "required_version") else { return };
    check_constraint(decoder, &text, argument.expr.span);
    if text.parse::<Constraint>().is_ok_and(|constraint| constraint.has_prerelease()) {
        let detail = format!(
            "A prerelease cannot be asked for: {text}. Take the prerelease out of the constraint; prereleases meet \
             those of their release."
        );
        decoder.error("Invalid required_version constraint", detail, argument.expr.span);
        return;
    }
    decoder.module.required_versions.push((text, argument.expr.span));
}

pub(super) fn check_constraint(decoder: &mut Decoder<'_>, text: &str, span: Span) {
    let parsed: Result<Constraint, VersionError> = text.parse();
    if let Err(error) = parsed {
        let detail = format!("This string does not use correct version constraint syntax: {error}.");
        decoder.error("Invalid version constraint", detail, span);
    }
}

fn storage(decoder: &mut Decoder<'_>, content: &Content) {
    for block in content.blocks("backend") {
        let Some((kind, _)) = label(block, 0) else { continue };
        if let Some(earlier) = &decoder.module.backend {
            let detail = format!(
                "A module may have only one backend configuration. The backend was previously configured at {}.",
                decoder.place(earlier.span)
            );
            decoder.error("Duplicate backend configuration", detail, block.header);
            continue;
        }
        decoder.module.backend = Some(Backend { kind, body: block.body.clone(), span: block.header });
    }
    for block in content.blocks("cloud") {
        if let Some(earlier) = decoder.module.cloud {
            let detail = format!(
                "A module may have only one 'cloud' block. HCP Terraform was previously configured at {}.",
                decoder.place(earlier)
            );
            decoder.error("Duplicate HCP Terraform configurations", detail, block.header);
            continue;
        }
        decoder.module.cloud = Some(block.header);
    }
    if let (Some(cloud), Some(backend)) = (decoder.module.cloud, &decoder.module.backend) {
        let detail = format!(
            "A module may have either a 'cloud' or a 'backend' block, but not both. A backend is configured at {}.",
            decoder.place(backend.span)
        );
        decoder.error("Both a backend and cloud configuration are present", detail, cloud);
    }
    for block in content.blocks("encryption") {
        if decoder.module.encryption.is_some() {
            let detail = "A module may have only one encryption configuration.";
            decoder.error("Duplicate encryption configuration", detail, block.header);
            continue;
        }
        decoder.module.encryption = Some(block.body.clone());
    }
}

fn required_providers(decoder: &mut Decoder<'_>, block: &Block) {
    let attributes = decoder.diagnostics.take(block.body.just_attributes());
    for attribute in attributes {
        let name = attribute.name.name.clone();
        if !names::is_provider_name(&name) {
            let detail = format!(
                "The local name of a provider has lower-case letters, digits and dashes. \"{name}\" is not such \
                 a name."
            );
            decoder.error("Invalid provider local name", detail, attribute.name.span);
            continue;
        }
        if let Some(required) = required_provider(decoder, &attribute) {
            decoder.module.required_providers.insert(name, required);
        }
    }
}

fn required_provider(decoder: &mut Decoder<'_>, attribute: &Attribute) -> Option<RequiredProvider> {
    let name = &attribute.name.name;
    let mut required = RequiredProvider {
        source: implied_source(name),
        versions: Vec::new(),
        configuration_aliases: Vec::new(),
        span: Some(attribute.name.span),
    };
    let expr = attribute.expr.without_parens();
    let items = match &expr.kind {
        ExprKind::Object(items) => items,
        _ if constant::literal_string(expr).is_some() => {
            version(decoder, expr, &mut required);
            return Some(required);
        }
        _ => {
            let detail = "required_providers entries must be strings or objects.";
            decoder.error("Invalid required_providers syntax", detail, expr.span);
            return None;
        }
    };
    for item in items {
        required_provider_item(decoder, name, item, &mut required);
    }
    Some(required)
}

fn required_provider_item(
    decoder: &mut Decoder<'_>,
    name: &str,
    item: &ObjectItem,
    required: &mut RequiredProvider,
) {
    let (key, key_span) = match &item.key {
        ObjectKey::Name(name) => (Some(name.name.clone()), name.span),
        ObjectKey::Expr(key) => (constant::literal_string(key), key.span),
    };
    match key.as_deref() {
        Some("version") => version(decoder, &item.value, required),
        Some("source") => {
            let Some(text) = constant::string(&item.value, &mut decoder.diagnostics) else { return };
            match text.parse::<ProviderAddress>() {
                Ok(source) => match source.type_name.strip_prefix("terraform-provider-") {
                    Some(name) => {
                        let detail = format!(
                            "The names of repositories begin with \"terraform-provider-\", the types of providers do \
                             not. Did you mean \"{}/{name}\"?",
                            source.namespace
                        );
                        decoder.error("Invalid provider type", detail, item.value.span);
                    }
                    None => required.source = source,
                },
                Err(error) => {
                    decoder.error("Invalid provider source string", format!("{error}."), item.value.span);
                }
            }
        }
        Some("configuration_aliases") => {
            let what = "the value of configuration_aliases";
            let elements = constant::list(&item.value, what, &mut decoder.diagnostics);
            for element in elements {
                let diagnostics = &mut decoder.diagnostics;
                let Some(alias) = provider::reference(element, "configuration_aliases", diagnostics) else {
                    continue;
                };
                if *alias.local_name == *name && alias.alias.is_none() && alias.key.is_none() {
                    // The default configuration, which a caller can always pass.
                    continue;
                }
                if *alias.local_name != *name || alias.key.is_some() {
                    let detail = format!(
                        "Configuration aliases must be of the form {name}.ALIAS, with the provider's own local name."
                    );
                    decoder.error("Invalid configuration_aliases value", detail, alias.span);
                    continue;
                }
                required.configuration_aliases.push(alias);
            }
        }
        _ => decoder.error(
            "Invalid required_providers object",
            "required_providers objects can only contain \"version\", \"source\" and \"configuration_aliases\" \
             attributes. To configure a provider, use a \"provider\" block.",
            key_span,
        ),
    }
}

fn version(decoder: &mut Decoder<'_>, expr: &Expr, required: &mut RequiredProvider) {
    let Some(text) = constant::string(expr, &mut decoder.diagnostics) else { return };
    check_constraint(decoder, &text, expr.span);
    required.versions.push((text, expr.span));
}

/// The provider that a local name means when nothing says otherwise.
pub(crate) fn implied_source(local_name: &str) -> ProviderAddress {
    if local_name == "terraform" {
        ProviderAddress::builtin()
    } else {
        ProviderAddress::default_for(local_name)
    }
}

/// Says when two local names mean one provider.
pub(super) fn check_sources(decoder: &mut Decoder<'_>) {
    let mut named: BTreeMap<ProviderAddress, Arc<str>> = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, required) in &decoder.module.required_providers {
        let Some(span) = required.span else { continue };
        match named.get(&required.source) {
            Some(first) => {
                let detail = format!(
                    "Provider {} with the local name \"{name}\" was previously required as \"{first}\". A \
                     provider should have one local name only in a module.",
                    required.source.short()
                );
                problems.push(Diagnostic::warning("Duplicate required provider", detail).at(span));
            }
            None => {
                named.insert(required.source.clone(), name.clone());
            }
        }
    }
    decoder.diagnostics.extend(problems);
}

/// Adds the providers that are used without an entry in `required_providers`, and the version
/// constraints of `provider` blocks.
pub(super) fn add_implied(module: &mut crate::Module) {
    let mut used: Vec<Arc<str>> = module.resources.values().map(|r| r.provider.local_name.clone()).collect();
    used.extend(module.actions.values().map(|a| a.provider.local_name.clone()));
    used.extend(module.providers.keys().map(|(name, _)| name.clone()));
    used.extend(module.imports.iter().filter_map(|i| i.provider.as_ref()).map(|p| p.local_name.clone()));
    used.extend(
        module.calls.values().flat_map(|c| &c.providers).map(|(_, parent)| parent.local_name.clone()),
    );
    imply(module, used);
    for block in module.providers.values() {
        if let (Some(version), Some(required)) =
            (&block.version, module.required_providers.get_mut(&block.local_name))
        {
            required.versions.push(version.clone());
        }
    }
}

/// Adds the providers with these local names that have no entry in `required_providers`.
pub(super) fn imply(module: &mut crate::Module, used: Vec<Arc<str>>) {
    for name in used {
        let source = implied_source(&name);
        module.required_providers.entry(name).or_insert_with(|| RequiredProvider {
            source,
            versions: Vec::new(),
            configuration_aliases: Vec::new(),
            span: None,
        });
    }
}
