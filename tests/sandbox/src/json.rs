//! Reading and changing JSON by paths such as `routingConfig.routingMode` and `interfaces[].linkedVpnTunnel`.

use serde_json::{Map, Value};

/// The value at a path of names, if there is one.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, name| value.get(name))
}

/// The text at a path; empty text counts as none.
pub(crate) fn text<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    at(value, path).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The text at a path, or nothing.
pub(crate) fn string(value: &Value, path: &str) -> String {
    text(value, path).unwrap_or_default().to_owned()
}

/// Whether there is `true` at a path.
pub(crate) fn flag(value: &Value, path: &str) -> bool {
    at(value, path).and_then(Value::as_bool).unwrap_or(false)
}

/// The list at a path, or an empty one.
pub(crate) fn list<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    at(value, path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Puts a value at a path, making the objects on the way.
pub(crate) fn put(value: &mut Value, path: &str, new: impl Into<Value>) {
    let mut here = value;
    for name in path.split('.') {
        if !here.is_object() {
            *here = Value::Object(Map::new());
        }
        here = &mut here[name];
    }
    *here = new.into();
}

/// Takes the value at a path out.
pub(crate) fn take(value: &mut Value, path: &str) -> Option<Value> {
    let (parent, name) = match path.rsplit_once('.') {
        Some((parent, name)) => (parent.split('.').try_fold(value, |value, name| value.get_mut(name))?, name),
        None => (value, path),
    };
    parent.as_object_mut()?.shift_remove(name)
}

/// Fills in what is missing, deeply; what is there stays.
pub(crate) fn fill(value: &mut Value, defaults: &Value) {
    match (value, defaults) {
        (Value::Object(object), Value::Object(defaults)) => {
            for (name, default) in defaults {
                match object.get_mut(name) {
                    Some(present) => fill(present, default),
                    None => {
                        object.insert(name.clone(), default.clone());
                    }
                }
            }
        }
        (value @ Value::Null, default) => *value = default.clone(),
        _ => {}
    }
}

/// Merges a change into a value: objects deeply, lists and scalars as a whole, `null` takes away.
pub(crate) fn merge(value: &mut Value, change: &Value) {
    match change {
        Value::Object(change) => {
            if !value.is_object() {
                *value = Value::Object(Map::new());
            }
            for (name, new) in change {
                if new.is_null() {
                    take(value, name);
                } else {
                    merge(&mut value[name.as_str()], new);
                }
            }
        }
        other => *value = other.clone(),
    }
}

/// Calls a function with every value that a path means; `[]` stands for every item of a list.
pub(crate) fn visit(value: &mut Value, path: &str, act: &mut dyn FnMut(&mut Value)) {
    let (first, rest) = match path.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    let (name, items) = match first.strip_suffix("[]") {
        Some(name) => (name, true),
        None => (first, false),
    };
    let Some(inner) = value.get_mut(name) else { return };
    let mut go = |inner: &mut Value| match rest {
        Some(rest) => visit(inner, rest, act),
        None => act(inner),
    };
    match inner {
        Value::Array(list) if items => list.iter_mut().for_each(&mut go),
        inner => go(inner),
    }
}

/// All texts that a path means.
pub(crate) fn texts<'a>(value: &'a Value, path: &str) -> Vec<&'a str> {
    let mut here = vec![value];
    for part in path.split('.') {
        let (name, items) = part.strip_suffix("[]").map_or((part, false), |name| (name, true));
        here = here.into_iter().filter_map(|value| value.get(name)).collect();
        if items {
            here = here.into_iter().filter_map(Value::as_array).flatten().collect();
        }
    }
    here.into_iter().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_reach_into_lists() {
        let mut value = json!({"a": [{"b": "x"}, {"b": "y"}], "c": {"d": "z"}});
        assert_eq!(texts(&value, "a[].b"), ["x", "y"]);
        visit(&mut value, "a[].b", &mut |inner| *inner = json!("w"));
        visit(&mut value, "c.d", &mut |inner| *inner = json!("v"));
        assert_eq!(value, json!({"a": [{"b": "w"}, {"b": "w"}], "c": {"d": "v"}}));
    }

    #[test]
    fn merging_takes_away_what_is_null() {
        let mut value = json!({"a": {"b": 1, "c": 2}, "d": [1]});
        merge(&mut value, &json!({"a": {"b": null}, "d": [2]}));
        assert_eq!(value, json!({"a": {"c": 2}, "d": [2]}));
    }

    #[test]
    fn filling_keeps_what_is_there() {
        let mut value = json!({"a": {"b": 1}});
        fill(&mut value, &json!({"a": {"b": 2, "c": 3}, "d": 4}));
        assert_eq!(value, json!({"a": {"b": 1, "c": 3}, "d": 4}));
    }
}
