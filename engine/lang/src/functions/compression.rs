//! Compression.

use super::Want::String as Text;
use super::{Call, CallError, Function, Param, Returns, bad_argument, encoding, function, param};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use std::io::{Read, Write};
use terrane_value::Value;

const STR: &[Param] = &[param("str", Text)];
const TEXT: Returns = Returns::Is(Text);

/// The longest text that is unpacked, in bytes: a few kilobytes can stand for gigabytes.
const MAX_UNPACKED: u64 = 64 << 20;

pub(super) const TABLE: &[Function] = &[
    function("base64gunzip", STR, TEXT, gunzip).doc(
        "The UTF-8 text that a Base64 text of gzip data packs.",
        "base64gunzip(base64gzip(\"test\"))",
        "\"test\"",
    ),
    function("base64gzip", STR, TEXT, gzip).doc(
        "A text packed by gzip, in Base64.",
        "base64gunzip(base64gzip(\"test\"))",
        "\"test\"",
    ),
];

fn gzip(call: &Call<'_>) -> Result<Value, CallError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(call.str(0).as_bytes()).map_err(|e| format!("failed to compress: {e}"))?;
    let packed = encoder.finish().map_err(|e| format!("failed to compress: {e}"))?;
    Ok(Value::string(STANDARD.encode(packed)))
}

fn gunzip(call: &Call<'_>) -> Result<Value, CallError> {
    let packed = encoding::decode(call.str(0))
        .ok_or_else(|| bad_argument(0, "failed to decode base64 data: the text is not valid Base64"))?;
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(&packed[..])
        .take(MAX_UNPACKED + 1)
        .read_to_end(&mut unpacked)
        .map_err(|e| bad_argument(0, format!("failed to decompress gzip data: {e}")))?;
    if unpacked.len() as u64 > MAX_UNPACKED {
        return Err(bad_argument(0, format!("the gzip data unpacks to more than {MAX_UNPACKED} bytes")));
    }
    let text = String::from_utf8(unpacked)
        .map_err(|_| bad_argument(0, "the result of decompressing is not valid UTF-8"))?;
    Ok(Value::string(text))
}
