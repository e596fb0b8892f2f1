//! What can be said of the functions: names, signatures, documentation. The functions whose
//! arguments are not simply evaluated (`try`, `can`, `convert`) have their entries here.

use super::{Function, Param, Returns, all};
use terrane_diagnostics::FailedCall;
use terrane_value::{Type, Value, type_to_json};

/// The documentation of a function.
#[derive(Clone, Debug)]
pub struct FunctionDoc {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// The type of its result; dynamic when that follows from the arguments.
    pub returns: Type,
    /// Its parameters, in order.
    pub parameters: Vec<ParameterDoc>,
    /// The parameter that takes all further arguments.
    pub variadic: Option<ParameterDoc>,
    /// An example: an expression, and one that gives the same value.
    pub example: (&'static str, &'static str),
}

/// A parameter of a function.
#[derive(Clone, Debug)]
pub struct ParameterDoc {
    /// Its name.
    pub name: &'static str,
    /// The type that an argument is converted to; dynamic when any will do.
    pub ty: Type,
    /// Whether it takes null.
    pub nullable: bool,
}

/// The functions that take expressions instead of values.
pub(crate) const SPECIAL: [&str; 3] = ["can", "convert", "try"];

/// The names of all functions, for completion and suggestions.
pub fn function_names() -> impl Iterator<Item = &'static str> {
    all().map(|f| f.name).chain(SPECIAL)
}

/// The documentation of all functions, by name.
pub fn function_docs() -> impl Iterator<Item = FunctionDoc> {
    let mut docs: Vec<FunctionDoc> = all().map(of).chain(special()).collect();
    docs.sort_by_key(|doc| doc.name);
    docs.into_iter()
}

fn of(function: &Function) -> FunctionDoc {
    FunctionDoc {
        name: function.name,
        description: function.description,
        returns: match function.returns {
            Returns::Is(want) => want.ty(),
            Returns::By(of) => {
                let parameters = function.params.iter().chain(&function.rest);
                let any: Vec<Value> = parameters.map(|p| Value::unknown(p.want.ty())).collect();
                of(&any).unwrap_or(Type::Dynamic)
            }
        },
        parameters: function.params.iter().map(parameter).collect(),
        variadic: function.rest.as_ref().map(parameter),
        example: function.example,
    }
}

/// What is told of the function `name`, known as `called_as`, when a call of it fails.
pub(crate) fn failed_call(name: &str, called_as: &str) -> Option<FailedCall> {
    let doc = match all().find(|f| f.name == name) {
        Some(function) => of(function),
        None => special().into_iter().find(|doc| doc.name == name)?,
    };
    let parameter = |p: &ParameterDoc| (p.name.to_owned(), type_to_json(&p.ty));
    Some(FailedCall {
        called_as: called_as.to_owned(),
        name: doc.name.to_owned(),
        parameters: doc.parameters.iter().map(parameter).collect(),
        variadic: doc.variadic.as_ref().map(parameter),
        returns: type_to_json(&doc.returns),
    })
}

fn parameter(param: &Param) -> ParameterDoc {
    ParameterDoc { name: param.name, ty: param.want.ty(), nullable: param.null }
}

fn special() -> [FunctionDoc; 3] {
    let any = |name| ParameterDoc { name, ty: Type::Dynamic, nullable: false };
    [
        FunctionDoc {
            name: "can",
            description: "Whether an expression has a value, and is no error.",
            returns: Type::Bool,
            parameters: vec![any("expression")],
            variadic: None,
            example: ("can(tonumber(\"x\"))", "false"),
        },
        FunctionDoc {
            name: "convert",
            description: "A value converted to a type constraint, with the defaults of optional attributes.",
            returns: Type::Dynamic,
            parameters: vec![ParameterDoc { nullable: true, ..any("value") }, any("type")],
            variadic: None,
            example: ("convert([1, 2], list(string))", "tolist([\"1\", \"2\"])"),
        },
        FunctionDoc {
            name: "try",
            description: "The value of the first of some expressions that is no error.",
            returns: Type::Dynamic,
            parameters: Vec::new(),
            variadic: Some(any("expressions")),
            example: ("try(tonumber(\"x\"), 5)", "5"),
        },
    ]
}
