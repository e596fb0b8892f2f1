//! The functions of the language.
//!
//! Each function is one entry of its family's table: name, parameters, result type, description
//! with an example, and implementation. What all functions share (null, unknown and marked
//! arguments) is done here, so implementations see plain values unless a parameter asks for more.

mod assume;
mod collection;
mod combine;
mod compression;
mod conversion;
mod crypto;
mod date;
mod describe;
mod encoding;
mod filesystem;
mod format;
mod hash;
mod network;
mod numeric;
mod sequence;
mod sets;
mod special;
mod string;
mod tfvars;
mod yaml;

pub use describe::{FunctionDoc, ParameterDoc, function_docs, function_names};
pub(crate) use describe::{SPECIAL, failed_call};
pub use tfvars::quoted;
pub use yaml::read_yaml;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::LazyLock;
use terrane_value::{ConvertError, Kind, Marks, Refinement, Type, Value, convert};

/// What functions may know of their surroundings.
#[derive(Clone, Debug, Default)]
pub struct FunctionContext {
    /// The directory that relative paths start from: the root module's.
    pub base_dir: PathBuf,
    /// The time that `plantimestamp` gives (RFC 3339), fixed when the plan is made.
    pub plan_timestamp: Option<String>,
    /// Whether functions whose result changes from call to call (`timestamp`, `uuid`) give
    /// unknown values, as they do while planning.
    pub impure_unknown: bool,
}

/// The function called `name`.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    static BY_NAME: LazyLock<HashMap<&'static str, &'static Function>> =
        LazyLock::new(|| all().map(|f| (f.name, f)).collect());
    BY_NAME.get(name).copied()
}

/// The function of the built-in provider called `name`.
pub(crate) fn find_builtin(name: &str) -> Option<&'static Function> {
    tfvars::TABLE.iter().find(|f| f.name == name)
}

fn all() -> impl Iterator<Item = &'static Function> {
    [
        numeric::TABLE,
        string::TABLE,
        format::TABLE,
        collection::TABLE,
        combine::TABLE,
        sequence::TABLE,
        sets::TABLE,
        encoding::TABLE,
        filesystem::TABLE,
        date::TABLE,
        hash::TABLE,
        crypto::TABLE,
        compression::TABLE,
        network::TABLE,
        conversion::TABLE,
        special::TABLE,
        yaml::TABLE,
        assume::TABLE,
    ]
    .into_iter()
    .flatten()
}

/// One function.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) params: &'static [Param],
    /// The parameter that takes all further arguments.
    pub(crate) rest: Option<Param>,
    returns: Returns,
    /// Whether the result can be null.
    nullable: bool,
    description: &'static str,
    example: (&'static str, &'static str),
    call: fn(&Call<'_>) -> Result<Value, CallError>,
}

/// The type of a function's result.
#[derive(Clone, Copy)]
pub(crate) enum Returns {
    /// Always this.
    Is(Want),
    /// It follows from the arguments.
    By(fn(&[Value]) -> Result<Type, CallError>),
}

/// The type of a parameter.
#[derive(Clone, Copy)]
pub(crate) enum Want {
    Any,
    Bool,
    Number,
    String,
    List(&'static Want),
    Set(&'static Want),
    Map(&'static Want),
}

/// One parameter. Unless it says otherwise, the function sees neither null nor unknown values
/// nor marks in it.
#[derive(Clone, Copy)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    want: Want,
    null: bool,
    unknown: bool,
    marked: bool,
}

/// A call under way.
pub(crate) struct Call<'a> {
    pub(crate) args: &'a [Value],
    pub(crate) context: &'a FunctionContext,
    pub(crate) in_template: bool,
}

/// Why a call has no result.
#[derive(Debug)]
pub(crate) enum CallError {
    /// The argument at this position is at fault.
    Argument(usize, String),
    /// Anything else.
    Other(String),
}

impl CallError {
    /// The same error without what it tells of values that must not be shown: everything in
    /// quotes goes, and the texts of the arguments wherever they stand.
    fn without_values(self, args: &[Value]) -> CallError {
        const HIDDEN: &str = "(sensitive value)";
        let hide = |why: String| {
            let mut texts = Vec::new();
            args.iter().for_each(|arg| collect_texts(arg, &mut texts));
            texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
            let mut shown = why;
            for text in texts.iter().filter(|text| text.len() > 2) {
                shown = shown.replace(&format!("{text:?}"), HIDDEN).replace(text, HIDDEN);
            }
            let mut out = String::new();
            let mut rest = shown.as_str();
            while let Some((before, quoted)) = rest.split_once('"') {
                let Some((_, after)) = quoted.split_once('"') else { break };
                out.push_str(before);
                out.push_str(HIDDEN);
                rest = after;
            }
            out + rest
        };
        match self {
            CallError::Argument(i, why) => CallError::Argument(i, hide(why)),
            CallError::Other(why) => CallError::Other(hide(why)),
        }
    }
}

/// The texts of all strings and numbers in `value`.
fn collect_texts(value: &Value, texts: &mut Vec<String>) {
    match value.kind() {
        Kind::String(s) => texts.push(s.to_string()),
        Kind::Number(n) => texts.push(n.to_string()),
        Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => {
            vs.iter().for_each(|v| collect_texts(v, texts))
        }
        Kind::Map(_, vs) | Kind::Object(vs) => vs.values().for_each(|v| collect_texts(v, texts)),
        _ => {}
    }
}

impl From<String> for CallError {
    fn from(why: String) -> CallError {
        CallError::Other(why)
    }
}

impl From<&str> for CallError {
    fn from(why: &str) -> CallError {
        CallError::Other(why.into())
    }
}

/// An error that blames the argument at position `i`.
pub(crate) fn bad_argument(i: usize, why: impl Into<String>) -> CallError {
    CallError::Argument(i, why.into())
}

/// A function of these parameters.
pub(crate) const fn function(
    name: &'static str,
    params: &'static [Param],
    returns: Returns,
    call: fn(&Call<'_>) -> Result<Value, CallError>,
) -> Function {
    Function { name, params, rest: None, returns, nullable: false, description: "", example: ("", ""), call }
}

/// A parameter.
pub(crate) const fn param(name: &'static str, want: Want) -> Param {
    Param { name, want, null: false, unknown: false, marked: false }
}

impl Param {
    pub(crate) const fn null(self) -> Param {
        Param { null: true, ..self }
    }

    /// Also unknown values and values of unknown type.
    pub(crate) const fn unknown(self) -> Param {
        Param { unknown: true, ..self }
    }

    pub(crate) const fn marked(self) -> Param {
        Param { marked: true, ..self }
    }

    /// The argument as this parameter wants it; `None` when it is so already.
    pub(crate) fn accept(&self, value: &Value) -> Result<Option<Value>, ConvertError> {
        match (self.want, value.kind()) {
            (Want::Any, _)
            | (Want::String, Kind::String(_))
            | (Want::Number, Kind::Number(_))
            | (Want::Bool, Kind::Bool(_)) => Ok(None),
            (want, _) => convert(value, &want.ty()).map(Some),
        }
    }
}

impl Want {
    fn ty(self) -> Type {
        match self {
            Want::Any => Type::Dynamic,
            Want::Bool => Type::Bool,
            Want::Number => Type::Number,
            Want::String => Type::String,
            Want::List(t) => Type::list(t.ty()),
            Want::Set(t) => Type::set(t.ty()),
            Want::Map(t) => Type::map(t.ty()),
        }
    }
}

impl Function {
    const fn rest(self, rest: Param) -> Function {
        Function { rest: Some(rest), ..self }
    }

    const fn nullable(self) -> Function {
        Function { nullable: true, ..self }
    }

    const fn doc(self, description: &'static str, example: &'static str, gives: &'static str) -> Function {
        Function { description, example: (example, gives), ..self }
    }

    /// The parameter that takes the argument at position `i`.
    pub(crate) fn parameter(&self, i: usize) -> Option<&Param> {
        self.params.get(i).or(self.rest.as_ref())
    }

    /// The result for arguments that are of the right types and number.
    pub(crate) fn invoke(&self, call: &Call<'_>) -> Result<Value, CallError> {
        let mut marks = Marks::NONE;
        let mut unmarked: Option<Vec<Value>> = None;
        let mut unknown = false;
        for (i, value) in call.args.iter().enumerate() {
            let Some(parameter) = self.parameter(i) else { continue };
            if !parameter.null && value.is_null() {
                return Err(bad_argument(i, "argument must not be null"));
            }
            unknown |= !parameter.unknown && !value.is_known();
            if !parameter.marked && value.is_marked_deep() {
                let (value, found) = value.unmark_deep();
                marks = marks.union(&found);
                unmarked.get_or_insert_with(|| call.args.to_vec())[i] = value;
            }
        }
        let call = Call { args: unmarked.as_deref().unwrap_or(call.args), ..*call };
        if unknown {
            // Whoever looks at marks itself is not asked, so that what it would have kept is kept here.
            let marks = call.args.iter().fold(marks, |marks, arg| marks.union(&arg.unmark_deep().1));
            return Ok(self.unknown_result(call.args)?.with_marks(&marks));
        }
        match (self.call)(&call) {
            Ok(value) => Ok(value.with_marks(&marks)),
            Err(error) if marks.is_sensitive() || marks.is_ephemeral() => {
                Err(error.without_values(call.args))
            }
            Err(error) => Err(error),
        }
    }

    fn unknown_result(&self, args: &[Value]) -> Result<Value, CallError> {
        let untyped = |v: &Value| matches!(v.kind(), Kind::Unknown(Type::Dynamic, _));
        let ty = match self.returns {
            Returns::Is(want) => want.ty(),
            Returns::By(_) if args.iter().any(untyped) => Type::Dynamic,
            Returns::By(of) => of(args)?,
        };
        if self.nullable || ty == Type::Dynamic {
            return Ok(Value::unknown(ty));
        }
        Ok(Value::unknown_refined(ty, Refinement::not_null()))
    }
}

impl Call<'_> {
    /// The text of the argument at position `i`, which is a string parameter's.
    fn str(&self, i: usize) -> &str {
        self.args.get(i).and_then(Value::as_str).unwrap_or("")
    }

    /// The whole number that the argument at position `i` is.
    fn int(&self, i: usize) -> Result<i64, CallError> {
        let n = self.args.get(i).and_then(Value::as_number).and_then(|n| n.to_i64());
        n.ok_or_else(|| {
            let given = self.args.get(i).and_then(Value::as_number).map(|n| format!(", not {n}"));
            bad_argument(i, format!("a whole number is required{}", given.unwrap_or_default()))
        })
    }

    /// The elements of the list, set or tuple at position `i`.
    fn elements(&self, i: usize) -> &[Value] {
        self.args.get(i).and_then(Value::as_slice).unwrap_or_default()
    }
}
