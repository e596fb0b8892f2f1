//! Where a web site sends some requests on to, as blocks and as S3's own JSON.

use aws_sdk_s3::types::{self, Protocol};
use serde_json_value::{Map, Value as Json, json};
use terrane_sdk::serde_json as serde_json_value;
use terrane_sdk::{Block, Error, validate};

/// Where some requests are sent on to.
#[derive(Clone, Debug, Default, Block)]
pub struct RoutingRule {
    /// Which requests.
    #[block]
    pub condition: Option<Condition>,
    /// Where to.
    #[block(min = 1)]
    pub redirect: Option<Redirect>,
}

/// Which requests are sent on.
#[derive(Clone, Debug, Default, Block)]
pub struct Condition {
    /// Those that would be answered with this HTTP error.
    pub http_error_code_returned_equals: Option<String>,
    /// Those for objects whose names begin with this.
    pub key_prefix_equals: Option<String>,
}

/// Where requests are sent on to.
#[derive(Clone, Debug, Default, Block)]
pub struct Redirect {
    /// Another host.
    pub host_name: Option<String>,
    /// The HTTP status of the answer.
    pub http_redirect_code: Option<String>,
    /// `http` or `https`.
    #[attr(validate = validate::one_of(&["http", "https"]))]
    pub protocol: Option<String>,
    /// What replaces the beginning that the condition names.
    pub replace_key_prefix_with: Option<String>,
    /// Another object.
    pub replace_key_with: Option<String>,
}

fn set(text: &Option<String>) -> Option<String> {
    text.clone().filter(|t| !t.is_empty())
}

impl RoutingRule {
    pub(super) fn to_remote(&self) -> types::RoutingRule {
        let condition = self.condition.as_ref().map(|c| {
            types::Condition::builder()
                .set_http_error_code_returned_equals(set(&c.http_error_code_returned_equals))
                .set_key_prefix_equals(set(&c.key_prefix_equals))
                .build()
        });
        let redirect = self.redirect.clone().unwrap_or_default();
        let redirect = types::Redirect::builder()
            .set_host_name(set(&redirect.host_name))
            .set_http_redirect_code(set(&redirect.http_redirect_code))
            .set_protocol(set(&redirect.protocol).as_deref().map(Protocol::from))
            // An empty text is a value here: it takes the prefix away.
            .set_replace_key_prefix_with(redirect.replace_key_prefix_with)
            .set_replace_key_with(set(&redirect.replace_key_with))
            .build();
        types::RoutingRule::builder().set_condition(condition).redirect(redirect).build()
    }

    pub(super) fn from_remote(rule: types::RoutingRule) -> RoutingRule {
        RoutingRule {
            condition: rule.condition.map(|c| Condition {
                http_error_code_returned_equals: c.http_error_code_returned_equals,
                key_prefix_equals: c.key_prefix_equals,
            }),
            redirect: rule.redirect.map(|r| Redirect {
                host_name: r.host_name,
                http_redirect_code: r.http_redirect_code,
                protocol: r.protocol.map(|p| p.as_str().to_owned()),
                replace_key_prefix_with: r.replace_key_prefix_with,
                replace_key_with: r.replace_key_with,
            }),
        }
    }
}

/// Rules from S3's own JSON.
pub(super) fn from_json(text: &str) -> Result<Vec<RoutingRule>, Error> {
    let invalid = |why: String| Error::new("Invalid routing rules", why).attribute("routing_rules");
    let json: Json =
        serde_json_value::from_str(text).map_err(|e| invalid(format!("No JSON document: {e}.")))?;
    let rules = json.as_array().ok_or_else(|| invalid("The document must be a list of rules.".into()))?;
    let get = |part: &Json, name: &str| part.get(name).and_then(Json::as_str).map(str::to_owned);
    let rule = |rule: &Json| RoutingRule {
        condition: rule.get("Condition").map(|c| Condition {
            http_error_code_returned_equals: get(c, "HttpErrorCodeReturnedEquals"),
            key_prefix_equals: get(c, "KeyPrefixEquals"),
        }),
        redirect: rule.get("Redirect").map(|r| Redirect {
            host_name: get(r, "HostName"),
            http_redirect_code: get(r, "HttpRedirectCode"),
            protocol: get(r, "Protocol"),
            replace_key_prefix_with: get(r, "ReplaceKeyPrefixWith"),
            replace_key_with: get(r, "ReplaceKeyWith"),
        }),
    };
    Ok(rules.iter().map(rule).collect())
}

/// Rules as S3's own JSON; empty for none.
pub(super) fn to_json(rules: &[RoutingRule]) -> String {
    if rules.is_empty() {
        return String::new();
    }
    let object = |entries: &[(&str, &Option<String>)]| {
        let set = entries.iter().filter_map(|(name, text)| Some(((*name).to_owned(), json!(text.as_ref()?))));
        Json::Object(set.collect::<Map<_, _>>())
    };
    let rule = |rule: &RoutingRule| {
        let mut out = Map::new();
        if let Some(c) = &rule.condition {
            let condition = object(&[
                ("HttpErrorCodeReturnedEquals", &c.http_error_code_returned_equals),
                ("KeyPrefixEquals", &c.key_prefix_equals),
            ]);
            out.insert("Condition".into(), condition);
        }
        if let Some(r) = &rule.redirect {
            let redirect = object(&[
                ("HostName", &r.host_name),
                ("HttpRedirectCode", &r.http_redirect_code),
                ("Protocol", &r.protocol),
                ("ReplaceKeyPrefixWith", &r.replace_key_prefix_with),
                ("ReplaceKeyWith", &r.replace_key_with),
            ]);
            out.insert("Redirect".into(), redirect);
        }
        Json::Object(out)
    };
    Json::Array(rules.iter().map(rule).collect()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_and_written_as_json() {
        let text = r#"[{"Condition":{"KeyPrefixEquals":"docs/"},"Redirect":{"ReplaceKeyPrefixWith":""}}]"#;
        let rules = from_json(text).expect("rules");
        assert_eq!(
            rules[0].redirect.as_ref().expect("a redirect").replace_key_prefix_with.as_deref(),
            Some("")
        );
        assert_eq!(to_json(&rules), text);
        assert_eq!(to_json(&[]), "");
        assert!(from_json("{}").is_err() && from_json("no").is_err());
    }
}
