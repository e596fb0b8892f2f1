//! JSON that is kept for long and looked at seldom.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;
use std::fmt;
use std::sync::Arc;

/// What can be read again whatever reader is used: `serde_json` refuses more than 128 levels.
const DEEPEST: usize = 100;

/// A JSON document, held as text: as a tree it takes several times the memory, and a state has tens of thousands of them.
#[derive(Clone)]
pub struct Document(Form);

#[derive(Clone)]
enum Form {
    Text(Arc<str>),
    /// Too deep to be read from its text.
    Tree(Arc<Json>),
}

impl Document {
    /// The document as a tree.
    pub fn json(&self) -> Json {
        match &self.0 {
            // It was written from a tree that is not too deep.
            Form::Text(text) => serde_json::from_str(text).unwrap_or_default(),
            Form::Tree(tree) => (**tree).clone(),
        }
    }
}

impl From<Json> for Document {
    fn from(json: Json) -> Document {
        Document(match is_deeper(&json, DEEPEST) {
            true => Form::Tree(Arc::new(json)),
            false => Form::Text(json.to_string().into()),
        })
    }
}

fn is_deeper(json: &Json, levels: usize) -> bool {
    let Some(levels) = levels.checked_sub(1) else { return true };
    match json {
        Json::Array(elements) => elements.iter().any(|e| is_deeper(e, levels)),
        Json::Object(members) => members.values().any(|m| is_deeper(m, levels)),
        _ => false,
    }
}

/// The order of members does not matter.
impl PartialEq for Document {
    fn eq(&self, other: &Document) -> bool {
        match (&self.0, &other.0) {
            (Form::Text(a), Form::Text(b)) if a == b => true,
            _ => self.json() == other.json(),
        }
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Document, D::Error> {
        Json::deserialize(deserializer).map(Document::from)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.json().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_document_gives_back_what_it_was_made_of() {
        let deep = (0..300).fold(json!("x"), |inner, _| json!([inner]));
        let large: Json = serde_json::from_str("12345678901234567890.0123456789").expect("a number");
        for json in [json!(null), json!({ "b": 1, "a": [true, "ü\n"] }), deep, large] {
            let document = Document::from(json.clone());
            assert_eq!(document.json(), json);
            assert_eq!(serde_json::to_string(&document).expect("text"), json.to_string());
        }
        assert_eq!(Document::from(json!({ "a": 1, "b": 2 })), Document::from(json!({ "b": 2, "a": 1 })));
        assert_ne!(Document::from(json!({ "a": 1 })), Document::from(json!({ "a": 2 })));
    }
}
