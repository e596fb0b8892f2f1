//! From a test file and a run to the configuration that is run: with the providers of the test in
//! place of its own, and without what the test overrides.

use crate::mock::{Invention, StandIn};
use crate::scope::Surroundings;
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::{InstanceKey, ModuleInstance, ModulePath, ProviderConfigAddress};
use terrane_config::{
    Config, During, MockProvider, Module, Override, OverrideTarget, ProviderBlock, TestFile, TestProvider,
    TestRun,
};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_lang::decode_body;
use terrane_provider::{Providers, Schemas};
use terrane_syntax::{Body, Expr, ExprKind, NativeBody};
use terrane_value::{Kind, Value};

/// The provider configurations of a run, as blocks of the module that is run.
#[derive(Default)]
pub(crate) struct RunProviders {
    /// Blocks without content: what they say is evaluated here, and not in the module.
    pub(crate) blocks: Vec<ProviderBlock>,
    real: Vec<ProviderBlock>,
    mocks: Vec<MockProvider>,
}

/// The providers that a run has from its test file.
pub(crate) fn run_providers(file: &TestFile, run: &TestRun) -> (RunProviders, Diagnostics) {
    let (mut found, mut problems) = (RunProviders::default(), Diagnostics::new());
    let mut add = |local_name: &Arc<str>, alias: &Option<Arc<str>>, provider: &TestProvider| {
        let (local_name, alias) = (local_name.clone(), alias.clone());
        let span = match provider {
            TestProvider::Real(block) => block.span,
            TestProvider::Mock(mock) => mock.span,
        };
        let nothing = NativeBody { attributes: Vec::new(), blocks: Vec::new(), span, missing: span };
        found.blocks.push(ProviderBlock {
            local_name: local_name.clone(),
            alias: alias.clone(),
            for_each: None,
            version: None,
            body: Body::Native(nothing),
            span,
        });
        match provider {
            TestProvider::Real(block) => {
                found.real.push(ProviderBlock { local_name, alias, ..block.clone() })
            }
            TestProvider::Mock(mock) => found.mocks.push(MockProvider { local_name, alias, ..mock.clone() }),
        }
    };
    match &run.providers {
        None => file.providers.iter().for_each(|((name, alias), provider)| add(name, alias, provider)),
        Some(passed) => {
            for (child, outer) in passed {
                match file.providers.get(&(outer.local_name.clone(), outer.alias.clone())) {
                    Some(provider) => add(&child.local_name, &child.alias, provider),
                    None => {
                        let detail = format!(
                            "The test file has no provider or mock_provider block for {outer}, which the run {:?} passes \
                             to the module.",
                            &*run.name
                        );
                        problems.push(Diagnostic::error("Missing provider block", detail).at(outer.span));
                    }
                }
            }
        }
    }
    (found, problems)
}

/// What the test says in place of the configuration.
#[derive(Default)]
pub(crate) struct Given {
    /// Provider configurations.
    pub(crate) providers: BTreeMap<ProviderConfigAddress, Value>,
    /// The outputs of single instances of modules, which have nothing else in them.
    pub(crate) modules: BTreeMap<ModuleInstance, Value>,
}

/// Takes what is overridden out of `config`, and lets others stand in for providers and instances.
/// Gives what is to be taken from the test instead.
pub(crate) fn stand_in(
    file: &TestFile,
    run: &TestRun,
    given: &RunProviders,
    around: &Surroundings,
    config: &mut Config,
    providers: &mut Providers,
) -> (Given, Diagnostics) {
    let mut problems = Diagnostics::new();
    let mut configurations = BTreeMap::new();
    let mut modules = BTreeMap::new();
    let schemas = providers.schemas();
    let mut overrides: Vec<(&Override, During)> = Vec::new();
    for block in &given.blocks {
        let Some(address) = address_of(config, block) else { continue };
        let mock = given.mocks.iter().find(|m| m.local_name == block.local_name && m.alias == block.alias);
        match mock {
            Some(mock) => {
                let during = mock.during.unwrap_or(file.during);
                if let Some(schema) = schemas.get(&address.provider) {
                    configurations.insert(address.clone(), schema.provider.block.empty_value());
                }
                if let Some(real) = providers.get(&address.provider).cloned() {
                    let types = problems.take(inventions(mock, during, around, &schemas, &address));
                    // What the mock says of its time counts for the types that it names, as in Terraform.
                    let others = Invention { given: None, during: file.during };
                    providers.stand_in_for(&address, Arc::new(StandIn::new(real, types, others)));
                }
                overrides.extend(mock.overrides.iter().map(|o| (o, o.during.unwrap_or(during))));
            }
            None => {
                let mut real = given.real.iter();
                let real = real.find(|r| r.local_name == block.local_name && r.alias == block.alias);
                match configuration(real.unwrap_or(block), &address, around, &schemas) {
                    Ok(Some(value)) => {
                        configurations.insert(address, value);
                    }
                    Ok(None) => {}
                    Err(more) => problems.append(more),
                }
            }
        }
    }
    // What stands nearer to the run comes later and takes precedence.
    let of_file = file.overrides.iter().chain(&run.overrides);
    overrides.extend(of_file.map(|o| (o, o.during.unwrap_or_default())));
    for (found, during) in overrides {
        let values = match found.values.as_ref().map(|expr| around.value(expr)).transpose() {
            Ok(values) => values,
            Err(more) => {
                problems.append(more);
                continue;
            }
        };
        if let (Some(values), Some(expr)) = (&values, &found.values)
            && !matches!(values.kind(), Kind::Object(_) | Kind::Map(..))
        {
            let detail = "The values of an override must be an object: attributes by name.";
            problems.push(Diagnostic::error("Invalid override", detail).at(expr.span));
            continue;
        }
        match &found.target {
            OverrideTarget::Module(module) => {
                let single = module.0.iter().any(|step| step.key != InstanceKey::None);
                let outputs = values.unwrap_or(Value::NULL);
                problems.extend(unknown_output(config, module, &outputs, found));
                match single {
                    true => drop(modules.insert(module.clone(), outputs)),
                    false => without_module(config, module, &outputs, found),
                }
            }
            OverrideTarget::Resource(instance) => {
                let Some(served) = config.resource_providers.get(&instance.config()) else { continue };
                let Some(real) = providers.get(&served.provider).cloned() else { continue };
                let given = values.map(|values| values.unmark_deep().0);
                let invention = Invention { given, during };
                providers.stand_in_for_instance(
                    instance,
                    Arc::new(StandIn::new(real, BTreeMap::new(), invention)),
                );
            }
        }
    }
    (Given { providers: configurations, modules }, problems)
}

/// The address that a block of the root module has, when it is used.
fn address_of(config: &Config, block: &ProviderBlock) -> Option<ProviderConfigAddress> {
    let root = config.module(&ModulePath::root())?;
    let used = root.providers.contains_key(&(block.local_name.clone(), block.alias.clone()));
    used.then(|| ProviderConfigAddress {
        module: ModulePath::root(),
        provider: root.provider_address(&block.local_name),
        alias: block.alias.clone(),
        key: InstanceKey::None,
    })
}

/// What a `provider` block of a test file says.
fn configuration(
    block: &ProviderBlock,
    address: &ProviderConfigAddress,
    around: &Surroundings,
    schemas: &Schemas,
) -> Result<Option<Value>, Diagnostics> {
    let Some(schema) = schemas.get(&address.provider) else { return Ok(None) };
    if let Some(for_each) = &block.for_each {
        let detail = "Provider blocks of test files cannot have for_each.";
        return Err(Diagnostic::error("Invalid provider block", detail).at(for_each.span).into());
    }
    let scope = around.scope();
    let outcome = decode_body(&block.body, &schema.provider.block, ProviderBlock::META_ARGUMENTS, &scope);
    if outcome.diagnostics.has_errors() { Err(outcome.diagnostics) } else { Ok(Some(outcome.value)) }
}

/// What a mock provider gives for types.
fn inventions(
    mock: &MockProvider,
    during: During,
    around: &Surroundings,
    schemas: &Schemas,
    address: &ProviderConfigAddress,
) -> (BTreeMap<(bool, Arc<str>), Invention>, Diagnostics) {
    let (mut found, mut problems) = (BTreeMap::new(), Diagnostics::new());
    for mocked in &mock.types {
        let schema = schemas.get(&address.provider);
        let known = schema.is_some_and(|schema| {
            let types = if mocked.data { &schema.data_sources } else { &schema.resources };
            types.contains_key(&mocked.type_name)
        });
        if !known {
            let kind = if mocked.data { "data source" } else { "resource type" };
            let detail =
                format!("The provider {} has no {kind} {}.", address.provider.short(), mocked.type_name);
            problems.push(Diagnostic::warning("Mock of an unknown type", detail).at(mocked.span));
        }
        let given = match mocked.defaults.as_ref().map(|expr| around.value(expr)).transpose() {
            Ok(given) => given.map(|given| given.unmark_deep().0),
            Err(more) => {
                problems.append(more);
                continue;
            }
        };
        let during = mocked.during.unwrap_or(during);
        found.insert((mocked.data, mocked.type_name.clone()), Invention { given, during });
    }
    (found, problems)
}

/// Takes out what a module has, but for its variables and for outputs with the given values.
fn without_module(config: &mut Config, target: &ModuleInstance, outputs: &Value, declared: &Override) {
    let path = target.path();
    let Some(module) = config.modules.get(&path) else { return };
    let mut bare = Module {
        path: module.path.clone(),
        dir: module.dir.clone(),
        required_providers: module.required_providers.clone(),
        variables: module.variables.clone(),
        outputs: module.outputs.clone(),
        ..Module::default()
    };
    for output in bare.outputs.values_mut() {
        let value = outputs.attribute(&output.name).unwrap_or(Value::NULL);
        let span = declared.values.as_ref().map_or(declared.span, |expr| expr.span);
        output.expr = Expr { kind: ExprKind::Literal(value), span };
        output.depends_on.clear();
        output.preconditions.clear();
    }
    let inside = |other: &ModulePath| other.0.len() > path.0.len() && other.0.starts_with(&path.0);
    config.modules.retain(|other, _| !inside(other));
    config.resource_providers.retain(|resource, _| resource.module != path && !inside(&resource.module));
    config.modules.insert(path, Arc::new(bare));
}

/// A warning of a value for an output that a module has not.
fn unknown_output(
    config: &Config,
    target: &ModuleInstance,
    outputs: &Value,
    declared: &Override,
) -> Option<Diagnostic> {
    let path = target.path();
    let module = config.modules.get(&path)?;
    let (name, _) =
        outputs.as_map().into_iter().flatten().find(|(name, _)| !module.outputs.contains_key(*name))?;
    let detail = format!("The module {path} has no output {name:?}, for which the test gives a value.");
    let warning = Diagnostic::warning("Value for an unknown output", detail);
    Some(warning.at(declared.values.as_ref().map_or(declared.span, |expr| expr.span)))
}
