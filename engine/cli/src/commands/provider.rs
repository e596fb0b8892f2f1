//! `provider serve|mirror`: native providers as plugins for other engines.

use crate::context::{Context, Exit, Outcome, Problems};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use terrane_address::ProviderAddress;
use terrane_install::{Installation, platform, provider_dir};
use terrane_plugin::{ServeOptions, serve};
use terrane_provider::Provider;

/// Give Terrane's own providers to other engines, such as Terraform.
#[derive(Subcommand)]
pub(crate) enum ProviderCommand {
    Serve(ServeArgs),
    Mirror(MirrorArgs),
}

/// Run one of Terrane's own providers as a plugin.
///
/// For engines, which start plugins themselves and talk to them in plugin protocol 6; "provider
/// mirror" makes packages that do this.
#[derive(Args)]
pub(crate) struct ServeArgs {
    /// The provider's address: hashicorp/aws.
    #[arg(value_name = "PROVIDER")]
    provider: String,
}

/// Write packages of Terrane's own providers for other engines.
///
/// The directory is one for the filesystem_mirror method of a CLI configuration. Each package is a
/// small program that runs this one, which must stay where it is.
#[derive(Args)]
pub(crate) struct MirrorArgs {
    /// The directory to write to.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

pub(crate) fn run(command: &ProviderCommand, context: &mut Context) -> Outcome {
    match command {
        ProviderCommand::Serve(args) => serve_one(args, context),
        ProviderCommand::Mirror(args) => mirror(args, context),
    }
}

/// The native providers that are not part of every engine, with the versions whose schemas they have.
fn offered() -> Vec<(ProviderAddress, &'static str)> {
    #[allow(unused_mut)]
    let mut all: Vec<(&str, &'static str)> = Vec::new();
    #[cfg(feature = "aws")]
    all.push((terrane_provider_aws::ADDRESS, terrane_provider_aws::REFERENCE_VERSION));
    #[cfg(feature = "google")]
    for address in [terrane_provider_google::ADDRESS, terrane_provider_google::BETA_ADDRESS] {
        all.push((address, terrane_provider_google::REFERENCE_VERSION));
    }
    let parsed = |(address, version): (&str, &'static str)| address.parse().ok().map(|a| (a, version));
    let mut all: Vec<_> = all.into_iter().filter_map(parsed).collect();
    all.sort();
    all
}

fn serve_one(args: &ServeArgs, context: &Context) -> Outcome {
    let failed = |detail: String| Problems::new("Cannot serve provider", detail);
    let address: ProviderAddress = args.provider.parse().map_err(|e| failed(format!("{e}.")))?;
    let native = crate::providers::native(context, &Installation::default());
    let Some(provider) = native.get(&address).filter(|_| !address.is_builtin()).cloned() else {
        let known: Vec<String> = offered().iter().map(|(address, _)| address.short()).collect();
        return Err(failed(format!(
            "The provider {} is not part of Terrane, which has {}.",
            address.short(),
            known.join(", ")
        )));
    };
    let variable = |name: &str| context.environment.variable(name).map(str::to_owned);
    let options = ServeOptions {
        cookie: variable("TF_PLUGIN_MAGIC_COOKIE"),
        protocol_versions: variable("PLUGIN_PROTOCOL_VERSIONS"),
        client_certificate: variable("PLUGIN_CLIENT_CERT"),
        directory: variable("PLUGIN_UNIX_SOCKET_DIR")
            .map_or_else(|| context.environment.temporary_dir(), PathBuf::from),
    };
    let provider: std::sync::Arc<dyn Provider> = provider;
    context.block_on(serve(provider, &options)).map_err(|e| failed(format!("{e}.")))?;
    Ok(Exit::Success)
}

fn mirror(args: &MirrorArgs, context: &Context) -> Outcome {
    let failed = |path: &Path, e: std::io::Error| {
        Problems::new("Failed to write provider package", format!("{}: {e}.", path.display()))
    };
    let program = context.environment.program().map_err(|e| failed(&args.dir, e))?;
    for (address, version) in offered() {
        let version =
            version.parse().map_err(|e| Problems::new("Invalid version", format!("{version}: {e}.")))?;
        let path = provider_dir(&args.dir, &address, &version)
            .join(format!("terraform-provider-{}_v{version}", address.type_name));
        let quoted = program.display().to_string().replace('\'', "'\\''");
        let script = format!("#!/bin/sh\nexec '{quoted}' provider serve '{address}'\n");
        context.environment.write_program(&path, script.as_bytes()).map_err(|e| failed(&path, e))?;
        context.output.line(&format!("{} {version} for {}: {}", address.short(), platform(), path.display()));
    }
    Ok(Exit::Success)
}
