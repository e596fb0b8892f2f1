//! Test files: their blocks become a [`TestFile`]. What names in expressions mean is not looked at.

mod mock;
mod run;

pub(crate) use mock::decode_mock_files;

use super::{Decoder, constant, provider, variable};
use crate::{During, ProviderRefKey, TestFile, TestProvider};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostics, SourceMap, Span};
use terrane_syntax::{Block, Body, Expr, ExprKind};

use crate::Module;

/// Reads the content of a test file that is called `name`.
pub(crate) fn decode(name: &str, body: &Body, sources: &SourceMap) -> (TestFile, Diagnostics) {
    let mut decoder = Decoder::new(sources, Module::default());
    let content = decoder.content(
        body,
        &[],
        &[
            ("test", &[]),
            ("variable", &["name"]),
            ("variables", &[]),
            ("provider", &["name"]),
            ("mock_provider", &["name"]),
            ("run", &["name"]),
            ("override_resource", &[]),
            ("override_data", &[]),
            ("override_module", &[]),
        ],
    );
    let during = if name.contains(".tofutest.") { During::Plan } else { During::Apply };
    let mut file = TestFile { name: name.to_owned(), during, ..TestFile::default() };
    let (mut settings, mut variables) = (None, None);
    for block in &content.blocks {
        match &*block.kind.name {
            "test" => {
                only_one(&mut decoder, block, &mut settings);
                let content = decoder.content(&block.body, &["parallel"], &[]);
                file.parallel = decoder.boolean(&content, "parallel").unwrap_or(false);
            }
            "variable" => {
                variable::decode(&mut decoder, block);
                file.declared.extend(std::mem::take(&mut decoder.module.variables));
            }
            "variables" => {
                only_one(&mut decoder, block, &mut variables);
                file.variables.extend(values(&mut decoder, block));
            }
            "provider" => {
                provider::decode(&mut decoder, block.clone());
                for (key, declared) in std::mem::take(&mut decoder.module.providers) {
                    declare(&mut decoder, &mut file.providers, key, TestProvider::Real(declared));
                }
            }
            "mock_provider" => {
                if let Some(mock) = mock::provider(&mut decoder, block) {
                    let key = (mock.local_name.clone(), mock.alias.clone());
                    declare(&mut decoder, &mut file.providers, key, TestProvider::Mock(mock));
                }
            }
            "run" => {
                if let Some(run) = run::decode(&mut decoder, block) {
                    if let Some(earlier) = file.runs.iter().find(|other| other.name == run.name) {
                        let detail = format!(
                            "This test file already has a run block named \"{}\" at {}. Names of runs must be unique \
                             in a file.",
                            run.name,
                            decoder.place(earlier.span)
                        );
                        decoder.error("Duplicate \"run\" block names", detail, block.header);
                        continue;
                    }
                    file.runs.push(run);
                }
            }
            _ => mock::add_override(&mut decoder, block, &mut file.overrides),
        }
    }
    (file, decoder.diagnostics)
}

fn declare(
    decoder: &mut Decoder<'_>,
    providers: &mut BTreeMap<ProviderRefKey, TestProvider>,
    key: ProviderRefKey,
    declared: TestProvider,
) {
    let span = |provider: &TestProvider| match provider {
        TestProvider::Real(block) => block.span,
        TestProvider::Mock(mock) => mock.span,
    };
    if let Some(earlier) = providers.get(&key) {
        let name = match &key.1 {
            Some(alias) => format!("{}.{alias}", key.0),
            None => key.0.to_string(),
        };
        let detail = format!(
            "A provider configuration for {name} was already given at {}. Give each configuration of a provider an \
             alias of its own.",
            decoder.place(span(earlier))
        );
        decoder.error("Duplicate provider block", detail, span(&declared));
        return;
    }
    providers.insert(key, declared);
}

/// Refuses a second block where there may be one.
fn only_one(decoder: &mut Decoder<'_>, block: &Block, earlier: &mut Option<Span>) {
    if let Some(earlier) = *earlier {
        let kind = &block.kind.name;
        let detail = format!("There is a \"{kind}\" block at {} already.", decoder.place(earlier));
        decoder.error(format!("Multiple \"{kind}\" blocks"), detail, block.header);
    }
    *earlier = Some(block.header);
}

/// The values of a `variables` block.
fn values(decoder: &mut Decoder<'_>, block: &Block) -> BTreeMap<Arc<str>, Expr> {
    let attributes = decoder.diagnostics.take(block.body.just_attributes());
    attributes.into_iter().map(|a| (a.name.name, a.expr)).collect()
}

/// The word that an argument is, one of `words`. Only JSON has quotes around it.
fn word(
    decoder: &mut Decoder<'_>,
    expr: &Expr,
    name: &str,
    words: [&'static str; 2],
) -> Option<&'static str> {
    let quoted = matches!(expr.kind, ExprKind::Literal(_));
    let given = constant::keyword(expr).or_else(|| minus(expr));
    let found = given.filter(|_| !quoted).and_then(|given| words.into_iter().find(|word| **word == *given));
    if found.is_none() {
        let detail = format!(
            "The argument \"{name}\" must be one of the words {} and {}, without quotes.",
            words[0], words[1]
        );
        decoder.error(format!("Invalid \"{name}\" argument"), detail, expr.span);
    }
    found
}

/// A word with a dash, which native syntax may read as a subtraction.
fn minus(expr: &Expr) -> Option<Arc<str>> {
    use terrane_syntax::BinaryOp;
    let ExprKind::Binary(BinaryOp::Subtract, left, right) = &expr.kind else { return None };
    Some(format!("{}-{}", constant::keyword(left)?, constant::keyword(right)?).into())
}
