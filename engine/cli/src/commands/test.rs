//! `test`

use crate::arguments::{OutputFormatArgs, VariableArgs, parallelism};
use crate::context::{Context, Exit, Outcome, Problems};
use crate::modules::MISSING_PROVIDER;
use crate::run::Interrupt;
use clap::Args;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use terrane_apply::Parallelism;
use terrane_config::{Config, During, Start, TestFile, load_tests};
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_provider::Providers;
use terrane_testing::{
    Host, RunModule, RunReport, Suite, Summary, TestEvent, TestStatus, run_tests, unknown_files,
};
use terrane_view::{JsonLines, junit_xml, left_behind, render_outcome, test_line};
use tokio::sync::watch;

/// Run the tests of a module.
///
/// Runs the test files (*.tftest.hcl, *.tofutest.hcl and their JSON forms) of the current directory
/// and of the directory of tests, run block after run block, and checks what they assert.
///
/// What is not mocked is really created, and destroyed at the end of each file. States of tests are
/// kept in memory only.
#[derive(Args)]
pub(crate) struct TestArgs {
    /// Run this test file only. May be used more than once.
    #[arg(long, value_name = "testfile")]
    filter: Vec<String>,
    /// The directory of test files.
    #[arg(long, value_name = "path", default_value = "tests")]
    test_directory: PathBuf,
    /// Print the plan or the state at the end of each run.
    #[arg(long)]
    verbose: bool,
    /// Write the results to this file, in the XML form that CI systems read.
    #[arg(long, value_name = "path")]
    junit_xml: Option<PathBuf>,
    /// Limit the number of concurrent operations of each run. Without it, ten run at each API of each provider
    /// configuration, and 64 altogether.
    #[arg(long, value_name = "n", value_parser = parallelism)]
    parallelism: Option<Parallelism>,
    /// Let values of mocks and overrides that do not say when they are known be known in plans, as OpenTofu does it,
    /// or after apply, as Terraform does it. Without it, that is so in files called *.tofutest.hcl and in others.
    #[arg(long, value_name = "plan|apply", value_parser = during)]
    override_during: Option<During>,
    /// Leave what the runs made, and say what that is.
    #[arg(long)]
    no_cleanup: bool,
    /// Tests run here only.
    #[arg(long, value_name = "source", hide = true)]
    cloud_run: Option<String>,
    #[command(flatten)]
    variables: VariableArgs,
    #[command(flatten)]
    format: OutputFormatArgs,
}

pub(crate) fn run(args: &TestArgs, context: &mut Context) -> Outcome {
    if args.cloud_run.is_some() {
        let detail = "HCP Terraform and Terraform Enterprise are not supported, so that -cloud-run has nowhere to run the tests. \
                      Leave it out to run them here.";
        return Err(Problems::new("Tests cannot run remotely", detail));
    }
    let teller = Teller::new(args, context);
    match suite(args, context) {
        Ok(suite) => {
            let summary = run_suite(args, context, &suite, &teller);
            teller.write_junit()?;
            let good = summary.status <= TestStatus::Pass;
            Ok(if good { Exit::Success } else { Exit::Failure })
        }
        Err(problems) => match &teller.programs {
            Some(stream) => {
                problems.diagnostics.iter().for_each(|d| stream.diagnostic(d, &problems.sources));
                Ok(Exit::Failure)
            }
            None => Err(problems),
        },
    }
}

/// What is to be run.
fn suite(args: &TestArgs, context: &Context) -> Result<Suite, Problems> {
    let mut sources = SourceMap::default();
    let environment = &context.environment;
    let root = std::path::Path::new(".");
    let (mut files, mut problems) = load_tests(environment, root, &args.test_directory, &mut sources);
    problems.append(unknown_files(&files, &args.filter));
    if !args.filter.is_empty() {
        files.retain(|file| args.filter.contains(&file.name));
    }
    if let Some(during) = args.override_during {
        files.iter_mut().for_each(|file| file.during = during);
    }
    if !environment.is_dir(&args.test_directory) && args.test_directory != std::path::Path::new("tests") {
        let detail = format!("The directory {} does not exist.", args.test_directory.display());
        problems.push(Diagnostic::warning("Test directory does not exist", detail));
    }
    let given = problems.take(crate::variables::given(environment, &args.variables, &mut sources));
    let mut given_to_tests = BTreeMap::new();
    if files.iter().any(TestFile::is_in_directory) {
        let found = crate::variables::given_to_tests(environment, &args.test_directory, &mut sources);
        given_to_tests = problems.take(found);
    }
    if !problems.has_errors() && files.iter().any(uses_root) {
        // What is wrong with the module itself is said once, and not for each run.
        let start = Start { sources: sources.clone(), ..Start::default() };
        let (config, found) = crate::modules::load_for_test(context, None, start);
        let broken = found.iter().any(|d| d.is_error() && d.summary != MISSING_PROVIDER);
        if broken {
            return Err(Problems { diagnostics: found, sources: config.sources });
        }
    }
    if problems.has_errors() {
        return Err(Problems { diagnostics: problems, sources });
    }
    context.output.diagnostics(&problems, &sources);
    Ok(Suite { files, sources, given, given_to_tests, keep: args.no_cleanup })
}

fn during(word: &str) -> Result<During, String> {
    match word {
        "plan" => Ok(During::Plan),
        "apply" => Ok(During::Apply),
        _ => Err("it must be plan or apply".to_owned()),
    }
}

fn uses_root(file: &TestFile) -> bool {
    file.runs.iter().any(|run| run.module.is_none())
}

fn run_suite(args: &TestArgs, context: &Context, suite: &Suite, teller: &Teller<'_>) -> Summary {
    context.block_on(async {
        let interrupt = Interrupt::listen(&Providers::default());
        let parallelism = args.parallelism.unwrap_or_default();
        let host = CliHost { context, parallelism, stop: interrupt.receiver(), started: RefCell::default() };
        run_tests(&host, suite, &|event| teller.tell(&event)).await
    })
}

/// Where tests have configurations and providers from.
struct CliHost<'a> {
    context: &'a Context,
    parallelism: Parallelism,
    stop: watch::Receiver<bool>,
    /// Providers that were started, by what needed them.
    started: RefCell<BTreeMap<BTreeSet<String>, Providers>>,
}

#[async_trait::async_trait(?Send)]
impl Host for CliHost<'_> {
    fn load(&self, module: Option<RunModule<'_>>, start: Start) -> (Config, Diagnostics) {
        crate::modules::load_for_test(self.context, module, start)
    }

    async fn providers(&self, config: &Config) -> Result<Providers, (Diagnostics, SourceMap)> {
        let needed: BTreeSet<String> = (config.modules.keys())
            .flat_map(|path| super::providers::requirements(config, path).into_keys())
            .map(|address| address.to_string())
            .collect();
        if let Some(providers) = self.started.borrow().get(&needed) {
            return Ok(providers.clone());
        }
        let started = tokio::task::block_in_place(|| crate::providers::of(self.context, config));
        let providers = started.map_err(|problems| (problems.diagnostics, problems.sources))?;
        self.started.borrow_mut().insert(needed, providers.clone());
        Ok(providers)
    }

    fn now(&self) -> String {
        self.context.environment.now()
    }

    fn workspace(&self) -> String {
        "default".to_owned()
    }

    fn working_dir(&self) -> String {
        self.context.environment.original_dir().display().to_string()
    }

    fn parallelism(&self) -> Parallelism {
        self.parallelism
    }

    fn stop(&self) -> watch::Receiver<bool> {
        self.stop.clone()
    }
}

/// Tells what happens, to people or programs, and keeps it for the file of results.
struct Teller<'a> {
    context: &'a Context,
    programs: Option<JsonLines>,
    verbose: bool,
    junit: Option<PathBuf>,
    results: RefCell<Vec<(String, Vec<RunReport>)>>,
}

impl<'a> Teller<'a> {
    fn new(args: &TestArgs, context: &'a Context) -> Teller<'a> {
        let programs = args.format.json.then(|| {
            let stream = JsonLines::new(Box::new(std::io::stdout()), context.environment.clock());
            stream.version(env!("CARGO_PKG_VERSION"));
            stream
        });
        let junit = args.junit_xml.clone();
        Teller { context, programs, verbose: args.verbose, junit, results: RefCell::default() }
    }

    fn tell(&self, event: &TestEvent<'_>) {
        self.keep(event);
        if let Some(stream) = &self.programs {
            return stream.test_event(event, self.verbose);
        }
        let output = &self.context.output;
        if let Some(line) = test_line(event, &output.palette()) {
            output.print(&line);
        }
        match event {
            TestEvent::RunDone { run, .. } => {
                if let Some(outcome) = run.outcome.as_ref().filter(|_| self.verbose) {
                    output.print(&render_outcome(outcome, &output.palette(), &output.options()));
                }
                output.diagnostics(&run.diagnostics, &run.sources);
            }
            TestEvent::CleanedUp { file, report } => {
                output.diagnostics(&report.diagnostics, &report.sources);
                if let Some(left) = left_behind(file, report) {
                    output.error(&left);
                }
            }
            TestEvent::FileProblems { diagnostics, sources, .. } => output.diagnostics(diagnostics, sources),
            _ => {}
        }
    }

    fn keep(&self, event: &TestEvent<'_>) {
        if self.junit.is_none() {
            return;
        }
        let mut results = self.results.borrow_mut();
        match event {
            TestEvent::FileStarted { file } => results.push(((*file).to_owned(), Vec::new())),
            TestEvent::RunDone { run, .. } => {
                if let Some((_, runs)) = results.last_mut() {
                    runs.push(RunReport { outcome: None, ..(*run).clone() });
                }
            }
            _ => {}
        }
    }

    fn write_junit(&self) -> Result<(), Problems> {
        let Some(path) = &self.junit else { return Ok(()) };
        let fail = |error: std::io::Error| {
            Problems::new("Failed to write test results", format!("{}: {error}.", path.display()))
        };
        let document = junit_xml(&self.results.borrow()).map_err(fail)?;
        self.context.environment.write(path, document.as_bytes()).map_err(fail)
    }
}
