//! `init`

use crate::arguments::{LockArgs, OutputFormatArgs, VariableArgs, switch};
use crate::backend::{
    BackendSettings, Migration, from_block, migrate, saved_file, saved_with_hash, with_arguments,
    without_effect,
};
use crate::context::{Context, Exit, Outcome, Problems};
use crate::modules::{Install, Installed, copy_here, install, outline, tests_run_modules};
use crate::providers::InstallPlugins;
use clap::{ArgAction, Args};
use terrane_config::Config;
use terrane_diagnostics::{Diagnostic, Diagnostics};

/// Prepare your working directory for other commands.
///
/// Initialize a new or existing working directory by creating initial files, installing modules
/// and setting up the backend.
///
/// This is the first command that should be run for any new or existing configuration per
/// machine. It is always safe to run multiple times; it never deletes your configuration or
/// state.
#[derive(Args)]
pub(crate) struct InitArgs {
    /// Leave the backend as it was initialized before.
    #[arg(long, value_name = "false", default_value_t = true, default_missing_value = "true", num_args = 0..=1,
          require_equals = true, action = ArgAction::Set, value_parser = switch)]
    backend: bool,
    /// Configuration to be merged with what is in the configuration file's "backend" block: a
    /// file of name/value assignments or name=value. May be used more than once.
    #[arg(long, value_name = "config")]
    backend_config: Vec<String>,
    /// Use the new backend configuration and leave existing state where it is.
    #[arg(long)]
    reconfigure: bool,
    /// Use the new backend configuration and copy existing state there.
    #[arg(long)]
    migrate_state: bool,
    /// Copy state without asking.
    #[arg(long, conflicts_with = "reconfigure")]
    force_copy: bool,
    /// Copy the contents of the given module into the working directory, which must be empty, before
    /// initialization.
    #[arg(long, value_name = "source")]
    from_module: Option<String>,
    /// Disable downloading modules for this configuration.
    #[arg(long, value_name = "false", default_value_t = true, default_missing_value = "true", num_args = 0..=1,
          require_equals = true, action = ArgAction::Set, value_parser = switch)]
    get: bool,
    /// Ask for input if necessary.
    #[arg(long, value_name = "true", default_value_t = true, default_missing_value = "true", num_args = 0..=1,
          require_equals = true, action = ArgAction::Set, value_parser = switch)]
    input: bool,
    /// Install the latest module and provider versions that constraints allow, and fetch all modules
    /// again.
    #[arg(long)]
    upgrade: bool,
    /// What to do with the dependency lock file: with "readonly" it must not change. Providers that
    /// are part of Terrane need no entry.
    #[arg(long, value_name = "mode", value_parser = ["readonly"])]
    lockfile: Option<String>,
    /// Directory with packages of provider plugins, instead of all other places. May be used more
    /// than once.
    #[arg(long, value_name = "dir")]
    plugin_dir: Vec<String>,
    /// The directory of test files, whose modules are installed as well.
    #[arg(long, value_name = "path", default_value = "tests")]
    test_directory: std::path::PathBuf,
    #[command(flatten)]
    variables: VariableArgs,
    #[command(flatten)]
    lock: LockArgs,
    #[command(flatten)]
    format: OutputFormatArgs,
}

pub(crate) fn run(args: &InitArgs, context: &mut Context) -> Outcome {
    if args.format.json {
        context.output.speak_json(&context.environment);
    }
    if let Some(source) = &args.from_module {
        copy_here(context, source)?;
    }
    let (config, diagnostics) = outline(context);
    let root_is_empty = config.sources.get(terrane_diagnostics::FileId(0)).is_none();
    if root_is_empty && !diagnostics.has_errors() {
        context.output.line(
            "Terrane initialized in an empty directory!\n\nThe directory has no configuration files. You may begin \
             working with Terrane\nimmediately by creating configuration files.",
        );
        return Ok(Exit::Success);
    }
    if diagnostics.has_errors() {
        return Err(Problems { diagnostics, sources: config.sources });
    }
    if args.backend {
        context.output.line("Initializing the backend...");
        initialize_backend(args, context, &config)?;
    }
    let Installed { config, for_tests } = initialize_modules(args, context, config, &diagnostics)?;
    let how = InstallPlugins {
        upgrade: args.upgrade,
        readonly: args.lockfile.is_some(),
        with_state: args.backend,
        plugin_dirs: &args.plugin_dir,
    };
    let configs: Vec<&Config> =
        std::iter::once(&config).chain(for_tests.iter().map(|(_, config)| config)).collect();
    crate::providers::install(context, &configs, &how)?;
    let style = context.output.palette().success;
    context.output.line(&format!(
        "\n{style}Terrane has been successfully initialized!{style:#}\n\n\
         You may now begin working with Terrane. Try running \"terrane plan\" to see\n\
         any changes that are required for your infrastructure. All Terrane commands\n\
         should now work.\n\n\
         If you ever set or change modules or backend configuration for Terrane,\n\
         rerun this command to reinitialize your working directory."
    ));
    Ok(Exit::Success)
}

fn initialize_backend(args: &InitArgs, context: &Context, config: &Config) -> Result<(), Problems> {
    let (before, hash) = saved_with_hash(&context.environment)?.unzip();
    let block = from_block(context, config)?;
    let Some(block) = block else {
        if !args.backend_config.is_empty() {
            let warning = Diagnostic::warning(
                "Missing backend configuration",
                "-backend-config was used without a \"backend\" block in the configuration, and has no effect.",
            );
            context.output.problems(&warning.into());
        }
        if let Some(before) = before {
            change(args, context, Some(&before), &BackendSettings::default())?;
            let path = saved_file(&context.environment);
            context.environment.remove(&path).map_err(|e| {
                Problems::new("Failed to remove backend settings", format!("{}: {e}.", path.display()))
            })?;
        }
        return Ok(());
    };
    let as_before = args.backend_config.is_empty() && !args.reconfigure && !args.migrate_state;
    if as_before && hash == Some(u64::from(block.hash())) {
        return Ok(());
    }
    let settings = with_arguments(&context.environment, block.clone(), &args.backend_config)?;
    let path = saved_file(&context.environment);
    let save = || {
        let content = format!("{:#}", settings.to_json(&block));
        context.environment.write_secret(&path, content.as_bytes()).map_err(|e| {
            Problems::new("Failed to write backend settings", format!("{}: {e}.", path.display()))
        })
    };
    if before.as_ref() == Some(&settings) {
        return save();
    }
    context.output.problems(&without_effect(&settings).into());
    change(args, context, before.as_ref(), &settings)?;
    save()?;
    context.output.line(&format!(
        "\nSuccessfully configured the backend \"{}\"! Terrane will automatically\n\
         use this backend unless the backend configuration changes.",
        settings.kind
    ));
    Ok(())
}

/// Goes from one backend to another, with the states when that was asked for.
fn change(
    args: &InitArgs,
    context: &Context,
    from: Option<&BackendSettings>,
    to: &BackendSettings,
) -> Result<(), Problems> {
    if args.reconfigure {
        return Ok(());
    }
    if from.is_some() && !args.migrate_state && !args.force_copy {
        return Err(Problems::new(
            "Backend configuration changed",
            "A change in the backend configuration has been detected, which may require migrating existing \
             state.\n\nIf you wish to attempt automatic migration of the state, use \"terrane init \
             -migrate-state\".\nIf you wish to store the current configuration with no changes to the state, use \
             \"terrane init -reconfigure\".",
        ));
    }
    let how = Migration { force: args.force_copy, ask: args.input, lock: &args.lock };
    migrate(context, from.unwrap_or(&BackendSettings::default()), to, &how)
}

/// Installs the modules that the configuration calls, and gives the whole of it. `warnings` of the root module are told
/// here if nothing else is read.
fn initialize_modules(
    args: &InitArgs,
    context: &Context,
    outline: Config,
    warnings: &Diagnostics,
) -> Result<Installed, Problems> {
    let alone = |config| Installed { config, for_tests: Vec::new() };
    if !args.get {
        return context.load_config().map(alone);
    }
    if outline.calls().next().is_none() && !tests_run_modules(context, &args.test_directory) {
        context.output.diagnostics(warnings, &outline.sources);
        return Ok(alone(outline));
    }
    context.output.line(if args.upgrade { "Upgrading modules..." } else { "Initializing modules..." });
    install(context, &Install { upgrade: args.upgrade, test_directory: args.test_directory.clone() })
}
