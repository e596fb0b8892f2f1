//! `cargo xtask test`: everything that must be green, each step with the time it took.

use crate::manifest;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;
use terrane_xtask::moto::Moto;
use terrane_xtask::{Failure, notes, postgres, python, workspace};

/// All steps. A step that fails does not keep the later ones from telling what they know, but
/// for the build, which all need.
pub(crate) fn run() -> Result<(), Failure> {
    let mut steps = Steps::default();
    steps.take("Formatting", |_| formatting());
    let built = steps.take("Build", |_| workspace::build_terrane().map(drop))
        && steps.take("Python environment", |_| python::interpreter().map(drop));
    if built {
        steps.take("Stub of AWS", |_| stub());
        steps.take("Unit tests", unit_tests);
        steps.take("Plugin for tests", |_| notes::build().map(drop));
        steps.take("End-to-end tests", |counts| end_to_end(&[], counts));
        steps.take("Clippy", |_| {
            let mut clippy = workspace::cargo();
            clippy.args(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]);
            workspace::run(&mut clippy)
        });
    }
    steps.summary()
}

/// The workspace, and the plugin beside it.
fn formatting() -> Result<(), Failure> {
    workspace::run(workspace::cargo().args(["fmt", "--all", "--check"]))?;
    workspace::run(workspace::cargo().args(["fmt", "--manifest-path", "tests/plugin/Cargo.toml", "--check"]))
}

/// The wire format of the stub that answers for the parts of AWS that moto lacks, and of what is put right of moto, by boto3.
fn stub() -> Result<(), Failure> {
    let tests = workspace::root().join("tests/stub");
    workspace::run(Command::new(python::interpreter()?).args(["-m", "unittest", "discover", "-s"]).arg(tests))
}

/// Only the end-to-end tests.
pub(crate) fn run_end_to_end(args: &[String]) -> Result<(), Failure> {
    end_to_end(args, &mut Counts::default())
}

/// The crates' own tests. Those of the AWS provider find an endpoint in the environment.
fn unit_tests(counts: &mut Counts) -> Result<(), Failure> {
    let (moto, stub) = (Moto::start()?, Moto::start_with_stub()?);
    let mut tests = workspace::cargo();
    tests
        .args(["test", "--workspace", "--exclude", "terrane-e2e", "--no-fail-fast"])
        .env("TERRANE_TEST_AWS_ENDPOINT", moto.endpoint())
        .env("TERRANE_TEST_AWS_STUB", stub.endpoint());
    match postgres::programs() {
        Ok(programs) => {
            tests.env("TERRANE_TEST_POSTGRES", programs);
        }
        // There is none for this machine, say: then one that is installed is taken, or the test is skipped.
        Err(error) => eprintln!("PostgreSQL could not be installed: {error}"),
    }
    counts.run(&mut tests)
}

/// Each test that needs an endpoint starts its own, so that they do not disturb each other.
fn end_to_end(args: &[String], counts: &mut Counts) -> Result<(), Failure> {
    let program = workspace::build_terrane()?;
    let mut tests = workspace::cargo();
    tests.args(["test", "--package", "terrane-e2e", "--"]).args(args).env("TERRANE_BIN", program);
    counts.run(&mut tests)
}

/// The crash test with many kills, as a program of its own.
pub(crate) fn run_crash(args: &[String]) -> Result<(), Failure> {
    let program = workspace::build_terrane()?;
    let mut crash = workspace::cargo();
    crash.args(["run", "--package", "terrane-e2e", "--bin", "crash", "--"]).args(args);
    workspace::run(crash.env("TERRANE_BIN", program))
}

/// How many tests there were, by the result lines of the test programs.
#[derive(Default)]
struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Counts {
    /// Runs `cargo test`, showing its output and counting.
    fn run(&mut self, command: &mut Command) -> Result<(), Failure> {
        let spelled = workspace::spell(command);
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run {spelled}: {error}"))?;
        if let Some(stdout) = child.stdout.take() {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                println!("{line}");
                self.count(&line);
            }
        }
        match child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("{spelled} ended with {status}")),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Reads a line like `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured`.
    fn count(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for part in counts.split(';') {
            let mut words = part.split_whitespace();
            let (Some(Ok(number)), Some(what)) = (words.next().map(str::parse::<u64>), words.next()) else {
                continue;
            };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

/// The steps done so far.
#[derive(Default)]
struct Steps {
    counts: Counts,
    done: Vec<(&'static str, u64, Result<(), Failure>)>,
}

impl Steps {
    /// Takes a step; says whether it went well.
    fn take(&mut self, name: &'static str, step: impl FnOnce(&mut Counts) -> Result<(), Failure>) -> bool {
        println!("\n=== {name}");
        let start = Instant::now();
        let result = step(&mut self.counts);
        if let Err(error) = &result {
            eprintln!("{error}");
        }
        let good = result.is_ok();
        self.done.push((name, start.elapsed().as_secs(), result));
        good
    }

    /// What has been tried, the durations, what failed, and as the last line the counts for a CI to read.
    fn summary(&self) -> Result<(), Failure> {
        println!(
            "\n=== Resource types by what they have been tried against (*: not everything; docs/reference says what)"
        );
        for line in manifest::lines() {
            println!("{line}");
        }
        println!("\n=== Summary");
        for (name, seconds, result) in &self.done {
            println!("{name:>20} {seconds:>5} s  {}", if result.is_ok() { "good" } else { "FAILED" });
        }
        let Counts { passed, failed, ignored } = self.counts;
        println!("\n{passed} passed, {failed} failed, {ignored} ignored");
        let failures: Vec<_> = self.done.iter().filter(|step| step.2.is_err()).map(|step| step.0).collect();
        match failures.is_empty() {
            true => Ok(()),
            false => Err(format!("failed: {}", failures.join(", "))),
        }
    }
}
