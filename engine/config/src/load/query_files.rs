//! Finding and reading query files, which add to the root module.

use crate::decode::{Decoder, query};
use crate::{Config, Files, ListBlock};
use std::path::Path;
use std::sync::Arc;
use terrane_address::ModulePath;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_syntax::{Body, name_blocks, parse_file};

/// Endings of query files.
const ENDINGS: [&str; 2] = [".tfquery.hcl", ".tfquery.json"];

/// Whether a file of this name has queries.
pub fn is_query_file(name: &str) -> bool {
    !name.starts_with('.') && ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Reads the query files of the root module in `root`. Their providers, variables and locals are added to the
/// root module of `config`, their `list` blocks are given, in the order of the files.
pub fn load_queries(files: &dyn Files, root: &Path, config: &mut Config) -> (Vec<ListBlock>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let mut names = files.list(root).unwrap_or_default();
    names.retain(|name| is_query_file(name));
    names.sort();
    let mut bodies = Vec::new();
    for name in names {
        match files.read(&root.join(&name)) {
            Ok(text) => {
                let file = config.sources.add(name, text);
                let body = diagnostics.take(parse_file(&config.sources, file));
                name_blocks(&mut config.sources, &body);
                bodies.push(body);
            }
            Err(error) => {
                let detail = format!("{name}: {}.", error.message);
                diagnostics.push(Diagnostic::error("Failed to read query file", detail));
            }
        }
    }
    let Some(module) = config.modules.remove(&ModulePath::root()) else { return (Vec::new(), diagnostics) };
    let mut decoder = Decoder::new(&config.sources, Arc::unwrap_or_clone(module));
    let mut lists = Vec::new();
    for body in &bodies {
        declare(&mut decoder, body, &mut lists);
    }
    let used = lists.iter().map(|list| list.provider.local_name.clone()).collect();
    let (module, problems) = decoder.finish_queries(used);
    diagnostics.append(problems);
    config.modules.insert(ModulePath::root(), Arc::new(module));
    for list in &lists {
        let wanted = &list.provider;
        if config.provider_config(&ModulePath::root(), &wanted.local_name, wanted.alias.as_ref()).is_none() {
            let detail = format!(
                "{list} is to be looked for with the provider configuration {wanted}, which is not declared. Add a \
                 provider block to the configuration or to the query file."
            );
            let problem = Diagnostic::error("Provider configuration not present", detail);
            diagnostics.push(problem.at(wanted.span));
        }
    }
    (lists, diagnostics)
}

fn declare(decoder: &mut Decoder<'_>, body: &Body, lists: &mut Vec<ListBlock>) {
    let blocks: &[(&str, &[&str])] =
        &[("list", &["type", "name"]), ("provider", &["name"]), ("variable", &["name"]), ("locals", &[])];
    for block in decoder.content(body, &[], blocks).blocks {
        if &*block.kind.name != "list" {
            decoder.block(block);
            continue;
        }
        let Some(list) = query::decode(decoder, &block) else { continue };
        let same = |other: &&ListBlock| (&other.type_name, &other.name) == (&list.type_name, &list.name);
        if let Some(earlier) = lists.iter().find(same) {
            let detail = format!(
                "{list} was already declared at {}. Names of list blocks must be unique per type.",
                decoder.place(earlier.span)
            );
            decoder.error("Duplicate \"list\" configuration block", detail, list.span);
            continue;
        }
        lists.push(list);
    }
}

#[cfg(test)]
mod tests {
    use super::is_query_file;

    #[test]
    fn files_of_queries() {
        for (name, want) in [
            ("all.tfquery.hcl", true),
            ("all.tfquery.json", true),
            (".all.tfquery.hcl", false),
            ("all.tf", false),
            ("all.hcl", false),
        ] {
            assert_eq!(is_query_file(name), want, "{name}");
        }
    }
}
