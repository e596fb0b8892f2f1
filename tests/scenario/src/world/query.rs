//! Queries.

use super::{World, evaluator};
use std::collections::BTreeMap;
use std::path::Path;
use terrane_config::{check, load_queries};
use terrane_diagnostics::Diagnostics;
use terrane_query::{Queries, QueryEvent};

impl World {
    /// Runs the query files, and says what happened. With `generate`, configuration is written as well.
    pub async fn query(&self, generate: bool) -> (Vec<QueryEvent>, Diagnostics) {
        let (mut config, mut problems) = self.load();
        let lists = problems.take(load_queries(&self.files, Path::new("."), &mut config));
        problems.append(check(&config));
        if problems.has_errors() {
            return (Vec::new(), problems);
        }
        let (variables, problems) = self.values(&mut config);
        assert!(!problems.has_errors(), "{problems:#?}");
        let (providers, schemas) = (self.providers(), self.providers().schemas());
        let ev = evaluator(&config, &schemas, variables, false);
        let queries = Queries { lists: &lists, schemas: &schemas, providers: &providers, generate };
        let mut events = Vec::new();
        let problems = terrane_query::query(&ev, &queries, |event| events.push(event)).await;
        (events, problems)
    }

    /// What `validate` says of the query files.
    pub fn validate_queries(&self) -> Diagnostics {
        let (mut config, mut problems) = self.load();
        let lists = problems.take(load_queries(&self.files, Path::new("."), &mut config));
        problems.append(check(&config));
        if problems.has_errors() {
            return problems;
        }
        let (providers, schemas) = (self.providers(), self.providers().schemas());
        let ev = evaluator(&config, &schemas, BTreeMap::new(), true);
        let queries = Queries { lists: &lists, schemas: &schemas, providers: &providers, generate: false };
        terrane_query::validate(&ev, &queries)
    }
}
