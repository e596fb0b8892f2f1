//! Values that must be known before there is any state: arguments of backends, sources and
//! versions of modules.

use crate::context::Context;
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::{InstanceKey, ModuleInstance, ModulePath};
use terrane_config::Config;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::{Evaluator, Inputs, Stop};
use terrane_lang::FunctionContext;
use terrane_provider::Schemas;
use terrane_syntax::Expr;
use terrane_value::Value;

/// The value of an expression in a module, of which `config` has at least those that lead there.
/// `variables` are the values of the root module's variables; without them those that were given on
/// the command line, in files and in the environment are taken.
pub(crate) fn value(
    context: &Context,
    config: &Config,
    module: &ModulePath,
    variables: Option<&BTreeMap<Arc<str>, Value>>,
    expr: &Expr,
) -> Result<Value, Diagnostics> {
    let variables = variables.cloned().unwrap_or_else(|| {
        let mut sources = config.sources.clone();
        let (given, _) = crate::variables::given(&context.environment, &context.variables, &mut sources);
        terrane_evaluate::root_variables(config, &given, &mut sources).0
    });
    let schemas = Schemas::default();
    let evaluator = Evaluator::new(Inputs {
        config,
        schemas: &schemas,
        variables,
        workspace: crate::workspace::selected(&context.environment),
        working_dir: context.environment.original_dir().display().to_string(),
        functions: FunctionContext { base_dir: ".".into(), ..FunctionContext::default() },
        validating: false,
    });
    match evaluator.expression(&instance(module), expr) {
        Ok((value, _)) => Ok(value),
        Err(Stop::Failed(diagnostics)) => Err(diagnostics),
        Err(Stop::Blocked(on)) => {
            let on = on.iter().map(|address| &**address).collect::<Vec<_>>().join(", ");
            let detail =
                format!("This value must be known before there is any state, and cannot depend on {on}.");
            Err(Diagnostic::error("Value not known early enough", detail).at(expr.span).into())
        }
    }
}

/// The instance of a module without keys, since what is needed early is the same for all of them.
fn instance(module: &ModulePath) -> ModuleInstance {
    module.0.iter().fold(ModuleInstance::root(), |at, name| at.child(name.clone(), InstanceKey::None))
}
