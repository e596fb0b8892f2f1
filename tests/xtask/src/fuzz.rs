//! `cargo xtask fuzz`: runs the targets of `tests/fuzz` under libFuzzer, with the toolchain that is there.
//!
//! The flags are those that `cargo fuzz --sanitizer none` gives to rustc; none of them needs a nightly one.

use std::path::{Path, PathBuf};
use std::process::Command;
use terrane_xtask::{Failure, workspace};

/// What makes the compiler tell the fuzzer which way a program went.
const INSTRUMENT: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "--cfg=fuzzing",
];

/// What an input may cost: ten seconds, 2 GiB altogether, 1 GiB at once.
const LIMITS: &[&str] =
    &["-timeout=10", "-rss_limit_mb=2048", "-malloc_limit_mb=1024", "-max_len=16384", "-len_control=20"];

/// How many inputs a folder of the corpus keeps, and of which size.
const MOST_KEPT: usize = 300;
const LARGEST_KEPT: u64 = 16_384;
const MOST_BYTES: u64 = 500_000;

/// What the command line asks for.
struct Wanted {
    targets: Vec<String>,
    seconds: u64,
    keep: bool,
}

/// Runs one target, or all one after the other.
pub(crate) fn run(args: &[String]) -> Result<(), Failure> {
    let wanted = read(args)?;
    let programs = build()?;
    let mut failed = Vec::new();
    for target in &wanted.targets {
        println!("\n=== {target}: {} seconds", wanted.seconds);
        let result = match wanted.keep {
            true => keep(&programs, target),
            false => fuzz(&programs, target, wanted.seconds),
        };
        if let Err(error) = result {
            eprintln!("{error}");
            failed.push(target.as_str());
        }
    }
    match failed.is_empty() {
        true => Ok(()),
        false => Err(format!("failed: {}; what fails is in {}", failed.join(", "), found().display())),
    }
}

fn read(args: &[String]) -> Result<Wanted, Failure> {
    let all = targets()?;
    let mut wanted = Wanted { targets: Vec::new(), seconds: 60, keep: false };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "-seconds" => {
                let given = args.next().and_then(|number| number.parse().ok());
                wanted.seconds = given.ok_or("-seconds needs a number")?;
            }
            "-keep" => wanted.keep = true,
            name if all.iter().any(|target| target == name) => wanted.targets.push(name.to_owned()),
            other => return Err(format!("there is no target {other}; there are {}", all.join(", "))),
        }
    }
    if wanted.targets.is_empty() {
        wanted.targets = all;
    }
    Ok(wanted)
}

fn package() -> PathBuf {
    workspace::root().join("tests/fuzz")
}

/// Where inputs and what is built lie: apart, since all is compiled otherwise than usual.
fn found() -> PathBuf {
    workspace::target().join("fuzz")
}

/// The targets by the names of their folders.
fn targets() -> Result<Vec<String>, Failure> {
    let corpus = package().join("corpus");
    let entries = std::fs::read_dir(&corpus).map_err(|e| format!("{}: {e}", corpus.display()))?;
    let mut names: Vec<_> =
        entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())).collect();
    names.sort();
    Ok(names)
}

/// Builds all targets and says where they are.
fn build() -> Result<PathBuf, Failure> {
    let host = host()?;
    let mut build = workspace::cargo();
    build
        .args([
            "build",
            "--profile",
            "fuzz",
            "--package",
            "terrane-fuzz",
            "--features",
            "libfuzzer",
            "--bins",
        ])
        // With a target named, build scripts and derives are not instrumented.
        .args(["--target", &host])
        .arg("--target-dir")
        .arg(found())
        .env("CARGO_ENCODED_RUSTFLAGS", INSTRUMENT.join("\u{1f}"))
        .env("CARGO_INCREMENTAL", "0");
    workspace::run(&mut build)?;
    Ok(found().join(host).join("fuzz"))
}

fn host() -> Result<String, Failure> {
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .arg("-vV")
        .output()
        .map_err(|error| format!("cannot run rustc: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not say for what machine it compiles".to_owned())
}

fn make(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))
}

/// The program of a target, to be run where it may leave what it finds.
fn program(programs: &Path, target: &str) -> Result<Command, Failure> {
    let failing = found().join("failing");
    make(&failing)?;
    let mut command = Command::new(programs.join(format!("fuzz-{target}")));
    command.args(LIMITS).arg(format!("-artifact_prefix={}/{target}-", failing.display()));
    Ok(command)
}

/// Looks for inputs that fail, starting from those that are kept and those of earlier runs.
fn fuzz(programs: &Path, target: &str, seconds: u64) -> Result<(), Failure> {
    let inputs = found().join("inputs").join(target);
    make(&inputs)?;
    let mut command = program(programs, target)?;
    command
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-dict={}", package().join("words.dict").display()))
        .arg("-print_final_stats=1")
        .arg(&inputs)
        .arg(package().join("corpus").join(target))
        .arg(workspace::root().join("engine/syntax/tests/seeds"));
    workspace::run(&mut command)
}

/// Puts the smallest set of inputs that goes every way seen so far into the repository.
fn keep(programs: &Path, target: &str) -> Result<(), Failure> {
    let (corpus, inputs) = (package().join("corpus").join(target), found().join("inputs").join(target));
    let merged = found().join("merged").join(target);
    let failed = |error: std::io::Error| format!("cannot keep inputs of {target}: {error}");
    if merged.exists() {
        std::fs::remove_dir_all(&merged).map_err(failed)?;
    }
    make(&merged)?;
    make(&inputs)?;
    workspace::run(program(programs, target)?.arg("-merge=1").args([&merged, &corpus, &inputs]))?;
    let mut sizes = Vec::new();
    for entry in std::fs::read_dir(&merged).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        sizes.push((path.metadata().map_err(failed)?.len(), path));
    }
    sizes.sort();
    std::fs::remove_dir_all(&corpus).map_err(failed)?;
    make(&corpus)?;
    let mut bytes = 0;
    // Names of regression inputs would be lost here: those are tests of the crates they fail in.
    let small = sizes.iter().filter(|(size, _)| *size <= LARGEST_KEPT);
    for (size, path) in spread(&small.collect::<Vec<_>>(), MOST_KEPT) {
        bytes += size;
        if bytes > MOST_BYTES {
            break;
        }
        std::fs::copy(path, corpus.join(path.file_name().unwrap_or_default())).map_err(failed)?;
    }
    Ok(())
}

/// At most `most` of them, small and large ones alike.
fn spread<'a, T>(all: &[&'a T], most: usize) -> Vec<&'a T> {
    let step = all.len().div_ceil(most).max(1);
    all.iter().step_by(step).copied().collect()
}
