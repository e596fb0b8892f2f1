//! Tests as they run: as text, as JSON lines, and at the end as JUnit's XML.

mod json_lines;
mod junit;
mod text;

pub use junit::junit_xml;
pub use text::{left_behind, render_outcome, test_line};

use terrane_testing::{Summary, TestStatus};

/// `Success! 3 passed, 0 failed.`
fn summary_text(summary: &Summary) -> String {
    let good = summary.status <= TestStatus::Pass;
    let failed = summary.failed + summary.errored;
    let skipped = match summary.skipped {
        0 => String::new(),
        n => format!(", {n} skipped"),
    };
    let word = if good { "Success" } else { "Failure" };
    format!("{word}! {} passed, {failed} failed{skipped}.", summary.passed)
}
