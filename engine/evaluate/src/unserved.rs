//! Types that a provider has elsewhere and not here: they are known by name only, so that a
//! configuration may declare them as long as it wants no instance of them.

use crate::Evaluator;
use crate::scope::ModuleScope;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use terrane_address::{Mode, ProviderAddress, ProviderConfigAddress};
use terrane_config::ResourceBlock;
use terrane_diagnostics::{Diagnostic, Diagnostics, Span, nearest};
use terrane_lang::{Outcome, evaluate};
use terrane_provider::ProviderSchema;
use terrane_syntax::Body;

/// What an instance of such a type is told.
pub(crate) fn refusal(provider: &ProviderAddress, kind: &str, type_name: &str) -> Diagnostic {
    let provider = provider.short();
    let detail = format!(
        "The native provider {provider} does not have the {kind} {type_name:?} yet, so that there can be no \
         instances of it. The provider's plugin has them. {}",
        use_the_plugin(&provider)
    );
    Diagnostic::error(format!("A {kind} that the native provider does not have"), detail)
}

/// Says of arguments and blocks that a native provider does not have, and that are no misspelled ones, where they may be.
pub(crate) fn told(ev: &Evaluator<'_>, provider: &ProviderAddress, mut outcome: Outcome) -> Outcome {
    let partly = |schema: &Arc<ProviderSchema>| schema.unserved.and_others;
    if !ev.inputs().schemas.get(provider).is_some_and(partly) {
        return outcome;
    }
    let provider = provider.short();
    let tell = |mut problem: Diagnostic| {
        if problem.detail.ends_with("expected here.") {
            problem.detail += &format!(
                " The native provider {provider}, which calls stable APIs only, does not have it; the plugin may. {}",
                use_the_plugin(&provider)
            );
        }
        problem
    };
    outcome.diagnostics = outcome.diagnostics.into_iter().map(tell).collect();
    outcome
}

/// How the plugin takes the native provider's place.
fn use_the_plugin(provider: &str) -> String {
    format!(
        "To have that, exclude the native one in the CLI configuration, with \
         provider_installation {{ native {{ exclude = [{provider:?}] }} direct {{}} }}, and run \"terrane init\"."
    )
}

/// Whether a type is one of them: by its name, or where not all names are known because it is not just a served
/// one misspelled.
pub(crate) fn is_unserved(schema: &ProviderSchema, mode: Mode, type_name: &str) -> bool {
    let served = match mode {
        Mode::Managed => &schema.resources,
        Mode::Data => &schema.data_sources,
        Mode::Ephemeral => return false,
    };
    schema.unserved.contains(mode, type_name)
        || schema.unserved.and_others
            && !served.contains_key(type_name)
            && nearest(type_name, served.keys().map(|name| &**name)).is_none()
}

/// Those that a configuration declares.
#[derive(Default)]
pub(crate) struct Met(BTreeMap<String, (BTreeSet<String>, Option<Span>)>);

impl Met {
    /// Whether the block's type is one of them; it is then mentioned later.
    pub(crate) fn meet(
        &mut self,
        ev: &Evaluator<'_>,
        block: &ResourceBlock,
        provider: &ProviderConfigAddress,
    ) -> bool {
        let resource = &block.resource;
        let schema = ev.inputs().schemas.get(&provider.provider);
        if !schema.is_some_and(|s| is_unserved(s, resource.mode, &resource.type_name)) {
            return false;
        }
        let name = match resource.mode {
            Mode::Data => format!("data {}", resource.type_name),
            _ => resource.type_name.to_string(),
        };
        let (names, first) = self.0.entry(provider.provider.short().to_string()).or_default();
        names.insert(name);
        first.get_or_insert(block.span);
        true
    }

    /// One warning for each provider.
    pub(crate) fn warnings(&self) -> Diagnostics {
        let warning = |(provider, (names, first)): (&String, &(BTreeSet<String>, Option<Span>))| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let detail = format!(
                "The native provider {provider} knows these types by name only, so that their arguments are not \
                 checked, and there can be no instances of them: {}.",
                names.join(", ")
            );
            let warning = Diagnostic::warning("Types that are not checked", detail);
            match first {
                Some(span) => warning.at(*span),
                None => warning,
            }
        };
        self.0.iter().map(warning).collect()
    }
}

/// The values of all expressions in a body whose schema nobody knows. What `dynamic` blocks repeat has
/// names of its own, so that only what they repeat over is looked at.
pub(crate) fn expressions(body: &Body, scope: &ModuleScope<'_, '_>) -> Vec<Outcome> {
    let mut found = Vec::new();
    look(body, true, scope, &mut found);
    found
}

fn look(body: &Body, outermost: bool, scope: &ModuleScope<'_, '_>, found: &mut Vec<Outcome>) {
    // What is a block and what an argument cannot be told in JSON without a schema.
    let Body::Native(body) = body else { return };
    let is_meta = |name: &str| outermost && ResourceBlock::META_ARGUMENTS.contains(&name);
    for attribute in body.attributes.iter().filter(|a| !is_meta(&a.name.name)) {
        found.push(evaluate(&attribute.expr, scope));
    }
    for block in body.blocks.iter().filter(|b| !is_meta(&b.kind.name)) {
        if &*block.kind.name != "dynamic" {
            look(&block.body, false, scope, found);
        } else if let Body::Native(dynamic) = &block.body {
            let repeated = dynamic.attributes.iter().find(|a| &*a.name.name == "for_each");
            found.extend(repeated.map(|a| evaluate(&a.expr, scope)));
        }
    }
}
