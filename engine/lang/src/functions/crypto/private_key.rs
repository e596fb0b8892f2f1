//! RSA private keys in PEM: PKCS #1, PKCS #8, and the format of OpenSSH. Keys with a passphrase
//! are not read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::{BigUint, RsaPrivateKey};

/// The key that `pem` holds.
pub(super) fn read(pem: &str) -> Result<RsaPrivateKey, String> {
    const PASSPHRASE: &str = "it is protected by a passphrase";
    let (label, body) = block(pem).ok_or("no key found; a key in PEM is required")?;
    let key = match label {
        "RSA PRIVATE KEY" if body.contains("ENCRYPTED") => return Err(PASSPHRASE.into()),
        "ENCRYPTED PRIVATE KEY" => return Err(PASSPHRASE.into()),
        "RSA PRIVATE KEY" => {
            RsaPrivateKey::from_pkcs1_der(&decoded(body)?).map_err(|e| format!("in PKCS #1: {e}"))?
        }
        "PRIVATE KEY" => {
            RsaPrivateKey::from_pkcs8_der(&decoded(body)?).map_err(|e| format!("in PKCS #8: {e}"))?
        }
        "OPENSSH PRIVATE KEY" => openssh(&decoded(body)?)?,
        other => return Err(format!("it is of the kind {other:?}; an RSA private key is required")),
    };
    Ok(key)
}

/// The label and the text of the first block in `pem`.
fn block(pem: &str) -> Option<(&str, &str)> {
    let (_, rest) = pem.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    Some((label, body))
}

fn decoded(body: &str) -> Result<Vec<u8>, String> {
    let text: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(text).map_err(|_| "the text between its first and last line is not valid Base64".into())
}

/// Reads OpenSSH's own format, as its PROTOCOL.key describes it.
fn openssh(bytes: &[u8]) -> Result<RsaPrivateKey, String> {
    const CUT: &str = "in the format of OpenSSH: it ends too early";
    let mut reader = Reader(bytes.strip_prefix(b"openssh-key-v1\0").ok_or("not in the format of OpenSSH")?);
    let (cipher, _derivation, _options) =
        (reader.field().ok_or(CUT)?, reader.field().ok_or(CUT)?, reader.field().ok_or(CUT)?);
    if cipher != b"none" {
        return Err("it is protected by a passphrase".into());
    }
    let _count = reader.number().ok_or(CUT)?;
    let _public = reader.field().ok_or(CUT)?;
    let mut reader = Reader(reader.field().ok_or(CUT)?);
    let _check = (reader.number().ok_or(CUT)?, reader.number().ok_or(CUT)?);
    if reader.field().ok_or(CUT)? != b"ssh-rsa" {
        return Err("it is no RSA key".into());
    }
    let mut integer = || reader.field().map(BigUint::from_bytes_be).ok_or(CUT);
    let (n, e, d, _inverse, p, q) = (integer()?, integer()?, integer()?, integer()?, integer()?, integer()?);
    RsaPrivateKey::from_components(n, e, d, vec![p, q]).map_err(|e| format!("in the format of OpenSSH: {e}"))
}

/// Reads fields that say their own length.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    fn field(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (field, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(field)
    }
}
