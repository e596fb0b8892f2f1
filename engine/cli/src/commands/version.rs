//! `version`

use crate::arguments::OutputFormatArgs;
use crate::context::{Context, Exit, Outcome};
use clap::Args;
use serde_json::json;

/// Show the current Terrane version.
///
/// Displays the version of Terrane, of the language it implements and of the providers that
/// are part of it.
#[derive(Args)]
pub(crate) struct VersionArgs {
    #[command(flatten)]
    format: OutputFormatArgs,
}

/// The platform as Terraform names it: `linux_amd64`.
pub(crate) fn platform() -> String {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        os => os,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{os}_{architecture}")
}

pub(crate) fn run(args: &VersionArgs, context: &mut Context) -> Outcome {
    let version = env!("CARGO_PKG_VERSION");
    if args.format.json {
        let json = json!({
            "terraform_version": terrane_config::LANGUAGE_VERSION,
            "terrane_version": version,
            "platform": platform(),
            "provider_selections": {},
            "terraform_outdated": false,
        });
        context.output.line(&format!("{json:#}"));
    } else {
        context.output.line(&format!(
            "Terrane v{version}\non {}\nlanguage of Terraform {}",
            platform(),
            terrane_config::LANGUAGE_VERSION
        ));
    }
    Ok(Exit::Success)
}
