//! What is wrong with `list` blocks whatever there is to be found.

use crate::search::{Queries, at_block, schema_of};
use terrane_diagnostics::Diagnostics;
use terrane_evaluate::{Evaluator, FoundLists, Stop};

/// Everything that is wrong with `list` blocks whatever variables are, as their schemas and providers say. `ev` must be a
/// validating evaluator.
pub fn validate(ev: &Evaluator<'_>, queries: &Queries<'_>) -> Diagnostics {
    let mut problems = Diagnostics::new();
    let names = queries.lists.iter().map(|block| (block.type_name.clone(), block.name.clone()));
    let found: FoundLists = names.map(|name| (name, None)).collect();
    for block in queries.lists {
        let schema = match schema_of(queries, ev, block) {
            Ok(schema) => schema,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        match ev.lists(block, &schema, &found) {
            Ok((lists, warnings)) => {
                problems.append(warnings);
                for list in lists {
                    let provider = queries.providers.serving(&list.provider);
                    let config = list.config.unmark_deep().0;
                    let more = provider.map(|provider| provider.validate_list(&block.type_name, &config));
                    problems.append(at_block(more.unwrap_or_default(), block));
                }
            }
            // Whatever it waits for is found when the query runs.
            Err(Stop::Blocked(_)) => {}
            Err(Stop::Failed(failed)) => problems.append(failed),
        }
    }
    problems
}
