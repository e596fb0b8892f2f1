//! Targets that call functions.

use crate::scope::{Values, is_harmless};
use crate::values::Bytes;
use std::sync::LazyLock;
use terrane_lang::function_names;
use terrane_value::Value;

/// Calls every function with values of all kinds: known, unknown, null, sensitive, nested.
pub fn functions(input: &[u8]) {
    static NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| {
        function_names().filter(|name| is_harmless(name) || *name == "templatestring").collect()
    });
    let mut bytes = Bytes(input);
    let name = NAMES[usize::from(bytes.next()) % NAMES.len()];
    let count = usize::from(bytes.next() % 5);
    let expand = bytes.next() % 8 == 7;
    let scope = Values::new((0..count).map(|_| bytes.value(3)));
    let mut arguments: Vec<String> = (0..count).map(|i| format!("v.a{i}")).collect();
    if let (Some(last), true) = (arguments.last_mut(), expand) {
        last.push_str("...");
    }
    scope.outcome(&format!("{name}({})", arguments.join(", ")));
}

/// Calls with a text, which is `v.a0`, and a second one, `v.a1`.
const CALLS: &[&str] = &[
    "jsondecode(v.a0)",
    "yamldecode(v.a0)",
    "csvdecode(v.a0)",
    "regex(v.a0, v.a1)",
    "regexall(v.a0, v.a1)",
    "replace(v.a1, v.a0, \"<$0$1>\")",
    "format(v.a0, 1, \"x\", true, null, [1], -2.5)",
    "formatlist(v.a0, [1, 2], \"x\", [v.a1, null])",
    "formatdate(v.a0, \"2020-02-29T23:59:59+02:00\")",
    "formatdate(\"YYYY-MM-DD\", v.a0)",
    "timeadd(\"2020-02-29T23:59:59Z\", v.a0)",
    "timecmp(v.a0, v.a1)",
    "cidrsubnets(v.a0, 2, 4, 70)",
    "cidrsubnet(v.a0, 3, length(v.a1))",
    "cidrhost(v.a0, tonumber(v.a1))",
    "cidrcontains(v.a0, v.a1)",
    "base64decode(v.a0)",
    "base64gunzip(v.a0)",
    "textdecodebase64(v.a0, v.a1)",
    "textencodebase64(v.a0, v.a1)",
    "urldecode(v.a0)",
    "parseint(v.a0, 36)",
    "tonumber(v.a0) * tonumber(v.a1) / 3 % 7",
    "[title(v.a0), reverse(split(v.a1, v.a0)), strrev(v.a0), substr(v.a0, 1, 3), upper(v.a0)]",
    "[indent(3, v.a0), trim(v.a0, v.a1), chomp(v.a0), trimspace(v.a0), startswith(v.a0, v.a1)]",
    "jsonencode({ (v.a0) = v.a1 }) == jsonencode(jsondecode(jsonencode({ (v.a0) = v.a1 })))",
    "yamldecode(yamlencode({ (v.a0) = v.a1 })) == { (v.a0) = v.a1 }",
    "provider::terraform::decode_tfvars(v.a0)",
    "templatestring(v.a0, { name = v.a1, list = [1, 2] })",
    "rsadecrypt(v.a0, v.a1)",
    "uuidv5(v.a0, v.a1)",
    "sort([v.a0, v.a1, \"\"])",
];

/// Calls functions that read a language of their own in texts.
pub fn decode(input: &[u8]) {
    let Some((which, rest)) = input.split_first() else { return };
    let call = CALLS[usize::from(*which) % CALLS.len()];
    let text = String::from_utf8_lossy(rest);
    let (first, second) = text.split_once('\u{1}').unwrap_or((&text, "a"));
    Values::new([Value::string(first), Value::string(second)]).outcome(call);
}
