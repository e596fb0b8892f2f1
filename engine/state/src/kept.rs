//! What the engine itself keeps with an object, beside what the provider keeps with it.
//!
//! It travels in the object's `private` data, which Terraform and OpenTofu carry along unread, where that is empty or a JSON object.
//! Otherwise it is beside it, where Terraform drops it when it writes the state: some providers keep data in a form of their own there,
//! and would not understand it under Terraform any more. Under Terrane providers never see it: it is taken out when a state is read
//! and put back when it is written.

use crate::Document;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use terrane_provider::Private;

/// The member of `private` that is the engine's. Providers that are made with Terraform's plugin
/// framework leave names with a leading dot alone, and expect base64 of JSON in every member.
const MEMBER: &str = ".terrane";

/// What the engine keeps with an object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The provider configuration that the object was last made or changed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<KeptProvider>,
    /// What is needed to see that values of write-only attributes have changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_only: Option<KeptWriteOnly>,
    /// Whether the configuration says, or said when it still had the object, that it must not be
    /// destroyed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prevent_destroy: bool,
    /// Whether the configuration says, or said when it still had the object, that the object is
    /// forgotten when it is no longer wanted (`destroy = false`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retain: bool,
    /// What a newer version keeps.
    #[serde(flatten)]
    pub other: Map<String, Json>,
}

/// A provider configuration without its secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptProvider {
    /// The configuration as JSON in the shape of the provider's schema, arguments that are not
    /// set left out.
    pub config: Document,
    /// Arguments that were set and are secrets, so that they are not here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
}

/// Digests of write-only values under a key that is not in the state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptWriteOnly {
    /// Names the key, and says nothing about it.
    pub key: String,
    /// Makes equal values of different objects look different.
    pub salt: String,
    /// The digest of each value that was given, by the attribute's path.
    pub digests: BTreeMap<String, String>,
}

impl Kept {
    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        let Kept { provider, write_only, prevent_destroy, retain, other } = self;
        provider.is_none() && write_only.is_none() && !prevent_destroy && !retain && other.is_empty()
    }
}

/// The engine's part. Earlier versions put the provider's own bytes into it where they are no JSON object that can take a member
/// more, so that a provider under Terraform could not read them.
#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    private: Option<String>,
    #[serde(flatten)]
    kept: Kept,
}

/// The bytes to store for both; `None` where the provider's are no JSON object that can take a member more, and reading would not
/// give back the very same.
pub(crate) fn join(private: &Private, kept: &Kept) -> Result<Option<Private>, String> {
    if kept.is_empty() {
        return Ok(Some(private.clone()));
    }
    let mut object = Map::new();
    if !private.is_empty() {
        let read = serde_json::from_slice::<Map<String, Json>>(private).ok().filter(|o| {
            !o.is_empty()
                && !o.contains_key(MEMBER)
                && serde_json::to_vec(o).is_ok_and(|written| written[..] == private[..])
        });
        let Some(read) = read else { return Ok(None) };
        object = read;
    }
    let part = serde_json::to_vec(kept).map_err(|e| e.to_string())?;
    object.insert(MEMBER.to_owned(), BASE64_STANDARD.encode(part).into());
    serde_json::to_vec(&object).map(|bytes| Some(bytes.into())).map_err(|e| e.to_string())
}

/// The provider's part of what was stored, and the engine's.
pub(crate) fn split(stored: Private) -> Result<(Private, Kept), String> {
    if !stored.windows(MEMBER.len()).any(|w| w == MEMBER.as_bytes()) {
        return Ok((stored, Kept::default()));
    }
    let Ok(mut object) = serde_json::from_slice::<Map<String, Json>>(&stored) else {
        return Ok((stored, Kept::default()));
    };
    let Some(Json::String(text)) = object.remove(MEMBER) else { return Ok((stored, Kept::default())) };
    let damaged = |e: String| format!("has damaged private data of Terrane: {e}");
    let bytes = BASE64_STANDARD.decode(text).map_err(|e| damaged(e.to_string()))?;
    let part: Part = serde_json::from_slice(&bytes).map_err(|e| damaged(e.to_string()))?;
    let private = match part.private {
        Some(own) => BASE64_STANDARD.decode(own).map_err(|e| damaged(e.to_string()))?.into(),
        None if object.is_empty() => Private::from([]),
        None => serde_json::to_vec(&object).map_err(|e| damaged(e.to_string()))?.into(),
    };
    Ok((private, part.kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_come_back() {
        let kept = Kept {
            provider: Some(KeptProvider {
                config: serde_json::json!({ "region": "here" }).into(),
                secrets: vec!["token".into()],
            }),
            other: Map::from_iter([("later".to_owned(), Json::Bool(true))]),
            ..Kept::default()
        };
        for private in ["", "{\"schema_version\":\"1\"}"] {
            let private = Private::from(private.as_bytes());
            let stored = join(&private, &kept).expect("joined").expect("a place");
            serde_json::from_slice::<BTreeMap<String, Json>>(&stored).expect("an object");
            assert_eq!(split(stored), Ok((private.clone(), kept.clone())), "{private:?}");
        }
        for private in ["{}", "not json", "{ \"spaced\": 1 }", "[1]"] {
            let private = Private::from(private.as_bytes());
            assert_eq!(join(&private, &kept), Ok(None), "{private:?}");
            let nothing = join(&private, &Kept::default());
            assert_eq!(nothing, Ok(Some(private.clone())), "an object without it is stored as before");
            // As earlier versions stored it.
            let part = serde_json::json!({ "private": BASE64_STANDARD.encode(&*private), "later": true });
            let stored = serde_json::json!({ MEMBER: BASE64_STANDARD.encode(part.to_string()) }).to_string();
            let later =
                Kept { other: Map::from_iter([("later".to_owned(), Json::Bool(true))]), ..Kept::default() };
            assert_eq!(split(stored.into_bytes().into()), Ok((private.clone(), later)));
        }
    }
}
