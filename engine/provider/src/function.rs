//! Functions that providers offer to configurations: `provider::aws::arn_parse`.

use std::fmt;
use std::sync::Arc;
use terrane_value::{Type, Value, convert};

/// What a function does with arguments that fit its parameters: the same with the same ones at any
/// time. A plugin is asked while the caller waits.
pub type FunctionCall = Arc<dyn Fn(&[Value]) -> Result<Value, FunctionError> + Send + Sync>;

/// A function of a provider.
#[derive(Clone)]
pub struct Function {
    /// What it takes, in order.
    pub parameters: Vec<Parameter>,
    /// What all further arguments are, when there may be any.
    pub variadic: Option<Parameter>,
    /// What it gives.
    pub result: Type,
    /// What it is for, in one line.
    pub summary: String,
    /// What it is for, in Markdown.
    pub description: String,
    /// Why it should not be used any more; empty when it may.
    pub deprecated: String,
    /// The work.
    pub call: FunctionCall,
}

/// A parameter of a function.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether the function wants to see unknown values. Otherwise its result is unknown when one is.
    pub unknown: bool,
    /// What it is, in Markdown.
    pub description: String,
}

/// Why a function has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct FunctionError {
    /// The argument that is wrong, counted from zero.
    pub argument: Option<usize>,
    /// What is wrong.
    pub text: String,
}

impl FunctionError {
    /// Something is wrong with an argument.
    pub fn argument(index: usize, text: impl Into<String>) -> FunctionError {
        FunctionError { argument: Some(index), text: text.into() }
    }

    /// Something else is wrong.
    pub fn general(text: impl Into<String>) -> FunctionError {
        FunctionError { argument: None, text: text.into() }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function")
            .field("parameters", &self.parameters)
            .field("variadic", &self.variadic)
            .field("result", &self.result)
            .finish_non_exhaustive()
    }
}

impl Function {
    /// The result for `args`. Marks of arguments are marks of the result.
    pub fn invoke(&self, args: &[Value]) -> Result<Value, FunctionError> {
        let wanted = self.parameters.len();
        if args.len() < wanted {
            let missing = &self.parameters[args.len()].name;
            return Err(FunctionError::general(format!(
                "the argument {missing:?} is missing; {wanted} are needed"
            )));
        }
        if args.len() > wanted && self.variadic.is_none() {
            return Err(FunctionError::argument(wanted, format!("at most {wanted} arguments are expected")));
        }
        let mut marks = terrane_value::Marks::NONE;
        let mut plain = Vec::new();
        let mut unknown = false;
        for (index, arg) in args.iter().enumerate() {
            let Some(parameter) = self.parameters.get(index).or(self.variadic.as_ref()) else { continue };
            let (arg, found) = arg.unmark_deep();
            marks = marks.union(&found);
            let wrong = |text: String| FunctionError::argument(index, text);
            let arg = convert(&arg, &parameter.ty).map_err(|e| wrong(e.to_string()))?;
            if arg.is_null() && !parameter.nullable {
                return Err(wrong("argument must not be null".into()));
            }
            unknown |= !parameter.unknown && !arg.is_wholly_known();
            plain.push(arg);
        }
        if unknown {
            return Ok(Value::unknown(self.result.clone()).with_marks(&marks));
        }
        let result = (self.call)(&plain)?;
        let result = convert(&result, &self.result).map_err(|e| {
            FunctionError::general(format!(
                "the provider gave a result of the wrong type, which is a bug of it: {e}"
            ))
        })?;
        Ok(result.with_marks(&marks))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn joining() -> Function {
        let parameter = |name: &str| Parameter {
            name: name.into(),
            ty: Type::String,
            nullable: name == "rest",
            unknown: false,
            description: String::new(),
        };
        let call = |args: &[Value]| {
            let texts: Vec<&str> = args.iter().filter_map(Value::as_str).collect();
            if texts.contains(&"bad") {
                Err(FunctionError::argument(0, "bad"))
            } else {
                Ok(texts.join("-").as_str().into())
            }
        };
        Function {
            parameters: vec![parameter("first")],
            variadic: Some(parameter("rest")),
            result: Type::String,
            summary: String::new(),
            description: String::new(),
            deprecated: String::new(),
            call: Arc::new(call),
        }
    }

    #[test]
    fn arguments_are_made_to_fit() {
        let text = Value::from;
        let function = joining();
        assert_eq!(function.invoke(&[text("a"), Value::number(1)]).unwrap(), text("a-1"));
        assert_eq!(function.invoke(&[text("a"), Value::null(Type::String)]).unwrap(), text("a"));
        let secret = function.invoke(&[text("a").sensitive(), text("b")]).unwrap();
        assert_eq!(secret, text("a-b").sensitive());
        let later = function.invoke(&[text("a"), Value::unknown(Type::String)]).unwrap();
        assert_eq!(later, Value::unknown(Type::String));
        for (args, argument, why) in [
            (vec![], None, "\"first\" is missing"),
            (vec![Value::null(Type::String)], Some(0), "must not be null"),
            (vec![text("a"), Value::tuple([])], Some(1), "string required"),
            (vec![text("bad")], Some(0), "bad"),
        ] {
            let error = function.invoke(&args).unwrap_err();
            assert_eq!(error.argument, argument, "{error}");
            assert!(error.text.contains(why), "{error}");
        }
    }
}
