//! Digests and UUIDs.

use super::Want::String as Text;
use super::{Call, CallError, Function, Param, Returns, filesystem, function, param};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use terrane_value::{Refinement, Type, Value};
use uuid::Uuid;

const STR: &[Param] = &[param("str", Text)];
const PATH: &[Param] = &[param("path", Text).marked()];
const TEXT: Returns = Returns::Is(Text);

pub(super) const TABLE: &[Function] = &[
    function("base64sha256", STR, TEXT, |c| base64(Sha256::digest(c.str(0)))).doc(
        "The SHA-256 digest of a text in Base64.",
        "base64sha256(\"test\")",
        "\"n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=\"",
    ),
    function("base64sha512", STR, TEXT, |c| base64(Sha512::digest(c.str(0)))).doc(
        "The SHA-512 digest of a text in Base64.",
        "length(base64sha512(\"test\"))",
        "88",
    ),
    function("filebase64sha256", PATH, TEXT, |c| {
        Ok(base64(Sha256::digest(filesystem::contents(c)?))?.with_marks(c.args[0].marks()))
    })
    .doc("The SHA-256 digest of a file in Base64.", "can(filebase64sha256(\"no-such-file\"))", "false"),
    function("filebase64sha512", PATH, TEXT, |c| {
        Ok(base64(Sha512::digest(filesystem::contents(c)?))?.with_marks(c.args[0].marks()))
    })
    .doc("The SHA-512 digest of a file in Base64.", "can(filebase64sha512(\"no-such-file\"))", "false"),
    function("filemd5", PATH, TEXT, |c| {
        Ok(hex(Md5::digest(filesystem::contents(c)?))?.with_marks(c.args[0].marks()))
    })
    .doc("The MD5 digest of a file in hexadecimal.", "can(filemd5(\"no-such-file\"))", "false"),
    function("filesha1", PATH, TEXT, |c| {
        Ok(hex(Sha1::digest(filesystem::contents(c)?))?.with_marks(c.args[0].marks()))
    })
    .doc("The SHA-1 digest of a file in hexadecimal.", "can(filesha1(\"no-such-file\"))", "false"),
    function("filesha256", PATH, TEXT, |c| {
        Ok(hex(Sha256::digest(filesystem::contents(c)?))?.with_marks(c.args[0].marks()))
    })
    .doc("The SHA-256 digest of a file in hexadecimal.", "can(filesha256(\"no-such-file\"))", "false"),
    function("filesha512", PATH, TEXT, |c| {
        Ok(hex(Sha512::digest(filesystem::contents(c)?))?.with_marks(c.args[0].marks()))
    })
    .doc("The SHA-512 digest of a file in hexadecimal.", "can(filesha512(\"no-such-file\"))", "false"),
    function("md5", STR, TEXT, |c| hex(Md5::digest(c.str(0)))).doc(
        "The MD5 digest of a text in hexadecimal.",
        "md5(\"test\")",
        "\"098f6bcd4621d373cade4e832627b4f6\"",
    ),
    function("sha1", STR, TEXT, |c| hex(Sha1::digest(c.str(0)))).doc(
        "The SHA-1 digest of a text in hexadecimal.",
        "sha1(\"test\")",
        "\"a94a8fe5ccb19ba61c4c0873d391e987982fbbd3\"",
    ),
    function("sha256", STR, TEXT, |c| hex(Sha256::digest(c.str(0)))).doc(
        "The SHA-256 digest of a text in hexadecimal.",
        "sha256(\"test\")",
        "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"",
    ),
    function("sha512", STR, TEXT, |c| hex(Sha512::digest(c.str(0)))).doc(
        "The SHA-512 digest of a text in hexadecimal.",
        "substr(sha512(\"test\"), 0, 16)",
        "\"ee26b0dd4af7e749\"",
    ),
    function("uuid", &[], TEXT, uuid).doc("A random UUID.", "length(uuid())", "36"),
    function("uuidv5", &[param("namespace", Text), param("name", Text)], TEXT, uuidv5).doc(
        "The UUID of a name in a namespace: dns, url, oid, x500, or a UUID.",
        "uuidv5(\"dns\", \"example.com\")",
        "\"cfbff0d1-9375-5685-968c-48ce8b15ae17\"",
    ),
];

fn hex(digest: impl AsRef<[u8]>) -> Result<Value, CallError> {
    Ok(Value::string(digest.as_ref().iter().map(|b| format!("{b:02x}")).collect::<String>()))
}

fn base64(digest: impl AsRef<[u8]>) -> Result<Value, CallError> {
    Ok(Value::string(STANDARD.encode(digest)))
}

fn uuid(call: &Call<'_>) -> Result<Value, CallError> {
    if call.context.impure_unknown {
        return Ok(Value::unknown_refined(Type::String, Refinement::not_null()));
    }
    Ok(Value::string(Uuid::new_v4().to_string()))
}

fn uuidv5(call: &Call<'_>) -> Result<Value, CallError> {
    let namespace = match call.str(0) {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        other => {
            Uuid::parse_str(other).map_err(|e| format!("uuidv5() doesn't support namespace {other} ({e})"))?
        }
    };
    Ok(Value::string(Uuid::new_v5(&namespace, call.str(1).as_bytes()).to_string()))
}
