//! Policies as texts: whether two mean the same, and whether one can be a policy.

use serde_json::{Map, Value as Json};
use terrane_sdk::Value;

/// Whether two policies mean the same: spacing and the order of keys, statements, actions,
/// resources, principals and condition values do not matter, nor whether a single one of them
/// is in a list.
pub(crate) fn same_meaning(a: &str, b: &str) -> bool {
    let canonical = |text: &str| serde_json::from_str(text).ok().map(canonical_policy);
    a == b || canonical(a).is_some_and(|a| Some(a) == canonical(b))
}

/// Checks that a text can be a policy.
pub(crate) fn valid(value: &Value) -> Result<(), String> {
    let Some(text) = value.as_str() else { return Ok(()) };
    if text.is_empty() {
        return Err("an empty text is not a policy.".to_owned());
    }
    if let Some(first) = text.chars().next().filter(|first| *first != '{') {
        return Err(format!("a policy must begin with a brace, this one begins with {first:?}."));
    }
    match serde_json::from_str::<Json>(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("contains an invalid JSON policy: {error}.")),
    }
}

/// A policy as IAM's calls answer it, which is percent-encoded.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = (first == b'%').then(|| tail.get(..2)).flatten();
        let code = hex.and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        match code {
            Some(code) => {
                bytes.push(code);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn canonical_policy(policy: Json) -> Json {
    let Json::Object(policy) = policy else { return policy };
    let entry = |(key, value): (String, Json)| {
        let value = match key.as_str() {
            "Statement" => sorted(list(value).into_iter().map(canonical_statement).collect()),
            _ => value,
        };
        (key, value)
    };
    Json::Object(policy.into_iter().map(entry).filter(|(key, value)| key != "Id" || *value != "").collect())
}

fn canonical_statement(statement: Json) -> Json {
    let Json::Object(statement) = statement else { return statement };
    let entry = |(key, value): (String, Json)| {
        let value = match key.as_str() {
            // The names of actions have no case.
            "Action" | "NotAction" => sorted(list(value).into_iter().map(lower).collect()),
            "Resource" | "NotResource" => sorted(list(value)),
            "Principal" | "NotPrincipal" => canonical_principals(value),
            "Condition" => canonical_conditions(value),
            _ => value,
        };
        (key, value)
    };
    Json::Object(
        statement.into_iter().map(entry).filter(|(key, value)| key != "Sid" || *value != "").collect(),
    )
}

/// An account's number stands for its root user.
fn canonical_principals(principals: Json) -> Json {
    let by_kind = match principals {
        Json::Object(by_kind) => by_kind,
        one => Map::from_iter([("AWS".to_owned(), one)]),
    };
    let principal = |id: Json| match id.as_str().and_then(root_account) {
        Some(account) => Json::from(account),
        None => id,
    };
    let kind = |(kind, ids): (String, Json)| (kind, sorted(list(ids).into_iter().map(principal).collect()));
    Json::Object(by_kind.into_iter().map(kind).collect())
}

/// The account whose root user has this ARN, in any partition.
pub(crate) fn root_account(arn: &str) -> Option<&str> {
    match arn.split(':').collect::<Vec<_>>()[..] {
        ["arn", _, "iam", "", account, "root"] => Some(account),
        _ => None,
    }
}

fn canonical_conditions(conditions: Json) -> Json {
    let Json::Object(conditions) = conditions else { return conditions };
    let text = |value: Json| match value {
        Json::Bool(b) => Json::from(b.to_string()),
        Json::Number(n) => Json::from(n.to_string()),
        other => other,
    };
    let keys = |(test, keys): (String, Json)| {
        let Json::Object(keys) = keys else { return (test, keys) };
        let values = |(key, values): (String, Json)| {
            (key.to_ascii_lowercase(), sorted(list(values).into_iter().map(text).collect()))
        };
        (test, Json::Object(keys.into_iter().map(values).collect()))
    };
    Json::Object(conditions.into_iter().map(keys).collect())
}

fn list(value: Json) -> Vec<Json> {
    match value {
        Json::Array(values) => values,
        one => vec![one],
    }
}

fn lower(value: Json) -> Json {
    value.as_str().map(|text| Json::from(text.to_ascii_lowercase())).unwrap_or(value)
}

fn sorted(mut values: Vec<Json>) -> Json {
    values.sort_by_cached_key(sort_key);
    values.dedup();
    Json::Array(values)
}

/// A text that does not depend on the order of keys.
fn sort_key(value: &Json) -> String {
    match value {
        Json::Object(object) => {
            let mut entries: Vec<String> =
                object.iter().map(|(k, v)| format!("{k:?}:{}", sort_key(v))).collect();
            entries.sort();
            format!("{{{}}}", entries.join(","))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_compared_by_meaning() {
        let policy = |statement: &str| format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
        let base = r#"{"Effect":"Allow","Action":["s3:Get*","s3:Put*"],"Resource":"*"}"#;
        for (a, b, want) in [
            (base, r#"[{"Resource":["*"],"Action":["s3:Put*","s3:Get*"],"Effect":"Allow"}]"#, true),
            (base, r#"[{"Effect":"Allow","Action":["S3:get*","s3:Put*"],"Resource":"*","Sid":""}]"#, true),
            (base, r#"{"Effect":"Deny","Action":["s3:Get*","s3:Put*"],"Resource":"*"}"#, false),
            (base, r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}"#, false),
            (
                r#"{"Principal":{"AWS":"123456789012"}}"#,
                r#"{"Principal":{"AWS":["arn:aws:iam::123456789012:root"]}}"#,
                true,
            ),
            (
                r#"{"Principal":{"AWS":"123456789012"}}"#,
                r#"{"Principal":{"AWS":["arn:aws-cn:iam::123456789012:root"]}}"#,
                true,
            ),
            (
                r#"{"Principal":{"AWS":"123456789012"}}"#,
                r#"{"Principal":{"AWS":["arn:aws:iam::123456789012:user/root"]}}"#,
                false,
            ),
            (r#"{"Principal":"*"}"#, r#"{"Principal":{"AWS":"*"}}"#, true),
            (
                r#"{"Condition":{"Bool":{"aws:SecureTransport":false}}}"#,
                r#"{"Condition":{"Bool":{"aws:securetransport":["false"]}}}"#,
                true,
            ),
            (r#"[{"Sid":"a"},{"Sid":"b"}]"#, r#"[{"Sid":"b"},{"Sid":"a"}]"#, true),
            (r#"[{"Sid":"a"},{"Sid":"b"}]"#, r#"[{"Sid":"b"}]"#, false),
        ] {
            assert_eq!(same_meaning(&policy(a), &policy(b)), want, "{a} {b}");
        }
        assert!(!same_meaning("not json", "nor this"));
    }

    #[test]
    fn policies_are_decoded() {
        for (text, want) in [
            ("%7B%22a%22%3A1%7D", r#"{"a":1}"#),
            (r#"{"a":1}"#, r#"{"a":1}"#),
            ("100%", "100%"),
            ("%zz", "%zz"),
        ] {
            assert_eq!(decoded(text), want);
        }
    }

    #[test]
    fn policies_are_checked() {
        for (text, ok) in [("{}", true), ("", false), (" {}", false), ("[]", false), ("{", false)] {
            assert_eq!(valid(&Value::from(text)).is_ok(), ok, "{text:?}");
        }
    }
}
