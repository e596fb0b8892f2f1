//! `run` blocks.

use super::super::traversal::{self, Quoted, Step};
use super::super::{Decoder, check_rules, constant, label, module_call, names, refactoring};
use super::{mock, only_one, values, word};
use crate::load::{check_constraint, check_source};
use crate::{ExpectedFailure, MovedTarget, TestCommand, TestModule, TestPlanOptions, TestRun};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::ModuleSource;
use terrane_diagnostics::Span;
use terrane_syntax::{Block, Content, Expr};

pub(super) fn decode(decoder: &mut Decoder<'_>, block: &Block) -> Option<TestRun> {
    let (name, name_span) = label(block, 0)?;
    names::check_identifier(&name, "run block", name_span, &mut decoder.diagnostics);
    let content = decoder.content(
        &block.body,
        &["command", "providers", "expect_failures", "state_key", "parallel"],
        &[
            ("plan_options", &[]),
            ("variables", &[]),
            ("assert", &[]),
            ("module", &[]),
            ("override_resource", &[]),
            ("override_data", &[]),
            ("override_module", &[]),
        ],
    );
    let command =
        content.attribute("command").and_then(|a| word(decoder, &a.expr, "command", ["plan", "apply"]));
    let mut run = TestRun {
        name,
        command: if command == Some("plan") { TestCommand::Plan } else { TestCommand::Apply },
        options: TestPlanOptions::default(),
        variables: BTreeMap::new(),
        asserts: Vec::new(),
        expect_failures: expected_failures(decoder, &content),
        module: None,
        providers: content.attribute("providers").map(|_| module_call::passed_providers(decoder, &content)),
        overrides: Vec::new(),
        state_key: decoder.string(&content, "state_key"),
        parallel: decoder.boolean(&content, "parallel"),
        span: block.header,
    };
    let (mut options, mut variables, mut modules) = (None, None, None);
    for nested in &content.blocks {
        match &*nested.kind.name {
            "plan_options" => {
                only_one(decoder, nested, &mut options);
                run.options = plan_options(decoder, nested);
            }
            "variables" => {
                only_one(decoder, nested, &mut variables);
                run.variables.extend(values(decoder, nested));
            }
            "assert" => run.asserts.extend(check_rules::decode(decoder, nested)),
            "module" => {
                only_one(decoder, nested, &mut modules);
                run.module = module(decoder, nested);
            }
            _ => mock::add_override(decoder, nested, &mut run.overrides),
        }
    }
    if run.options.refresh_only && !run.options.refresh {
        let detail =
            "With mode = refresh-only, objects are always read: refresh = false has no meaning beside it.";
        decoder.error("Incompatible plan options", detail, options.unwrap_or(block.header));
    }
    Some(run)
}

fn module(decoder: &mut Decoder<'_>, block: &Block) -> Option<TestModule> {
    let content = decoder.content(&block.body, &["source", "version"], &[]);
    let Some(argument) = content.attribute("source") else {
        decoder.missing_argument(&block.body, "source");
        return None;
    };
    let source_span = argument.expr.span;
    let source = decoder.string(&content, "source")?;
    decoder.diagnostics.append(check_source(&source, source_span));
    let version = decoder.string(&content, "version").zip(content.attribute("version").map(|a| a.expr.span));
    if let Some((text, span)) = &version {
        decoder.diagnostics.append(check_constraint(text, *span));
        if source.parse().is_ok_and(|source| !matches!(source, ModuleSource::Registry(_))) {
            let detail = "Only modules of a registry have versions. Take the argument out, or give a source of a \
                          registry.";
            decoder.error("Invalid version argument", detail, *span);
        }
    }
    Some(TestModule { source, source_span, version })
}

fn plan_options(decoder: &mut Decoder<'_>, block: &Block) -> TestPlanOptions {
    let content = decoder.content(&block.body, &["mode", "refresh", "replace", "target"], &[]);
    let mode =
        content.attribute("mode").and_then(|a| word(decoder, &a.expr, "mode", ["normal", "refresh-only"]));
    let mut options = TestPlanOptions {
        refresh_only: mode == Some("refresh-only"),
        refresh: decoder.boolean(&content, "refresh").unwrap_or(true),
        ..TestPlanOptions::default()
    };
    for (target, span) in addresses(decoder, &content, "replace") {
        match target {
            MovedTarget::Resource(address) => options.replace.push(address),
            MovedTarget::Module(_) => {
                decoder.error(
                    "Invalid address",
                    "Only instances of managed resources can be replaced.",
                    span,
                );
            }
        }
    }
    for (target, span) in addresses(decoder, &content, "target") {
        let text = match target {
            MovedTarget::Resource(address) => address.to_string(),
            MovedTarget::Module(module) => module.to_string(),
        };
        match text.parse() {
            Ok(target) => options.target.push(target),
            Err(error) => decoder.error("Invalid address", format!("{error}."), span),
        }
    }
    options
}

fn addresses(decoder: &mut Decoder<'_>, content: &Content, name: &str) -> Vec<(MovedTarget, Span)> {
    let Some(argument) = content.attribute(name) else { return Vec::new() };
    let elements =
        constant::list(&argument.expr, &format!("the value of \"{name}\""), &mut decoder.diagnostics);
    let found = elements.iter().filter_map(|element| {
        Some((
            refactoring::target_of(decoder, element, &format!("each element of \"{name}\""))?,
            element.span,
        ))
    });
    found.collect()
}

/// `expect_failures`.
fn expected_failures(decoder: &mut Decoder<'_>, content: &Content) -> Vec<(ExpectedFailure, Span)> {
    let Some(argument) = content.attribute("expect_failures") else { return Vec::new() };
    let elements = constant::list(&argument.expr, "the value of expect_failures", &mut decoder.diagnostics);
    let found =
        elements.iter().filter_map(|element| Some((expected_failure(decoder, element)?, element.span)));
    found.collect()
}

fn expected_failure(decoder: &mut Decoder<'_>, element: &Expr) -> Option<ExpectedFailure> {
    let what = "each element of expect_failures";
    let found = traversal::expect(element, Quoted::Deprecated, what, &mut decoder.diagnostics)?;
    let named = |make: fn(Arc<str>) -> ExpectedFailure| match found.steps.as_slice() {
        [Step::Attribute(name)] => Some(make(name.clone())),
        _ => None,
    };
    let expected = match &*found.root {
        "var" => named(ExpectedFailure::Variable),
        "output" => named(ExpectedFailure::Output),
        "check" => named(ExpectedFailure::Check),
        root if refactoring::RESERVED.contains(&root) => None,
        _ => match refactoring::address(&found) {
            Some(MovedTarget::Resource(address)) if address.module.is_root() => {
                Some(ExpectedFailure::Resource(address))
            }
            _ => None,
        },
    };
    if expected.is_none() {
        let detail = "What can be expected to fail is a variable, an output, a check block, a resource or a data source \
                      of the module that is run: var.NAME, output.NAME, check.NAME, TYPE.NAME, data.TYPE.NAME.";
        decoder.error("Invalid \"expect_failures\" reference", detail, element.span);
    }
    expected
}
