//! Where a report goes: the terminal, files, and a chat.

use super::DriftArgs;
use crate::context::{Context, Problems};
use std::path::PathBuf;
use terrane_drift::{Conclusion, Report};
use terrane_view::{drift_html, drift_json, drift_junit, drift_markdown, drift_message, render_drift};

/// The variable with the address of a webhook, which is better not on a command line.
const WEBHOOK: &str = "TERRANE_DRIFT_WEBHOOK";

/// Prints the report, and writes and sends what was asked for.
pub(super) fn write(args: &DriftArgs, context: &Context, report: &Report) -> Result<(), Problems> {
    if args.json {
        let json = drift_json(report, env!("CARGO_PKG_VERSION"));
        context.output.print(&format!("{json:#}\n"));
    } else {
        context.output.print(&render_drift(report, &context.output.palette(), &context.output.options()));
    }
    type Form = fn(&Report) -> String;
    let files: [(&Option<PathBuf>, Form); 3] =
        [(&args.markdown, drift_markdown), (&args.junit, drift_junit), (&args.html, drift_html)];
    for (path, form) in files {
        let Some(path) = path else { continue };
        context
            .environment
            .write(path, form(report).as_bytes())
            .map_err(|e| Problems::new("Failed to write the report", format!("{}: {e}.", path.display())))?;
    }
    let url = args.webhook.as_deref().or(context.environment.variable(WEBHOOK));
    let quiet = report.conclusion() == Conclusion::Clean && report.expired.is_empty();
    if let Some(url) = url.filter(|_| !quiet) {
        // What was found is more than that somebody was told: the exit code stays that of the report.
        if let Err(reason) = context.block_on(crate::webhook::send(url, &drift_message(report))) {
            context.output.error(&format!("Warning: the webhook was not told of the drift: {reason}."));
        }
    }
    Ok(())
}
