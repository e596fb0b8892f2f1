//! Texts in other character encodings than UTF-8, in Base64.

mod hz;
mod names;
mod pages;

use super::{Call, CallError, bad_argument};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::{DecoderResult, Encoding};
use names::OTHERS;
use pages::CodePage;
use std::collections::HashMap;
use terrane_value::Value;

/// A character encoding that texts can be converted to and from.
enum Charset {
    Utf8,
    Utf16 {
        big_endian: bool,
        /// Whether the text starts with a byte order mark.
        mark: bool,
    },
    /// One byte a character, up to this one.
    SingleByte(u32),
    Page(&'static CodePage),
    Hz,
    Other(&'static Encoding),
}

fn charset(call: &Call<'_>) -> Result<Charset, CallError> {
    let name = call.str(1).to_ascii_uppercase();
    match name.as_str() {
        "UTF-8" | "CSUTF8" => return Ok(Charset::Utf8),
        "UTF-16LE" | "CSUTF16LE" => return Ok(Charset::Utf16 { big_endian: false, mark: false }),
        "UTF-16BE" | "CSUTF16BE" => return Ok(Charset::Utf16 { big_endian: true, mark: false }),
        "UTF-16" | "CSUTF16" => return Ok(Charset::Utf16 { big_endian: true, mark: true }),
        "US-ASCII" | "ASCII" | "ANSI_X3.4-1968" | "ISO646-US" | "US" | "CSASCII" | "ISO-IR-6"
        | "ANSI_X3.4-1986" | "ISO_646.IRV:1991" | "IBM367" | "CP367" => {
            return Ok(Charset::SingleByte(0x7f));
        }
        "ISO-8859-1" | "ISO_8859-1" | "LATIN1" | "L1" | "CP819" | "IBM819" | "CSISOLATIN1"
        | "ISO_8859-1:1987" | "ISO-IR-100" => {
            return Ok(Charset::SingleByte(0xff));
        }
        "HZ-GB-2312" => return Ok(Charset::Hz),
        _ => {}
    }
    if let Some(page) = CodePage::find(&name) {
        return Ok(Charset::Page(page));
    }
    let label = OTHERS.iter().find(|(known, _)| *known == name).map(|(_, label)| *label);
    label.and_then(|label| Encoding::for_label(label.as_bytes())).map(Charset::Other).ok_or_else(|| {
        let why = format!("{:?} is not a supported IANA encoding name or alias in this version", call.str(1));
        bad_argument(1, why)
    })
}

pub(super) fn encode(call: &Call<'_>) -> Result<Value, CallError> {
    let text = call.str(0);
    let wrong = || {
        let why =
            format!("the given string contains characters that cannot be represented in {}", call.str(1));
        bad_argument(0, why)
    };
    let bytes: Vec<u8> = match charset(call)? {
        Charset::Utf8 => text.bytes().collect(),
        Charset::Utf16 { big_endian, mark } => {
            let bytes = if big_endian { u16::to_be_bytes } else { u16::to_le_bytes };
            let start = (mark && !text.is_empty()).then_some(0xfeff);
            start.into_iter().chain(text.encode_utf16()).flat_map(bytes).collect()
        }
        Charset::SingleByte(last) => text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).ok().filter(|b| u32::from(*b) <= last))
            .collect::<Option<_>>()
            .ok_or_else(wrong)?,
        Charset::Page(page) => {
            let table: HashMap<char, u8> = page.table().into_iter().zip(0..=u8::MAX).collect();
            text.chars().map(|c| table.get(&c).copied()).collect::<Option<_>>().ok_or_else(wrong)?
        }
        Charset::Hz => hz::encode(text).ok_or_else(wrong)?,
        Charset::Other(encoding) => match encoding.encode(text) {
            (bytes, _, false) => bytes.into_owned(),
            _ => return Err(wrong()),
        },
    };
    Ok(Value::string(STANDARD.encode(bytes)))
}

pub(super) fn decode(call: &Call<'_>) -> Result<Value, CallError> {
    let charset = charset(call)?;
    let bytes = super::decode(call.str(0))
        .ok_or_else(|| bad_argument(0, "the given value is not a valid base64 string"))?;
    let wrong = || {
        bad_argument(0, format!("the given string contains symbols that are not defined for {}", call.str(1)))
    };
    let text = match charset {
        Charset::Utf8 => String::from_utf8(bytes).map_err(|_| wrong())?,
        Charset::Utf16 { big_endian, mark } => {
            let (bytes, big_endian) = match bytes.as_slice() {
                [0xfe, 0xff, rest @ ..] if mark => (rest, true),
                [0xff, 0xfe, rest @ ..] if mark => (rest, false),
                all => (all, big_endian),
            };
            let read = if big_endian { u16::from_be_bytes } else { u16::from_le_bytes };
            let (pairs, rest) = bytes.as_chunks::<2>();
            if !rest.is_empty() {
                return Err(wrong());
            }
            let units: Vec<u16> = pairs.iter().map(|pair| read(*pair)).collect();
            String::from_utf16(&units).map_err(|_| wrong())?
        }
        Charset::SingleByte(last) => {
            let chars = bytes.iter().map(|b| (u32::from(*b) <= last).then(|| char::from(*b)));
            chars.collect::<Option<String>>().ok_or_else(wrong)?
        }
        Charset::Page(page) => {
            let table = page.table();
            bytes.iter().filter_map(|b| table.get(usize::from(*b))).collect()
        }
        Charset::Hz => hz::decode(&bytes).ok_or_else(wrong)?,
        Charset::Other(encoding) => {
            let mut decoder = encoding.new_decoder_without_bom_handling();
            let mut text = String::with_capacity(bytes.len() * 3 + 16);
            match decoder.decode_to_string_without_replacement(&bytes, &mut text, true) {
                (DecoderResult::InputEmpty, _) => text,
                _ => return Err(wrong()),
            }
        }
    };
    Ok(Value::string(text))
}
