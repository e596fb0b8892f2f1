//! Signature version 4 of AWS, for requests that only read.
//!
//! By hand, since the engine builds without any cloud's SDK, and reading needs no more than this.

use super::checksum::hex;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use url::Url;

/// Keys of an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Keys {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) token: Option<String>,
}

/// The headers of a signed `GET` of `url`: `host` is added by whoever sends it. `time` is like
/// `20150830T123600Z`. The path of `url` must be encoded as [`encode_path`] does.
pub(super) fn sign(
    url: &Url,
    keys: &Keys,
    region: &str,
    service: &str,
    time: &str,
) -> Vec<(&'static str, String)> {
    let empty = hex(&Sha256::digest(b""));
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    };
    let mut headers = vec![("x-amz-content-sha256", empty.clone()), ("x-amz-date", time.to_owned())];
    headers.extend(keys.token.clone().map(|token| ("x-amz-security-token", token)));
    // In the order of their names, as signing wants them.
    let signed: Vec<(&str, &str)> = std::iter::once(("host", host.as_str()))
        .chain(headers.iter().map(|(n, v)| (*n, v.as_str())))
        .collect();
    let names = signed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let lines: String = signed.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
    let mut query: Vec<(String, String)> =
        url.query_pairs().map(|(n, v)| (encode(&n, false), encode(&v, false))).collect();
    query.sort();
    let query = query.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("&");
    let request = format!("GET\n{}\n{query}\n{lines}\n{names}\n{empty}", url.path());
    let date = time.get(..8).unwrap_or_default();
    let scope = format!("{date}/{region}/{service}/aws4_request");
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(request.as_bytes())));
    let mut key = format!("AWS4{}", keys.secret).into_bytes();
    for part in [date, region, service, "aws4_request"] {
        key = mac(&key, part);
    }
    let signature = hex(&mac(&key, &to_sign));
    headers.push((
        "authorization",
        format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
            keys.id
        ),
    ));
    headers
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    // Keys of this algorithm can have any length, so that this is never the other case.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// A path whose parts are encoded as S3 wants them: everything but letters, digits and `-._~`.
pub(super) fn encode_path(path: &str) -> String {
    encode(path, true)
}

fn encode(text: &str, slashes: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (slashes && byte == b'/') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Keys, sign};

    /// The signature was worked out by botocore 1.43, for the keys of the documentation of S3.
    #[test]
    fn requests_are_signed_as_botocore_does() {
        let keys = Keys {
            id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            token: Some("session+token/=".into()),
        };
        let url = "https://examplebucket.s3.amazonaws.com/a%20b/test.zip?versionId=x%2By".parse().unwrap();
        let headers = sign(&url, &keys, "us-east-1", "s3", "20130524T000000Z");
        let authorization = &headers.iter().find(|(name, _)| *name == "authorization").unwrap().1;
        assert_eq!(authorization, EXPECTED);
    }

    const EXPECTED: &str = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
        SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, \
        Signature=18d90d8a182e7ea4510249aa60b0fb76d704cfdc54ecf25fc1bfe6d40a06491e";
}
