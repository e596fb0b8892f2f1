//! Which runs of a file may go beside each other: those that follow one another, all say that they may
//! (`parallel`), have states of their own, and do not refer to each other.

use crate::file::state_key;
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_config::{MockProvider, Override, TestFile, TestProvider, TestRun};
use terrane_lang::{Subject, references};
use terrane_syntax::{Body, Expr};

/// The runs of a file in their order, those together that may go beside each other.
pub(crate) fn waves(file: &TestFile) -> Vec<Vec<&TestRun>> {
    let mut waves: Vec<Vec<&TestRun>> = Vec::new();
    let of_file = in_file(file);
    for run in &file.runs {
        let parallel = |run: &TestRun| run.parallel.unwrap_or(file.parallel);
        let fits = waves.last().is_some_and(|wave| {
            let mut needed = of_file.clone();
            in_run(run, &mut needed);
            wave.iter().all(|other| {
                parallel(other) && state_key(other) != state_key(run) && !needed.contains(&other.name)
            })
        });
        match waves.last_mut() {
            Some(wave) if fits && parallel(run) => wave.push(run),
            _ => waves.push(vec![run]),
        }
    }
    waves
}

/// The runs that something in the file refers to, whichever run it is for.
fn in_file(file: &TestFile) -> BTreeSet<Arc<str>> {
    let mut found = BTreeSet::new();
    file.variables.values().for_each(|expr| add(expr, &mut found));
    overrides(&file.overrides, &mut found);
    for provider in file.providers.values() {
        match provider {
            TestProvider::Real(block) => body(&block.body, &mut found),
            TestProvider::Mock(mock) => mocked(mock, &mut found),
        }
    }
    found
}

fn mocked(mock: &MockProvider, found: &mut BTreeSet<Arc<str>>) {
    mock.types.iter().flat_map(|t| &t.defaults).for_each(|expr| add(expr, found));
    overrides(&mock.overrides, found);
}

fn in_run(run: &TestRun, found: &mut BTreeSet<Arc<str>>) {
    run.variables.values().for_each(|expr| add(expr, found));
    for rule in &run.asserts {
        add(&rule.condition, found);
        add(&rule.error_message, found);
    }
    overrides(&run.overrides, found);
}

fn overrides(all: &[Override], found: &mut BTreeSet<Arc<str>>) {
    all.iter().flat_map(|o| &o.values).for_each(|expr| add(expr, found));
}

/// The runs that a body refers to, whatever its blocks mean.
fn body(body: &Body, found: &mut BTreeSet<Arc<str>>) {
    match body {
        Body::Native(native) => {
            native.attributes.iter().for_each(|attribute| add(&attribute.expr, found));
            native.blocks.iter().for_each(|block| self::body(&block.body, found));
        }
        Body::Json(expr) => add(expr, found),
    }
}

/// The runs that an expression refers to: `run.NAME`, which has the form of a resource's address.
fn add(expr: &Expr, found: &mut BTreeSet<Arc<str>>) {
    for reference in references(expr).0 {
        if let Subject::Resource { type_name, name, .. } = reference.subject
            && &*type_name == "run"
        {
            found.insert(name);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::path::Path;
    use terrane_config::{Files, FilesError, load_tests};
    use terrane_diagnostics::SourceMap;

    struct OneFile(&'static str);

    impl Files for OneFile {
        fn list(&self, dir: &Path) -> Result<Vec<String>, FilesError> {
            match dir == Path::new(".") {
                true => Ok(vec!["a.tftest.hcl".into()]),
                false => Err(missing(dir)),
            }
        }

        fn read(&self, path: &Path) -> Result<String, FilesError> {
            if path.ends_with("a.tftest.hcl") { Ok(self.0.to_owned()) } else { Err(missing(path)) }
        }
    }

    fn missing(path: &Path) -> FilesError {
        FilesError { path: path.to_owned(), missing: true, message: "It is missing.".into() }
    }

    /// The names of runs, a space between those that go side by side, and a bar where they wait.
    fn shape(text: &'static str) -> String {
        let mut sources = SourceMap::default();
        let (files, problems) = load_tests(&OneFile(text), ".".as_ref(), "tests".as_ref(), &mut sources);
        assert!(!problems.has_errors(), "{problems:?}");
        let name = |run: &&TestRun| run.name.to_string();
        let waves = waves(&files[0]);
        waves.iter().map(|w| w.iter().map(name).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn runs_go_side_by_side_when_all_of_them_may() {
        let run =
            |name: &str, more: &str| format!("run \"{name}\" {{\n  state_key = \"{name}\"\n  {more}\n}}\n");
        let text = |runs: &[(&str, &str)], before: &str| -> &'static str {
            let runs: String = runs.iter().map(|(name, more)| run(name, more)).collect();
            Box::leak(format!("{before}{runs}").into_boxed_str())
        };
        let may = "test {\n  parallel = true\n}\n";
        assert_eq!(shape(text(&[("a", ""), ("b", "")], "")), "a | b");
        assert_eq!(shape(text(&[("a", ""), ("b", ""), ("c", "")], may)), "a b c");
        assert_eq!(
            shape(text(&[("a", ""), ("b", "parallel = false"), ("c", ""), ("d", "")], may)),
            "a | b | c d"
        );
        assert_eq!(shape(text(&[("a", "parallel = true"), ("b", "parallel = true")], "")), "a b");
        let uses = "variables {\n    x = run.a.y\n  }";
        assert_eq!(shape(text(&[("a", ""), ("b", uses), ("c", "")], may)), "a | b c");
        let asserts = "assert {\n    condition = run.b.y == 1\n    error_message = \"no\"\n  }";
        assert_eq!(shape(text(&[("a", ""), ("b", ""), ("c", asserts)], may)), "a b | c");
        let file = "test {\n  parallel = true\n}\nvariables {\n  z = run.a.y\n}\n";
        assert_eq!(shape(text(&[("a", ""), ("b", "")], file)), "a | b");
    }

    #[test]
    fn runs_that_share_a_state_wait_for_each_other() {
        assert_eq!(shape("test {\n  parallel = true\n}\nrun \"a\" {\n}\nrun \"b\" {\n}\n"), "a | b");
    }
}
