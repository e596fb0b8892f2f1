//! Looking for drift.

use super::{World, evaluator};
use terrane_drift::Stack;

impl World {
    /// The state as a stack of this name, ready to be read.
    pub fn stack(&self, name: &str) -> Stack {
        let (mut config, problems) = self.load();
        assert!(!problems.has_errors(), "{problems:#?}");
        let (variables, problems) = self.values(&mut config);
        assert!(!problems.has_errors(), "{problems:#?}");
        let (providers, schemas) = (self.providers(), self.providers().schemas());
        let ev = evaluator(&config, &schemas, variables, false);
        Stack::new(name.to_owned(), &ev, &schemas, &providers, &self.state)
    }
}
