//! What a provider has elsewhere and not here. Types are known by name only, so that a configuration may declare them as
//! long as it wants no instance of them; arguments and blocks of those that are served may be there likewise, as long as
//! they are null, and `dynamic` blocks make none, or there is no instance that has them.

use crate::Evaluator;
use crate::scope::ModuleScope;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use terrane_address::{Mode, ProviderAddress, ProviderConfigAddress};
use terrane_config::{Repetition, ResourceBlock};
use terrane_diagnostics::{Diagnostic, Diagnostics, Span, nearest};
use terrane_lang::{Outcome, Scope, decode_body, evaluate};
use terrane_provider::ProviderSchema;
use terrane_schema::Block;
use terrane_syntax::{Block as SourceBlock, Body, Expr};
use terrane_value::Value;

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

/// The object that a resource describes, without what its native provider does not have and the body does not give
/// either. Whoever validates takes what is not known for that, too, and what only instances have of which there may be
/// none. `names` gets what was left out.
pub(crate) fn decode(
    ev: &Evaluator<'_>,
    provider: &ProviderAddress,
    (block, schema): (&ResourceBlock, &Block),
    scope: &ModuleScope<'_, '_>,
    names: &mut Vec<String>,
) -> Outcome {
    let partly = |schema: &Arc<ProviderSchema>| schema.unserved.and_others;
    if !ev.inputs().schemas.get(provider).is_some_and(partly) {
        return decode_body(&block.body, schema, ResourceBlock::META_ARGUMENTS, scope);
    }
    let validating = ev.inputs().validating;
    let maybe_none = validating && !matches!(block.repetition, Repetition::Single);
    let mut left = Left { scope, validating, maybe_none, names, blocked: BTreeSet::new() };
    let body = match has_only_served(&block.body, schema, true) {
        true => Cow::Borrowed(&block.body),
        false => left.without(&block.body, schema, true),
    };
    let blocked = left.blocked;
    let mut outcome = decode_body(&body, schema, ResourceBlock::META_ARGUMENTS, scope);
    outcome.blocked.extend(blocked);
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

/// Whether a body may have an argument or block of this name, or one that it may be a misspelling of.
fn is_served(name: &str, schema: &Block, outermost: bool) -> bool {
    let known = || schema.attributes.keys().chain(schema.blocks.keys()).map(|name| &**name);
    outermost && ResourceBlock::META_ARGUMENTS.contains(&name)
        || schema.attributes.contains_key(name)
        || schema.blocks.contains_key(name)
        || nearest(name, known()).is_some()
}

/// Whether nothing is to be left out, as it is nearly always.
fn has_only_served(body: &Body, schema: &Block, outermost: bool) -> bool {
    let Body::Native(native) = body else { return true };
    let block = |block: &SourceBlock| {
        let kind = &*block.kind.name;
        let made = block.labels.first().filter(|_| kind == "dynamic").map_or(kind, |label| &label.text);
        let nested = schema.blocks.get(kind);
        is_served(made, schema, outermost)
            && nested.is_none_or(|nested| has_only_served(&block.body, &nested.block, false))
    };
    native.attributes.iter().all(|a| is_served(&a.name.name, schema, outermost))
        && native.blocks.iter().all(block)
}

/// What is left out of a body.
struct Left<'a> {
    scope: &'a dyn Scope,
    validating: bool,
    /// Whether nobody knows that there is an instance.
    maybe_none: bool,
    names: &'a mut Vec<String>,
    blocked: BTreeSet<Arc<str>>,
}

impl Left<'_> {
    fn without<'b>(&mut self, body: &'b Body, schema: &Block, outermost: bool) -> Cow<'b, Body> {
        // What is a block and what an argument cannot be told in JSON without a schema.
        let Body::Native(native) = body else { return Cow::Borrowed(body) };
        let mut rest = native.clone();
        let served = |name: &str| is_served(name, schema, outermost);
        rest.attributes.retain(|a| served(&a.name.name) || !self.is_nothing(&a.name.name, &a.expr));
        rest.blocks.retain(|block| {
            let (Some(label), Body::Native(dynamic)) = (block.labels.first(), &block.body) else {
                return served(&block.kind.name) || !self.is_of_none(&block.kind.name);
            };
            let repeated = dynamic.attributes.iter().find(|a| &*a.name.name == "for_each");
            let made = &*block.kind.name == "dynamic" && !served(&label.text);
            !made || !repeated.is_some_and(|a| self.is_nothing(&label.text, &a.expr))
        });
        for block in &mut rest.blocks {
            if let Some(nested) = schema.blocks.get(&block.kind.name) {
                block.body = self.without(&block.body, &nested.block, false).into_owned();
            }
        }
        Cow::Owned(Body::Native(rest))
    }

    /// Whether the instances that would have it may be none.
    fn is_of_none(&mut self, name: &str) -> bool {
        if self.maybe_none {
            self.names.push(name.to_owned());
        }
        self.maybe_none
    }

    /// Whether the value of an argument or the collection of a `dynamic` block is null or empty.
    fn is_nothing(&mut self, name: &str, expr: &Expr) -> bool {
        let outcome = evaluate(expr, self.scope);
        if outcome.diagnostics.has_errors() {
            return false;
        }
        self.blocked.extend(outcome.blocked);
        let (value, _) = outcome.value.unmark_deep();
        let empty = || {
            value.as_slice().is_some_and(<[Value]>::is_empty)
                || value.as_map().is_some_and(BTreeMap::is_empty)
        };
        let nothing = if value.is_known() { value.is_null() || empty() } else { self.validating };
        if nothing {
            self.names.push(name.to_owned());
        }
        nothing || self.is_of_none(name)
    }
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
        self.note(block, provider, None);
        true
    }

    /// Notes a type or, with its name, an argument or block of one.
    pub(crate) fn note(
        &mut self,
        block: &ResourceBlock,
        provider: &ProviderConfigAddress,
        part: Option<&str>,
    ) {
        let resource = &block.resource;
        let mut name = match resource.mode {
            Mode::Data => format!("data {}", resource.type_name),
            _ => resource.type_name.to_string(),
        };
        if let Some(part) = part {
            name = format!("{part} of {name}");
        }
        let (names, first) = self.0.entry(provider.provider.short().to_string()).or_default();
        names.insert(name);
        first.get_or_insert(block.span);
    }

    /// One warning for each provider.
    pub(crate) fn warnings(&self) -> Diagnostics {
        let warning = |(provider, (names, first)): (&String, &(BTreeSet<String>, Option<Span>))| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let detail = format!(
                "The native provider {provider} knows these by name only, so that they are not checked, there can be no \
                 instances of types, and arguments must be null: {}.",
                names.join(", ")
            );
            let warning = Diagnostic::warning("Types and arguments that are not checked", detail);
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
