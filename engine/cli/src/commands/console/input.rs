//! What is typed at the prompt: lines, which are put together for as long as something in them is
//! open, with editing, history and completion when a person types.

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Config, Editor, Helper};
use std::io;

/// Lines that are read one after the other.
#[derive(Default)]
pub(super) struct Input {
    text: String,
}

impl Input {
    /// Adds a line; gives the expression that is complete with it.
    pub(super) fn push(&mut self, line: &str) -> Option<String> {
        self.text.push_str(line);
        if is_open(&self.text) {
            self.text.push('\n');
            return None;
        }
        Some(std::mem::take(&mut self.text))
    }

    /// What was read so far and is not complete.
    pub(super) fn take(&mut self) -> Option<String> {
        Some(std::mem::take(&mut self.text)).filter(|text| !text.is_empty())
    }
}

/// A prompt on a terminal. The history lasts as long as the prompt: what is typed may be secret.
pub(super) struct Interactive {
    editor: Editor<Prompt, MemHistory>,
}

impl Interactive {
    /// A prompt that completes `names`.
    pub(super) fn new(names: Vec<String>) -> io::Result<Interactive> {
        let config = Config::builder().auto_add_history(true).build();
        let mut editor = Editor::with_history(config, MemHistory::new()).map_err(io::Error::other)?;
        editor.set_helper(Some(Prompt { names }));
        Ok(Interactive { editor })
    }

    /// The next expression; `None` when somebody has had enough.
    pub(super) fn read(&mut self) -> io::Result<Option<String>> {
        match self.editor.readline("> ") {
            Ok(text) => Ok(Some(text)),
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => Ok(None),
            Err(e) => Err(io::Error::other(e)),
        }
    }
}

struct Prompt {
    names: Vec<String>,
}

impl Helper for Prompt {}
impl Highlighter for Prompt {}
impl Hinter for Prompt {
    type Hint = String;
}

impl Validator for Prompt {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(if is_open(context.input()) {
            ValidationResult::Incomplete
        } else {
            ValidationResult::Valid(None)
        })
    }
}

impl Completer for Prompt {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let before = &line[..position];
        let part_of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
        let start = before.char_indices().rev().take_while(|(_, c)| part_of_name(*c)).last();
        let start = start.map_or(position, |(at, _)| at);
        let word = &before[start..];
        if word.is_empty() {
            return Ok((start, Vec::new()));
        }
        let found = self.names.iter().filter(|name| name.starts_with(word)).cloned().collect();
        Ok((start, found))
    }
}

/// What text is inside of.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    /// Brackets of any kind, those of interpolations too.
    Brackets,
    /// A quoted template.
    Quotes,
}

/// Whether a text ends inside of brackets, of an interpolation or of a heredoc: more lines belong
/// to it. Quotes alone must be closed on their line.
fn is_open(text: &str) -> bool {
    let mut inside: Vec<Inside> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        if inside.last() == Some(&Inside::Quotes) {
            if rest.starts_with("$${") || rest.starts_with("%%{") {
                taken = 3;
            } else if rest.starts_with("${") || rest.starts_with("%{") {
                inside.push(Inside::Brackets);
                taken = 2;
            } else if c == '\\' {
                taken += rest[1..].chars().next().map_or(0, char::len_utf8);
            } else if c == '"' {
                inside.pop();
            } else if c == '\n' {
                return false;
            }
        } else if c == '#' || rest.starts_with("//") {
            taken = rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            match rest.find("*/") {
                Some(end) => taken = end + 2,
                None => return true,
            }
        } else if let Some(after) = rest.strip_prefix("<<") {
            match heredoc(after) {
                Some(Some(length)) => taken = 2 + length,
                Some(None) => return true,
                None => taken = 2,
            }
        } else {
            match c {
                '"' => inside.push(Inside::Quotes),
                '(' | '[' | '{' => inside.push(Inside::Brackets),
                // One too many is the parser's to complain about.
                ')' | ']' | '}' if inside.pop().is_none() => return false,
                _ => {}
            }
        }
        rest = &rest[taken..];
    }
    inside.last() == Some(&Inside::Brackets)
}

/// The length of the heredoc whose text after `<<` this is: `Some(None)` when it has no end yet,
/// `None` when it is none.
fn heredoc(after: &str) -> Option<Option<usize>> {
    let name = after.strip_prefix('-').unwrap_or(after);
    let end = name.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(name.len());
    let (name, rest) = name.split_at(end);
    if name.is_empty() {
        return None;
    }
    if rest.is_empty() {
        return Some(None);
    }
    let mut at = after.len() - rest.len();
    for line in rest.split_inclusive('\n').skip(1) {
        if line.trim() == name {
            return Some(Some(
                at + rest.split_inclusive('\n').next().map_or(0, str::len) + line.trim_end().len(),
            ));
        }
        at += line.len();
    }
    Some(None)
}

#[cfg(test)]
mod tests {
    use super::{Input, is_open};

    #[test]
    fn open_texts_go_on() {
        for text in [
            "[1,",
            "upper(",
            "{ a = [",
            "\"${",
            "\"a${upper(",
            "<<EOT",
            "<<-EOT\n  a\n",
            "/* a",
            "[ # ]",
            "f(<<E\nx\nE\n",
        ] {
            assert!(is_open(text), "{text}");
        }
        for text in [
            "1",
            "[1]",
            "\"[\"",
            "\"$${\"",
            "# [",
            "// (",
            "1 +",
            "]",
            "\"a",
            "<<EOT\na\nEOT",
            "a << b ",
            "[<<E\nx\nE\n]",
            "\"\\\"[\"",
            "\"${\"}\"}\"",
        ] {
            assert!(!is_open(text), "{text}");
        }
    }

    #[test]
    fn lines_are_put_together() {
        let mut input = Input::default();
        assert_eq!(input.push("1"), Some("1".into()));
        assert_eq!(input.push("["), None);
        assert_eq!(input.push("2]"), Some("[\n2]".into()));
        assert_eq!(input.push("("), None);
        assert_eq!(input.take(), Some("(\n".into()));
        assert_eq!(input.take(), None);
    }
}
