//! A YAML document as a value: mappings as objects, sequences as tuples.

use super::tabs::{Check, Spaced};
use crate::functions::date::Moment;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use terrane_value::{Kind, Number, Type, Value, convert};
use yaml_rust2::parser::{Event, Parser, Tag};
use yaml_rust2::scanner::{ScanError, TScalarStyle};

/// How deep sequences and mappings may be nested.
const MAX_DEPTH: usize = 500;

/// How many values aliases may repeat altogether: a few lines of aliases of aliases stand for more
/// than any memory holds.
const MAX_REPEATED: usize = 1_000_000;

/// A sequence or mapping that is not complete yet.
enum Open {
    Sequence(Vec<Value>),
    /// Its own entries, those merged into it by `<<`, and a key that waits for its value (`None`
    /// for `<<`).
    Mapping {
        own: BTreeMap<Arc<str>, Value>,
        merged: BTreeMap<Arc<str>, Value>,
        key: Option<Option<Arc<str>>>,
    },
}

/// How large a value is with all that aliases repeat in it.
#[derive(Clone, Copy, Default)]
struct Extent {
    values: usize,
    depth: usize,
}

impl Extent {
    const SCALAR: Extent = Extent { values: 1, depth: 0 };

    fn add(&mut self, part: Extent) {
        self.values += part.values;
        self.depth = self.depth.max(part.depth);
    }
}

#[derive(Default)]
struct Reader {
    /// The last line, when nothing ends it.
    unended: Option<String>,
    open: Vec<(Open, usize, Extent)>,
    anchors: HashMap<usize, (Value, Extent)>,
    /// How many values aliases have repeated so far.
    repeated: usize,
    result: Option<Value>,
}

/// Reads the only document of `text`.
pub(super) fn read(text: &str) -> Result<Value, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let forbidden = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    if text.contains(forbidden) {
        return Err("control characters are not allowed".into());
    }
    // In YAML 1.1 a line can end so, too.
    let text = text.replace('\u{85}', "\n");
    let mut spaced = Spaced::new(text);
    loop {
        match parse(spaced.text()) {
            Ok(result) => return result,
            Err(error) if spaced.mend(&error) => {}
            Err(error) => {
                let at = error.marker();
                return Err(format!("on line {}, column {}: {}", at.line(), at.col() + 1, error.info()));
            }
        }
    }
}

/// What a document stands for, or why it stands for nothing; an error is what the parser cannot read.
fn parse(text: &str) -> Result<Result<Value, String>, ScanError> {
    let mut parser = Parser::new_from_str(text);
    let mut tabs = Check::new(text);
    let unended = text.rsplit('\n').next().filter(|line| !line.is_empty()).map(str::to_owned);
    let mut reader = Reader { unended, ..Reader::default() };
    loop {
        let (event, at) = parser.next_token()?;
        let ended = event == Event::StreamEnd;
        if let Err(why) = tabs.event(&event, at).and_then(|()| reader.event(event)) {
            return Ok(Err(format!("on line {}, column {}: {why}", at.line(), at.col() + 1)));
        }
        if ended {
            return Ok(reader.result.ok_or_else(|| "missing start of document".into()));
        }
    }
}

impl Reader {
    fn event(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::DocumentStart if self.result.is_some() => {
                Err("unexpected extra content after value".into())
            }
            Event::Scalar(text, style, anchor, tag) => {
                if text == "<<" && tag.is_none() && self.at_key() {
                    if let Some((Open::Mapping { key, .. }, ..)) = self.open.last_mut() {
                        *key = Some(None);
                    }
                    return Ok(());
                }
                // The parser ends the last line of a block, also where the text does not.
                let is_block = matches!(style, TScalarStyle::Literal | TScalarStyle::Folded);
                let body = text.strip_suffix('\n').filter(|_| is_block);
                let cut = body.filter(|body| {
                    self.unended
                        .as_ref()
                        .is_some_and(|line| !body.is_empty() && body.ends_with(line.trim_start()))
                });
                let value = scalar(cut.unwrap_or(&text), style, tag.as_ref())?;
                self.add(value, anchor, Extent::SCALAR)
            }
            Event::MappingStart(_, Some(tag)) if tag.suffix != "map" => {
                Err(format!("cannot use a mapping as !!{}", tag.suffix))
            }
            Event::SequenceStart(_, Some(tag)) if tag.suffix != "seq" => {
                Err(format!("cannot use a sequence as !!{}", tag.suffix))
            }
            Event::MappingStart(anchor, _) => {
                let (own, merged) = (BTreeMap::new(), BTreeMap::new());
                self.start(Open::Mapping { own, merged, key: None }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.start(Open::Sequence(Vec::new()), anchor),
            Event::SequenceEnd | Event::MappingEnd => {
                let (open, anchor, inside) = self.open.pop().ok_or("unexpected end of a collection")?;
                let extent = Extent { values: inside.values + 1, depth: inside.depth + 1 };
                let value = match open {
                    Open::Sequence(items) => Value::tuple(items),
                    Open::Mapping { own, mut merged, .. } => {
                        merged.extend(own);
                        Kind::Object(Arc::new(merged)).into()
                    }
                };
                self.add(value, anchor, extent)
            }
            Event::Alias(id) => {
                let (value, extent) =
                    self.anchors.get(&id).cloned().ok_or("reference to an unknown anchor")?;
                if self.open.len() + extent.depth > MAX_DEPTH {
                    return Err(too_deep());
                }
                self.repeated += extent.values;
                if self.repeated > MAX_REPEATED {
                    return Err(format!("aliases repeat more than {MAX_REPEATED} values"));
                }
                self.add(value, 0, extent)
            }
            _ => Ok(()),
        }
    }

    /// Whether a mapping's key comes next.
    fn at_key(&self) -> bool {
        matches!(self.open.last(), Some((Open::Mapping { key: None, .. }, ..)))
    }

    fn start(&mut self, open: Open, anchor: usize) -> Result<(), String> {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep());
        }
        self.open.push((open, anchor, Extent::default()));
        Ok(())
    }

    /// Adds a complete value to what it is in.
    fn add(&mut self, value: Value, anchor: usize, extent: Extent) -> Result<(), String> {
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), extent));
        }
        if let Some((_, _, whole)) = self.open.last_mut() {
            whole.add(extent);
        }
        match self.open.last_mut() {
            None => self.result = Some(value),
            Some((Open::Sequence(items), ..)) => items.push(value),
            Some((Open::Mapping { own, merged, key }, ..)) => match key.take() {
                None => {
                    let name =
                        convert(&value, &Type::String).map_err(|e| format!("invalid key: {}", e.message))?;
                    *key = Some(Some(Arc::from(name.as_str().ok_or("a key must not be null")?)));
                }
                Some(Some(name)) => {
                    own.insert(name, value);
                }
                Some(None) => {
                    let sources = value.as_slice().map_or_else(|| vec![value.clone()], <[Value]>::to_vec);
                    for source in sources {
                        let entries = source.as_map().ok_or("cannot merge a value that is no mapping")?;
                        for (k, v) in entries {
                            merged.entry(k.clone()).or_insert_with(|| v.clone());
                        }
                    }
                }
            },
        }
        Ok(())
    }
}

fn too_deep() -> String {
    format!("collections are nested more than {MAX_DEPTH} levels deep")
}

fn scalar(text: &str, style: TScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    let plain = style == TScalarStyle::Plain;
    match tag.map(|t| t.suffix.as_str()) {
        Some("str" | "binary") => return Ok(Value::string(text)),
        Some(tag @ ("int" | "float")) => {
            return number(text).map(Value::number).ok_or_else(|| format!("cannot use {text:?} as !!{tag}"));
        }
        Some("bool") => {
            return boolean(text).map(Value::from).ok_or_else(|| format!("cannot use {text:?} as !!bool"));
        }
        Some("null") => return Ok(Value::NULL),
        Some("timestamp") => {
            let moment = date(text).map(Value::string);
            return moment.ok_or_else(|| format!("cannot use {text:?} as !!timestamp"));
        }
        Some(other) => return Err(format!("unsupported tag !!{other}")),
        None if text.is_empty() && matches!(style, TScalarStyle::Literal | TScalarStyle::Folded) => {
            return Ok(Value::null(Type::String));
        }
        None if !plain => return Ok(Value::string(text)),
        None => {}
    }
    if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Ok(Value::NULL);
    }
    if let Some(b) = boolean(text) {
        return Ok(Value::from(b));
    }
    if matches!(text.trim_start_matches(['+', '-']), ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return Err(format!("{text} is no number that can be computed with"));
    }
    if let Some(n) = number(text) {
        return Ok(Value::number(n));
    }
    Ok(Value::string(date(text).unwrap_or_else(|| text.to_owned())))
}

/// The words of YAML 1.1.
fn boolean(text: &str) -> Option<bool> {
    let cased = |word: &str| {
        text == word
            || text == word.to_uppercase()
            || text.get(..1) == Some(&word[..1].to_uppercase()) && text.get(1..) == Some(&word[1..])
    };
    if ["y", "yes", "on", "true"].into_iter().any(cased) {
        Some(true)
    } else if ["n", "no", "off", "false"].into_iter().any(cased) {
        Some(false)
    } else {
        None
    }
}

fn number(text: &str) -> Option<Number> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let n = if let Some(hex) = text.strip_prefix("0x") {
        Number::parse_radix(hex, 16).ok()?
    } else if let Some(octal) = text.strip_prefix("0o") {
        Number::parse_radix(octal, 8).ok()?
    } else {
        let starts = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        let shaped = digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
        if !starts || !shaped || !digits.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let padded = if digits.starts_with('.') { format!("0{digits}") } else { digits.to_owned() };
        padded.parse().ok()?
    };
    Some(if negative { n.neg() } else { n })
}

/// A date, which stands for its midnight in UTC, or a time in one of the forms of YAML 1.1, as a
/// timestamp without fraction; `None` when it is neither.
fn date(text: &str) -> Option<String> {
    let (day, rest) = text.split_at_checked(10)?;
    let shaped =
        day.bytes().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
    if !shaped {
        return None;
    }
    if rest.is_empty() {
        return Moment::parse(&format!("{day}T00:00:00Z")).ok().map(|m| m.to_string());
    }
    let time = rest.strip_prefix(['T', 't', ' '])?;
    let utc = time.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'));
    let zone = if utc { "Z" } else { "" };
    Moment::parse(&format!("{day}T{time}{zone}")).ok().map(|m| m.to_string())
}
