//! `output`

use crate::arguments::{OutputFormatArgs, StateFileArgs};
use crate::context::{Context, Exit, Outcome, Problems};
use clap::Args;
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_diagnostics::Diagnostic;
use terrane_state::OutputState;
use terrane_value::{Kind, Type, convert};
use terrane_view::JsonOptions;

/// Show output values from your root module.
///
/// Reads an output variable from the state and prints the value. With no additional
/// arguments, output will display all the outputs for the root module. If NAME is not
/// specified, all outputs are printed.
#[derive(Args)]
pub(crate) struct OutputArgs {
    #[command(flatten)]
    format: OutputFormatArgs,
    /// For value types that can be automatically converted to a string, print the raw string
    /// directly, rather than a human-oriented representation of the value.
    #[arg(long, conflicts_with = "json")]
    raw: bool,
    /// Show the values of sensitive outputs when all are printed.
    #[arg(long)]
    show_sensitive: bool,
    #[command(flatten)]
    state: StateFileArgs,
    /// The output.
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub(crate) fn run(args: &OutputArgs, context: &mut Context) -> Outcome {
    let outputs = crate::backend::open(context, &args.state)?.state().outputs;
    match &args.name {
        None if args.raw => Err(Problems::new(
            "Output name required",
            "You must give the name of a single output value when using the -raw option.",
        )),
        None => all(args, context, &outputs),
        Some(name) => one(args, context, &outputs, name),
    }
}

fn all(args: &OutputArgs, context: &Context, outputs: &BTreeMap<Arc<str>, OutputState>) -> Outcome {
    if args.format.json {
        // Who asks for the outputs of a state in JSON wants to use them.
        let json = terrane_view::outputs_json(outputs, &JsonOptions { show_sensitive: true });
        context.output.verbatim(&format!("{json:#}\n"));
    } else if outputs.is_empty() {
        let warning = Diagnostic::warning(
            "No outputs found",
            "The state file either has no outputs defined, or all the defined outputs are empty. Please define an \
             output in your configuration with the `output` keyword and run `terrane refresh` for it to become \
             available. If you are using interpolation, please verify the interpolated value is not empty. You can \
             use the `terrane console` command to assist.",
        );
        context.output.problems(&warning.into());
    } else {
        let mut options = context.output.options();
        options.show_sensitive = args.show_sensitive;
        context.output.print(&terrane_view::render_outputs(outputs, &context.output.palette(), &options));
    }
    Ok(Exit::Success)
}

fn one(
    args: &OutputArgs,
    context: &Context,
    outputs: &BTreeMap<Arc<str>, OutputState>,
    name: &str,
) -> Outcome {
    let Some(output) = outputs.get(name) else {
        return Err(Problems::new(
            format!("Output {name:?} not found"),
            "The output variable requested could not be found in the state file. If you recently added this to \
             your configuration, be sure to run `terrane apply`, since the state won't be updated with new output \
             variables until that command is run.",
        ));
    };
    if args.format.json {
        context.output.verbatim(&format!("{}\n", plain(name, output)?));
    } else if args.raw {
        context.output.verbatim(&raw(name, output)?);
    } else {
        context.output.line(&terrane_view::render_value(&output.value, true));
    }
    Ok(Exit::Success)
}

fn plain(name: &str, output: &OutputState) -> Result<serde_json::Value, Problems> {
    terrane_value::to_json(&output.value)
        .map_err(|e| Problems::new("Failed to encode output", format!("The output {name:?}: {e}.")))
}

fn raw(name: &str, output: &OutputState) -> Result<String, Problems> {
    let unsupported = |what: String| {
        Problems::new(
            "Unsupported value for raw output",
            format!(
                "The -raw option only supports strings, numbers, and boolean values, but output value {name:?} is \
                 {what}.\n\nUse the -json option for machine-readable representations of output values that have \
                 complex types."
            ),
        )
    };
    let text = match output.value.kind() {
        Kind::Null(_) => return Err(unsupported("null".into())),
        Kind::String(_) | Kind::Number(_) | Kind::Bool(_) => convert(&output.value, &Type::String),
        _ => return Err(unsupported(output.value.ty().to_string())),
    };
    let text = text.map_err(|_| unsupported(output.value.ty().to_string()))?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}
