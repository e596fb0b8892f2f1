//! `validate`

use crate::arguments::{OutputFormatArgs, VariableArgs};
use crate::context::{Context, Exit, Outcome};
use clap::Args;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use terrane_config::{Config, ListBlock, load_queries, load_tests};
use terrane_diagnostics::{Diagnostics, Severity, SourceMap, to_json};
use terrane_evaluate::{Evaluator, Inputs};
use terrane_lang::FunctionContext;
use terrane_query::Queries;

/// Check whether the configuration is valid.
///
/// Validate the configuration files in a directory, referring only to the configuration and
/// not accessing any remote services such as remote state, provider APIs, etc.
///
/// Validate runs checks that verify whether a configuration is syntactically valid and
/// internally consistent, regardless of any provided variables or existing state. It is thus
/// primarily useful for general verification of reusable modules, including correctness of
/// attribute names and value types.
#[derive(Args)]
pub(crate) struct ValidateArgs {
    #[command(flatten)]
    format: OutputFormatArgs,
    /// Do not validate test files.
    #[arg(long)]
    no_tests: bool,
    /// The directory of test files.
    #[arg(long, value_name = "path", default_value = "tests")]
    test_directory: PathBuf,
    /// Also validate query files (.tfquery.hcl).
    #[arg(long)]
    query: bool,
    #[command(flatten)]
    variables: VariableArgs,
}

pub(crate) fn run(args: &ValidateArgs, context: &mut Context) -> Outcome {
    let (mut config, mut diagnostics) = context.take_config();
    if !args.no_tests {
        let root = Path::new(".");
        let tests = load_tests(&context.environment, root, &args.test_directory, &mut config.sources);
        diagnostics.append(tests.1);
        if !diagnostics.has_errors() {
            diagnostics.append(crate::modules::run_modules(context, &tests.0, &mut config.sources));
        }
    }
    let mut lists = Vec::new();
    if args.query && !diagnostics.has_errors() {
        lists = diagnostics.take(load_queries(&context.environment, Path::new("."), &mut config));
    }
    if !diagnostics.has_errors() {
        diagnostics.append(terrane_config::check_validity(&config));
    }
    if !diagnostics.has_errors() {
        diagnostics.append(values(context, &config, &lists));
    }
    if args.format.json {
        context.output.line(&format!("{:#}", report(&diagnostics, &config.sources)));
    } else {
        context.output.diagnostics(&diagnostics, &config.sources);
        if !diagnostics.has_errors() {
            let with_warnings = match diagnostics.is_empty() {
                true => ".",
                false => ", but there were some\nvalidation warnings as shown above.",
            };
            let style = context.output.palette().success;
            context
                .output
                .line(&format!("{style}Success!{style:#} The configuration is valid{with_warnings}\n"));
        }
    }
    Ok(if diagnostics.has_errors() { Exit::Failure } else { Exit::Success })
}

/// What is wrong whatever the variables are.
fn values(context: &Context, config: &Config, lists: &[ListBlock]) -> Diagnostics {
    let providers = match crate::providers::of(context, config) {
        Ok(providers) => providers,
        Err(problems) => return problems.diagnostics,
    };
    let schemas = providers.schemas();
    let evaluator = Evaluator::new(Inputs {
        config,
        schemas: &schemas,
        variables: BTreeMap::new(),
        workspace: crate::workspace::selected(&context.environment),
        working_dir: context.environment.original_dir().display().to_string(),
        functions: FunctionContext {
            base_dir: ".".into(),
            impure_unknown: true,
            ..FunctionContext::default()
        },
        validating: true,
    });
    let mut problems = terrane_plan::validate(&evaluator, &providers);
    let queries = Queries { lists, schemas: &schemas, providers: &providers, generate: false };
    problems.append(terrane_query::validate(&evaluator, &queries));
    problems
}

/// The result in format 1.0.
fn report(diagnostics: &Diagnostics, sources: &SourceMap) -> serde_json::Value {
    let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    json!({
        "format_version": "1.0",
        "valid": !diagnostics.has_errors(),
        "error_count": count(Severity::Error),
        "warning_count": count(Severity::Warning),
        "diagnostics": diagnostics.iter().map(|d| to_json(d, sources)).collect::<Vec<_>>(),
    })
}
