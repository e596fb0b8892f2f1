//! Which names are allowed.

use terrane_diagnostics::{Diagnostic, Diagnostics, Span};

const BAD_IDENTIFIER: &str = "A name must start with a letter or underscore and may contain only letters, \
     digits, underscores, and dashes.";

/// Whether `name` can be the name of something that is declared.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    let starts = |c: char| c == '_' || unicode_ident::is_xid_start(c);
    chars.next().is_some_and(starts) && chars.all(|c| c == '-' || unicode_ident::is_xid_continue(c))
}

/// Whether `name` can be the name of a provider: as part of a source address it is part of a URL.
pub(crate) fn is_provider_name(name: &str) -> bool {
    let dashed = name.starts_with('-') || name.ends_with('-') || name.contains("--");
    let plain = |c: char| c == '-' || (c.is_alphanumeric() && c.to_lowercase().eq([c]));
    !name.is_empty() && !dashed && name.chars().all(plain)
}

/// Refuses a name that is not an identifier; `what` is what it names: "output", "resource type".
pub(crate) fn check_identifier(name: &str, what: &str, span: Span, diagnostics: &mut Diagnostics) {
    if !is_identifier(name) {
        diagnostics.push(Diagnostic::error(format!("Invalid {what} name"), BAD_IDENTIFIER).at(span));
    }
}

#[cfg(test)]
mod tests {
    use super::is_identifier;

    #[test]
    fn identifiers() {
        for name in ["a", "_a", "a-b", "a1", "π", "été"] {
            assert!(is_identifier(name), "{name}");
        }
        for name in ["", "1a", "-a", "a.b", "a b", "🤷", "a$"] {
            assert!(!is_identifier(name), "{name}");
        }
    }
}
