//! The functions of the provider: `provider::aws::arn_parse` and its like. They ask nobody.

use std::sync::Arc;
use terrane_sdk::{Function, FunctionError, Parameter, Type, Value};

/// The parts of an ARN after `arn:`, in their order.
const PARTS: [&str; 5] = ["partition", "service", "region", "account_id", "resource"];

/// All functions by name.
pub(crate) fn all() -> Vec<(&'static str, Function)> {
    let arn = || Type::object(PARTS.map(|part| (part, Type::String)));
    vec![
        (
            "arn_build",
            function("Builds an ARN from its parts.", &PARTS, Type::String, |args| {
                let parts: Vec<&str> = args.iter().map(text).collect();
                Ok(Value::string(format!("arn:{}", parts.join(":"))))
            }),
        ),
        (
            "arn_parse",
            function("Takes an ARN apart.", &["arn"], arn(), |args| {
                let parts = parse(text(&args[0])).map_err(|why| FunctionError::argument(0, why))?;
                Ok(Value::object(PARTS.into_iter().zip(parts.map(Value::from))))
            }),
        ),
        (
            "trim_iam_role_path",
            function("Takes the path out of the ARN of an IAM role.", &["arn"], Type::String, |args| {
                trim_role_path(text(&args[0]))
                    .map(Value::string)
                    .map_err(|why| FunctionError::argument(0, why))
            }),
        ),
        (
            "user_agent",
            function(
                "Formats a product for a User-Agent header.",
                &["product_name", "product_version", "comment"],
                Type::String,
                |args| user_agent(text(&args[0]), text(&args[1]), text(&args[2])),
            ),
        ),
    ]
}

fn function(
    summary: &str,
    parameters: &[&str],
    result: Type,
    call: impl Fn(&[Value]) -> Result<Value, FunctionError> + Send + Sync + 'static,
) -> Function {
    let parameter = |name: &&str| Parameter {
        name: (*name).to_owned(),
        ty: Type::String,
        nullable: false,
        unknown: false,
        description: String::new(),
    };
    Function {
        parameters: parameters.iter().map(parameter).collect(),
        variadic: None,
        result,
        summary: summary.to_owned(),
        description: summary.to_owned(),
        deprecated: String::new(),
        call: Arc::new(call),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The parts of an ARN, in their order.
pub(crate) fn parse(arn: &str) -> Result<[&str; 5], String> {
    let mut sections = arn.splitn(6, ':');
    if sections.next() != Some("arn") {
        return Err(format!("{arn:?} does not begin with \"arn:\""));
    }
    let parts: Vec<&str> = sections.collect();
    parts.try_into().map_err(|_| format!("{arn:?} has fewer than the six sections of an ARN"))
}

fn trim_role_path(arn: &str) -> Result<String, String> {
    let [partition, service, region, account, resource] = parse(arn)?;
    let role = resource.strip_prefix("role/").filter(|_| service == "iam");
    let role = role.ok_or_else(|| format!("{arn:?} is not the ARN of an IAM role"))?;
    let name = role.rsplit('/').next().unwrap_or(role);
    Ok(format!("arn:{partition}:{service}:{region}:{account}:role/{name}"))
}

fn user_agent(name: &str, version: &str, comment: &str) -> Result<Value, FunctionError> {
    if name.is_empty() {
        return Err(FunctionError::argument(0, "the name of the product must not be empty"));
    }
    let mut text = name.to_owned();
    if !version.is_empty() {
        text = format!("{text}/{version}");
    }
    if !comment.is_empty() {
        text = format!("{text} ({comment})");
    }
    Ok(Value::string(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str, args: &[&str]) -> Result<Value, String> {
        let function = all().into_iter().find(|(n, _)| *n == name).expect("a function of this name").1;
        let args: Vec<Value> = args.iter().map(|a| Value::from(*a)).collect();
        function.invoke(&args).map_err(|e| e.text)
    }

    #[test]
    fn arns_come_apart_and_together() {
        let arn = "arn:aws:iam::444455556666:role/with/a:path/deploy";
        let parts = call("arn_parse", &[arn]).expect("an ARN");
        let part = |name: &str| {
            parts.attribute(name).and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
        };
        assert_eq!(PARTS.map(part), ["aws", "iam", "", "444455556666", "role/with/a:path/deploy"]);
        let again = call("arn_build", &["aws", "iam", "", "444455556666", "role/with/a:path/deploy"]);
        assert_eq!(again, Ok(Value::from(arn)));
        let trimmed = call("trim_iam_role_path", &[arn]);
        assert_eq!(trimmed, Ok(Value::from("arn:aws:iam::444455556666:role/deploy")));
    }

    #[test]
    fn what_is_no_arn_is_refused() {
        for (name, arg, why) in [
            ("arn_parse", "vpc-1", "does not begin"),
            ("arn_parse", "arn:aws:iam", "six sections"),
            ("trim_iam_role_path", "arn:aws:iam::1:user/a", "not the ARN of an IAM role"),
            ("trim_iam_role_path", "arn:aws:s3:::role/a", "not the ARN of an IAM role"),
        ] {
            let error = call(name, &[arg]).expect_err("a refusal");
            assert!(error.contains(why), "{name}: {error}");
        }
    }

    #[test]
    fn products_are_formatted() {
        assert_eq!(call("user_agent", &["tool", "1.2", "ci"]), Ok(Value::from("tool/1.2 (ci)")));
        assert_eq!(call("user_agent", &["tool", "", ""]), Ok(Value::from("tool")));
        assert!(call("user_agent", &["", "1", ""]).is_err());
    }
}
