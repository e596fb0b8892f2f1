//! Diagnostics for people at a terminal.

use crate::snippet::Snippet;
use crate::wrap::wrap;
use crate::{Context, Diagnostic, Severity, SourceMap};
use anstyle::{AnsiColor, Style};
use std::borrow::Cow;

/// How a diagnostic looks on a terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// Without box and colours, for logs.
    Plain,
    /// In a box, without colours.
    #[default]
    Boxed,
    /// In a box, with colours; the subject is underlined.
    Coloured,
}

/// The diagnostic as text of lines of at most `width` columns where they can be broken; 0 is no
/// limit. The text ends with a line end.
///
/// The subject is underlined where there are colours, and marked by a line of `^` otherwise,
/// unless it is all that its line has.
pub fn render_terminal(diagnostic: &Diagnostic, sources: &SourceMap, width: usize, look: Look) -> String {
    let painter = Painter { diagnostic, look };
    let text_width = match look {
        _ if width == 0 => usize::MAX,
        Look::Plain => width,
        _ => width.saturating_sub(3).max(1),
    };
    let mut lines = vec![painter.title()];
    let place = painter.place(sources);
    if !place.is_empty() {
        lines.push(String::new());
        lines.extend(place);
    }
    if !diagnostic.detail.is_empty() {
        lines.push(String::new());
        lines.extend(diagnostic.detail.trim_end().lines().flat_map(|line| wrap(&cut(line), text_width)));
    }
    if let Some(facts) = painter.facts(sources) {
        lines.push(String::new());
        lines.extend(wrap(&facts, text_width.saturating_sub(2)).into_iter().map(|line| format!("  {line}")));
    }
    painter.frame(&lines)
}

/// The most characters of a line of text that are shown: a message can contain all of a file.
const LONGEST: usize = 10_000;

fn cut(line: &str) -> Cow<'_, str> {
    match line.char_indices().nth(LONGEST) {
        None => line.into(),
        Some((end, _)) => {
            let more = line[end..].chars().count();
            format!("{} (and {more} more characters)", &line[..end]).into()
        }
    }
}

struct Painter<'a> {
    diagnostic: &'a Diagnostic,
    look: Look,
}

impl Painter<'_> {
    fn paint(&self, style: Style, text: &str) -> String {
        match self.look {
            Look::Coloured if !text.is_empty() => format!("{style}{text}{style:#}"),
            _ => text.to_owned(),
        }
    }

    fn severity(&self) -> (&'static str, Style) {
        match self.diagnostic.severity {
            Severity::Error => ("Error: ", Style::new().fg_color(Some(AnsiColor::Red.into()))),
            Severity::Warning => ("Warning: ", Style::new().fg_color(Some(AnsiColor::Yellow.into()))),
        }
    }

    fn title(&self) -> String {
        let (name, style) = self.severity();
        let summary = self.paint(Style::new().bold(), &self.diagnostic.summary);
        format!("{}{summary}", self.paint(style.bold(), name))
    }

    fn frame(&self, lines: &[String]) -> String {
        if self.look == Look::Plain {
            return lines.iter().fold("\n".to_owned(), |text, line| text + line + "\n");
        }
        let (_, style) = self.severity();
        let rule = |part: &str| self.paint(style, part);
        let mut text = format!("{}\n", rule("╷"));
        for line in lines {
            text.push_str(format!("{} {line}", rule("│")).trim_end());
            text.push('\n');
        }
        text + &rule("╵") + "\n"
    }

    /// The lines that say where it happened, with the source.
    fn place(&self, sources: &SourceMap) -> Vec<String> {
        let mut lines = Vec::new();
        let snippet = Snippet::new(self.diagnostic, sources);
        if let Some(address) = self.diagnostic.place() {
            let comma = if snippet.is_some() { "," } else { "" };
            lines.push(format!("  with {}{comma}", self.paint(Style::new().bold(), address)));
        }
        let Some(snippet) = snippet else { return lines };
        let line = snippet.file.position(snippet.subject.start).line;
        let context = snippet.context.as_ref().map(|c| format!(", in {c}")).unwrap_or_default();
        lines.push(format!("  on {} line {line}{context}:", snippet.file.name));
        self.source(&snippet, &mut lines);
        if self.diagnostic.call.is_some() || !self.diagnostic.values.is_empty() {
            let grey = Style::new().fg_color(Some(AnsiColor::BrightBlack.into()));
            lines.push(format!("    {}", self.paint(grey, "├────────────────")));
            if let Some(call) = &self.diagnostic.call {
                let names = call.parameters.iter().map(|(name, _)| name.clone());
                let rest = call.variadic.iter().map(|(name, _)| format!("{name}..."));
                let parameters = names.chain(rest).collect::<Vec<_>>().join(", ");
                let name = self.paint(Style::new().bold(), &call.called_as);
                lines.push(format!("    {} while calling {name}({parameters})", self.paint(grey, "│")));
            }
            for value in &self.diagnostic.values {
                let reference = self.paint(Style::new().bold(), &value.reference);
                lines.push(format!("    {} {reference} {}", self.paint(grey, "│"), value.statement));
            }
        }
        lines
    }

    fn source(&self, snippet: &Snippet<'_>, lines: &mut Vec<String>) {
        let (start, end) = snippet.highlight;
        let mut offset = 0;
        for (number, line) in (snippet.start_line..).zip(snippet.code.split('\n')) {
            let from = start.clamp(offset, offset + line.len()) - offset;
            let to = end.clamp(offset, offset + line.len()) - offset;
            offset += line.len() + 1;
            let (before, subject, after) = (&line[..from], &line[from..to], &line[to..]);
            let underlined = self.paint(Style::new().underline(), subject);
            lines.push(format!("{number:>4}: {before}{underlined}{after}").trim_end().to_owned());
            let whole_line = subject.trim() == line.trim();
            if self.look != Look::Coloured && !subject.trim().is_empty() && !whole_line {
                // Tabs stay tabs, so that the marks are below what they mark.
                let blank: String = before.chars().map(|c| if c == '\t' { c } else { ' ' }).collect();
                let marks = "^".repeat(subject.chars().count());
                lines.push(format!("      {blank}{marks}"));
            }
        }
    }

    /// What is known about where it happened other than in the source, and the attribute unless the source shows it.
    fn facts(&self, sources: &SourceMap) -> Option<String> {
        let elsewhere = |kind: Context| matches!(kind, Context::Address | Context::Module);
        let mut about: Vec<_> = self.diagnostic.about.iter().filter(|(kind, _)| !elsewhere(*kind)).collect();
        about.sort_by_key(|(kind, _)| *kind);
        let snippet = Snippet::new(self.diagnostic, sources);
        let attribute = self.diagnostic.attribute.as_deref();
        let attribute =
            attribute.filter(|path| !snippet.is_some_and(|snippet| begins_with(snippet.code, path)));
        let facts = about.into_iter().map(|(kind, fact)| match kind {
            Context::Operation => fact.to_string(),
            _ => format!("{} {fact}", kind.label()),
        });
        let all: Vec<String> =
            attribute.map(|path| format!("attribute {path}")).into_iter().chain(facts).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }
}

/// Whether a line of source begins with the name that a path ends in.
fn begins_with(line: &str, path: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let name = path.rsplit('.').next().unwrap_or_default();
    line.trim_start().split(|c| !word(c)).next() == Some(name)
}
