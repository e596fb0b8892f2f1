//! `cargo xtask`: the commands that a contributor types. `quickstart` shows Terrane at work
//! against a local AWS endpoint, `test` runs everything that must be green.

mod fuzz;
mod manifest;
mod quickstart;
mod quickstart_google;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  quickstart [aws|google]
               Build Terrane and watch it create, repair and destroy the infrastructure of
               examples/quickstart at a local AWS endpoint (moto), which needs Python 3, and of
               examples/gke-platform in a Google Cloud in memory, which needs nothing more.
  test         Formatting, clippy, unit tests and end-to-end tests: what CI runs.
  e2e [ARGS]   Only the end-to-end tests; the arguments go to the test program.
  crash [-kills N] [-seed N]
               Kill runs with 60 objects at random moments, by default 200 times, and compare
               what exists with what the state says. Takes some minutes.
  fuzz [TARGET...] [-seconds N] [-keep]
               Give the language inputs that a fuzzer thinks of, 60 seconds for each target;
               -keep makes the smallest set of what it found the corpus of the tests.
  book         Put the book together from docs/, in HTML where mdbook is installed.
  moto         A local AWS endpoint to try things by hand, until Ctrl-C.
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let result = match args.next().as_deref() {
        Some("quickstart") => quickstart::run(args.next().as_deref()),
        Some("test") => test::run(),
        Some("e2e") => test::run_end_to_end(&args.collect::<Vec<_>>()),
        Some("crash") => test::run_crash(&args.collect::<Vec<_>>()),
        Some("fuzz") => fuzz::run(&args.collect::<Vec<_>>()),
        Some("book") => terrane_xtask::book::make().map(drop),
        Some("moto") => quickstart::serve(),
        Some("help" | "--help" | "-h") => {
            print!("{USAGE}");
            Ok(())
        }
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nxtask: {}", message.trim_end());
            ExitCode::FAILURE
        }
    }
}
