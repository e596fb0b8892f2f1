//! HZ, the encoding of Chinese in seven bits (RFC 1843): `~{` and `~}` stand around what is GB 2312, `~~` for a tilde.

use encoding_rs::GB18030;

/// A text as bytes. As in other implementations the end of the text ends GB 2312 without a mark.
pub(super) fn encode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut chinese = false;
    for c in text.chars() {
        match c {
            '~' => bytes.extend(b"~~"),
            c if c.is_ascii() => {
                if std::mem::take(&mut chinese) {
                    bytes.extend(b"~}");
                }
                bytes.push(c as u8);
            }
            c => {
                let mut buffer = [0; 4];
                let pair: [u8; 2] = GB18030.encode(c.encode_utf8(&mut buffer)).0.as_ref().try_into().ok()?;
                if !pair.iter().all(|b| (0xa1..0xff).contains(b)) {
                    return None;
                }
                if !std::mem::replace(&mut chinese, true) {
                    bytes.extend(b"~{");
                }
                bytes.extend(pair.map(|b| b & 0x7f));
            }
        }
    }
    Some(bytes)
}

/// Bytes as a text.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(bytes.len());
    let mut chinese = false;
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        let second = after.first().copied();
        match (first, second) {
            (b'~', Some(mark)) => {
                match mark {
                    b'~' => text.push('~'),
                    b'{' => chinese = true,
                    b'}' => chinese = false,
                    b'\n' => {}
                    _ => return None,
                }
                rest = after.get(1..).unwrap_or_default();
            }
            (b'~', None) | (0x80.., _) => return None,
            (first, second) if chinese => {
                let pair = [first, second?];
                if !pair.iter().all(|b| (0x21..0x7f).contains(b)) {
                    return None;
                }
                let pair = pair.map(|b| b | 0x80);
                text.push_str(&GB18030.decode_without_bom_handling_and_without_replacement(&pair)?);
                rest = after.get(1..).unwrap_or_default();
            }
            (first, _) => text.push(char::from(first)),
        }
    }
    Some(text)
}
