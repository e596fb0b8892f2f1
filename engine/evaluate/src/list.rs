//! What `list` blocks of query files ask for. They refer to what others of them have found, which nothing else does.

use crate::evaluator::finish;
use crate::scope::{Each, ModuleScope};
use crate::{Evaluated, Evaluator, Stop};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::{InstanceKey, ModuleInstance, ModulePath, ProviderConfigAddress};
use terrane_config::{ListBlock, Repetition};
use terrane_diagnostics::{Diagnostic, Diagnostics, Span, nearest};
use terrane_lang::{FunctionContext, Resolved, Scope, Step, decode_body, evaluate};
use terrane_schema::Block;
use terrane_syntax::Expr;
use terrane_value::{Kind, Type, Value, convert};

/// What the `list` blocks have found, by type and name; nothing for those that have not searched yet.
pub type FoundLists = BTreeMap<(Arc<str>, Arc<str>), Option<Value>>;

/// What one instance of a `list` block asks for.
#[derive(Clone, Debug)]
pub struct DesiredList {
    /// Which instance it is.
    pub key: InstanceKey,
    /// The provider configuration to search with.
    pub provider: ProviderConfigAddress,
    /// What the provider is told: an object of its schema for it, marked.
    pub config: Value,
    /// How many objects are wanted at most.
    pub limit: u64,
    /// Whether whole objects are wanted.
    pub include_resource: bool,
}

impl Evaluator<'_> {
    /// The instances of a `list` block, whose configuration is decoded by `schema`. While validating there is one, which stands
    /// for all.
    pub fn lists(
        &self,
        block: &ListBlock,
        schema: &Block,
        found: &FoundLists,
    ) -> Evaluated<Vec<DesiredList>> {
        let scope = |each| ListScope {
            module: ModuleScope::new(self, ModuleInstance::root(), each),
            found,
            validating: self.inputs.validating,
        };
        let mut warnings = Diagnostics::new();
        let instances = match &block.repetition {
            Repetition::Single => vec![(InstanceKey::None, Each::None)],
            Repetition::Enabled(expr) | Repetition::Count(expr) | Repetition::ForEach(expr) => {
                let (value, more) = finish(evaluate(expr, &scope(Each::None)))?;
                warnings.append(more);
                if self.inputs.validating {
                    vec![(InstanceKey::None, Each::Any)]
                } else {
                    let root = ModuleInstance::root();
                    let all = self.expansion_of(&root, &block.repetition, value, &|| block.to_string())?;
                    all.keys().into_iter().map(|key| (key.clone(), all.each(&key))).collect()
                }
            }
        };
        let mut lists = Vec::new();
        for (key, each) in instances {
            let list = self.list(block, schema, key, &each, &scope(each.clone()))?;
            warnings.append(list.1);
            lists.push(list.0);
        }
        Ok((lists, warnings))
    }

    fn list(
        &self,
        block: &ListBlock,
        schema: &Block,
        key: InstanceKey,
        each: &Each,
        scope: &dyn Scope,
    ) -> Evaluated<DesiredList> {
        let wanted = &block.provider;
        let root = ModulePath::root();
        let served = self.inputs.config.provider_config(&root, &wanted.local_name, wanted.alias.as_ref());
        let served = served.ok_or_else(|| {
            let detail = format!("{block} has no provider.");
            Stop::from(Diagnostic::error("Provider not known", detail).at(wanted.span))
        })?;
        let provider = match self.provider_key(&ModuleInstance::root(), wanted, each.clone())? {
            Some(key) => served.with_key(key),
            None => served,
        };
        let (config, warnings) = match &block.config {
            Some(body) => finish(decode_body(body, schema, &[], scope))?,
            None => (schema.empty_value(), Diagnostics::new()),
        };
        if let (None, Some(missing)) = (&block.config, schema.attributes.iter().find(|(_, a)| a.required)) {
            let detail = format!(
                "To list objects of type {}, the argument {:?} is needed in a \"config\" block.",
                block.type_name, missing.0
            );
            return Err(Diagnostic::error("Missing config block", detail).at(block.span).into());
        }
        let include_resource = self.list_flag(block.include_resource.as_ref(), scope)?;
        let limit = self.list_limit(block.limit.as_ref(), scope)?;
        Ok((DesiredList { key, provider, config, limit, include_resource }, warnings))
    }

    fn list_flag(&self, expr: Option<&Expr>, scope: &dyn Scope) -> Result<bool, Stop> {
        let Some(expr) = expr else { return Ok(false) };
        let (value, _) = finish(evaluate(expr, scope))?;
        let value = convert(&value.unmark_deep().0, &Type::Bool);
        match value.as_ref().map(Value::kind) {
            Ok(Kind::Bool(wanted)) => Ok(*wanted),
            Ok(Kind::Null(_)) => Ok(false),
            Ok(Kind::Unknown(..)) if self.inputs.validating => Ok(false),
            _ => Err(invalid("include_resource", "must be true or false", expr.span)),
        }
    }

    fn list_limit(&self, expr: Option<&Expr>, scope: &dyn Scope) -> Result<u64, Stop> {
        let Some(expr) = expr else { return Ok(ListBlock::LIMIT) };
        let (value, _) = finish(evaluate(expr, scope))?;
        let value = convert(&value.unmark_deep().0, &Type::Number);
        let number = match value.as_ref().map(Value::kind) {
            Ok(Kind::Number(number)) => number.to_i64().and_then(|n| u64::try_from(n).ok()),
            Ok(Kind::Null(_)) => Some(ListBlock::LIMIT),
            Ok(Kind::Unknown(..)) if self.inputs.validating => Some(ListBlock::LIMIT),
            _ => None,
        };
        number
            .filter(|n| *n > 0)
            .ok_or_else(|| invalid("limit", "must be a whole number above zero", expr.span))
    }
}

fn invalid(argument: &str, why: &str, span: Span) -> Stop {
    let detail = format!("The argument \"{argument}\" of a list block {why}.");
    Diagnostic::error(format!("Invalid \"{argument}\" argument"), detail).at(span).into()
}

/// The scope of an expression in a `list` block.
struct ListScope<'a, 'e, 'c> {
    module: ModuleScope<'e, 'c>,
    found: &'a FoundLists,
    validating: bool,
}

impl ListScope<'_, '_, '_> {
    fn found(&self, span: Span, steps: &[Step]) -> Resolved {
        let fail = |detail: String, span| {
            Resolved::Failed(vec![Diagnostic::error("Reference to undeclared list", detail).at(span)])
        };
        let (Some(Step::Attribute(type_name, _)), Some(Step::Attribute(name, at))) =
            (steps.first(), steps.get(1))
        else {
            let detail = "A resource type and a name must follow \"list\": list.TYPE.NAME.";
            return fail(detail.to_owned(), span);
        };
        let address = |(type_name, name): (&Arc<str>, &Arc<str>)| format!("list.{type_name}.{name}");
        let wanted = address((type_name, name));
        match self.found.get(&(type_name.clone(), name.clone())) {
            Some(Some(found)) => Resolved::Value(found.clone(), 2),
            Some(None) if self.validating => Resolved::Value(Value::UNKNOWN, 2),
            Some(None) => Resolved::Blocked(vec![wanted.into()]),
            None => {
                let declared: Vec<String> = self.found.keys().map(|(t, n)| address((t, n))).collect();
                let hint = nearest(&wanted, declared.iter().map(String::as_str));
                let hint = hint.map(|n| format!(" Did you mean {n}?")).unwrap_or_default();
                fail(format!("There is no block {wanted} in the query files.{hint}"), *at)
            }
        }
    }
}

impl Scope for ListScope<'_, '_, '_> {
    fn resolve(&self, root: &str, span: Span, steps: &[Step]) -> Resolved {
        match root {
            "list" => self.found(span, steps),
            _ => self.module.resolve(root, span, steps),
        }
    }

    fn functions(&self) -> &FunctionContext {
        self.module.functions()
    }

    fn call_provider_function(&self, name: &str, args: &[Value]) -> Option<Resolved> {
        self.module.call_provider_function(name, args)
    }

    fn is_builtin_provider(&self, local_name: &str) -> bool {
        self.module.is_builtin_provider(local_name)
    }
}
