//! What the arguments of a backend are, and reading those that were given.

use crate::Surroundings;
use serde_json::{Map, Value as Json};

/// An argument that a kind of backend has.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// What its values are.
    pub kind: ArgumentKind,
    /// The environment variables that stand in for it, the first that is set.
    pub variables: &'static [&'static str],
    /// Whether a backend cannot do without it.
    pub required: bool,
    /// Why it has no effect, where it has none.
    pub without_effect: Option<&'static str>,
}

/// What values an argument has.
#[derive(Clone, Copy, Debug)]
pub enum ArgumentKind {
    /// A string.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// A list or set of strings.
    Texts,
    /// A map of strings.
    Pairs,
    /// An object with arguments of its own.
    Object(&'static [Argument]),
}

impl Argument {
    /// A string.
    pub const fn text(name: &'static str) -> Argument {
        Argument { name, kind: ArgumentKind::Text, variables: &[], required: false, without_effect: None }
    }

    /// `true` or `false`.
    pub const fn bool(name: &'static str) -> Argument {
        Argument { kind: ArgumentKind::Bool, ..Argument::text(name) }
    }

    /// A number.
    pub const fn number(name: &'static str) -> Argument {
        Argument { kind: ArgumentKind::Number, ..Argument::text(name) }
    }

    /// A list of strings.
    pub const fn texts(name: &'static str) -> Argument {
        Argument { kind: ArgumentKind::Texts, ..Argument::text(name) }
    }

    /// A map of strings.
    pub const fn pairs(name: &'static str) -> Argument {
        Argument { kind: ArgumentKind::Pairs, ..Argument::text(name) }
    }

    /// An object.
    pub const fn object(name: &'static str, arguments: &'static [Argument]) -> Argument {
        Argument { kind: ArgumentKind::Object(arguments), ..Argument::text(name) }
    }

    /// The same, which environment variables may stand in for.
    #[must_use]
    pub const fn or(self, variables: &'static [&'static str]) -> Argument {
        Argument { variables, ..self }
    }

    /// The same, without which there is no backend.
    #[must_use]
    pub const fn required(self) -> Argument {
        Argument { required: true, ..self }
    }

    /// The same, which is accepted and has no effect.
    #[must_use]
    pub const fn without_effect(self, why: &'static str) -> Argument {
        Argument { without_effect: Some(why), ..self }
    }

    /// A value as the argument has it: text that says a number or a truth becomes one, as values
    /// on the command line always are text. An error says what was expected.
    pub fn convert(&self, value: Json) -> Result<Json, String> {
        let expected = |what: &str| format!("The argument {:?} must be {what}.", self.name);
        match (self.kind, value) {
            (_, Json::Null) => Ok(Json::Null),
            (ArgumentKind::Text, value @ Json::String(_)) => Ok(value),
            (ArgumentKind::Text, value @ (Json::Number(_) | Json::Bool(_))) => {
                Ok(Json::String(value.to_string()))
            }
            (ArgumentKind::Text, _) => Err(expected("a string")),
            (ArgumentKind::Bool, value @ Json::Bool(_)) => Ok(value),
            (ArgumentKind::Bool, Json::String(text)) if text == "true" || text == "1" => Ok(Json::Bool(true)),
            (ArgumentKind::Bool, Json::String(text)) if text == "false" || text == "0" => {
                Ok(Json::Bool(false))
            }
            (ArgumentKind::Bool, _) => Err(expected("true or false")),
            (ArgumentKind::Number, value @ Json::Number(_)) => Ok(value),
            (ArgumentKind::Number, Json::String(text)) => {
                serde_json::from_str::<serde_json::Number>(text.trim())
                    .map(Json::Number)
                    .map_err(|_| expected("a number"))
            }
            (ArgumentKind::Number, _) => Err(expected("a number")),
            (ArgumentKind::Texts, Json::Array(items)) if items.iter().all(Json::is_string) => {
                Ok(Json::Array(items))
            }
            (ArgumentKind::Texts, _) => Err(expected("a list of strings")),
            (ArgumentKind::Pairs, Json::Object(pairs)) if pairs.values().all(Json::is_string) => {
                Ok(Json::Object(pairs))
            }
            (ArgumentKind::Pairs, _) => Err(expected("a map of strings")),
            (ArgumentKind::Object(arguments), Json::Object(given)) => {
                let mut object = empty(arguments);
                for (name, value) in given {
                    let Some(argument) = arguments.iter().find(|a| a.name == name) else {
                        return Err(format!("The argument {:?} has no attribute {name:?}.", self.name));
                    };
                    object.insert(name, argument.convert(value)?);
                }
                Ok(Json::Object(object))
            }
            (ArgumentKind::Object(_), _) => Err(expected("an object")),
        }
    }
}

/// All arguments, none of them set.
pub fn empty(arguments: &[Argument]) -> Map<String, Json> {
    arguments.iter().map(|argument| (argument.name.to_owned(), Json::Null)).collect()
}

/// Why a backend cannot be made from the arguments.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigureError(pub String);

/// The arguments of a backend, with the environment to fall back on.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    values: &'a Map<String, Json>,
    arguments: &'static [Argument],
    surroundings: &'a Surroundings,
}

impl<'a> Given<'a> {
    pub(crate) fn new(
        arguments: &'static [Argument],
        values: &'a Map<String, Json>,
        surroundings: &'a Surroundings,
    ) -> Given<'a> {
        Given { values, arguments, surroundings }
    }

    pub(crate) fn surroundings(&self) -> &'a Surroundings {
        self.surroundings
    }

    fn environment(&self, name: &str) -> Option<&'a str> {
        let argument = self.arguments.iter().find(|a| a.name == name)?;
        argument.variables.iter().find_map(|variable| self.surroundings.variable(variable))
    }

    /// A string that is set and not empty.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let given = self.values.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
        given.or_else(|| self.environment(name)).map(str::to_owned)
    }

    /// A string that must be set.
    pub(crate) fn required(&self, name: &str) -> Result<String, ConfigureError> {
        self.text(name).ok_or_else(|| {
            ConfigureError(format!(
                "The argument {name:?} is required. Set it in the \"backend\" block or with -backend-config."
            ))
        })
    }

    pub(crate) fn bool(&self, name: &str) -> Option<bool> {
        match self.values.get(name) {
            Some(Json::Bool(value)) => Some(*value),
            _ => {
                self.environment(name).map(|text| matches!(text, "1" | "t" | "T" | "true" | "TRUE" | "True"))
            }
        }
    }

    /// A whole number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, ConfigureError> {
        let text = match self.values.get(name) {
            Some(Json::Number(number)) => number.to_string(),
            _ => match self.environment(name) {
                Some(text) => text.to_owned(),
                None => return Ok(None),
            },
        };
        text.parse().map(Some).map_err(|_| {
            ConfigureError(format!("The argument {name:?} must be a whole number, and is {text:?}."))
        })
    }

    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let given = self.values.get(name).and_then(Json::as_array);
        given.into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect()
    }

    pub(crate) fn pairs(&self, name: &str) -> Vec<(String, String)> {
        let given = self.values.get(name).and_then(Json::as_object);
        let pairs = given.into_iter().flatten();
        pairs.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
    }

    /// An argument that is an object, when it is set.
    pub(crate) fn object(&self, name: &str) -> Option<Given<'a>> {
        let values = self.values.get(name)?.as_object()?;
        match self.arguments.iter().find(|a| a.name == name)?.kind {
            ArgumentKind::Object(arguments) => Some(Given { values, arguments, ..*self }),
            _ => None,
        }
    }
}
