//! `metadata`

use crate::context::{Context, Exit, Outcome, Problems};
use clap::{Args, Subcommand};
use serde_json::{Map, Value as Json, json};
use terrane_lang::{FunctionDoc, ParameterDoc, function_docs};
use terrane_value::type_to_json;

/// Show what Terrane itself can do.
#[derive(Subcommand)]
#[command(disable_help_flag = true, disable_help_subcommand = true)]
pub(crate) enum MetadataCommand {
    Functions(FunctionsArgs),
}

/// Show the signatures of the functions of the language.
///
/// Prints a JSON object with the name, parameters, result and description of each function, once
/// by its plain name and once in the namespace "core".
#[derive(Args)]
pub(crate) struct FunctionsArgs {
    /// Print in JSON, the only form there is.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: &MetadataCommand, context: &mut Context) -> Outcome {
    let MetadataCommand::Functions(args) = command;
    if !args.json {
        return Err(Problems::new(
            "The -json flag is required",
            "The \"metadata functions\" command prints JSON only, and requires the -json flag.",
        ));
    }
    let mut signatures = Map::new();
    for namespace in ["", "core::"] {
        for doc in function_docs() {
            signatures.insert(format!("{namespace}{}", doc.name), signature(&doc));
        }
    }
    signatures.sort_keys();
    let document = json!({ "format_version": "1.0", "function_signatures": signatures });
    context.output.verbatim(&format!("{document}\n"));
    Ok(Exit::Success)
}

fn signature(doc: &FunctionDoc) -> Json {
    let mut signature = Map::new();
    signature.insert("description".into(), doc.description.into());
    signature.insert("return_type".into(), type_to_json(&doc.returns));
    if !doc.parameters.is_empty() {
        signature.insert("parameters".into(), doc.parameters.iter().map(parameter).collect());
    }
    if let Some(variadic) = &doc.variadic {
        signature.insert("variadic_parameter".into(), parameter(variadic));
    }
    Json::Object(signature)
}

fn parameter(doc: &ParameterDoc) -> Json {
    let mut parameter = Map::new();
    parameter.insert("name".into(), doc.name.into());
    if doc.nullable {
        parameter.insert("is_nullable".into(), true.into());
    }
    parameter.insert("type".into(), type_to_json(&doc.ty));
    Json::Object(parameter)
}
