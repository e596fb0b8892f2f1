//! Colours: which part of the output is shown how.

use anstyle::{AnsiColor, Style};
use std::fmt::Display;

/// The styles of one rendering. [`Palette::plain`] adds nothing to the text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Palette {
    /// What is added.
    pub add: Style,
    /// What is removed.
    pub remove: Style,
    /// What changes.
    pub change: Style,
    /// What is read.
    pub read: Style,
    /// What is emphasised: addresses, summaries.
    pub strong: Style,
    /// What is secondary: counts of hidden parts, notes.
    pub faint: Style,
    /// What forces a replacement.
    pub forces: Style,
    /// Warnings.
    pub warning: Style,
    /// Errors.
    pub error: Style,
    /// Success.
    pub success: Style,
}

impl Palette {
    /// No colours.
    pub fn plain() -> Palette {
        Palette::default()
    }

    /// Colours of a terminal with the sixteen standard ones.
    pub fn coloured() -> Palette {
        let fg = |c: AnsiColor| Style::new().fg_color(Some(c.into()));
        Palette {
            add: fg(AnsiColor::Green),
            remove: fg(AnsiColor::Red),
            change: fg(AnsiColor::Yellow),
            read: fg(AnsiColor::Cyan),
            strong: Style::new().bold(),
            faint: fg(AnsiColor::BrightBlack),
            forces: fg(AnsiColor::Red),
            warning: fg(AnsiColor::Yellow).bold(),
            error: fg(AnsiColor::Red).bold(),
            success: fg(AnsiColor::Green).bold(),
        }
    }
}

/// `text` in `style`; exactly `text` when the style is plain.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    if style.is_plain() { text.to_string() } else { format!("{style}{text}{style:#}") }
}
