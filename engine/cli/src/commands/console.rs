//! `console`

mod input;
mod type_text;

use crate::arguments::{StateFileArgs, VariableArgs};
use crate::context::{Context, Exit, Outcome, Problems};
use crate::run::{Project, Purpose};
use clap::Args;
use input::{Input, Interactive};
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_address::{ModuleInstance, ModulePath, ResourceInstance};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::{Evaluator, Stop};
use terrane_plan::{PlanInputs, PlanOptions};
use terrane_state::State;
use terrane_syntax::{Expr, ExprKind, parse_expression};
use terrane_value::{Marks, Type, Value};

/// Try expressions at an interactive command prompt.
///
/// Starts an interactive console for experimenting with expressions. The values of variables,
/// locals and of the objects in the state can be used in them, and "type(...)" shows the type of
/// a value. An expression goes on over several lines as long as a bracket, a quoted template or a
/// heredoc is open. This command will never modify your state. When standard input is no
/// terminal, expressions are read from it, and the result of the last one is printed.
#[derive(Args)]
pub(crate) struct ConsoleArgs {
    /// Make a plan first, and evaluate expressions against what it would lead to.
    #[arg(long)]
    plan: bool,
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
    let project = if args.plan {
        Project::load(context, &args.variables, true)?
    } else {
        Project::load_in_part(context, &args.variables)?
    };
    let timestamp = args.plan.then(|| context.environment.now());
    let purpose = if args.plan { Purpose::Plan } else { Purpose::Apply };
    let evaluator = project.evaluator(timestamp.as_deref(), purpose);
    match timestamp {
        Some(timestamp) => plan(context, &project, &evaluator, state, timestamp)?,
        None => deliver(context, &project, &evaluator, &state)?,
    }
    if context.environment.can_ask() {
        return interactive(context, &project, &evaluator);
    }
    let mut input = Input::default();
    let mut last = None;
    loop {
        let line = context.environment.read_line().map_err(unreadable)?;
        let ended = line.is_none();
        let text = match line {
            Some(line) => input.push(&line),
            None => input.take(),
        };
        match text.as_deref().map(str::trim) {
            Some("exit") => break,
            None => {}
            Some("") => last = Some(String::new()),
            Some("help") => last = Some(HELP.to_owned()),
            Some(text) => last = Some(evaluate(&project, &evaluator, text)?),
        }
        if ended {
            break;
        }
    }
    if let Some(text) = last {
        context.output.verbatim(&format!("{text}\n"));
    }
    Ok(Exit::Success)
}

/// Asks for expressions until somebody has enough. An error is shown, and ends nothing.
fn interactive(context: &Context, project: &Project, evaluator: &Evaluator<'_>) -> Outcome {
    let mut editor = Interactive::new(names(project)).map_err(unreadable)?;
    while let Some(text) = editor.read().map_err(unreadable)? {
        match text.trim() {
            "" => {}
            "exit" => break,
            "help" => context.output.line(HELP),
            text => match evaluate(project, evaluator, text) {
                Ok(text) => context.output.verbatim(&format!("{text}\n")),
                Err(problems) => context.output.problems(&problems),
            },
        }
    }
    Ok(Exit::Success)
}

fn unreadable(e: std::io::Error) -> Problems {
    Problems::new("Failed to read standard input", format!("{e}."))
}

/// What can be named at the prompt: functions, and what the root module declares.
fn names(project: &Project) -> Vec<String> {
    let mut names: Vec<String> = terrane_lang::function_names().map(|name| format!("{name}(")).collect();
    names.push("type(".into());
    if let Some(root) = project.config.module(&ModulePath::root()) {
        names.extend(root.variables.keys().map(|name| format!("var.{name}")));
        names.extend(root.locals.keys().map(|name| format!("local.{name}")));
    }
    names.extend(project.config.resource_providers.keys().map(ToString::to_string));
    names.sort();
    names
}

/// Makes known what a plan would lead to.
fn plan(
    context: &Context,
    project: &Project,
    evaluator: &Evaluator<'_>,
    state: State,
    timestamp: String,
) -> Result<(), Problems> {
    let inputs = PlanInputs {
        config: &project.config,
        schemas: &project.schemas,
        providers: &project.providers,
        state,
        events: Arc::new(|_| {}),
        timestamp,
    };
    let (_, problems) = context.block_on(terrane_plan::plan(evaluator, &inputs, &PlanOptions::default()));
    if problems.has_errors() {
        return Err(project.problems(problems));
    }
    context.output.diagnostics(&problems, &project.config.sources);
    Ok(())
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
            _ => match terrane_value::from_json_with_type(&object.attributes.json(), &schema) {
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
    // `type` is no function: what it gives is no value, and it exists at this prompt only.
    let typed = expr.as_ref().and_then(type_argument).cloned();
    let is_typed = typed.is_some();
    let expr = typed.or(expr);
    if let Some(expr) = &expr {
        diagnostics.append(terrane_config::check_expression(&project.config, &ModulePath::root(), expr));
    }
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
        Some(value) if !diagnostics.has_errors() && is_typed => Ok(type_text::render(&value.ty())),
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

/// The argument of `type(...)`, when that is all there is.
fn type_argument(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Call { name, args, expand_final: false } if &*name.name == "type" => {
            match args.as_slice() {
                [arg] => Some(arg),
                _ => None,
            }
        }
        _ => None,
    }
}
