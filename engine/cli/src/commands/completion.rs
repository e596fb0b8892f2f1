//! `completion`

use super::Cli;
use crate::context::{Context, Exit, Outcome};
use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::{Shell, generate};

/// Print a script that makes a shell complete commands and flags.
///
/// For bash, add this line to ~/.bashrc:
///
///     source <(terrane completion bash)
#[derive(Args)]
pub(crate) struct CompletionArgs {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: ShellName,
}

#[derive(Clone, Copy, ValueEnum)]
enum ShellName {
    Bash,
    Zsh,
    Fish,
}

pub(crate) fn run(args: &CompletionArgs, context: &mut Context) -> Outcome {
    let shell = match args.shell {
        ShellName::Bash => Shell::Bash,
        ShellName::Zsh => Shell::Zsh,
        ShellName::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "terrane", &mut script);
    context.output.print(&String::from_utf8_lossy(&script));
    Ok(Exit::Success)
}
