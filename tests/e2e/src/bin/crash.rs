//! The crash test as a benchmark: `crash [-kills N] [-seed N]`, by default 200 kills. Prints its
//! figures; ends with 1 unless nothing was lost and nothing made twice.

use std::process::ExitCode;
use terrane_e2e::crash_test;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (mut kills, mut seed) = (200, 1);
    for pair in args.chunks(2) {
        match pair {
            [name, value] if name.trim_start_matches('-') == "kills" => kills = number(value),
            [name, value] if name.trim_start_matches('-') == "seed" => seed = number(value),
            _ => {
                eprintln!("Usage: crash [-kills N] [-seed N]");
                return ExitCode::from(2);
            }
        }
    }
    let begun = std::time::Instant::now();
    let figures = crash_test(seed, kills as usize, |so_far| {
        println!("{} kills, {} phases, {} s", so_far.kills, so_far.phases, begun.elapsed().as_secs());
    });
    print!("\n{figures}");
    if figures.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or_else(|_| {
        eprintln!("{text:?} is not a number.");
        std::process::exit(2)
    })
}
