//! The configuration as it is written: which expressions are constant and what the others refer to.

use super::traversal::{has_calls, traversals};
use super::value::plain_json;
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;
use terrane_address::{ModulePath, ProviderAddress, ProviderConfigAddress};
use terrane_config::{
    Config, Dependency, Module, ModuleCall, Output, ProviderBlock, Provisioner, Repetition, ResourceBlock,
    Variable,
};
use terrane_diagnostics::{Diagnostic, Span};
use terrane_lang::{FunctionContext, Resolved, Scope, Step, Subject, evaluate};
use terrane_provider::Schemas;
use terrane_schema::{Block, Nesting};
use terrane_syntax::{Body, BodySchema, Expr, ExprKind, ObjectKey};
use terrane_value::{Value, convert};

/// The member `configuration` of a plan.
pub(crate) fn configuration_json(config: &Config, schemas: &Schemas) -> Json {
    let mut uses = HashSet::new();
    for (resource, provider) in &config.resource_providers {
        uses.insert((resource.module.clone(), provider.provider.clone()));
    }
    for (path, module) in &config.modules {
        uses.extend(module.required_providers.values().map(|r| (path.clone(), r.source.clone())));
    }
    let view = View { config, schemas, uses };
    let mut out = Map::new();
    let providers = view.providers();
    if !providers.is_empty() {
        out.insert("provider_config".into(), Json::Object(providers));
    }
    out.insert("root_module".into(), view.module(&ModulePath::root()));
    Json::Object(out)
}

struct View<'a> {
    config: &'a Config,
    schemas: &'a Schemas,
    /// Which modules use or require which providers.
    uses: HashSet<(ModulePath, ProviderAddress)>,
}

impl View<'_> {
    /// Every provider configuration that is declared, or implied by a resource, by its key.
    fn providers(&self) -> Map<String, Json> {
        let mut found = std::collections::BTreeMap::new();
        for (path, module) in &self.config.modules {
            for block in module.providers.values() {
                let address = module.provider_address(&block.local_name);
                let key = self.provider_key(path, &address, block.alias.as_deref());
                found.insert(key, self.provider(path, &address, &block.local_name, Some(block)));
            }
            if path.is_root() {
                for (name, required) in &module.required_providers {
                    let entry = found.entry(name.to_string());
                    entry.or_insert_with(|| self.provider(path, &required.source, name, None));
                }
            }
        }
        for (resource, provider) in &self.config.resource_providers {
            let module = self.provider_module(&resource.module, provider);
            let key = self.provider_key(&module, &provider.provider, provider.alias.as_deref());
            let name = self.local_name(&module, &provider.provider);
            found.entry(key).or_insert_with(|| self.provider(&module, &provider.provider, &name, None));
        }
        found.into_iter().collect()
    }

    fn provider(
        &self,
        module: &ModulePath,
        address: &ProviderAddress,
        local_name: &str,
        block: Option<&ProviderBlock>,
    ) -> Json {
        let mut out = Map::new();
        out.insert("name".into(), json!(local_name));
        out.insert("full_name".into(), json!(address.to_string()));
        if let Some(alias) = block.and_then(|b| b.alias.as_ref()) {
            out.insert("alias".into(), json!(alias));
        }
        let required = self.config.module(module).and_then(|m| m.required_providers.get(local_name));
        let versions: Vec<&str> =
            required.iter().flat_map(|r| r.versions.iter().map(|(v, _)| v.as_str())).collect();
        if !versions.is_empty() {
            out.insert("version_constraint".into(), json!(versions.join(", ")));
        }
        if !module.is_root() {
            out.insert("module_address".into(), json!(module.to_string()));
        }
        if let Some(block) = block {
            let schema = self.schemas.get(address).map(|s| &s.provider.block);
            insert_expressions(&mut out, &block.body, schema, ProviderBlock::META_ARGUMENTS);
        }
        Json::Object(out)
    }

    fn local_name(&self, module: &ModulePath, address: &ProviderAddress) -> String {
        let module = self.config.module(module);
        let named = module.and_then(|m| {
            let mut all = m.required_providers.iter().filter(|(_, r)| r.source == *address);
            // The provider's own name is the likelier one when several names mean it.
            let own = m.required_providers.get(&address.type_name).filter(|r| r.source == *address);
            own.map(|_| address.type_name.to_string())
                .or_else(|| all.next().map(|(name, _)| name.to_string()))
        });
        named.unwrap_or_else(|| address.type_name.to_string())
    }

    /// The module under whose name the provider configuration of a resource in `module` is
    /// shown. One that no block declares is shown for the module that uses it, or for the
    /// outermost of its parents that use the provider too, without a gap between.
    fn provider_module(&self, module: &ModulePath, provider: &ProviderConfigAddress) -> ModulePath {
        let declared = self.config.module(&provider.module).is_some_and(|m| {
            m.providers.values().any(|block| {
                block.alias == provider.alias && m.provider_address(&block.local_name) == provider.provider
            })
        });
        if declared || provider.alias.is_some() {
            return provider.module.clone();
        }
        let mut shown = module.clone();
        while let Some(parent) = shown
            .split()
            .map(|(parent, _)| parent)
            .filter(|parent| self.uses.contains(&(parent.clone(), provider.provider.clone())))
        {
            shown = parent;
        }
        shown
    }

    /// `aws`, `aws.west`, `module.a:aws`.
    fn provider_key(&self, module: &ModulePath, address: &ProviderAddress, alias: Option<&str>) -> String {
        let name = self.local_name(module, address);
        let prefix = if module.is_root() { String::new() } else { format!("{module}:") };
        let alias = alias.map(|a| format!(".{a}")).unwrap_or_default();
        format!("{prefix}{name}{alias}")
    }

    fn module(&self, path: &ModulePath) -> Json {
        let mut out = Map::new();
        let Some(module) = self.config.module(path) else { return Json::Object(out) };
        if !module.outputs.is_empty() {
            let outputs = module.outputs.iter().map(|(name, o)| (name.to_string(), output(o)));
            out.insert("outputs".into(), Json::Object(outputs.collect()));
        }
        if !module.resources.is_empty() {
            let resources = module.resources.values().map(|block| self.resource(path, block));
            out.insert("resources".into(), resources.collect());
        }
        if !module.calls.is_empty() {
            let calls = module.calls.iter().map(|(name, call)| (name.to_string(), self.call(path, call)));
            out.insert("module_calls".into(), Json::Object(calls.collect()));
        }
        if !module.variables.is_empty() {
            out.insert("variables".into(), variables(module));
        }
        Json::Object(out)
    }

    fn resource(&self, path: &ModulePath, block: &ResourceBlock) -> Json {
        let resource = &block.resource;
        let address = terrane_address::ConfigResource { module: path.clone(), resource: resource.clone() };
        let provider = self.config.resource_providers.get(&address);
        let mut out = Map::new();
        out.insert("address".into(), json!(resource.to_string()));
        out.insert("mode".into(), json!(resource.mode.as_str()));
        out.insert("type".into(), json!(resource.type_name));
        out.insert("name".into(), json!(resource.name));
        let key = provider.map_or_else(
            || block.provider.local_name.to_string(),
            |p| {
                let module = self.provider_module(path, p);
                self.provider_key(&module, &p.provider, p.alias.as_deref())
            },
        );
        out.insert("provider_config_key".into(), json!(key));
        if !block.provisioners.is_empty() {
            out.insert("provisioners".into(), block.provisioners.iter().map(provisioner).collect());
        }
        let schema =
            provider.and_then(|p| self.schemas.resource(&p.provider, resource.mode, &resource.type_name));
        insert_expressions(&mut out, &block.body, schema.map(|s| &s.block), ResourceBlock::META_ARGUMENTS);
        out.insert("schema_version".into(), json!(schema.map_or(0, |s| s.version)));
        insert_repetition(&mut out, &block.repetition);
        insert_depends_on(&mut out, &block.depends_on);
        Json::Object(out)
    }

    fn call(&self, path: &ModulePath, call: &ModuleCall) -> Json {
        let mut out = Map::new();
        out.insert("source".into(), json!(call.source));
        insert_expressions(&mut out, &call.body, None, ModuleCall::META_ARGUMENTS);
        insert_repetition(&mut out, &call.repetition);
        out.insert("module".into(), self.module(&path.child(call.name.clone())));
        if let Some((version, _)) = &call.version {
            out.insert("version_constraint".into(), json!(version));
        }
        insert_depends_on(&mut out, &call.depends_on);
        Json::Object(out)
    }
}

fn output(output: &Output) -> Json {
    let mut out = Map::new();
    if output.sensitive {
        out.insert("sensitive".into(), json!(true));
    }
    if output.ephemeral {
        out.insert("ephemeral".into(), json!(true));
    }
    out.insert("expression".into(), expression(&output.expr));
    insert_depends_on(&mut out, &output.depends_on);
    if let Some(description) = output.description.as_ref().filter(|d| !d.is_empty()) {
        out.insert("description".into(), json!(description));
    }
    Json::Object(out)
}

/// The default of a variable, when it has one.
pub(super) fn default_value(variable: &Variable) -> Option<Value> {
    let value = variable.default.as_ref().and_then(constant)?;
    let value = variable.defaults.apply(&value);
    Some(convert(&value, &variable.ty).unwrap_or(value))
}

fn variables(module: &Module) -> Json {
    let variables = module.variables.values().map(|variable| {
        let mut out = Map::new();
        if let Some(value) = default_value(variable) {
            out.insert("default".into(), plain_json(&value, true));
        }
        if let Some(description) = variable.description.as_ref().filter(|d| !d.is_empty()) {
            out.insert("description".into(), json!(description));
        }
        if variable.sensitive {
            out.insert("sensitive".into(), json!(true));
        }
        if variable.ephemeral {
            out.insert("ephemeral".into(), json!(true));
        }
        (variable.name.to_string(), Json::Object(out))
    });
    Json::Object(variables.collect())
}

fn provisioner(provisioner: &Provisioner) -> Json {
    let mut out = Map::new();
    out.insert("type".into(), json!(provisioner.kind));
    insert_expressions(&mut out, &provisioner.body, None, &["when", "on_failure", "connection"]);
    Json::Object(out)
}

fn insert_repetition(out: &mut Map<String, Json>, repetition: &Repetition) {
    let (name, expr) = match repetition {
        Repetition::Count(expr) => ("count_expression", expr),
        Repetition::ForEach(expr) => ("for_each_expression", expr),
        Repetition::Single | Repetition::Enabled(_) => return,
    };
    let expression = expression(expr);
    if expression.as_object().is_some_and(|e| !e.is_empty()) {
        out.insert(name.into(), expression);
    }
}

fn insert_depends_on(out: &mut Map<String, Json>, depends_on: &[Dependency]) {
    if !depends_on.is_empty() {
        let names: Vec<String> = depends_on.iter().map(dependency).collect();
        out.insert("depends_on".into(), json!(names));
    }
}

fn dependency(dependency: &Dependency) -> String {
    match &dependency.reference.subject {
        Subject::Resource { mode, type_name, name, key, .. } => {
            let key = key.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{}{type_name}.{name}{key}", mode.prefix())
        }
        Subject::Module { name, key, output } => {
            let key = key.as_ref().map(ToString::to_string).unwrap_or_default();
            let output = output.as_ref().map(|o| format!(".{o}")).unwrap_or_default();
            format!("module.{name}{key}{output}")
        }
        Subject::Variable(name) => format!("var.{name}"),
        Subject::Local(name) => format!("local.{name}"),
        Subject::Count(name) => format!("count.{name}"),
        Subject::Each(name) => format!("each.{name}"),
        Subject::Path(name) => format!("path.{name}"),
        Subject::Terraform(name) => format!("terraform.{name}"),
        Subject::Own => "self".into(),
        Subject::Other(name) => name.to_string(),
    }
}

fn insert_expressions(out: &mut Map<String, Json>, body: &Body, schema: Option<&Block>, except: &[&str]) {
    let expressions = expressions(body, schema, except);
    if !expressions.is_empty() {
        out.insert("expressions".into(), Json::Object(expressions));
    }
}

/// The arguments and nested blocks of a body. Without a schema only arguments are seen.
fn expressions(body: &Body, schema: Option<&Block>, except: &[&str]) -> Map<String, Json> {
    let mut out = Map::new();
    let Some(schema) = schema else {
        let (attributes, _) = body.just_attributes();
        for attribute in attributes.iter().filter(|a| !except.contains(&&*a.name.name)) {
            out.insert(attribute.name.name.to_string(), expression(&attribute.expr));
        }
        return out;
    };
    let attributes: Vec<&str> =
        schema.attributes.keys().map(|k| &**k).filter(|k| !except.contains(k)).collect();
    let blocks: Vec<(&str, &[&str])> = (schema.blocks.iter())
        .map(|(name, b)| {
            let labels: &[&str] = if b.nesting == Nesting::Map { &["key"] } else { &[] };
            (&**name, labels)
        })
        .collect();
    let (content, _) = body.partial_content(&BodySchema::new(&attributes, &blocks));
    for attribute in &content.attributes {
        out.insert(attribute.name.name.to_string(), expression(&attribute.expr));
    }
    for (name, nested) in &schema.blocks {
        let mut inner = content.blocks(name).map(|b| {
            let label = b.labels.first().map(|l| l.text.to_string()).unwrap_or_default();
            (label, Json::Object(expressions(&b.body, Some(&nested.block), &[])))
        });
        match nested.nesting {
            Nesting::Single | Nesting::Group => {
                if let Some((_, block)) = inner.next() {
                    out.insert(name.to_string(), block);
                }
            }
            Nesting::Map => {
                let blocks: Map<String, Json> = inner.collect();
                if !blocks.is_empty() {
                    out.insert(name.to_string(), Json::Object(blocks));
                }
            }
            Nesting::List | Nesting::Set => {
                let blocks: Vec<Json> = inner.map(|(_, b)| b).collect();
                if !blocks.is_empty() {
                    out.insert(name.to_string(), Json::Array(blocks));
                }
            }
        }
    }
    out
}

/// An expression: its value when it is constant, otherwise what it refers to.
fn expression(expr: &Expr) -> Json {
    let mut out = Map::new();
    if let Some(literal) = json_literal(expr) {
        out.insert("constant_value".into(), literal);
    } else if let Some(value) = constant(expr) {
        out.insert("constant_value".into(), plain_json(&value, true));
        return Json::Object(out);
    }
    let references: Vec<String> = traversals(expr).iter().flat_map(|t| t.references()).collect();
    if !references.is_empty() {
        out.insert("references".into(), json!(references));
    }
    Json::Object(out)
}

/// An expression in JSON syntax as it is written, templates in it as text: that is its value as long
/// as nobody evaluates them. `None` for native syntax.
fn json_literal(expr: &Expr) -> Option<Json> {
    match &expr.kind {
        ExprKind::JsonString { text, .. } => Some(json!(text)),
        ExprKind::Tuple(elements) if !elements.is_empty() => elements.iter().map(json_part).collect(),
        ExprKind::Object(items) if !items.is_empty() => {
            let members = items.iter().map(|item| {
                let name = match &item.key {
                    ObjectKey::Expr(Expr { kind: ExprKind::JsonString { text, .. }, .. }) => text.to_string(),
                    _ => return None,
                };
                Some((name, json_part(&item.value)?))
            });
            members.collect::<Option<Map<String, Json>>>().map(Json::Object)
        }
        _ => None,
    }
}

fn json_part(expr: &Expr) -> Option<Json> {
    match &expr.kind {
        ExprKind::Literal(value) => Some(plain_json(value, true)),
        ExprKind::Tuple(elements) if elements.is_empty() => Some(json!([])),
        ExprKind::Object(items) if items.is_empty() => Some(json!({})),
        _ => json_literal(expr),
    }
}

/// The value of an expression without references and function calls.
fn constant(expr: &Expr) -> Option<terrane_value::Value> {
    if has_calls(expr) || !traversals(expr).is_empty() {
        return None;
    }
    let outcome = evaluate(expr, &Nothing(FunctionContext::default()));
    let valid = outcome.blocked.is_empty() && !outcome.diagnostics.has_errors();
    (valid && outcome.value.is_wholly_known()).then_some(outcome.value)
}

/// A scope in which there is nothing to refer to.
struct Nothing(FunctionContext);

impl Scope for Nothing {
    fn resolve(&self, root: &str, span: Span, _: &[Step]) -> Resolved {
        let detail = format!("There is nothing called {root} here.");
        Resolved::Failed(vec![Diagnostic::error("Invalid reference", detail).at(span)])
    }

    fn functions(&self) -> &FunctionContext {
        &self.0
    }
}
