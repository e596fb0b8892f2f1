//! Lines for people.

use super::summary_text;
use crate::palette::paint;
use crate::{Options, Palette, render_outputs, render_plan, render_state};
use terrane_testing::{CleanUp, Outcome, TestEvent, TestStatus};

/// What is said of an event; nothing for most.
pub fn test_line(event: &TestEvent<'_>, palette: &Palette) -> Option<String> {
    let word = |status: TestStatus| match status {
        TestStatus::Pass => paint(palette.success, "pass"),
        TestStatus::Skip => paint(palette.faint, "skip"),
        TestStatus::Fail | TestStatus::Error => paint(palette.error, "fail"),
    };
    Some(match event {
        TestEvent::FileStarted { file } => format!("{file}... {}\n", paint(palette.faint, "in progress")),
        TestEvent::RunDone { run, .. } => format!("  run \"{}\"... {}\n", run.name, word(run.status)),
        TestEvent::TearDown { file } => format!("{file}... {}\n", paint(palette.faint, "tearing down")),
        TestEvent::FileDone { file, status } => format!("{file}... {}\n", word(*status)),
        TestEvent::Interrupted => {
            "\nInterrupted. What was made has been cleaned up as far as is said above.\n".to_owned()
        }
        TestEvent::Summary(summary) => {
            let good = summary.status <= TestStatus::Pass;
            let text = summary_text(summary);
            let (word, rest) = text.split_at(text.find(' ').unwrap_or(text.len()));
            let style = if good { palette.success } else { palette.error };
            format!("\n{}{rest}\n", paint(style, word))
        }
        TestEvent::Found(_)
        | TestEvent::RunStarted { .. }
        | TestEvent::RunTearDown { .. }
        | TestEvent::CleanedUp { .. }
        | TestEvent::FileProblems { .. } => return None,
    })
}

/// The plan or the state at the end of a run.
pub fn render_outcome(outcome: &Outcome, palette: &Palette, options: &Options) -> String {
    let mut text = String::from("\n");
    if let Some(plan) = &outcome.plan {
        text.push_str(&render_plan(plan, &outcome.config, &outcome.schemas, palette, options));
        text.push('\n');
    }
    if let Some(state) = &outcome.state {
        text.push_str(&render_state(state, &outcome.schemas, options));
        if !state.outputs.is_empty() {
            text.push_str("\n\nOutputs:\n\n");
            text.push_str(&render_outputs(&state.outputs, palette, options));
        }
        text.push('\n');
    }
    text
}

/// What is left of what a run made; nothing when nothing is.
pub fn left_behind(file: &str, report: &CleanUp) -> Option<String> {
    if report.left.is_empty() {
        return None;
    }
    let lines: Vec<String> = (report.left.iter())
        .map(|(address, deposed)| match deposed {
            Some(key) => format!("  - {address} ({key})"),
            None => format!("  - {address}"),
        })
        .collect();
    Some(format!(
        "\nTerrane left the following resources after {file}/{}, and they need to be cleaned up by hand:\n{}",
        report.run,
        lines.join("\n")
    ))
}
