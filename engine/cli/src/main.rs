//! The `terrane` program: reads the command line, calls the engine, prints what came of it.
//!
//! One file a command in `commands`. Nothing here decides anything about configuration, plans
//! or state.

mod arguments;
mod backend;
mod ci;
mod commands;
mod context;
mod early;
mod environment;
mod fleet;
mod help;
mod modules;
mod output;
mod providers;
mod run;
mod stacks;
mod variables;
mod webhook;
mod workspace;

use clap::{CommandFactory, FromArgMatches};
use commands::Cli;
use context::Context;
use environment::Environment;
use output::Output;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    if let Some(code) = providers::launch_if_asked() {
        return code;
    }
    explain_panics();
    ExitCode::from(run(Environment::of_process()))
}

/// A panic is a defect. Whoever meets one wants to know first whether anything is lost.
fn explain_panics() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        eprintln!(
            "\nTerrane crashed. This is a defect of Terrane, not of your configuration; please report what follows.\n\
             Nothing that was done is lost: it is in the state or in the journal beside it, and the next run goes\n\
             on from there.\n"
        );
        report(panic);
    }));
}

/// Runs one command and gives its exit code: 0 success, 1 failure, 2 success with changes (where
/// asked for), 127 no command.
fn run(mut environment: Environment) -> u8 {
    let mut cli = Cli::command();
    let parsed = match arguments::read(&mut cli, &environment) {
        Ok(parsed) => parsed,
        Err(problem) => {
            Output::new(&environment, false).error(&problem);
            return 1;
        }
    };
    let output = Output::new(&environment, parsed.no_color);
    if let Some(dir) = &parsed.chdir
        && let Err(reason) = environment.change_dir(dir)
    {
        output.error(&format!("Error handling -chdir option: {reason}"));
        return 1;
    }
    let arguments = match parsed.action {
        arguments::Action::Run(arguments) => arguments,
        arguments::Action::Help { path, code } => {
            output.print(&help::render(&cli, &path));
            return code;
        }
    };
    let matched = cli
        .try_get_matches_from_mut(&arguments)
        .and_then(|m| Ok((Cli::from_arg_matches(&m)?, arguments::VariableArgs::of_command(&m))));
    let (command, variables) = match matched {
        Ok((cli, variables)) => (cli.command, variables),
        Err(error) => {
            output.usage_error(&arguments::explain(&error, &cli, &parsed.path), &parsed.path);
            return 1;
        }
    };
    let mut context = Context::new(environment, output);
    context.variables = variables;
    if let Some(system) = command.ci() {
        context.output.speak_to(ci::Ci::new(system, &context.environment));
    }
    if command.streams_json() {
        context.output.speak_json(&context.environment);
    }
    let code = match command.run(&mut context) {
        Ok(exit) => exit.code(),
        Err(problems) => {
            context.output.problems(&problems);
            1
        }
    };
    context.output.finish();
    code
}
