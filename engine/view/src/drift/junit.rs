//! A report as JUnit XML: a suite for each stack and account, a case for each finding. What could not
//! be read is an error, what drifted a failure, what rules expect skipped.

use super::words::{id, parts, plain_change, problem, who};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use terrane_drift::{AccountReport, Finding, Ignored, Report, StackReport};

/// One test case.
struct Case {
    name: String,
    class: String,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Skipped(String),
    Failed { message: String, text: String },
    Broken(String),
}

/// A report as JUnit XML, ending with a line end.
pub fn drift_junit(report: &Report) -> String {
    let mut suites: Vec<(String, Vec<Case>)> = Vec::new();
    suites.extend(report.stacks.iter().map(|stack| (stack.name.clone(), of_stack(stack))));
    suites.extend(report.accounts.iter().map(|account| (account.scope.to_string(), of_account(account))));
    if report.problems.has_errors() {
        let errors = report.problems.iter().filter(|d| d.is_error());
        let cases = errors.map(|d| broken("drift", "run", problem(d))).collect();
        suites.push(("drift".into(), cases));
    }
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing to memory cannot fail.
    let _ = write(&mut writer, report, &suites);
    let mut text = String::from_utf8_lossy(&writer.into_inner()).into_owned();
    text.push('\n');
    text
}

fn of_stack(stack: &StackReport) -> Vec<Case> {
    let mut cases: Vec<Case> = stack.findings.iter().map(|f| of_finding(&stack.name, f)).collect();
    cases.extend(stack.ignored.iter().map(|i| skipped(&stack.name, i)));
    let errors = stack.problems.iter().filter(|d| d.is_error());
    cases.extend(errors.map(|d| broken(&stack.name, "what could not be read", problem(d))));
    if cases.is_empty() {
        let name = format!("{} of {} objects as the state has them", stack.read, stack.managed);
        cases.push(Case { name, class: stack.name.clone(), outcome: Outcome::Passed });
    }
    cases
}

fn of_finding(stack: &str, finding: &Finding) -> Case {
    let what = parts(&finding.differences);
    let message = match what.is_empty() {
        true => finding.kind.word().to_owned(),
        false => format!("{}: {what}", finding.kind.word()),
    };
    let mut text = plain_change(finding);
    if let Some(id) = id(finding) {
        text.push_str(&format!("\nid: {id}"));
    }
    if let Some(who) = who(&finding.history) {
        text.push_str(&format!("\nwho: {who}"));
    }
    let name = finding.change.address.to_string();
    Case { name, class: stack.to_owned(), outcome: Outcome::Failed { message, text } }
}

fn of_account(account: &AccountReport) -> Vec<Case> {
    let class = account.scope.to_string();
    let mut cases: Vec<Case> = (account.unmanaged.iter())
        .map(|object| {
            let who = who(&object.history).map(|who| format!("who: {who}")).unwrap_or_default();
            let outcome = Outcome::Failed { message: "unmanaged: no state has it".into(), text: who };
            Case { name: format!("{}.{}", object.type_name, object.id), class: class.clone(), outcome }
        })
        .collect();
    cases.extend(account.ignored.iter().map(|i| skipped(&class, i)));
    let errors = account.problems.iter().filter(|d| d.is_error());
    cases.extend(errors.map(|d| broken(&class, "what could not be listed", problem(d))));
    if cases.is_empty() {
        let name = format!("all of {} objects are in a state", account.objects);
        cases.push(Case { name, class, outcome: Outcome::Passed });
    }
    cases
}

fn skipped(class: &str, ignored: &Ignored) -> Case {
    let rule = &ignored.rule;
    let why = format!(
        "{}, expected by rule {} until {} ({}): {}",
        ignored.kind.word(),
        rule.name,
        rule.expires,
        rule.owner,
        rule.reason
    );
    Case { name: ignored.subject.clone(), class: class.to_owned(), outcome: Outcome::Skipped(why) }
}

fn broken(class: &str, name: &str, why: String) -> Case {
    Case { name: name.to_owned(), class: class.to_owned(), outcome: Outcome::Broken(why) }
}

type Xml = Writer<Vec<u8>>;

fn write(xml: &mut Xml, report: &Report, suites: &[(String, Vec<Case>)]) -> std::io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all: Vec<&Case> = suites.iter().flat_map(|(_, cases)| cases).collect();
    let mut root = BytesStart::new("testsuites");
    root.push_attribute(("name", "terrane drift"));
    counts(&mut root, &all);
    xml.write_event(Event::Start(root))?;
    for (name, cases) in suites {
        let mut suite = BytesStart::new("testsuite");
        suite.push_attribute(("name", clean(name).as_str()));
        suite.push_attribute(("timestamp", report.started.trim_end_matches('Z')));
        counts(&mut suite, &cases.iter().collect::<Vec<_>>());
        xml.write_event(Event::Start(suite))?;
        for case in cases {
            write_case(xml, case)?;
        }
        xml.write_event(Event::End(BytesEnd::new("testsuite")))?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuites")))
}

fn write_case(xml: &mut Xml, case: &Case) -> std::io::Result<()> {
    let mut start = BytesStart::new("testcase");
    start.push_attribute(("classname", clean(&case.class).as_str()));
    start.push_attribute(("name", clean(&case.name).as_str()));
    let (element, message, text) = match &case.outcome {
        Outcome::Passed => return xml.write_event(Event::Empty(start)),
        Outcome::Skipped(why) => ("skipped", why.as_str(), ""),
        Outcome::Failed { message, text } => ("failure", message.as_str(), text.as_str()),
        Outcome::Broken(why) => ("error", why.as_str(), ""),
    };
    xml.write_event(Event::Start(start))?;
    let mut inner = BytesStart::new(element);
    inner.push_attribute(("message", clean(message).as_str()));
    match text.is_empty() {
        true => xml.write_event(Event::Empty(inner))?,
        false => {
            xml.write_event(Event::Start(inner))?;
            xml.write_event(Event::Text(BytesText::new(&clean(text))))?;
            xml.write_event(Event::End(BytesEnd::new(element)))?;
        }
    }
    xml.write_event(Event::End(BytesEnd::new("testcase")))
}

fn counts(element: &mut BytesStart<'_>, cases: &[&Case]) {
    let count = |test: fn(&Outcome) -> bool| cases.iter().filter(|c| test(&c.outcome)).count().to_string();
    element.push_attribute(("tests", cases.len().to_string().as_str()));
    element.push_attribute(("failures", count(|o| matches!(o, Outcome::Failed { .. })).as_str()));
    element.push_attribute(("errors", count(|o| matches!(o, Outcome::Broken(_))).as_str()));
    element.push_attribute(("skipped", count(|o| matches!(o, Outcome::Skipped(_))).as_str()));
}

/// Text without the characters that XML cannot hold.
fn clean(text: &str) -> String {
    let fits = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(|c| fits(c) && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}
