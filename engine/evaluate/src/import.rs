//! What `import` blocks ask for.

use crate::evaluator::finish;
use crate::expansion::for_each;
use crate::scope::{Each, ModuleScope};
use crate::{Evaluator, Expansion, Stop};
use terrane_address::{InstanceKey, ModuleInstance, ResourceInstance};
use terrane_config::{Import, ImportKey as Declared, import_target};
use terrane_diagnostics::{Context, Diagnostic, Span};
use terrane_lang::evaluate;
use terrane_provider::ImportKey;
use terrane_syntax::Expr;
use terrane_value::{Kind, Marks, Type, Value, convert};

/// One object that is to be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRequest {
    /// The instance that it becomes.
    pub to: ResourceInstance,
    /// What it is found by.
    pub key: ImportKey,
}

impl Evaluator<'_> {
    /// What an import block of the root module asks for: one object, or one for each element of its
    /// `for_each`.
    pub fn import_requests(&self, import: &Import) -> Result<Vec<ImportRequest>, Stop> {
        let Some(expr) = &import.for_each else { return Ok(vec![self.import_request(import, Each::None)?]) };
        let scope = ModuleScope::new(self, ModuleInstance::root(), Each::None);
        let value = finish(evaluate(expr, &scope))?.0;
        import_collection(&value.clone().unmark().0, expr.span)?;
        let expansion = for_each(self, &ModuleInstance::root(), expr, value)?;
        let Expansion::ForEach(map, _) = &expansion else { return Ok(Vec::new()) };
        (map.keys())
            .map(|key| self.import_request(import, expansion.each(&InstanceKey::String(key.clone()))))
            .collect()
    }

    fn import_request(&self, import: &Import, each: Each) -> Result<ImportRequest, Stop> {
        let scope = ModuleScope::new(self, ModuleInstance::root(), each);
        let target = import_target(&import.to).ok_or_else(|| {
            Stop::from(
                Diagnostic::error(
                    "Invalid import address expression",
                    "The \"to\" argument must be the address of a managed resource instance.",
                )
                .at(import.to.span),
            )
        })?;
        let mut module = ModuleInstance::root();
        for (name, key) in target.resource.module.0.iter().zip(&target.module_keys) {
            module = module.child(name.clone(), instance_key(key.as_ref(), &scope)?);
        }
        let key = instance_key(target.key.as_ref(), &scope)?;
        let to = ResourceInstance { module, resource: target.resource.resource.clone(), key };
        let expr = import.key.expr();
        let (value, _) = finish(evaluate(expr, &scope))?;
        let (summary, subject) = words(&import.key);
        let wrong = |detail: &str| {
            Stop::from(
                Diagnostic::error(summary, detail)
                    .at(expr.span)
                    .within(import.span)
                    .about(Context::Address, to.to_string()),
            )
        };
        if value.any_marks(&Marks::is_ephemeral) {
            return Err(wrong(&format!("{subject} cannot be ephemeral: it is stored in the plan.")));
        }
        if let Declared::Identity(_) = &import.key {
            let (identity, _) = value.unmark_deep();
            return match identity.kind() {
                Kind::Null(_) => Err(wrong("The identity cannot be null.")),
                _ if !identity.is_wholly_known() => Err(wrong(
                    "The import block \"identity\" argument depends on resource attributes that cannot be determined \
                     until apply, so Terrane cannot plan to import this resource. Apply what it depends on first \
                     (-target).",
                )),
                _ => Ok(ImportRequest { to, key: ImportKey::Identity(identity) }),
            };
        }
        let text = convert(&value.unmark_deep().0, &Type::String)
            .map_err(|e| wrong(&format!("The import ID value is unsuitable: {e}.")))?;
        match text.kind() {
            Kind::Null(_) => Err(wrong("The import ID cannot be null.")),
            Kind::String(id) if id.is_empty() => Err(wrong(
                "The import ID value evaluates to an empty string, please provide a non-empty value.",
            )),
            Kind::String(id) => Ok(ImportRequest { to, key: ImportKey::Id(id.clone()) }),
            _ => Err(wrong(
                "The import block \"id\" argument depends on resource attributes that cannot be determined until \
                 apply, so Terrane cannot plan to import this resource. Apply what it depends on first (-target).",
            )),
        }
    }
}

/// How messages about the argument begin: the summary, and the subject of the detail.
pub(crate) fn words(key: &Declared) -> (&'static str, &'static str) {
    match key {
        Declared::Id(_) => ("Invalid import id argument", "The import ID"),
        Declared::Identity(_) => ("Invalid import identity argument", "The identity"),
    }
}

/// Complains of a `for_each` that is no map and no set. The keys of a list are positions, and would be
/// other objects' keys as soon as the list changes.
pub(crate) fn import_collection(value: &Value, span: Span) -> Result<(), Diagnostic> {
    if matches!(value.ty(), Type::Map(_) | Type::Object(_) | Type::Set(_) | Type::Dynamic) {
        return Ok(());
    }
    let detail = format!(
        "The \"for_each\" of an import block must be a map or a set of strings, and this is {}.",
        value.ty().friendly_name()
    );
    Err(Diagnostic::error("Invalid for_each argument", detail).at(span))
}

fn instance_key(expr: Option<&Expr>, scope: &ModuleScope<'_, '_>) -> Result<InstanceKey, Stop> {
    let Some(expr) = expr else { return Ok(InstanceKey::None) };
    let (value, _) = finish(evaluate(expr, scope))?;
    let (value, marks) = value.unmark();
    let wrong = |detail: &str| {
        Stop::from(Diagnostic::error("Invalid import address expression", detail).at(expr.span))
    };
    if marks.is_sensitive() || marks.is_ephemeral() {
        return Err(wrong("The key of an instance cannot be sensitive or ephemeral."));
    }
    match value.kind() {
        Kind::String(key) => Ok(InstanceKey::String(key.clone())),
        Kind::Number(n) => {
            n.to_i64().and_then(|n| u64::try_from(n).ok()).map(InstanceKey::Int).ok_or_else(|| {
                wrong("The key of an instance must be a string or a whole number that is not negative.")
            })
        }
        Kind::Unknown(..) => Err(wrong(
            "The key depends on values that cannot be determined until apply, so Terrane cannot tell which instance \
             is meant.",
        )),
        _ => Err(wrong("The key of an instance must be a string or a whole number.")),
    }
}
