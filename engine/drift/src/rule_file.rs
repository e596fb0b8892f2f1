//! The file of rules: `ignore` blocks in HCL.

use crate::{Kind, Rule, Rules};
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap, Span};
use terrane_syntax::{Block, BodySchema, Content, Expr, ExprKind, parse_file};

const LISTS: [&str; 5] = ["addresses", "unmanaged", "attributes", "stacks", "changes"];
const TEXTS: [&str; 3] = ["reason", "owner", "expires"];

impl Rules {
    /// The rules in a file of this name and content. Those of the file of one stack are about that
    /// `stack` alone.
    pub fn parse(
        name: &str,
        text: &str,
        stack: Option<&str>,
        sources: &mut SourceMap,
    ) -> (Vec<Rule>, Diagnostics) {
        let file = sources.add(name, text);
        let (body, mut problems) = parse_file(sources, file);
        let content = problems.take(body.content(&BodySchema::new(&[], &[("ignore", &["name"])])));
        let mut rules = Vec::new();
        for block in content.blocks("ignore") {
            let line = sources.get(file).map_or(0, |f| f.position(block.span.start).line);
            let place = format!("{name}:{line}");
            rules.extend(problems.take(rule(block, place, stack)));
        }
        // Reports show a problem as a line of text, without the source.
        for problem in problems.iter_mut() {
            if let Some(subject) = problem.subject {
                let line = sources.get(file).map_or(0, |f| f.position(subject.start).line);
                problem.detail = format!("{name}:{line}: {}", problem.detail);
            }
        }
        (rules, problems)
    }
}

/// Reads one block. With errors there is no rule: nothing is hidden by mistake.
fn rule(block: &Block, place: String, stack: Option<&str>) -> (Option<Rule>, Diagnostics) {
    let schema = BodySchema {
        attributes: (LISTS.iter().map(|name| ((*name).to_owned(), false)))
            .chain(TEXTS.iter().map(|name| ((*name).to_owned(), true)))
            .collect(),
        blocks: Vec::new(),
    };
    let (content, mut problems) = block.body.content(&schema);
    let [label] = &block.labels[..] else { return (None, problems) };
    let lists = LISTS.map(|name| list(&content, name, &mut problems));
    let [reason, owner, expires] = TEXTS.map(|name| text(&content, name, &mut problems));
    let [addresses, unmanaged, attributes, stacks, changes] = lists;
    if addresses.is_empty() && unmanaged.is_empty() && !problems.has_errors() {
        let detail = "A rule names what it is about: \"addresses\", patterns of addresses of managed objects, or \
                      \"unmanaged\", patterns of TYPE.ID of objects that no state has. In patterns * stands for anything.";
        problems.push(invalid(detail, block.header));
    }
    if let Some(date) = content.attribute("expires")
        && !expires.is_empty()
        && (expires.len() != 10 || expires.parse::<jiff::civil::Date>().is_err())
    {
        let detail = "\"expires\" is the last day on which the rule counts, written as 2027-03-31.";
        problems.push(invalid(detail, date.expr.span));
    }
    let kinds = kinds(&content, &changes, &mut problems);
    if problems.has_errors() {
        return (None, problems);
    }
    let rule = Rule {
        name: label.text.to_string(),
        addresses,
        unmanaged,
        attributes,
        stacks,
        kinds,
        reason,
        owner,
        expires,
        place,
        stack: stack.map(str::to_owned),
    };
    (Some(rule), problems)
}

/// What may happen to managed objects: changes, unless the rule says otherwise.
fn kinds(content: &Content, words: &[String], problems: &mut Diagnostics) -> Vec<Kind> {
    let Some(attribute) = content.attribute("changes") else { return vec![Kind::Changed] };
    let known = [Kind::Changed, Kind::Vanished];
    let mut kinds = Vec::new();
    for word in words {
        match known.iter().find(|kind| kind.word() == word) {
            Some(kind) => kinds.push(*kind),
            None => {
                let detail = format!("{word:?} is neither \"changed\" nor \"vanished\".");
                problems.push(invalid(&detail, attribute.expr.span));
            }
        }
    }
    kinds
}

fn invalid(detail: &str, span: Span) -> Diagnostic {
    Diagnostic::error("Invalid drift rule", detail).at(span)
}

fn text(content: &Content, name: &str, problems: &mut Diagnostics) -> String {
    // A missing one was told already.
    let Some(attribute) = content.attribute(name) else { return String::new() };
    match constant(&attribute.expr) {
        Some(text) if !text.trim().is_empty() => text,
        _ => {
            let detail = format!("\"{name}\" is a string that is not empty, without anything to evaluate.");
            problems.push(invalid(&detail, attribute.expr.span));
            String::new()
        }
    }
}

fn list(content: &Content, name: &str, problems: &mut Diagnostics) -> Vec<String> {
    let Some(attribute) = content.attribute(name) else { return Vec::new() };
    let texts = match &attribute.expr.kind {
        ExprKind::Tuple(items) => items.iter().map(constant).collect::<Option<Vec<_>>>(),
        _ => None,
    };
    match texts {
        Some(texts) if !texts.is_empty() => texts,
        _ => {
            let detail = format!("\"{name}\" is a list of strings that is not empty.");
            problems.push(invalid(&detail, attribute.expr.span));
            Vec::new()
        }
    }
}

fn constant(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Literal(value) => value.as_str().map(str::to_owned),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Vec<Rule>, Vec<String>) {
        let (rules, problems) = Rules::parse("drift.terrane.hcl", text, None, &mut SourceMap::default());
        (rules, problems.iter().map(|d| format!("{}: {}", d.summary, d.detail)).collect())
    }

    const WHOLE: &str = r#"
ignore "autoscaling" {
  addresses  = ["module.*.aws_autoscaling_group.*"]
  attributes = ["desired_capacity"]
  stacks     = ["prod/*"]
  reason     = "The scaler sets it."
  owner      = "platform"
  expires    = "2027-03-31"
}
"#;

    #[test]
    fn a_rule_says_what_why_who_and_until_when() {
        let (rules, problems) = parse(WHOLE);
        assert!(problems.is_empty(), "{problems:?}");
        let rule = &rules[0];
        assert_eq!(rule.attributes, ["desired_capacity"]);
        assert_eq!(rule.kinds, [Kind::Changed]);
        assert_eq!((rule.place.as_str(), rule.expires.as_str()), ("drift.terrane.hcl:2", "2027-03-31"));
    }

    #[test]
    fn a_rule_that_is_not_whole_hides_nothing() {
        for (from, to, said) in [
            ("  owner      = \"platform\"\n", "", "owner"),
            ("2027-03-31", "soon", "written as 2027-03-31"),
            ("2027-03-31", "2027-02-30", "written as 2027-03-31"),
            ("\"The scaler sets it.\"", "\"\"", "not empty"),
            ("\"The scaler sets it.\"", "\"${a}\"", "without anything to evaluate"),
            ("  addresses  = [\"module.*.aws_autoscaling_group.*\"]\n", "", "A rule names what it is about"),
            ("attributes", "attribute", "attribute"),
            ("stacks     = [\"prod/*\"]", "changes = [\"gone\"]", "neither \"changed\" nor \"vanished\""),
            ("ignore \"autoscaling\"", "ignore", "name"),
        ] {
            let text = WHOLE.replace(from, to);
            assert_ne!(text, WHOLE, "{from}");
            let (rules, problems) = parse(&text);
            assert!(rules.is_empty(), "{from}");
            assert!(problems.iter().any(|p| p.contains(said)), "{said}: {problems:?}");
        }
    }
}
