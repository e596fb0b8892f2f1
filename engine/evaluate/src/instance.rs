//! What one resource instance should be.

use crate::evaluator::finish;
use crate::scope::ModuleScope;
use crate::{ConditionResult, Evaluated, Evaluator, Stop};
use std::collections::BTreeSet;
use terrane_address::{
    ConfigResource, InstanceKey, Mode, ModuleInstance, ProviderConfigAddress, Resource, ResourceInstance,
};
use terrane_config::{Dependency, ProvisionerWhen, ResourceBlock};
use terrane_diagnostics::{Context, Diagnostic, Diagnostics};
use terrane_lang::{Subject, evaluate};
use terrane_schema::Schema;
use terrane_value::{Kind, Path, Type, Value, convert};

/// What the configuration says of one resource instance.
#[derive(Clone, Debug)]
pub struct DesiredInstance {
    /// The instance.
    pub address: ResourceInstance,
    /// The provider configuration that serves it.
    pub provider: ProviderConfigAddress,
    /// Its configuration as an object of the provider's schema, marked.
    pub config: Value,
    /// The instances whose results its configuration, or their number, was made from.
    pub dependencies: BTreeSet<ResourceInstance>,
    /// The resources that `depends_on` names: its own, and those of the module calls around it.
    pub depends_on: BTreeSet<ConfigResource>,
    /// `create_before_destroy`.
    pub create_before_destroy: bool,
    /// `prevent_destroy`.
    pub prevent_destroy: bool,
    /// `ignore_changes`, when it lists paths.
    pub ignore_changes: Vec<Path>,
    /// Whether `ignore_changes` is `all`.
    pub ignore_all_changes: bool,
}

pub(crate) fn evaluate_instance(
    ev: &Evaluator<'_>,
    address: &ResourceInstance,
) -> Evaluated<DesiredInstance> {
    let block = resource_block(ev, address)?;
    let provider = ev.provider_of(address)?;
    if provider.key != InstanceKey::None && !ev.has_provider(&provider)? {
        // Says which instances there are.
        ev.provider_config(&provider).map_err(|stop| about(stop, address))?;
    }
    let schema = schema_of(ev, block, &provider)?;
    let expansion = ev.expand(&address.resource_address())?;
    let scope = ModuleScope::new(ev, address.module.clone(), expansion.each(&address.key));
    // What a precondition rules out may make no sense in the arguments.
    let (failed, _) = crate::condition::check_all(
        &block.lifecycle.preconditions,
        None,
        &scope,
        "Resource precondition failed",
    )?;
    if failed.has_errors() {
        return Err(about(Stop::Failed(failed), address));
    }
    let typed = (block, &schema.block);
    let decoded = crate::unserved::decode(ev, &provider.provider, typed, &scope, &mut Vec::new());
    let (config, mut warnings) = finish(decoded).map_err(|stop| about(stop, address))?;
    let misplaced = crate::ephemeral::problems(ev, &address.module, block, &schema.block, &config);
    if misplaced.has_errors() {
        return Err(Stop::Failed(with_address(misplaced, address)));
    }

    let mut origins = config.origins();
    // What they read must be there before the object is made. They get to see the object itself later.
    let unknown = Value::unknown(schema.block.implied_type());
    for when in [ProvisionerWhen::Create, ProvisionerWhen::Destroy] {
        let (provisioners, more) = ev.provisioners(address, when, &unknown).map_err(|s| about(s, address))?;
        warnings.append(more);
        for provisioner in provisioners {
            origins.extend(provisioner.config.origins());
            origins.extend(provisioner.connection.origins());
        }
    }
    origins.extend(expansion.marks().origins().cloned());
    let dependencies = origins.iter().filter_map(|o| o.parse().ok()).filter(|d| d != address).collect();
    let lifecycle = &block.lifecycle;
    let prevent_destroy = ev.prevent_destroy(address)?;
    let (ignore_changes, ignore_all_changes) = match &lifecycle.ignore_changes {
        terrane_config::IgnoreChanges::Nothing => (Vec::new(), false),
        terrane_config::IgnoreChanges::All => (Vec::new(), true),
        terrane_config::IgnoreChanges::Paths(paths) => {
            (paths.iter().map(|(p, _)| p.clone()).collect(), false)
        }
    };
    let desired = DesiredInstance {
        address: address.clone(),
        provider,
        config,
        dependencies,
        depends_on: depends_on(ev, address, block),
        create_before_destroy: lifecycle.create_before_destroy.unwrap_or(false),
        prevent_destroy,
        ignore_changes,
        ignore_all_changes,
    };
    Ok((desired, warnings))
}

impl Evaluator<'_> {
    /// Whether the instance must not be destroyed; false when the configuration no longer
    /// declares it.
    pub fn prevent_destroy(&self, address: &ResourceInstance) -> Result<bool, Stop> {
        let Some(block) = self.inputs().config.resource(&address.config()) else { return Ok(false) };
        let Some(expr) = &block.lifecycle.prevent_destroy else { return Ok(false) };
        let each = self.expand(&address.resource_address())?.each(&address.key);
        let scope = ModuleScope::new(self, address.module.clone(), each);
        bool_argument(finish(evaluate(expr, &scope))?.0, "prevent_destroy", expr.span)
    }

    /// Whether the postconditions of an instance hold for `object`.
    pub fn postconditions(
        &self,
        address: &ResourceInstance,
        object: &Value,
    ) -> Evaluated<Vec<ConditionResult>> {
        let block = resource_block(self, address)?;
        let expansion = self.expand(&address.resource_address())?;
        let scope = ModuleScope::new(self, address.module.clone(), expansion.each(&address.key))
            .with_self(object.clone());
        let (failed, results) = crate::condition::check_all(
            &block.lifecycle.postconditions,
            None,
            &scope,
            "Resource postcondition failed",
        )?;
        if failed.has_errors() { Err(about(Stop::Failed(failed), address)) } else { Ok((results, failed)) }
    }

    /// The values of the references in `replace_triggered_by` of an instance: each as the
    /// resource instances that it means (all of them when no key is given) and the path inside.
    pub fn replace_triggers(
        &self,
        address: &ResourceInstance,
    ) -> Result<Vec<(ResourceInstance, Path)>, Stop> {
        let block = resource_block(self, address)?;
        let expansion = self.expand(&address.resource_address())?;
        let mut found = Vec::new();
        for expr in &block.lifecycle.replace_triggered_by {
            let scope = ModuleScope::new(self, address.module.clone(), expansion.each(&address.key));
            let (value, _) = finish(evaluate(expr, &scope))?;
            let (references, problems) = terrane_lang::references(expr);
            if problems.has_errors() {
                return Err(Stop::Failed(problems));
            }
            let path = trigger_path(expr);
            found.extend(
                value
                    .origins()
                    .iter()
                    .filter_map(|o| o.parse().ok())
                    .filter(|origin: &ResourceInstance| {
                        references.iter().any(|r| {
                            matches!(&r.subject, Subject::Resource { type_name, name, .. }
                            if *type_name == origin.resource.type_name && *name == origin.resource.name)
                        })
                    })
                    .map(|origin| (origin, path.clone())),
            );
        }
        Ok(found)
    }
}

/// The attributes after the resource and its key: `aws_vpc.a["x"].tags.Name` gives `tags.Name`.
fn trigger_path(expr: &terrane_syntax::Expr) -> Path {
    use terrane_syntax::ExprKind;
    use terrane_value::PathStep;
    let mut steps = Vec::new();
    let mut at = expr;
    loop {
        match &at.kind {
            ExprKind::GetAttr(source, name) => {
                steps.push(Some(PathStep::Attribute(name.name.clone())));
                at = source;
            }
            ExprKind::Index(source, key) => {
                let step = match &key.kind {
                    ExprKind::Literal(v) => match v.kind() {
                        Kind::String(s) => Some(PathStep::Key(s.clone())),
                        Kind::Number(n) => {
                            n.to_i64().and_then(|n| u64::try_from(n).ok()).map(PathStep::Index)
                        }
                        _ => None,
                    },
                    _ => None,
                };
                steps.push(step);
                at = source;
            }
            ExprKind::JsonString { template, .. } => at = template,
            ExprKind::Parens(inner) => at = inner,
            _ => break,
        }
    }
    steps.reverse();
    // The first step is the resource's name; an index right after it is the instance key.
    let mut rest = steps.into_iter().skip(1).peekable();
    if matches!(rest.peek(), Some(None | Some(PathStep::Key(_) | PathStep::Index(_)))) {
        rest.next();
    }
    Path(rest.map_while(|s| s).collect())
}

pub(crate) fn resource_block<'c>(
    ev: &Evaluator<'c>,
    address: &ResourceInstance,
) -> Result<&'c ResourceBlock, Stop> {
    ev.inputs().config.resource(&address.config()).ok_or_else(|| {
        Diagnostic::error(
            "Reference to undeclared resource",
            format!("The configuration declares no {address}."),
        )
        .into()
    })
}

pub(crate) fn schema_of<'c>(
    ev: &Evaluator<'c>,
    block: &ResourceBlock,
    provider: &ProviderConfigAddress,
) -> Result<&'c Schema, Stop> {
    let Resource { mode, type_name, .. } = &block.resource;
    if let Some(schema) = ev.inputs().schemas.resource(&provider.provider, *mode, type_name) {
        return Ok(schema);
    }
    let (summary, kind) = match mode {
        Mode::Managed => ("Invalid resource type", "resource type"),
        Mode::Data => ("Invalid data source", "data source"),
        Mode::Ephemeral => ("Invalid ephemeral resource", "ephemeral resource type"),
    };
    let Some(known) = ev.inputs().schemas.get(&provider.provider) else {
        return Err(Diagnostic::error(
            "Provider not available",
            format!(
                "The provider {}, which {} needs, is not available.",
                provider.provider.short(),
                block.resource
            ),
        )
        .at(block.span)
        .into());
    };
    if crate::unserved::is_unserved(known, *mode, type_name) {
        return Err(crate::unserved::refusal(&provider.provider, kind, type_name).at(block.span).into());
    }
    let names = match mode {
        Mode::Managed => &known.resources,
        Mode::Data => &known.data_sources,
        Mode::Ephemeral => &known.ephemeral,
    };
    let hint = terrane_diagnostics::nearest(type_name, names.keys().map(|k| &**k))
        .map(|n| format!(" Did you mean {n:?}?"))
        .unwrap_or_default();
    Err(Diagnostic::error(
        summary,
        format!("The provider {} does not support {kind} {type_name:?}.{hint}", provider.provider.short()),
    )
    .at(block.span)
    .into())
}

fn bool_argument(value: Value, name: &str, span: terrane_diagnostics::Span) -> Result<bool, Stop> {
    match convert(&value.unmark_deep().0, &Type::Bool).ok().as_ref().map(Value::kind) {
        Some(Kind::Bool(b)) => Ok(*b),
        _ => Err(Diagnostic::error(
            format!("Invalid {name} argument"),
            "The value must be true or false, and known while planning.",
        )
        .at(span)
        .into()),
    }
}

/// The resources named by `depends_on` of the block and of every module call around it.
fn depends_on(
    ev: &Evaluator<'_>,
    address: &ResourceInstance,
    block: &ResourceBlock,
) -> BTreeSet<ConfigResource> {
    let mut found = BTreeSet::new();
    let mut add = |module: &ModuleInstance, dependencies: &[Dependency]| {
        for dependency in dependencies {
            let path = module.path();
            match &dependency.reference.subject {
                Subject::Resource { mode, type_name, name, .. } => {
                    let resource = Resource { mode: *mode, type_name: type_name.clone(), name: name.clone() };
                    found.insert(ConfigResource { module: path, resource });
                }
                Subject::Module { name, .. } => {
                    let inside = path.child(name.clone());
                    found.extend(
                        (ev.inputs().config.resources())
                            .map(|(resource, _)| resource)
                            .filter(|r| r.module.0.starts_with(&inside.0)),
                    );
                }
                _ => {}
            }
        }
    };
    add(&address.module, &block.depends_on);
    let mut module = address.module.clone();
    while let Some((caller, call)) = ev.call_of(&module) {
        add(&caller, &call.depends_on);
        module = caller;
    }
    found
}

fn about(stop: Stop, address: &ResourceInstance) -> Stop {
    match stop {
        Stop::Failed(problems) if address.key != InstanceKey::None || !address.module.is_root() => {
            Stop::Failed(with_address(problems, address))
        }
        other => other,
    }
}

fn with_address(problems: Diagnostics, address: &ResourceInstance) -> Diagnostics {
    problems
        .into_iter()
        .map(|d| {
            if d.about.iter().any(|(kind, _)| *kind == Context::Address) {
                d
            } else {
                d.about(Context::Address, address.to_string())
            }
        })
        .collect()
}
