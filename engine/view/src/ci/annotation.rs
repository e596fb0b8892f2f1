//! Problems at their places, in the forms of GitHub and GitLab.

use serde_json::{Value as Json, json};
use std::fmt::Write as _;
use terrane_diagnostics::{Context, Diagnostic, Position, SourceMap};

/// A problem as a workflow command of GitHub Actions, without a line end. `directory` is the root
/// module's, as seen from the repository's top.
pub fn github_annotation(diagnostic: &Diagnostic, sources: &SourceMap, directory: &str) -> String {
    let command = if diagnostic.is_error() { "error" } else { "warning" };
    let mut properties = String::new();
    if let Some((file, start, end)) = place(diagnostic, sources, directory) {
        let _ = write!(properties, "file={},line={},endLine={},", property(&file), start.line, end.line);
        if start.line == end.line {
            let _ = write!(properties, "col={},endColumn={},", start.column, end.column);
        }
    }
    let title = property(&diagnostic.summary);
    format!("::{command} {properties}title={title}::{}", data(&text(diagnostic)))
}

/// The problems of a run as GitLab's code quality report.
#[derive(Clone, Debug, Default)]
pub struct CodeQuality(Vec<Json>);

impl CodeQuality {
    /// Adds a problem. One without a place is at the directory itself, since GitLab shows no others.
    pub fn add(&mut self, diagnostic: &Diagnostic, sources: &SourceMap, directory: &str) {
        let place = place(diagnostic, sources, directory);
        let (path, line) = place.map_or((own(directory), 1), |(file, start, _)| (file, start.line));
        let description = format!("{}: {}", diagnostic.summary, text(diagnostic));
        // The same problem has the same fingerprint when lines move.
        let fingerprint = format!("{:016x}", fnv(&format!("{path}\n{description}")));
        self.0.push(json!({
            "description": description,
            "check_name": diagnostic.summary,
            "fingerprint": fingerprint,
            "severity": if diagnostic.is_error() { "blocker" } else { "minor" },
            "location": { "path": path, "lines": { "begin": line } },
        }));
    }

    /// The report.
    pub fn to_json(&self) -> Json {
        Json::Array(self.0.clone())
    }
}

/// The file as seen from the repository's top, and the beginning and end of the part.
fn place(
    diagnostic: &Diagnostic,
    sources: &SourceMap,
    directory: &str,
) -> Option<(String, Position, Position)> {
    let span = diagnostic.subject?;
    let file = sources.get(span.file).filter(|file| !file.name.starts_with('<'))?;
    let path = match file.name.starts_with('/') {
        true => file.name.to_string(),
        false => joined(directory, &file.name),
    };
    Some((path, file.position(span.start), file.position(span.end)))
}

fn joined(directory: &str, name: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.split('/').chain(name.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn own(directory: &str) -> String {
    if directory.is_empty() { ".".into() } else { directory.to_owned() }
}

/// The detail, with what it is about.
fn text(diagnostic: &Diagnostic) -> String {
    let mut text = diagnostic.detail.clone();
    for (kind, fact) in &diagnostic.about {
        let label = kind.label();
        if matches!(kind, Context::Address | Context::Module) || !text.contains(&**fact) {
            let _ = write!(text, "\n{label}: {fact}");
        }
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn fnv(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use terrane_diagnostics::Span;

    fn problem() -> (Diagnostic, SourceMap) {
        let mut sources = SourceMap::default();
        let file = sources.add("../shared/main.tf", "a = 1\nresource \"x\" \"y\" {\n}\n");
        let span = Span { file, start: 6, end: 22 };
        (Diagnostic::error("Bad, very: bad", "100 %\nof it").at(span), sources)
    }

    #[test]
    fn github_gets_the_place_and_nothing_ends_a_command_early() {
        let (problem, sources) = problem();
        assert_eq!(
            github_annotation(&problem, &sources, "live/prod"),
            "::error file=live/shared/main.tf,line=2,endLine=2,col=1,endColumn=17,title=Bad%2C very%3A bad::100 %25%0Aof it"
        );
        let placeless = Diagnostic::warning("Careful", "").about(Context::Address, "a.b");
        assert_eq!(github_annotation(&placeless, &sources, ""), "::warning title=Careful::%0Aresource: a.b");
    }

    #[test]
    fn gitlab_gets_a_finding_with_a_fingerprint_of_its_own() {
        let (problem, sources) = problem();
        let mut report = CodeQuality::default();
        report.add(&problem, &sources, "live/prod");
        report.add(&Diagnostic::warning("Careful", "now"), &sources, "");
        let json = report.to_json();
        assert_eq!(json[0]["location"], json!({ "path": "live/shared/main.tf", "lines": { "begin": 2 } }));
        assert_eq!((&json[0]["severity"], &json[1]["severity"]), (&json!("blocker"), &json!("minor")));
        assert_eq!(json[1]["location"]["path"], ".");
        assert_ne!(json[0]["fingerprint"], json[1]["fingerprint"]);
    }
}
