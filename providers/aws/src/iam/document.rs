//! Policy documents: their parts, how they merge, and their text as the AWS provider prints it.

use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// A policy document.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Document {
    pub(super) version: String,
    pub(super) id: String,
    pub(super) statements: Vec<Statement>,
}

/// A statement: its members in the order in which they are printed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Statement {
    pub(super) sid: String,
    pub(super) members: Map<String, Json>,
}

/// The members of a statement after `Sid`, in the order in which they are printed.
const MEMBERS: [&str; 8] =
    ["Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"];

impl Document {
    /// Reads a document. Its statements may be one or a list.
    pub(super) fn parse(text: &str) -> Result<Document, String> {
        let json: Json = serde_json::from_str(text).map_err(|e| e.to_string())?;
        let Json::Object(json) = json else { return Err("a policy document is a JSON object".to_owned()) };
        let text = |name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let statements = match json.get("Statement") {
            None | Some(Json::Null) => Vec::new(),
            Some(Json::Array(statements)) => {
                statements.iter().map(Statement::parse).collect::<Result<_, _>>()?
            }
            Some(one) => vec![Statement::parse(one)?],
        };
        Ok(Document { version: text("Version"), id: text("Id"), statements })
    }

    /// Adds another document: its id and a newer version win, and its statements replace those
    /// of the same Sid.
    pub(super) fn merge(&mut self, other: Document) {
        if !other.id.is_empty() {
            self.id = other.id;
        }
        self.version = std::mem::take(&mut self.version).max(other.version);
        for statement in other.statements {
            let same = self.statements.iter_mut().find(|s| !s.sid.is_empty() && s.sid == statement.sid);
            match same {
                Some(existing) => *existing = statement,
                None => self.statements.push(statement),
            }
        }
    }

    /// The text: indented by two spaces, or without any spacing.
    pub(super) fn print(&self, indented: bool) -> String {
        let mut json = Map::new();
        let texts = [("Version", &self.version), ("Id", &self.id)];
        json.extend(
            texts.into_iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k.to_owned(), v.as_str().into())),
        );
        if !self.statements.is_empty() {
            let statements = self.statements.iter().map(Statement::to_json).collect();
            json.insert("Statement".to_owned(), Json::Array(statements));
        }
        let json = Json::Object(json);
        let text = if indented { format!("{json:#}") } else { json.to_string() };
        // Go's encoder writes these so that the text can stand in HTML.
        let escapes = [
            ('<', "\\u003c"),
            ('>', "\\u003e"),
            ('&', "\\u0026"),
            ('\u{2028}', "\\u2028"),
            ('\u{2029}', "\\u2029"),
        ];
        escapes.iter().fold(text, |text, (c, escape)| text.replace(*c, escape))
    }
}

impl Statement {
    fn parse(json: &Json) -> Result<Statement, String> {
        let Json::Object(json) = json else { return Err("a statement is a JSON object".to_owned()) };
        let mut statement = Statement {
            sid: json.get("Sid").and_then(Json::as_str).unwrap_or_default().to_owned(),
            ..Statement::default()
        };
        for name in MEMBERS {
            let Some(value) = json.get(name).filter(|v| !v.is_null()) else { continue };
            let value = match name {
                "Principal" | "NotPrincipal" => parse_principals(value)?,
                "Condition" => parse_conditions(value)?,
                _ => value.clone(),
            };
            statement.members.insert(name.to_owned(), value);
        }
        Ok(statement)
    }

    /// Sets a member; an empty one is left out.
    pub(super) fn set(&mut self, name: &str, value: Json) {
        let empty = match &value {
            Json::Null => true,
            Json::String(text) => text.is_empty(),
            Json::Array(values) => values.is_empty(),
            Json::Object(object) => object.is_empty(),
            _ => false,
        };
        if !empty {
            self.members.insert(name.to_owned(), value);
        }
    }

    fn to_json(&self) -> Json {
        let mut json = Map::new();
        if !self.sid.is_empty() {
            json.insert("Sid".to_owned(), self.sid.as_str().into());
        }
        for name in MEMBERS {
            if let Some(value) = self.members.get(name) {
                json.insert(name.to_owned(), value.clone());
            }
        }
        Json::Object(json)
    }
}

/// One text by itself, or several in descending order.
pub(super) fn texts(mut texts: Vec<String>) -> Json {
    match texts.len() {
        0 => Json::Null,
        1 => Json::String(texts.remove(0)),
        _ => {
            texts.sort();
            texts.reverse();
            texts.into()
        }
    }
}

/// Principals: identifiers by kind. Everyone, of every kind, is one text.
pub(super) fn principals(by_kind: Vec<(String, Vec<String>)>) -> Json {
    if let [(kind, ids)] = &by_kind[..]
        && kind == "*"
        && ids == &["*"]
    {
        return "*".into();
    }
    let mut merged: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    for (kind, ids) in by_kind {
        let ids = match texts(ids) {
            Json::Array(ids) => ids,
            Json::Null => Vec::new(),
            one => vec![one],
        };
        merged.entry(kind).or_default().extend(ids);
    }
    let flat = |(kind, mut ids): (String, Vec<Json>)| {
        (kind, if ids.len() == 1 { ids.remove(0) } else { Json::Array(ids) })
    };
    Json::Object(merged.into_iter().map(flat).collect())
}

/// Conditions: values by test and variable, in the order given.
pub(super) fn conditions(all: Vec<(String, String, Vec<String>)>) -> Json {
    let mut merged: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    for (test, variable, values) in all {
        merged.entry(test).or_default().entry(variable).or_default().extend(values);
    }
    let flat = |(variable, mut values): (String, Vec<String>)| {
        (variable, if values.len() == 1 { Json::String(values.remove(0)) } else { values.into() })
    };
    let test = |(test, variables): (String, BTreeMap<String, Vec<String>>)| {
        (test, Json::Object(variables.into_iter().map(flat).collect()))
    };
    Json::Object(merged.into_iter().map(test).collect())
}

fn parse_principals(json: &Json) -> Result<Json, String> {
    match json {
        Json::String(_) => Ok("*".into()),
        Json::Object(by_kind) => {
            // A list of one stays a list, as it was written.
            let mut sorted: BTreeMap<&String, Json> = BTreeMap::new();
            for (kind, ids) in by_kind {
                let ids = match ids {
                    Json::String(_) => ids.clone(),
                    Json::Array(ids) => {
                        let mut ids = ids.clone();
                        ids.sort_by(|a, b| b.as_str().cmp(&a.as_str()));
                        Json::Array(ids)
                    }
                    _ => {
                        return Err(format!(
                            "the principals of kind {kind:?} must be a text or a list of texts"
                        ));
                    }
                };
                sorted.insert(kind, ids);
            }
            Ok(Json::Object(sorted.into_iter().map(|(k, v)| (k.clone(), v)).collect()))
        }
        _ => Err("principals must be a text or an object".to_owned()),
    }
}

fn parse_conditions(json: &Json) -> Result<Json, String> {
    let object = |json: &Json| json.as_object().cloned().ok_or("conditions must be objects in an object");
    let text = |value: &Json| match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut all = Vec::new();
    for (test, variables) in object(json)? {
        for (variable, values) in object(&variables)? {
            let values = match &values {
                Json::Array(values) => values.iter().map(text).collect(),
                one => vec![text(one)],
            };
            all.push((test.clone(), variable, values));
        }
    }
    Ok(conditions(all))
}
