//! A YAML document as a value: mappings as objects, sequences as tuples.

use super::tags::{self, Tag};
use crate::functions::date::Moment;
use libyaml_safer::{Error, Event, EventData, Mark, Parser, ScalarStyle};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use terrane_value::{Kind, Number, Type, Value, convert};

/// What ends a line.
const BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// How deep sequences and mappings may be nested.
const MAX_DEPTH: usize = 500;

/// How many values aliases may repeat altogether: a few lines of aliases of aliases stand for more
/// than any memory holds.
const MAX_REPEATED: usize = 1_000_000;

/// A sequence or mapping that is not complete yet.
enum Open {
    Sequence(Vec<Value>),
    /// The entries so far, and the key that waits for its value.
    Mapping(BTreeMap<Arc<str>, Value>, Option<Key>),
}

/// What stands before a colon.
enum Key {
    Name(Arc<str>),
    /// `<<`: what follows is merged into the mapping.
    Merge,
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
    open: Vec<(Open, Option<String>, Extent)>,
    anchors: HashMap<String, (Value, Extent)>,
    /// How many values aliases have repeated so far.
    repeated: usize,
    result: Option<Value>,
}

/// Reads the only document of `text`.
pub(super) fn read(text: &str) -> Result<Value, String> {
    tags::before_commas(text)?;
    // The parser wants an end of every line.
    let is_unended = !text.ends_with(BREAKS);
    let ended = if is_unended { Cow::from(format!("{text}\n")) } else { Cow::from(text) };
    let mut input = ended.as_bytes();
    let mut parser = Parser::new();
    parser.set_input_string(&mut input);
    let mut reader = Reader::default();
    loop {
        let Event { mut data, start_mark, end_mark, .. } =
            parser.parse().map_err(|e| unreadable(&e, text))?;
        match &mut data {
            EventData::StreamEnd => {
                return reader.result.ok_or_else(|| "missing start of document".into());
            }
            EventData::Scalar { value, style: ScalarStyle::Literal | ScalarStyle::Folded, .. }
                if is_unended && end_mark.index >= text.len() as u64 =>
            {
                without_added_break(value, text);
            }
            EventData::Scalar { style: ScalarStyle::DoubleQuoted, .. } => {
                let quoted = ended.get(start_mark.index as usize..end_mark.index as usize);
                if quoted.is_some_and(escapes_slash) {
                    return Err(located(start_mark, "found unknown escape character"));
                }
            }
            _ => {}
        }
        reader.event(data).map_err(|why| located(start_mark, &why))?;
    }
}

/// Whether a slash is escaped, which it cannot be before YAML 1.2.
fn escapes_slash(quoted: &str) -> bool {
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        if c == '\\' && chars.next() == Some('/') {
            return true;
        }
    }
    false
}

/// Takes the break from a block that was added to the end of `text`.
fn without_added_break(value: &mut String, text: &str) {
    let Some(body) = value.strip_suffix('\n') else { return };
    let last_line = |text: &str| text.rsplit(BREAKS).next().unwrap_or_default().to_owned();
    let is_blank = |line: &str| line.trim_matches(' ').is_empty();
    // An empty line counts where all breaks are kept, and where it goes on beyond the indentation.
    if !is_blank(&last_line(text)) || is_blank(&last_line(body)) {
        value.pop();
    }
}

pub(super) fn located(at: Mark, why: &str) -> String {
    format!("on line {}, column {}: {why}", at.line + 1, at.column + 1)
}

fn unreadable(error: &Error, text: &str) -> String {
    match error.problem_mark() {
        Some(at) if at.index >= text.len() as u64 => format!("at the end of the text: {}", error.problem()),
        Some(at) => located(at, error.problem()),
        None => error.problem().to_owned(),
    }
}

impl Reader {
    fn event(&mut self, event: EventData) -> Result<(), String> {
        match event {
            EventData::DocumentStart { .. } if self.result.is_some() => {
                Err("unexpected extra content after value".into())
            }
            EventData::DocumentStart { version_directive: Some(version), .. }
                if (version.major, version.minor) != (1, 1) =>
            {
                Err("found incompatible YAML document".into())
            }
            EventData::Scalar { anchor, tag, value, style, .. } => {
                let tag = Tag::of(tag.as_deref())?;
                if let Some((Open::Mapping(_, key @ None), ..)) = self.open.last_mut() {
                    // What an anchor names are values, not keys.
                    *key = Some(self::key(&value, style, tag)?);
                    return Ok(());
                }
                self.add(scalar(&value, style, tag)?, anchor, Extent::SCALAR)
            }
            EventData::MappingStart { anchor, tag, .. } => {
                Tag::of(tag.as_deref())?.expect(Tag::Map)?;
                self.start(Open::Mapping(BTreeMap::new(), None), anchor)
            }
            EventData::SequenceStart { anchor, tag, .. } => {
                Tag::of(tag.as_deref())?.expect(Tag::Sequence)?;
                self.start(Open::Sequence(Vec::new()), anchor)
            }
            EventData::SequenceEnd | EventData::MappingEnd => {
                let (open, anchor, inside) = self.open.pop().ok_or("unexpected end of a collection")?;
                let extent = Extent { values: inside.values + 1, depth: inside.depth + 1 };
                let value = match open {
                    Open::Sequence(items) => Value::tuple(items),
                    Open::Mapping(entries, _) => Kind::Object(Arc::new(entries)).into(),
                };
                self.add(value, anchor, extent)
            }
            EventData::Alias { anchor } => {
                if self.at_key() {
                    return Err("an alias cannot be a key".into());
                }
                let (value, extent) = (self.anchors.get(&anchor).cloned())
                    .ok_or_else(|| format!("reference to undefined anchor {anchor:?}"))?;
                if self.open.len() + extent.depth > MAX_DEPTH {
                    return Err(too_deep());
                }
                self.repeated += extent.values;
                if self.repeated > MAX_REPEATED {
                    return Err(format!("aliases repeat more than {MAX_REPEATED} values"));
                }
                self.add(value, None, extent)
            }
            _ => Ok(()),
        }
    }

    /// Whether a mapping's key comes next.
    fn at_key(&self) -> bool {
        matches!(self.open.last(), Some((Open::Mapping(_, None), ..)))
    }

    fn start(&mut self, open: Open, anchor: Option<String>) -> Result<(), String> {
        if self.at_key() {
            return Err("only a string, a number or a boolean can be a key".into());
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep());
        }
        self.open.push((open, anchor, Extent::default()));
        Ok(())
    }

    /// Adds a complete value to what it is in.
    fn add(&mut self, value: Value, anchor: Option<String>, extent: Extent) -> Result<(), String> {
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, (value.clone(), extent));
        }
        let Some((open, _, whole)) = self.open.last_mut() else {
            self.result = Some(value);
            return Ok(());
        };
        whole.add(extent);
        match open {
            Open::Sequence(items) => items.push(value),
            Open::Mapping(entries, key) => match key.take() {
                Some(Key::Name(name)) => drop(entries.insert(name, value)),
                Some(Key::Merge) => {
                    let merged = value.as_map().ok_or("cannot merge a value that is no mapping")?;
                    entries.extend(merged.iter().map(|(name, value)| (name.clone(), value.clone())));
                }
                None => return Err("a value without a key".into()),
            },
        }
        Ok(())
    }
}

fn too_deep() -> String {
    format!("collections are nested more than {MAX_DEPTH} levels deep")
}

fn key(text: &str, style: ScalarStyle, tag: Tag) -> Result<Key, String> {
    if text == "<<" && tag == Tag::None {
        return Ok(Key::Merge);
    }
    let value = scalar(text, style, tag)?;
    let name = convert(&value, &Type::String).map_err(|e| format!("invalid key: {}", e.message))?;
    Ok(Key::Name(Arc::from(name.as_str().ok_or("a key must not be null")?)))
}

fn scalar(text: &str, style: ScalarStyle, tag: Tag) -> Result<Value, String> {
    let is_plain = style == ScalarStyle::Plain;
    let fits = |fits: bool| if fits { Ok(()) } else { Err(format!("cannot use {text:?} as {tag}")) };
    match tag {
        Tag::None => {
            let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
            return match is_plain {
                true => plain(text),
                false if text.is_empty() && is_block => Ok(Value::null(Type::String)),
                false => Ok(Value::string(text)),
            };
        }
        Tag::String => return Ok(Value::string(text)),
        Tag::Binary => {
            fits(tags::is_base64(text))?;
            return Ok(Value::string(text));
        }
        Tag::Null => {}
        Tag::Bool => fits(boolean(text).is_some())?,
        Tag::Number => fits(is_infinite(text) || number(text)?.is_some())?,
        Tag::Timestamp => fits(date(text).is_some())?,
        Tag::Map | Tag::Sequence => return fits(false).map(|()| Value::NULL),
    }
    // A tag says what a text may be, and quotes that it stays one.
    match tag {
        _ if !is_plain => Ok(Value::string(text)),
        Tag::Null => Ok(Value::NULL),
        _ => plain(text),
    }
}

/// What a text without quotes stands for.
fn plain(text: &str) -> Result<Value, String> {
    if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
        return Ok(Value::NULL);
    }
    if let Some(b) = boolean(text) {
        return Ok(Value::from(b));
    }
    if is_infinite(text) {
        return Err(format!("{text} is no number that can be computed with"));
    }
    if let Some(n) = number(text)? {
        return Ok(Value::number(n));
    }
    Ok(Value::string(date(text).unwrap_or_else(|| text.to_owned())))
}

fn is_infinite(text: &str) -> bool {
    matches!(text.strip_prefix(['+', '-']).unwrap_or(text), ".inf" | ".Inf" | ".INF")
        || matches!(text, ".nan" | ".NaN" | ".NAN")
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

fn number(text: &str) -> Result<Option<Number>, String> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let radix = [("0x", 16), ("0o", 8)].into_iter().find_map(|(p, r)| Some((text.strip_prefix(p)?, r)));
    let n = if let Some((digits, radix)) = radix {
        if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
            return Ok(None);
        }
        u64::from_str_radix(digits, radix).map_err(|_| format!("the number {text} has more than 64 bits"))?;
        Number::parse_radix(digits, radix).ok()
    } else if is_decimal(digits) {
        let padded = if digits.starts_with('.') { format!("0{digits}") } else { digits.to_owned() };
        Some(padded.parse().map_err(|_| format!("the number {text} cannot be computed with"))?)
    } else {
        None
    };
    Ok(n.map(|n: Number| if negative { n.neg() } else { n }))
}

/// Digits with a point before, within or after them, and an exponent perhaps.
fn is_decimal(text: &str) -> bool {
    let are_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        None => (text, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digits = !whole.is_empty() || !fraction.is_empty();
    has_digits && !exponent.is_empty() && [whole, fraction, exponent].into_iter().all(are_digits)
}

/// A date, which stands for its midnight in UTC, or a time in one of the forms of YAML 1.1, as a
/// timestamp; `None` when it is neither.
fn date(text: &str) -> Option<String> {
    let are_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let short = |part: &str| {
        let is_short = matches!(part.len(), 1 | 2) && are_digits(part);
        is_short.then(|| part.parse::<u8>().ok()).flatten()
    };
    let end = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let mut parts = text[..end].split('-');
    let (year, month, day) = (parts.next()?, short(parts.next()?)?, short(parts.next()?)?);
    if year.len() != 4 || !are_digits(year) || parts.next().is_some() {
        return None;
    }
    let day = format!("{year}-{month:02}-{day:02}");
    let Some(separator) = text[end..].chars().next() else {
        return Moment::parse(&format!("{day}T00:00:00Z")).ok().map(|m| m.to_string());
    };
    // After a letter the zone must be told, and after a space it is UTC.
    let time = &text[end + 1..];
    let zone_at = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = match (separator, &time[zone_at..]) {
        (' ', "") => (time.trim_start_matches(' '), "Z"),
        (' ', _) | (_, "") => return None,
        (_, zone) => (&time[..zone_at], zone),
    };
    let mut parts = clock.split(':');
    let (hour, minute, second) = (short(parts.next()?)?, short(parts.next()?)?, parts.next()?);
    let (second, fraction) =
        second.split_once('.').map_or((second, "0"), |(second, fraction)| (second, fraction));
    if parts.next().is_some() {
        return None;
    }
    let time = format!("{day}T{hour:02}:{minute:02}:{:02}.{fraction}{zone}", short(second)?);
    Moment::parse(&time).ok().map(|m| m.to_string())
}
