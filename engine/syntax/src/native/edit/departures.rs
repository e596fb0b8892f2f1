//! Where hcl-edit departs from the language in what it accepts.

use crate::readers::Form;
use crate::token::{Token, TokenKind};

/// How many levels of brackets, strings and templates hcl-edit is given. It has its own limit at
/// 64; what is deeper need not be tried.
const MAX_DEPTH: usize = 64;

/// How many items of an object hcl-edit is given: it compares every key with all before it.
const MAX_ITEMS: u32 = 1000;

/// How many levels may have a chain of operators: hcl-edit reads the last operand of a chain
/// twice when it finds an error there, so that time doubles with every level.
const MAX_CHAINS: u32 = 8;

/// How many bytes hcl-edit is given at once, roughly: its tree is many times larger than the text
/// and taking memory for all of a large file, which is given back at once, would take most of the
/// time.
const PART: u32 = 16 * 1024;

/// What a token is inside of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A file or block, where line ends end arguments.
    Body,
    /// An object, where line ends end items.
    Object,
    /// Brackets, parentheses, `for` expressions, interpolations: line ends mean nothing.
    Free,
    /// A quoted string.
    Quoted,
    /// A heredoc or bare template.
    Heredoc,
}

#[derive(Clone, Copy)]
struct Level {
    place: Place,
    closed_by: TokenKind,
    /// In a body: whether the `=` of an argument was seen on this line.
    value: bool,
    /// In an object: how many `=` and `:` it has.
    items: u32,
    /// Operators since the expression at hand started.
    operators: u32,
    /// Whether the line has a closed bracket, behind which hcl-edit goes on across line ends.
    bracket: bool,
    /// How many enclosing levels are in a chain of operators.
    chains: u32,
}

impl Level {
    fn new(place: Place, closed_by: TokenKind) -> Level {
        Level { place, closed_by, value: false, items: 0, operators: 0, bracket: false, chains: 0 }
    }
}

/// Whether the text, whose tokens these are, has anything that hcl-edit accepts and the language
/// does not, or that hcl-edit reads as something else, or takes too long for; then the result is
/// nothing. A text that is in error anyhow may be said to depart too: the mend is needed for it.
///
/// What is not listed because it needs the tree is found by the lowering: where a heredoc ends
/// (hcl-edit accepts anything behind the marker, a marker at the end of the file, and runs across
/// it in a directive), and keywords that go on as another word (`[for x iny : x]`).
///
/// The result otherwise are offsets where a large file can be cut, between arguments or blocks.
pub(crate) fn scan(source: &str, tokens: &[Token], form: Form) -> Option<Vec<u32>> {
    let mut cuts = vec![0];
    (!departs(source, tokens, form, &mut cuts)).then_some(cuts)
}

fn departs(source: &str, tokens: &[Token], form: Form, cuts: &mut Vec<u32>) -> bool {
    use TokenKind::*;
    let whole = match form {
        Form::File => Place::Body,
        Form::Expression => Place::Free,
        Form::Template => Place::Heredoc,
    };
    let mut levels = vec![Level::new(whole, Eof)];
    // The last token that is neither comment nor line end, and whether a line end that matters
    // came after it.
    let (mut previous, mut new_line) = (Newline, false);
    // Whether the line before had a closed bracket.
    let mut bracket = false;
    for (index, token) in tokens.iter().enumerate() {
        let Some(level) = levels.last_mut() else { return true };
        let kind = token.kind;
        match kind {
            LineComment | BlockComment => continue,
            Newline => {
                // The name after a dot may not be on the next line; hcl-edit takes it.
                if matches!(previous, Dot | DoubleColon) {
                    return true;
                }
                if matches!(level.place, Place::Body | Place::Object) {
                    // Behind a tuple or call, hcl-edit goes on across line ends anywhere in the
                    // expression.
                    if is_infix(previous) {
                        return true;
                    }
                    level.value = false;
                    level.operators = 0;
                    if !new_line {
                        bracket = std::mem::take(&mut level.bracket);
                    }
                    new_line = true;
                    if levels.len() == 1 && token.end - cuts.last().copied().unwrap_or(0) >= PART {
                        cuts.push(token.end);
                    }
                }
                continue;
            }
            _ => {}
        }
        if std::mem::take(&mut new_line) {
            // The same, with the line end in front of the operator, index or arguments.
            let goes_on = match level.place {
                Place::Body => is_infix(kind) || matches!(kind, OpenBracket | OpenParen),
                _ => {
                    is_infix(kind)
                        || kind == OpenBracket
                        || (kind == OpenParen && previous == Ident && bracket)
                }
            };
            if goes_on {
                return true;
            }
        }
        let chains = level.chains + u32::from(level.operators >= 2);
        let opened = match kind {
            // Characters and ends that are errors anywhere, among them line ends in quoted
            // strings, which hcl-edit accepts.
            QuotedLineEnd | UnclosedComment | Bitwise | Apostrophe | Backtick | Semicolon | Invalid => {
                return true;
            }
            // In the body of a directive in a quoted string, hcl-edit does not decode escapes and
            // does not see the closing quote.
            Directive if level.place == Place::Quoted => return true,
            // `[,]`
            Comma if previous == OpenBracket => return true,
            // hcl-edit takes the word for a key, which it is in later items only: `{ for = 1 }`.
            Ident if previous == OpenBrace && level.place == Place::Object && token.text(source) == "for" => {
                return true;
            }
            // hcl-edit takes the word for a name where white space does not follow: `[for]`.
            Ident
                if matches!(previous, OpenBracket | OpenBrace)
                    && token.text(source) == "for"
                    && !matches!(
                        source.as_bytes().get(token.end as usize),
                        Some(b' ' | b'\t' | b'\n' | b'#' | b'/')
                    ) =>
            {
                return true;
            }
            CloseBrace | CloseBracket | CloseParen | CloseQuote | CloseHeredoc | TemplateEnd | Eof => {
                if level.closed_by != kind {
                    return true;
                }
                levels.pop();
                if let Some(outer) = levels.last_mut() {
                    outer.bracket |= matches!(kind, CloseBrace | CloseBracket | CloseParen);
                }
                None
            }
            OpenBrace if level.place == Place::Body && !level.value => Some((Place::Body, CloseBrace)),
            OpenBrace if starts_for(source, &tokens[index + 1..]) => Some((Place::Free, CloseBrace)),
            OpenBrace => Some((Place::Object, CloseBrace)),
            OpenBracket => Some((Place::Free, CloseBracket)),
            OpenParen => Some((Place::Free, CloseParen)),
            OpenQuote => Some((Place::Quoted, CloseQuote)),
            OpenHeredoc => Some((Place::Heredoc, CloseHeredoc)),
            Interpolation | Directive => Some((Place::Free, TemplateEnd)),
            Assign | Colon => {
                level.value = true;
                level.items += 1;
                level.operators = 0;
                if level.place == Place::Object && level.items > MAX_ITEMS {
                    return true;
                }
                None
            }
            Comma => {
                level.operators = 0;
                level.bracket = false;
                None
            }
            _ => {
                level.operators += u32::from(is_infix(kind) && kind != Dot);
                None
            }
        };
        if let Some((place, closed_by)) = opened {
            if chains > MAX_CHAINS || levels.len() >= MAX_DEPTH {
                return true;
            }
            levels.push(Level { chains, ..Level::new(place, closed_by) });
        }
        previous = kind;
    }
    !levels.is_empty()
}

/// Whether the tokens behind a brace begin a `for` expression.
fn starts_for(source: &str, tokens: &[Token]) -> bool {
    use TokenKind::*;
    let mut significant = tokens.iter().filter(|t| !matches!(t.kind, LineComment | BlockComment | Newline));
    significant.next().is_some_and(|t| t.kind == Ident && t.text(source) == "for")
        && significant.next().is_some_and(|t| t.kind == Ident)
}

/// Whether an expression cannot end behind this token, or goes on when it comes next.
fn is_infix(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(
        kind,
        Star | Slash
            | Plus
            | Minus
            | Percent
            | Equal
            | NotEqual
            | Less
            | LessOrEqual
            | Greater
            | GreaterOrEqual
            | And
            | Or
            | Bang
            | Dot
            | Question
            | Colon
            | DoubleColon
    )
}
