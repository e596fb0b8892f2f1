//! `console`

use crate::arguments::{StateFileArgs, VariableArgs};
use crate::context::{Context, Exit, Outcome, Problems};
use crate::run::{Project, Purpose};
use clap::Args;
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_address::{ModuleInstance, ResourceInstance};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::{Evaluator, Stop};
use terrane_state::State;
use terrane_syntax::parse_expression;
use terrane_value::{Marks, Type, Value};

/// Try expressions at an interactive command prompt.
///
/// Starts an interactive console for experimenting with expressions. The values of variables,
/// locals and of the objects in the state can be used in them. This command will never modify
/// your state. When standard input is no terminal, each line is an expression, and the result
/// of the last one is printed.
#[derive(Args)]
pub(crate) struct ConsoleArgs {
    #[command(flatten)]
    state: StateFileArgs,
    #[command(flatten)]
    variables: VariableArgs,
}

const HELP: &str = "The console allows you to experiment with expressions. You may access resources in the state (if \
                    you have\none) just as you would from a configuration. For example: \"aws_instance.foo.id\" would \
                    evaluate to\nthe ID of \"aws_instance.foo\" if it exists in your state.\n\nType in the expression \
                    to test and hit <enter> to see the result.\n\nTo exit the console, type \"exit\" and hit <enter>, \
                    or use Control-C or Control-D.";

pub(crate) fn run(args: &ConsoleArgs, context: &mut Context) -> Outcome {
    let state = crate::backend::open(context, &args.state)?.state();
    let project = Project::load(context, &args.variables, true)?;
    let evaluator = project.evaluator(None, Purpose::Apply);
    deliver(context, &project, &evaluator, &state)?;
    let interactive = context.environment.can_ask();
    let mut last = None;
    loop {
        if interactive {
            context.output.print("> ");
        }
        let line = context
            .environment
            .read_line()
            .map_err(|e| Problems::new("Failed to read standard input", format!("{e}.")))?;
        let Some(line) = line.filter(|l| l.trim() != "exit") else { break };
        let result = match line.trim() {
            "" => Ok(String::new()),
            "help" => Ok(HELP.to_owned()),
            text => evaluate(&project, &evaluator, text),
        };
        match result {
            Ok(text) if interactive => context.output.line(&text),
            Ok(text) => last = Some(text),
            Err(problems) if interactive => context.output.problems(&problems),
            Err(problems) => return Err(problems),
        }
    }
    if let Some(text) = last {
        context.output.line(&text);
    }
    Ok(Exit::Success)
}

/// Makes the objects in the state known.
fn deliver(
    context: &Context,
    project: &Project,
    evaluator: &Evaluator<'_>,
    state: &State,
) -> Result<(), Problems> {
    for (address, resource, instance) in state.instances() {
        let (Some(object), Some(provider)) =
            (&instance.current, project.providers.get(&resource.provider.provider))
        else {
            continue;
        };
        let Some(schema) = schema_type(project, &address) else { continue };
        let decoded = terrane_plan::decode_object(&**provider, &address.resource.type_name, object);
        let value = match address.resource.mode {
            terrane_address::Mode::Managed => {
                context.block_on(decoded).map_err(|problems| project.problems(problems))?
            }
            // Data sources have no versions: what does not fit is read again by the next plan.
            _ => match terrane_value::from_json_with_type(&object.attributes, &schema) {
                Ok(value) => value,
                Err(_) => continue,
            },
        };
        let marks: Vec<_> = object.sensitive_paths.iter().map(|p| (p.clone(), Marks::sensitive())).collect();
        evaluator.deliver(&address, &value.mark_paths(&marks));
    }
    Ok(())
}

/// The type of an instance's object, when its provider is known.
fn schema_type(project: &Project, address: &ResourceInstance) -> Option<Type> {
    let provider = &project.config.resource_providers.get(&address.config())?.provider;
    let schema = project.schemas.resource(provider, address.resource.mode, &address.resource.type_name)?;
    Some(schema.block.implied_type())
}

/// The result of an expression as text.
fn evaluate(project: &Project, evaluator: &Evaluator<'_>, text: &str) -> Result<String, Problems> {
    let mut sources = project.config.sources.clone();
    let file = sources.add("<console-input>", text);
    let (expr, mut diagnostics) = parse_expression(&sources, file);
    let value = match expr {
        Some(expr) if !diagnostics.has_errors() => loop {
            match evaluator.expression(&ModuleInstance::root(), &expr) {
                Ok((value, _)) => break Some(value),
                Err(Stop::Failed(problems)) => {
                    diagnostics.append(problems);
                    break None;
                }
                Err(Stop::Blocked(addresses)) => {
                    if let Err(problems) = deliver_unknown(project, evaluator, addresses) {
                        diagnostics.append(problems);
                        break None;
                    }
                }
            }
        },
        _ => None,
    };
    match value {
        Some(value) if !diagnostics.has_errors() => Ok(terrane_view::render_value(&value, false)),
        _ => Err(Problems { diagnostics, sources }),
    }
}

/// Makes instances that are not in the state known as objects of which nothing is known.
fn deliver_unknown(
    project: &Project,
    evaluator: &Evaluator<'_>,
    addresses: BTreeSet<Arc<str>>,
) -> Result<(), Diagnostics> {
    for text in addresses {
        let address = text.parse::<ResourceInstance>().ok().filter(|a| evaluator.result(a).is_none());
        let ty = address.as_ref().and_then(|a| schema_type(project, a));
        let (Some(address), Some(ty)) = (address, ty) else {
            return Err(Diagnostic::error(
                "Result not known",
                format!(
                    "The result of {text} is needed and is not in the state. Run \"terrane apply\" first."
                ),
            )
            .into());
        };
        evaluator.deliver(&address, &Value::unknown(ty));
    }
    Ok(())
}
