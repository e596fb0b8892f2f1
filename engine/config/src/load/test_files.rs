//! Finding and reading test files.

use crate::decode::test_file::{decode, decode_mock_files};
use crate::manifest::join;
use crate::{Files, MockProvider, TestFile, TestProvider};
use std::path::Path;
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_syntax::{name_blocks, parse_file};

/// Endings of test files, each after the one that it shadows a file of the same name of.
const ENDINGS: [&str; 4] = [".tftest.hcl", ".tofutest.hcl", ".tftest.json", ".tofutest.json"];

/// Endings of files with values for mock providers.
const MOCK_ENDINGS: [&str; 4] = [".tfmock.hcl", ".tofumock.hcl", ".tfmock.json", ".tofumock.json"];

/// Reads the test files of the root module in `root`, and those in its directory `tests`. What they
/// say is added to `sources`.
pub fn load_tests(
    files: &dyn Files,
    root: &Path,
    tests: &Path,
    sources: &mut SourceMap,
) -> (Vec<TestFile>, Diagnostics) {
    let (mut found, mut diagnostics) = (Vec::new(), Diagnostics::new());
    let tests = join(Path::new("."), tests);
    let mut dirs = vec![Path::new(".")];
    if tests != Path::new(".") {
        dirs.push(&tests);
    }
    for dir in dirs {
        let place = root.join(dir);
        let Ok(names) = files.list(&place) else { continue };
        for name in select(&names, &ENDINGS) {
            let shown =
                if dir == Path::new(".") { name.clone() } else { dir.join(&name).display().to_string() };
            let text = match files.read(&place.join(&name)) {
                Ok(text) => text,
                Err(error) => {
                    let detail = format!("{shown}: {}.", error.message);
                    diagnostics.push(Diagnostic::error("Failed to read test file", detail));
                    continue;
                }
            };
            let file = sources.add(&*shown, text);
            let body = diagnostics.take(parse_file(sources, file));
            name_blocks(sources, &body);
            let mut test = diagnostics.take(decode(&shown, &body, sources));
            for provider in test.providers.values_mut() {
                if let TestProvider::Mock(mock) = provider {
                    diagnostics.append(add_source(files, root, mock, sources));
                }
            }
            found.push(test);
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    (found, diagnostics)
}

/// The files among `names` with one of `endings`: those of OpenTofu stand in for those of Terraform.
fn select(names: &[String], endings: &[&str; 4]) -> Vec<String> {
    let shadowed = |name: &str| {
        endings.chunks(2).any(|pair| match (pair, name.strip_suffix(pair[0])) {
            ([_, other], Some(stem)) => names.contains(&format!("{stem}{other}")),
            _ => false,
        })
    };
    let is_test = |name: &str| !name.starts_with('.') && endings.iter().any(|ending| name.ends_with(ending));
    let mut found: Vec<String> = names.iter().filter(|n| is_test(n) && !shadowed(n)).cloned().collect();
    found.sort();
    found
}

/// Adds what the files in the `source` directory of a mock provider say. What its block says goes
/// before that.
fn add_source(
    files: &dyn Files,
    root: &Path,
    mock: &mut MockProvider,
    sources: &mut SourceMap,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let Some((source, span)) = mock.source.clone() else { return diagnostics };
    let dir = join(Path::new("."), Path::new(&source));
    let place = root.join(&dir);
    let names = match files.list(&place) {
        Ok(names) => names,
        Err(error) => {
            let detail = format!(
                "The directory {} that \"source\" names could not be read: {}.",
                dir.display(),
                error.message
            );
            return Diagnostic::error("Failed to read mock data", detail).at(span).into();
        }
    };
    for name in select(&names, &MOCK_ENDINGS) {
        let text = match files.read(&place.join(&name)) {
            Ok(text) => text,
            Err(error) => {
                let detail = format!("{name}: {}.", error.message);
                diagnostics.push(Diagnostic::error("Failed to read mock data", detail).at(span));
                continue;
            }
        };
        let file = sources.add(dir.join(&name).display().to_string(), text);
        let body = diagnostics.take(parse_file(sources, file));
        name_blocks(sources, &body);
        let (types, overrides) = diagnostics.take(decode_mock_files(&body, sources));
        for found in types {
            if !mock.types.iter().any(|t| t.data == found.data && t.type_name == found.type_name) {
                mock.types.push(found);
            }
        }
        mock.overrides.extend(overrides);
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use super::{ENDINGS, select};

    #[test]
    fn files_of_tests() {
        let names =
            ["a.tftest.hcl", "a.tofutest.hcl", "b.tftest.json", "c.tf", ".d.tftest.hcl", "e.tftest.hcl"];
        let names = names.map(str::to_owned);
        assert_eq!(select(&names, &ENDINGS), ["a.tofutest.hcl", "b.tftest.json", "e.tftest.hcl"]);
    }
}
