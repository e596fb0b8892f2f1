//! Standard output and standard error.

use crate::ci::Ci;
use crate::context::Problems;
use crate::environment::Environment;
use serde_json::{Value as Json, json};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use terrane_diagnostics::{Diagnostic, Diagnostics, Look, Severity, SourceMap, render_terminal, to_json};
use terrane_view::{JsonLines, Options, Palette};

/// Where a command prints. Colours are left out when the output is no terminal, with
/// `-no-color`, and when `NO_COLOR` is set.
pub(crate) struct Output {
    plain: bool,
    width: usize,
    /// For programs: every line and diagnostic becomes a message in JSON, with the time of this clock.
    clock: Option<Box<dyn Fn() -> String + Send + Sync>>,
    compact_warnings: AtomicBool,
    /// Prints nothing at all.
    silent: bool,
    /// What would have been printed, of an output that is held back.
    held: Option<Mutex<String>>,
    /// The CI system that is told as well.
    ci: Option<Ci>,
}

impl Output {
    pub(crate) fn new(environment: &Environment, no_color: bool) -> Output {
        let plain = no_color || environment.variable("NO_COLOR").is_some();
        let compact_warnings = AtomicBool::new(false);
        Output {
            plain,
            width: environment.width(),
            clock: None,
            compact_warnings,
            silent: false,
            held: None,
            ci: None,
        }
    }

    /// One that prints nothing: whoever uses it tells what matters.
    pub(crate) fn silent(environment: &Environment) -> Output {
        Output { silent: true, ..Output::new(environment, true) }
    }

    /// One that keeps what this one would print until it is asked for.
    pub(crate) fn held_back(&self) -> Output {
        Output {
            plain: self.plain,
            width: self.width,
            clock: None,
            compact_warnings: AtomicBool::new(self.compact_warnings.load(Ordering::Relaxed)),
            silent: self.silent,
            held: Some(Mutex::default()),
            ci: None,
        }
    }

    /// What was held back.
    pub(crate) fn held(&self) -> String {
        let held = self.held.as_ref().map(|held| held.lock().unwrap_or_else(PoisonError::into_inner));
        held.map(|mut held| std::mem::take(&mut *held)).unwrap_or_default()
    }

    /// Whether somebody else prints `text`, or nobody.
    fn is_kept(&self, text: &str) -> bool {
        if let Some(held) = self.held.as_ref().filter(|_| !self.silent) {
            held.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
        }
        self.silent || self.held.is_some()
    }

    /// Prints messages in JSON from now on, a line each, for programs.
    pub(crate) fn speak_json(&mut self, environment: &Environment) {
        self.plain = true;
        self.clock = Some(environment.clock());
        JsonLines::new(Box::new(anstream::stdout()), environment.clock()).version(env!("CARGO_PKG_VERSION"));
    }

    /// Tells a CI system as well from now on.
    pub(crate) fn speak_to(&mut self, ci: Ci) {
        self.ci = Some(ci);
    }

    /// The CI system that is told.
    pub(crate) fn ci(&self) -> Option<&Ci> {
        self.ci.as_ref()
    }

    /// Writes what a CI system reads at the end of a run.
    pub(crate) fn finish(&self) {
        if let Some(Err(reason)) = self.ci.as_ref().map(Ci::finish) {
            self.error(&format!("Warning: what the CI system is to show could not be written: {reason}."));
        }
    }

    /// The colours to render with.
    pub(crate) fn palette(&self) -> Palette {
        if self.plain { Palette::plain() } else { Palette::coloured() }
    }

    /// How values are rendered; sensitive ones are hidden.
    pub(crate) fn options(&self) -> Options {
        Options { width: self.width, show_sensitive: false }
    }

    /// Prints text as it is to standard output. A reader that went away is not an error.
    pub(crate) fn print(&self, text: &str) {
        if self.is_kept(text) {
            return;
        }
        let mut out = anstream::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// Prints to standard output what others made: not even control characters are taken out.
    pub(crate) fn verbatim(&self, text: &str) {
        if self.is_kept(text) {
            return;
        }
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// Prints a line to standard output.
    pub(crate) fn line(&self, text: &str) {
        if self.clock.is_some() {
            return self.message("info", text, json!({ "type": "log" }));
        }
        self.print(&format!("{text}\n"));
    }

    /// Prints a line to standard error.
    pub(crate) fn error(&self, text: &str) {
        let text = format!("{text}\n");
        if self.is_kept(&text) {
            return;
        }
        let _ = anstream::stderr().lock().write_all(text.as_bytes());
    }

    /// From now on, warnings that come without an error take a line each (`-compact-warnings`).
    pub(crate) fn set_compact_warnings(&self, compact: bool) {
        self.compact_warnings.store(compact, Ordering::Relaxed);
    }

    /// Prints diagnostics: errors to standard error, warnings to standard output.
    pub(crate) fn diagnostics(&self, diagnostics: &Diagnostics, sources: &SourceMap) {
        if let Some(ci) = &self.ci {
            let lines = diagnostics.iter().filter_map(|diagnostic| ci.problem(diagnostic, sources));
            lines.for_each(|line| self.print(&format!("{line}\n")));
        }
        if self.clock.is_none()
            && self.compact_warnings.load(Ordering::Relaxed)
            && !diagnostics.is_empty()
            && !diagnostics.has_errors()
        {
            self.print(&compact(diagnostics, sources));
            return;
        }
        for diagnostic in diagnostics {
            if self.clock.is_some() {
                self.diagnostic_message(diagnostic, sources);
                continue;
            }
            let text = self.render(diagnostic, sources);
            match diagnostic.severity {
                Severity::Error => self.error(text.trim_end_matches('\n')),
                Severity::Warning => self.print(&text),
            }
        }
    }

    /// Prints a diagnostic to standard error, whatever it is: beside output that programs read.
    pub(crate) fn notice(&self, diagnostic: &Diagnostic) {
        self.error(self.render(diagnostic, &SourceMap::default()).trim_end_matches('\n'));
    }

    /// Prints what ended a command.
    pub(crate) fn problems(&self, problems: &Problems) {
        self.diagnostics(&problems.diagnostics, &problems.sources);
    }

    /// Prints why the command line was not understood, and where help is.
    pub(crate) fn usage_error(&self, diagnostic: &Diagnostic, path: &[String]) {
        self.diagnostics(&Diagnostics::from(diagnostic.clone()), &SourceMap::default());
        self.error(&format!(
            "\nFor more help on using this command, run:\n  terrane {} -help",
            path.join(" ")
        ));
    }

    fn diagnostic_message(&self, diagnostic: &Diagnostic, sources: &SourceMap) {
        let (level, label) = match diagnostic.severity {
            Severity::Error => ("error", "Error"),
            Severity::Warning => ("warn", "Warning"),
        };
        let text = format!("{label}: {}", diagnostic.summary);
        let more = json!({ "type": "diagnostic", "diagnostic": to_json(diagnostic, sources) });
        self.message(level, &text, more);
    }

    /// A message for programs, in the form of the stream that `plan` and `apply` print.
    fn message(&self, level: &str, text: &str, more: Json) {
        let Some(clock) = &self.clock else { return };
        let mut line = json!({
            "@level": level,
            "@message": text.trim(),
            "@module": "terraform.ui",
            "@timestamp": clock(),
        });
        if let (Some(line), Json::Object(more)) = (line.as_object_mut(), more) {
            line.extend(more);
        }
        self.print(&format!("{line}\n"));
    }

    fn render(&self, diagnostic: &Diagnostic, sources: &SourceMap) -> String {
        // What is not read on a terminal is wrapped as if it were.
        let width = if self.width == 0 { 78 } else { self.width };
        render_terminal(diagnostic, sources, width, if self.plain { Look::Plain } else { Look::Coloured })
    }
}

/// Warnings, a line for each kind, with the places of the first and how many more there are.
fn compact(warnings: &Diagnostics, sources: &SourceMap) -> String {
    let mut text = "\nWarnings:\n\n".to_owned();
    let mut said: Vec<&str> = Vec::new();
    for warning in warnings {
        if said.contains(&&*warning.summary) {
            continue;
        }
        said.push(&warning.summary);
        let same: Vec<&Diagnostic> = warnings.iter().filter(|w| w.summary == warning.summary).collect();
        text.push_str(&format!("- {}\n", warning.summary));
        let place = warning.subject.and_then(|span| {
            let file = sources.get(span.file)?;
            Some(format!("on {} line {}", file.name, file.position(span.start).line))
        });
        let more = match same.len() - 1 {
            0 => String::new(),
            n => format!(" (and {n} more)"),
        };
        if let Some(place) = place {
            text.push_str(&format!("  {place}{more}\n"));
        } else if !more.is_empty() {
            text.push_str(&format!(" {more}\n"));
        }
    }
    text.push_str("\nTo see the full warning notes, run Terrane without -compact-warnings.\n");
    text
}
