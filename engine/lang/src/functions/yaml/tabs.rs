//! Tabs between the tokens of a YAML document, and an escape: what YAML 1.1, which Terraform reads, says otherwise than the
//! parser. Texts without them cost nothing.

use yaml_rust2::parser::Event;
use yaml_rust2::scanner::{Marker, ScanError, TScalarStyle};

/// How many lines may have tabs after a colon: each makes the parser begin again.
const MOST_LINES: usize = 200;

const MISPLACED: &str = "found character that cannot start any token";

/// A text in which tabs after colons, which end a key as well as spaces do, can be made spaces.
pub(super) struct Spaced {
    text: String,
    changed: usize,
}

impl Spaced {
    pub(super) fn new(text: String) -> Spaced {
        Spaced { text, changed: 0 }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Puts spaces in the place of the tabs before where the parser stopped, if they follow the colon of a key. Whether
    /// it is worth to begin again.
    pub(super) fn mend(&mut self, error: &ScanError) -> bool {
        let at = error.marker();
        let Some(start) = line_start(&self.text, at.line()) else { return false };
        let before: String = self.text[start..].chars().take(at.col()).collect();
        let core = before.trim_end_matches('\t');
        let is_value = core.ends_with(':') && !core[..core.len() - 1].trim().is_empty();
        if core.len() == before.len() || !is_value || self.changed == MOST_LINES {
            return false;
        }
        self.changed += 1;
        let tabs = start + core.len()..start + before.len();
        self.text.replace_range(tabs.clone(), &" ".repeat(tabs.len()));
        true
    }
}

/// Where a line, counted from one, begins.
fn line_start(text: &str, line: usize) -> Option<usize> {
    let ends = text.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(ends).nth(line.checked_sub(1)?)
}

/// Looks for tabs where a token could be the first of a line or of what follows a dash, outside of brackets.
pub(super) struct Check<'t> {
    /// The lines; none, when there is nothing to look for.
    lines: Vec<&'t str>,
    /// For each collection that is open, whether it is in brackets.
    open: Vec<bool>,
    /// The line of the last event.
    line: usize,
    /// Whether lines after the last event may belong to it.
    text_open: bool,
    /// Whether the last event was a text without quotes, which goes on over lines that are indented.
    plain: bool,
}

impl<'t> Check<'t> {
    pub(super) fn new(text: &'t str) -> Check<'t> {
        let lines =
            if text.contains('\t') || text.contains("\\/") { text.split('\n').collect() } else { Vec::new() };
        Check { lines, open: Vec::new(), line: 0, text_open: false, plain: false }
    }

    pub(super) fn event(&mut self, event: &Event, at: Marker) -> Result<(), String> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let line = if *event == Event::StreamEnd { self.lines.len() + 1 } else { at.line() };
        if !self.in_brackets() && !self.text_open {
            self.between(self.line + 1, line)?;
        }
        self.line = self.line.max(at.line());
        self.text_open = false;
        self.plain = false;
        match event {
            Event::Scalar(text, style, ..) => {
                if !(text.is_empty() && *style == TScalarStyle::Plain) {
                    self.start(at)?;
                }
                if *style == TScalarStyle::DoubleQuoted {
                    self.escapes(at)?;
                }
                self.plain = *style == TScalarStyle::Plain;
                self.text_open = !self.plain || self.open.is_empty();
            }
            Event::Alias(_) => self.start(at)?,
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                self.start(at)?;
                let first =
                    self.before(at).and_then(|before| self.lines.get(at.line() - 1)?.get(before.len()..));
                self.open.push(first.is_some_and(|rest| rest.starts_with(['[', '{'])));
            }
            Event::SequenceEnd | Event::MappingEnd => drop(self.open.pop()),
            _ => {}
        }
        Ok(())
    }

    fn in_brackets(&self) -> bool {
        self.open.contains(&true)
    }

    /// The part of a line before a place.
    fn before(&self, at: Marker) -> Option<&'t str> {
        let line = self.lines.get(at.line().checked_sub(1)?)?;
        let end = line.char_indices().nth(at.col()).map_or(line.len(), |(end, _)| end);
        line.get(..end)
    }

    /// A token that begins at `at` where a key could.
    fn start(&self, at: Marker) -> Result<(), String> {
        let Some(before) = self.before(at).filter(|_| !self.in_brackets()) else { return Ok(()) };
        let core = before.trim_end();
        let after_dash = core.split_whitespace().next_back().is_some_and(|last| matches!(last, "-" | "?"));
        let can_begin = core.is_empty() || after_dash || core == ":";
        if can_begin && before[core.len()..].contains('\t') { Err(MISPLACED.into()) } else { Ok(()) }
    }

    /// Lines that are empty but for tabs or a comment.
    fn between(&self, from: usize, to: usize) -> Result<(), String> {
        for line in self.lines.get(from - 1..to.saturating_sub(1)).unwrap_or_default() {
            let content = line.trim_start_matches(' ');
            let inside = self.plain && content.len() < line.len();
            let rest = content.trim();
            if content.starts_with('\t') && (rest.is_empty() || rest.starts_with('#')) && !inside {
                return Err(MISPLACED.into());
            }
        }
        Ok(())
    }

    /// YAML 1.1 has no escape for a slash.
    fn escapes(&self, at: Marker) -> Result<(), String> {
        let Some(before) = self.before(at) else { return Ok(()) };
        let rest = self.lines[at.line() - 1..].iter().enumerate();
        let mut chars =
            rest.flat_map(|(i, line)| line[if i == 0 { before.len() } else { 0 }..].chars().chain(['\n']));
        if chars.next() != Some('"') {
            return Ok(());
        }
        while let Some(c) = chars.next() {
            match c {
                '"' => break,
                '\\' if chars.next() == Some('/') => return Err("found unknown escape character".into()),
                _ => {}
            }
        }
        Ok(())
    }
}
