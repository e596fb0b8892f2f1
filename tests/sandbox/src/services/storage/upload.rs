//! The three ways in which contents arrive: alone, with their description in one message, or in pieces.

use super::object::{bucket, store};
use crate::call::{Answer, Call, Query, Raw};
use crate::json;
use crate::refusal::Refusal;
use crate::world::World;
use bytes::Bytes;
use serde_json::{Value, json};

/// An upload in pieces that has not ended.
pub(crate) struct Session {
    bucket: String,
    object: Value,
    query: Query,
    content: Vec<u8>,
}

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Result<Answer, Refusal> {
    if let Some(id) = call.query.get("upload_id") {
        return proceed(world, call, id);
    }
    let name = call.parameter("bucket").to_owned();
    bucket(world, &name)?;
    match call.query.get("uploadType") {
        Some("media") => {
            let mut object = json!({"name": call.query.get("name").unwrap_or("")});
            if let Some(kind) = call.headers.get("content-type") {
                object["contentType"] = json!(kind);
            }
            if let Some(encoding) = call.query.get("contentEncoding") {
                object["contentEncoding"] = json!(encoding);
            }
            store(world, call, &name, object, &call.content).map(Answer::Json)
        }
        Some("multipart") => {
            let kind = call.headers.get("content-type").map_or("", String::as_str);
            let (description, content_type, content) = parts(kind, &call.content)
                .ok_or_else(|| Refusal::invalid("Malformed multipart body.").because("parseError"))?;
            let mut object = described(call, &description)?;
            if json::text(&object, "contentType").is_none() && !content_type.is_empty() {
                object["contentType"] = json!(content_type);
            }
            store(world, call, &name, object, &content).map(Answer::Json)
        }
        Some("resumable") => begin(world, call, &name),
        _ => Err(Refusal::invalid("An object is uploaded with uploadType media, multipart or resumable.")),
    }
}

/// The description of the object that a client sends, checked against its schema.
fn described(call: &Call<'_>, description: &Value) -> Result<Value, Refusal> {
    let mut object = call.read("Object", description, false)?;
    if let Some(name) = call.query.get("name").filter(|_| json::text(&object, "name").is_none()) {
        object["name"] = json!(name);
    }
    Ok(object)
}

fn begin(world: &mut World, call: &Call<'_>, bucket: &str) -> Result<Answer, Refusal> {
    let mut object = described(call, &call.body)?;
    if let Some(kind) =
        call.headers.get("x-upload-content-type").filter(|_| json::text(&object, "contentType").is_none())
    {
        object["contentType"] = json!(kind);
    }
    if json::text(&object, "name").is_none() {
        return Err(Refusal::invalid("Required").because("required"));
    }
    let id = format!("upload-{}", world.id());
    let host = call.headers.get("host").map_or("127.0.0.1", String::as_str);
    let location =
        format!("http://{host}/upload/storage/v1/b/{bucket}/o?uploadType=resumable&upload_id={id}");
    let session =
        Session { bucket: bucket.to_owned(), object, query: call.query.clone(), content: Vec::new() };
    world.uploads.insert(id, session);
    Ok(Answer::Raw(Raw { code: 200, headers: vec![("location", location)], content: Bytes::new() }))
}

/// The next piece of an upload, or the question how much has arrived.
fn proceed(world: &mut World, call: &Call<'_>, id: &str) -> Result<Answer, Refusal> {
    let mut session =
        world.uploads.remove(id).ok_or_else(|| Refusal::new(404, "The upload session was not found."))?;
    let range = call.headers.get("content-range").map_or("", String::as_str);
    let (span, total) = range.trim_start_matches("bytes ").split_once('/').unwrap_or(("", ""));
    match span.split_once('-').and_then(|(from, _)| from.parse::<usize>().ok()) {
        Some(from) if from > session.content.len() => {
            world.uploads.insert(id.to_owned(), session);
            return Err(Refusal::invalid("The piece does not begin where the last one ended."));
        }
        Some(from) => session.content.truncate(from),
        None if span != "*" => session.content.clear(),
        None => {}
    }
    session.content.extend_from_slice(&call.content);
    let whole = range.is_empty() || total.parse() == Ok(session.content.len());
    if whole {
        let mut call = call.clone();
        call.query = session.query;
        return store(world, &call, &session.bucket, session.object, &session.content).map(Answer::Json);
    }
    let mut headers = Vec::new();
    if let Some(last) = session.content.len().checked_sub(1) {
        headers.push(("range", format!("bytes=0-{last}")));
    }
    world.uploads.insert(id.to_owned(), session);
    Ok(Answer::Raw(Raw { code: 308, headers, content: Bytes::new() }))
}

/// The description, the content's type and the content of a `multipart/related` message.
fn parts(kind: &str, body: &[u8]) -> Option<(Value, String, Vec<u8>)> {
    let boundary = kind.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?;
    let boundary = boundary.trim_matches(['"', '\'']);
    let mark = format!("--{boundary}").into_bytes();
    let first = find(body, &mark, 0)?;
    let second = find(body, &mark, first + mark.len())?;
    // The boundary that ends the message is the last: contents may have anything in them.
    let last = (second + mark.len()..body.len()).rev().find(|at| body[*at..].starts_with(&mark))?;
    let (_, description) = part(&body[first + mark.len()..second])?;
    let (head, content) = part(&body[second + mark.len()..last])?;
    let description = serde_json::from_slice(description).ok()?;
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-type:"));
    let content_type = line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim());
    Some((description, content_type.to_owned(), content.to_vec()))
}

/// The head and the content of a part that ends before a boundary.
fn part(part: &[u8]) -> Option<(&str, &[u8])> {
    for (gap, end) in [(b"\r\n\r\n".as_slice(), b"\r\n".as_slice()), (b"\n\n", b"\n")] {
        if let Some(at) = find(part, gap, 0) {
            let head = std::str::from_utf8(&part[..at]).ok()?;
            let content = &part[at + gap.len()..];
            return Some((head, content.strip_suffix(end).unwrap_or(content)));
        }
    }
    None
}

fn find(text: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    rest.windows(wanted.len()).position(|window| window == wanted).map(|at| at + from)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn messages_of_two_parts_are_read() {
        for gap in ["\r\n", "\n"] {
            let text = "--b|content-type: application/json||{\"name\": \"n\"}|--b|Content-Type: text/plain||a|--b c|--b--|";
            let body = text.replace('|', gap);
            let (description, kind, content) =
                parts("multipart/related; boundary='b'", body.as_bytes()).unwrap();
            assert_eq!((description, kind.as_str()), (json!({"name": "n"}), "text/plain"));
            assert_eq!(content, format!("a{gap}--b c").into_bytes());
        }
        assert!(parts("multipart/related; boundary=b", b"--b\r\n\r\n{}\r\n").is_none());
        assert!(parts("text/plain", b"").is_none());
    }
}
