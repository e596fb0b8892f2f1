//! The commands: one file each, with its arguments, whose doc comments are its help.

mod apply;
mod completion;
mod console;
mod destroy;
mod docs;
mod drift;
mod fmt;
mod get;
mod graph;
mod import;
mod init;
mod lock;
mod metadata;
mod output;
mod plan;
mod provider;
pub(crate) mod providers;
mod query;
mod refresh;
mod resume;
mod show;
mod state;
mod taint;
mod test;
mod validate;
mod version;
mod workspace;

use crate::arguments::PlanArgs;
use crate::ci::CiSystem;
use crate::context::{Context, Outcome};
use clap::{Parser, Subcommand};

/// The command line as a whole.
#[derive(Parser)]
#[command(name = "terrane", disable_help_flag = true, disable_help_subcommand = true, no_binary_name = false)]
// A flag that is given again counts as it is given last: the environment gives defaults, the command line decides.
#[command(args_override_self = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What can be asked for.
#[derive(Subcommand)]
#[command(disable_help_flag = true, disable_help_subcommand = true)]
pub(crate) enum Command {
    Apply(apply::ApplyArgs),
    Completion(completion::CompletionArgs),
    Console(console::ConsoleArgs),
    Destroy(destroy::DestroyArgs),
    #[command(subcommand)]
    Docs(docs::DocsCommand),
    Drift(drift::DriftArgs),
    Fmt(fmt::FmtArgs),
    ForceUnlock(lock::ForceUnlockArgs),
    Get(get::GetArgs),
    Graph(graph::GraphArgs),
    Import(import::ImportArgs),
    Init(init::InitArgs),
    #[command(subcommand)]
    Lock(lock::LockCommand),
    #[command(subcommand)]
    Metadata(metadata::MetadataCommand),
    Output(output::OutputArgs),
    Plan(plan::PlanCommandArgs),
    #[command(subcommand)]
    Provider(provider::ProviderCommand),
    Providers(providers::ProvidersArgs),
    Query(query::QueryArgs),
    Refresh(refresh::RefreshArgs),
    Resume(resume::ResumeArgs),
    Show(show::ShowArgs),
    #[command(subcommand)]
    State(state::StateCommand),
    Taint(taint::TaintArgs),
    Test(test::TestArgs),
    Untaint(taint::UntaintArgs),
    Validate(validate::ValidateArgs),
    Version(version::VersionArgs),
    #[command(subcommand)]
    Workspace(workspace::WorkspaceCommand),
}

impl Command {
    /// The CI system that the run is to tell.
    pub(crate) fn ci(&self) -> Option<CiSystem> {
        self.plan_args().and_then(|args| args.ci)
    }

    /// Whether standard output is a stream of messages for programs, problems with the run itself included.
    pub(crate) fn streams_json(&self) -> bool {
        self.plan_args().is_some_and(|args| args.format.json)
    }

    fn plan_args(&self) -> Option<&PlanArgs> {
        match self {
            Command::Apply(args) => Some(&args.plan),
            Command::Destroy(args) => Some(&args.plan),
            Command::Plan(args) => Some(&args.plan),
            Command::Refresh(args) => Some(&args.plan),
            _ => None,
        }
    }

    pub(crate) fn run(&self, context: &mut Context) -> Outcome {
        match self {
            Command::Completion(args) => completion::run(args, context),
            Command::Console(args) => console::run(args, context),
            Command::Docs(command) => docs::run(command, context),
            Command::Fmt(args) => fmt::run(args, context),
            Command::ForceUnlock(args) => lock::force_unlock(args, context),
            Command::Get(args) => get::run(args, context),
            Command::Graph(args) => graph::run(args, context),
            Command::Import(args) => import::run(args, context),
            Command::Init(args) => init::run(args, context),
            Command::Lock(command) => lock::run(command, context),
            Command::Metadata(command) => metadata::run(command, context),
            Command::Output(args) => output::run(args, context),
            Command::Apply(args) => apply::run(args, context),
            Command::Destroy(args) => destroy::run(args, context),
            Command::Drift(args) => drift::run(args, context),
            Command::Plan(args) => plan::run(args, context),
            Command::Query(args) => query::run(args, context),
            Command::Refresh(args) => refresh::run(args, context),
            Command::Resume(args) => resume::run(args, context),
            Command::Provider(command) => provider::run(command, context),
            Command::Providers(args) => providers::run(args, context),
            Command::Show(args) => show::run(args, context),
            Command::State(command) => state::run(command, context),
            Command::Taint(args) => taint::taint(args, context),
            Command::Test(args) => test::run(args, context),
            Command::Untaint(args) => taint::untaint(args, context),
            Command::Validate(args) => validate::run(args, context),
            Command::Version(args) => version::run(args, context),
            Command::Workspace(command) => workspace::run(command, context),
        }
    }
}
