//! One request as the services see it: which method is meant, and what was sent with it.

use crate::discovery::{Document, Method, word_of};
use crate::filter::Filter;
use crate::refusal::Refusal;
use crate::validate::Reading;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use bytes::Bytes;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A request to a method of Google.
#[derive(Clone)]
pub(crate) struct Call<'a> {
    /// The API with its version, such as `container.v1beta1`.
    pub(crate) api: &'a str,
    pub(crate) document: &'a Document,
    pub(crate) definition: &'a Method,
    /// The id of the method, such as `compute.networks.insert`.
    pub(crate) method: &'a str,
    /// The path after the API's prefix, with project ids in the place of numbers.
    pub(crate) resource: String,
    /// The parameters of the path.
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) query: Query,
    pub(crate) body: Value,
    /// The body as it came; of an upload there is no other.
    pub(crate) content: Bytes,
    /// The headers, their names in small letters.
    pub(crate) headers: BTreeMap<String, String>,
}

/// The query of a request.
#[derive(Clone, Default)]
pub(crate) struct Query(pub(crate) Vec<(String, String)>);

/// Named objects, and the token of the page after them.
pub(crate) type Page = (Vec<(String, Value)>, Option<String>);

/// What a method answers.
pub(crate) enum Answer {
    Json(Value),
    /// 204, without a body.
    Nothing,
    /// What is not JSON.
    Raw(Raw),
}

/// An answer with a content of its own.
pub(crate) struct Raw {
    pub(crate) code: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Bytes,
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}

impl Raw {
    /// An answer in JSON.
    pub(crate) fn json(code: u16, value: &Value) -> Self {
        let headers = vec![("content-type", "application/json; charset=UTF-8".to_owned())];
        Self { code, headers, content: Bytes::from(value.to_string()) }
    }
}

impl Query {
    /// Reads the part of an address after the question mark.
    pub(crate) fn parse(text: &str) -> Self {
        let decode = |part: &str| {
            let spaced = part.replace('+', " ");
            percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
        };
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self(pairs.collect())
    }

    /// The first value of a parameter; an empty one counts as none.
    pub(crate) fn get<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).find(|value| !value.is_empty())
    }

    /// All values of a parameter.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Call<'_> {
    /// The API without version.
    pub(crate) fn service(&self) -> &str {
        self.api.split('.').next().unwrap_or(self.api)
    }

    /// The version of the API.
    pub(crate) fn version(&self) -> &str {
        self.api.split_once('.').map_or("v1", |(_, version)| version)
    }

    /// The last part of the method's id.
    pub(crate) fn verb(&self) -> &str {
        self.method.rsplit('.').next().unwrap_or(self.method)
    }

    /// The method's id without its last part.
    pub(crate) fn collection(&self) -> &str {
        self.method.rsplit_once('.').map_or(self.method, |(collection, _)| collection)
    }

    /// A parameter of the path.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// The project in the resource's path.
    pub(crate) fn project(&self) -> Option<&str> {
        self.resource.strip_prefix("projects/").and_then(|rest| rest.split('/').next())
    }

    /// The resource without a last part that is a verb: `.../n` of `.../n/setLabels`.
    pub(crate) fn target(&self) -> &str {
        let last = format!("/{}", self.verb());
        let rest = self.resource.strip_suffix(&last).unwrap_or(&self.resource);
        match self.service() {
            "storage" => {
                rest.strip_suffix("/testPermissions").unwrap_or(rest).strip_suffix("/iam").unwrap_or(rest)
            }
            _ => rest,
        }
    }

    /// The body, read against the schema of the request.
    ///
    /// # Errors
    /// In Google's words, when it does not fit.
    pub(crate) fn request(&self) -> Result<Value, Refusal> {
        match &self.definition.request {
            Some(schema) => self.read(schema, &self.body, matches!(self.verb(), "patch" | "update")),
            None => Ok(json!({})),
        }
    }

    /// A value, read against a schema.
    ///
    /// # Errors
    /// In Google's words, when it does not fit.
    pub(crate) fn read(&self, schema: &str, value: &Value, keep_null: bool) -> Result<Value, Refusal> {
        let root = if self.service() == "compute" { "resource" } else { "" };
        Reading { document: self.document, method: self.method, root, keep_null }.body(schema, value)
    }

    /// Whether the query is one that the method has.
    ///
    /// # Errors
    /// For a parameter that newer APIs do not know, or a value that is none.
    pub(crate) fn check_query(&self) -> Result<(), Refusal> {
        const GLOBAL: [&str; 18] = [
            "alt",
            "$alt",
            "fields",
            "$fields",
            "prettyPrint",
            "$prettyPrint",
            "key",
            "userProject",
            "quotaUser",
            "access_token",
            "oauth_token",
            "callback",
            "uploadType",
            "upload_protocol",
            "$.xgafv",
            "userIp",
            "upload_id",
            "requestId",
        ];
        let lenient = matches!(self.service(), "compute" | "storage" | "bigquery" | "dns");
        for (name, value) in &self.query.0 {
            let Some(schema) = self.definition.query.get(name) else {
                if lenient || GLOBAL.contains(&name.as_str()) || self.parameters.contains_key(name) {
                    continue;
                }
                return Err(Refusal::invalid(format!(
                    "Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query parameter. Field '{name}' could not be found in request message."
                )));
            };
            let fits = match schema.kind.as_deref() {
                Some("integer") => value.is_empty() || value.parse::<i64>().is_ok(),
                Some("boolean") => matches!(value.as_str(), "" | "true" | "false" | "True" | "False"),
                _ => true,
            };
            let number = value.parse::<u64>().ok().filter(|_| schema.words.is_some());
            let known = schema.words.as_ref().is_none_or(|words| {
                value.is_empty()
                    || words.contains(value)
                    || number.is_some_and(|number| word_of(words, number).is_some())
            });
            if !fits || !known {
                return Err(Refusal::invalid(format!("Invalid value for field '{name}': '{value}'.")));
            }
        }
        Ok(())
    }

    /// A page of named objects, filtered as the client asked, and the token of the next page.
    ///
    /// # Errors
    /// For a filter, size or token that cannot be read.
    pub(crate) fn page(&self, objects: Vec<(String, Value)>) -> Result<Page, Refusal> {
        let filter = Filter::parse(self.query.get("filter").unwrap_or(""))?;
        let admitted = objects.into_iter().filter(|(_, object)| filter.admits(object)).collect();
        self.cut(admitted)
    }

    /// A page of objects that are not filtered here.
    ///
    /// # Errors
    /// For a size or token that cannot be read.
    pub(crate) fn cut(&self, mut objects: Vec<(String, Value)>) -> Result<Page, Refusal> {
        let size = ["maxResults", "pageSize"].iter().find_map(|name| self.query.get(name));
        let largest = if self.service() == "compute" { 500 } else { 1000 };
        let size = match size.map(str::parse::<usize>) {
            None | Some(Ok(0)) => largest,
            Some(Ok(size)) => size.min(largest),
            Some(Err(_)) => return Err(Refusal::invalid("Invalid value for field 'maxResults'.")),
        };
        if let Some(token) = self.query.get("pageToken") {
            let after = URL_SAFE.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let after = after.ok_or_else(|| {
                Refusal::invalid(format!("Invalid value for field 'pageToken': '{token}'."))
            })?;
            objects.retain(|(key, _)| *key > after);
        }
        let more = objects.len() > size;
        objects.truncate(size);
        let next = objects.last().filter(|_| more).map(|(key, _)| URL_SAFE.encode(key));
        Ok((objects, next))
    }

    /// A list as most APIs write it: the items under their name if there are any, and the token of the next page.
    ///
    /// # Errors
    /// For a filter, size or token that cannot be read.
    pub(crate) fn listing(&self, name: &str, objects: Vec<(String, Value)>) -> Result<Value, Refusal> {
        let (page, next) = self.page(objects)?;
        Ok(self.written(name, page, next))
    }

    /// The answer of a list.
    pub(crate) fn written(&self, name: &str, page: Vec<(String, Value)>, next: Option<String>) -> Value {
        let mut answer = json!({});
        if let Some(kind) = self.kind_of_answer() {
            answer["kind"] = json!(kind);
        }
        if !page.is_empty() {
            answer[name] = page.into_iter().map(|(_, object)| object).collect();
        }
        if let Some(next) = next {
            answer["nextPageToken"] = json!(next);
        }
        answer
    }

    /// The `kind` that the answer of the method has.
    pub(crate) fn kind_of_answer(&self) -> Option<&str> {
        let schema = self.document.schemas.get(self.definition.response.as_deref()?)?;
        schema.properties.as_ref()?.get("kind")?.fallback.as_deref()
    }
}
