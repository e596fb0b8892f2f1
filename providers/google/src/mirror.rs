//! Objects whose schema is that of an API in another spelling: `node_pool_soak_duration` is `nodePoolSoakDuration`.
//! What the API calls otherwise, or keeps elsewhere, stands in a table. Knows no type and no calls.

use terrane_sdk::schema::Nesting;
use terrane_sdk::serde_json::{Map, Value as Json};
use terrane_sdk::{AttributeSpec, BlockSpec, NestedSpec, Presence, Type, Value, value::Number};

/// Where the API has what the schema calls otherwise: the way in the schema, or its end (`node_config.taint`), and
/// the way in the API from the same object on (`networkConfig.datapathProvider`). An empty way is nowhere. One that
/// begins with `?` leads to a boolean that the schema has as a text, one that begins with `!` to what is never answered.
pub(crate) struct Mirror(pub(crate) &'static [(&'static str, &'static str)]);

impl Mirror {
    /// What an object is for the API. What is not set is not there. `at` is what the object is in: nothing, or the block
    /// that has the same schema.
    pub(crate) fn body(&self, at: &str, spec: &BlockSpec, object: &Value) -> Json {
        let mut body = Json::Object(Map::new());
        self.fill(&mut body, at, spec, object);
        body
    }

    fn fill(&self, body: &mut Json, at: &str, spec: &BlockSpec, object: &Value) {
        for (name, attribute) in &spec.attributes {
            // The API's own.
            if attribute.presence == Presence::Computed {
                continue;
            }
            let Some(way) = self.way(at, name) else { continue };
            let value = object.attribute(name).unwrap_or(Value::NULL);
            if let Some(json) = to_json(&value, way.starts_with('?')) {
                put(body, way.trim_start_matches(['?', '!']), json);
            }
        }
        for (name, nested) in &spec.blocks {
            let Some(way) = self.way(at, name) else { continue };
            let here = inside(at, name);
            let value = object.attribute(name).unwrap_or(Value::NULL);
            let blocks = value.as_slice().unwrap_or_default().iter().map(|block| {
                let mut body = Json::Object(Map::new());
                self.fill(&mut body, &here, &nested.block, block);
                body
            });
            let mut blocks: Vec<Json> = blocks.collect();
            match (blocks.is_empty(), nested.max) {
                (true, _) => {}
                (false, 1) => put(body, way.trim_start_matches('!'), blocks.swap_remove(0)),
                (false, _) => put(body, way.trim_start_matches('!'), Json::Array(blocks)),
            }
        }
    }

    /// What the API describes, as an object of the schema. `before` is the same object as it was known: what the API
    /// does not tell is as it was there, and so are zero values, which it leaves out.
    pub(crate) fn object(&self, at: &str, spec: &BlockSpec, json: &Json, before: &Value) -> Value {
        let was = |name: &str| before.attribute(name).unwrap_or(Value::NULL);
        let attributes = spec.attributes.iter().map(|(name, attribute)| {
            let was = was(name);
            let value = match self.way(at, name) {
                None => known(was, Value::null(attribute.ty.clone())),
                Some(way) if way.starts_with('!') => known(was, Value::null(attribute.ty.clone())),
                Some(way) => match find(json, way.trim_start_matches('?')).filter(|found| !found.is_null()) {
                    Some(found) => from_json(found, &attribute.ty),
                    None => left_out(attribute, was),
                },
            };
            (*name, value)
        });
        let blocks = spec.blocks.iter().map(|(name, nested)| {
            let was = was(name);
            let value = match self.way(at, name) {
                None => known(was, list_of(nested, Vec::new())),
                Some(way) if way.starts_with('!') => known(was, list_of(nested, Vec::new())),
                Some(way) => self.read_blocks(&inside(at, name), nested, find(json, &way), &was),
            };
            (*name, value)
        });
        Value::object(attributes.chain(blocks))
    }

    fn read_blocks(&self, at: &str, nested: &NestedSpec, json: Option<&Json>, before: &Value) -> Value {
        // Nobody said anything of it, or nothing can be said: it is there if the API has it.
        let silent = nested.block.attributes.is_empty() && nested.block.blocks.is_empty();
        let kept = silent || before.is_null() && (nested.computed || nested.min > 0);
        let before = before.as_slice().unwrap_or_default();
        let none = Json::Null;
        let found: Vec<&Json> = match json.unwrap_or(&none) {
            Json::Array(all) => all.iter().collect(),
            Json::Null => Vec::new(),
            one => vec![one],
        };
        let blocks: Vec<Value> = found
            .iter()
            .enumerate()
            .map(|(i, json)| self.object(at, &nested.block, json, before.get(i).unwrap_or(&Value::NULL)))
            .collect();
        let nothing = blocks.iter().all(is_nothing);
        let blocks = match (nested.max == 1 && nothing && !kept, before) {
            (false, _) => blocks,
            // A block that says nothing, or that everything is off, is there if it was there.
            (true, [was]) if !blocks.is_empty() || is_nothing(was) => {
                vec![blocks.first().unwrap_or(was).clone()]
            }
            (true, _) => Vec::new(),
        };
        list_of(nested, blocks)
    }

    /// The way of an attribute or block in the API, from the object it is in; none when it has no place there.
    fn way(&self, at: &str, name: &str) -> Option<String> {
        let path = inside(at, name);
        let ends = |end: &str| path == end || path.strip_suffix(end).is_some_and(|rest| rest.ends_with('.'));
        match self.0.iter().find(|(from, _)| ends(from)) {
            Some((_, "")) => None,
            Some((_, to)) => Some((*to).to_owned()),
            None => Some(camel(name)),
        }
    }
}

/// An object that is new, or of which nothing is known yet: nothing is said of the blocks that it does not have.
pub(crate) fn unsaid(spec: &BlockSpec, object: Value) -> Value {
    spec.blocks.iter().fold(object, |object, (name, nested)| {
        let Some(blocks) = object.attribute(name) else { return object };
        let said = match blocks.as_slice() {
            Some([]) => Value::null(blocks.ty()),
            Some(all) => {
                list_of(nested, all.iter().map(|block| unsaid(&nested.block, block.clone())).collect())
            }
            None => return object,
        };
        object.with_attribute(name, said)
    })
}

fn inside(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

/// `node_pool` as the API spells it: `nodePool`.
fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        text.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        text.push_str(letters.as_str());
    }
    text
}

/// What is at a way in a document.
pub(crate) fn find<'a>(json: &'a Json, way: &str) -> Option<&'a Json> {
    way.split('.').try_fold(json, |json, name| json.get(name))
}

/// Puts a value at a way in a document.
pub(crate) fn put(json: &mut Json, way: &str, value: Json) {
    let mut place = json;
    for name in way.split('.') {
        if !place.is_object() {
            *place = Json::Object(Map::new());
        }
        place = &mut place[name];
    }
    match (place.as_object_mut(), value) {
        // Two attributes can have their places in one object.
        (Some(there), Json::Object(more)) => there.extend(more),
        (_, value) => *place = value,
    }
}

fn to_json(value: &Value, as_bool: bool) -> Option<Json> {
    if value.is_null() || !value.is_known() {
        return None;
    }
    if let Some(text) = value.as_str() {
        return match as_bool {
            true => Some(text.eq_ignore_ascii_case("true").into()),
            false => (!text.is_empty()).then(|| text.into()),
        };
    }
    if let Some(flag) = value.as_bool() {
        return Some(flag.into());
    }
    if let Some(number) = value.as_number() {
        return Some(number.to_i64().map_or_else(|| number.to_f64().into(), Json::from));
    }
    if let Some(all) = value.as_slice() {
        return (!all.is_empty()).then(|| all.iter().filter_map(|v| to_json(v, false)).collect());
    }
    let all = value.as_map()?;
    let entries = all.iter().filter_map(|(name, v)| {
        let value = v.as_str().map(Json::from).or_else(|| to_json(v, false))?;
        Some((name.to_string(), value))
    });
    (!all.is_empty()).then(|| Json::Object(entries.collect()))
}

fn from_json(json: &Json, ty: &Type) -> Value {
    match (ty, json) {
        (Type::String, Json::String(text)) => Value::string(text),
        (Type::String, Json::Bool(flag)) => Value::string(if *flag { "TRUE" } else { "FALSE" }),
        (Type::String, Json::Number(number)) => Value::string(number.to_string()),
        (Type::Bool, Json::Bool(flag)) => Value::from(*flag),
        // The APIs write 64 bit numbers as texts.
        (Type::Number, json) => number(json).map_or_else(|| Value::null(Type::Number), Value::number),
        (Type::List(of), Json::Array(all)) => {
            Value::list((**of).clone(), all.iter().map(|v| from_json(v, of)))
        }
        (Type::Set(of), Json::Array(all)) => Value::set((**of).clone(), all.iter().map(|v| from_json(v, of))),
        (Type::Map(of), Json::Object(all)) => {
            Value::map((**of).clone(), all.iter().map(|(name, v)| (name.as_str(), from_json(v, of))))
        }
        (Type::Object(object), Json::Object(all)) => {
            Value::object(object.attributes.iter().map(|(name, ty)| {
                let value =
                    all.get(&camel(name)).map_or_else(|| Value::null(ty.clone()), |v| from_json(v, ty));
                (name.clone(), value)
            }))
        }
        (ty, _) => Value::null(ty.clone()),
    }
}

fn number(json: &Json) -> Option<Number> {
    let text = json.as_str().map(str::to_owned).unwrap_or_else(|| json.to_string());
    match text.parse::<i64>() {
        Ok(whole) => Some(Number::from(whole)),
        Err(_) => Number::from_f64(text.parse().ok()?),
    }
}

/// What an attribute is that the API leaves out.
fn left_out(attribute: &AttributeSpec, was: Value) -> Value {
    // What is on unless somebody turns it off is off when nothing is said.
    let default =
        attribute.default.as_ref().map(|d| if d.as_bool().is_some() { Value::FALSE } else { d.clone() });
    match (is_zero(&was), attribute.presence) {
        (true, _) if !was.is_null() => was,
        (_, Presence::Required) => match attribute.ty {
            Type::Bool => Value::FALSE,
            Type::Number => Value::from(0),
            _ => Value::null(attribute.ty.clone()),
        },
        _ => default.unwrap_or_else(|| Value::null(attribute.ty.clone())),
    }
}

fn known(was: Value, nothing: Value) -> Value {
    if was.is_null() || !was.is_known() { nothing } else { was }
}

fn list_of(nested: &NestedSpec, blocks: Vec<Value>) -> Value {
    let ty = nested.block.to_schema().implied_type();
    match nested.nesting {
        Nesting::Set => Value::set(ty, blocks),
        _ => Value::list(ty, blocks),
    }
}

/// Null, false, 0, or empty.
fn is_zero(value: &Value) -> bool {
    value.is_null()
        || !value.is_known()
        || value.as_bool() == Some(false)
        || value.as_number().is_some_and(Number::is_zero)
        || value.as_str() == Some("")
        || value.as_slice().is_some_and(<[Value]>::is_empty)
        || matches!(value.ty(), Type::Map(_)) && value.as_map().is_some_and(|all| all.is_empty())
}

/// Whether nothing at all is set or on in a block.
fn is_nothing(block: &Value) -> bool {
    block.as_map().into_iter().flatten().all(|(_, value)| match value.as_slice() {
        Some(blocks) => blocks.iter().all(|b| b.as_map().is_some() && is_nothing(b)),
        None => is_zero(value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use terrane_sdk::serde_json::json;
    use terrane_sdk::{Auto, Block, Object};

    #[derive(Clone, Debug, Default, Block)]
    struct Thing {
        full_name: String,
        some_size: Auto<i64>,
        is_on: Option<bool>,
        port: Auto<String>,
        #[block]
        inner_part: Option<Inner>,
        local: Option<String>,
    }

    #[derive(Clone, Debug, Default, Block)]
    struct Inner {
        enabled: bool,
        tags: Vec<String>,
    }

    const NAMES: Mirror = Mirror(&[
        ("some_size", "limits.maxSize"),
        ("inner_part.tags", "tagList"),
        ("port", "?portOpen"),
        ("local", ""),
    ]);

    fn thing() -> Thing {
        Thing {
            full_name: "n".into(),
            some_size: 5.into(),
            is_on: Some(false),
            port: "TRUE".into(),
            inner_part: Some(Inner { enabled: false, tags: vec!["a".into()] }),
            local: Some("l".into()),
        }
    }

    #[test]
    fn an_object_goes_to_the_api_and_comes_back() {
        let (spec, value) = (<Thing as Object>::spec(), Object::to_value(&thing()));
        let body = NAMES.body("", &spec, &value);
        let want = json!({"fullName": "n", "limits": {"maxSize": 5}, "isOn": false, "portOpen": true,
            "innerPart": {"enabled": false, "tagList": ["a"]}});
        assert_eq!(body, want);
        let answer = json!({"fullName": "n", "limits": {"maxSize": "5"}, "portOpen": true, "innerPart": {"tagList": ["a"]}});
        assert_eq!(NAMES.object("", &spec, &answer, &value), value);
    }

    #[test]
    fn a_block_that_is_off_is_there_if_it_was_there() {
        let spec = <Thing as Object>::spec();
        let blocks = |answer: Json, before: &Thing| {
            let read = NAMES.object("", &spec, &answer, &Object::to_value(before));
            read.attribute("inner_part").expect("there are blocks").as_slice().map_or(0, <[Value]>::len)
        };
        let off = Thing { inner_part: Some(Inner::default()), ..thing() };
        let without = Thing { inner_part: None, ..thing() };
        assert_eq!(blocks(json!({"innerPart": {}}), &without), 0);
        assert_eq!(blocks(json!({}), &off), 1);
        assert_eq!(blocks(json!({"innerPart": {}}), &off), 1);
        // What was on and is not any more is a difference.
        assert_eq!(blocks(json!({}), &thing()), 0);
    }
}
