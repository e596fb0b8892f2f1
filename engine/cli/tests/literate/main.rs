//! Configurations in Markdown, one file a topic, and what `validate` says of each.
//!
//! A block of HCL is a configuration. A comment at the end of a line says what starts there,
//! `# error: Summary` or `# warning: Summary`; `# error nowhere: Summary` is a problem without a
//! place. What is not announced must not be said. A line `--- NAME` starts another file.
#![allow(clippy::unwrap_used)]

#[path = "../project/mod.rs"]
mod project;

use project::Project;
use std::fmt::Write;
use std::path::Path;

/// Severity, file and line, and summary.
type Problem = (String, String, String);

/// One configuration: where it stands in the Markdown, its files, and what is expected.
struct Case {
    line: usize,
    files: Vec<(String, String)>,
    expected: Vec<Problem>,
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case: Option<Case> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut case, line) {
            (None, "```hcl") => {
                let files = vec![("main.tf".to_owned(), String::new())];
                case = Some(Case { line: index + 1, files, expected: Vec::new() });
            }
            (None, _) => {}
            (Some(_), "```") => cases.extend(case.take()),
            (Some(case), line) => case.add(line),
        }
    }
    assert!(case.is_none(), "a block of HCL is not closed");
    cases
}

impl Case {
    fn add(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("--- ") {
            self.files.push((name.to_owned(), String::new()));
            return;
        }
        let (name, text) = self.files.last_mut().unwrap();
        let number = text.lines().count() + 1;
        let mut rest = line;
        while let Some((before, problem)) = rest.rsplit_once(" # ") {
            rest = before;
            for severity in ["error", "warning"] {
                let expected =
                    |place: String, summary: &str| (severity.to_owned(), place, summary.to_owned());
                if let Some(summary) = problem.strip_prefix(&format!("{severity}: ")) {
                    self.expected.push(expected(format!("{name}:{number}"), summary));
                } else if let Some(summary) = problem.strip_prefix(&format!("{severity} nowhere: ")) {
                    self.expected.push(expected(String::new(), summary));
                }
            }
        }
        text.push_str(line);
        text.push('\n');
    }

    /// What `validate` says.
    fn problems(&self) -> Vec<Problem> {
        let project = Project::new(&[]);
        self.files.iter().for_each(|(name, text)| project.write(name, text));
        let ran = project.run(&["validate", "-json"]);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let problems: Vec<Problem> = (report["diagnostics"].as_array().unwrap().iter())
            .map(|d| {
                let place = match d.get("range") {
                    Some(range) => {
                        format!("{}:{}", range["filename"].as_str().unwrap(), range["start"]["line"])
                    }
                    None => String::new(),
                };
                (d["severity"].as_str().unwrap().to_owned(), place, d["summary"].as_str().unwrap().to_owned())
            })
            .collect();
        let valid = !problems.iter().any(|(severity, ..)| severity == "error");
        assert_eq!((report["valid"].as_bool(), ran.code), (Some(valid), i32::from(!valid)));
        problems
    }
}

fn check(topic: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/literate").join(topic);
    let cases = cases(&std::fs::read_to_string(path).unwrap());
    assert!(!cases.is_empty());
    let mut wrong = String::new();
    for mut case in cases {
        let mut said = case.problems();
        said.sort();
        case.expected.sort();
        if said != case.expected {
            writeln!(wrong, "{topic}:{}: expected {:#?}, said {said:#?}", case.line, case.expected).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

macro_rules! topics {
    ($($name:ident)*) => {
        $(#[test] fn $name() { check(concat!(stringify!($name), ".md")); })*

        #[test]
        fn every_topic_is_tested() {
            let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/literate");
            let names = std::fs::read_dir(directory).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
            let mut topics: Vec<String> = names.filter_map(|n| n.strip_suffix(".md").map(str::to_owned)).collect();
            topics.sort();
            assert_eq!(topics, [$(stringify!($name)),*]);
        }
    };
}

topics! {
    checks
    expressions
    imports
    lifecycle
    modules
    moved_and_removed
    outputs
    providers
    references
    resources
    terraform
    variables
}
