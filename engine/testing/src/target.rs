//! Overrides of something that is nowhere.

use std::cell::RefCell;
use std::collections::BTreeSet;
use terrane_config::{Config, Override, OverrideTarget, TestFile, TestProvider, TestRun};
use terrane_diagnostics::{Diagnostic, Diagnostics, Span};

/// What a file overrides in all its runs, and what of it was somewhere.
#[derive(Default)]
pub(crate) struct Targets {
    seen: RefCell<(usize, BTreeSet<Span>)>,
}

impl Targets {
    /// Takes note of what of it is in the configuration of a run, and says what of the run's own is not.
    pub(crate) fn look(&self, file: &TestFile, run: &TestRun, config: &Config) -> Diagnostics {
        let mut seen = self.seen.borrow_mut();
        seen.0 += 1;
        seen.1.extend(of_file(file).filter(|o| exists(config, &o.target)).map(|o| o.span));
        run.overrides.iter().filter(|o| !exists(config, &o.target)).map(missing).collect()
    }

    /// Says what of it was in no run's configuration, when those of all runs are known.
    pub(crate) fn missing(&self, file: &TestFile) -> Diagnostics {
        let seen = self.seen.borrow();
        if seen.0 < file.runs.len() {
            return Diagnostics::new();
        }
        of_file(file).filter(|o| !seen.1.contains(&o.span)).map(missing).collect()
    }
}

fn of_file(file: &TestFile) -> impl Iterator<Item = &Override> {
    let mocked = file.providers.values().flat_map(|provider| match provider {
        TestProvider::Mock(mock) => mock.overrides.as_slice(),
        TestProvider::Real(_) => &[],
    });
    mocked.chain(&file.overrides)
}

fn exists(config: &Config, target: &OverrideTarget) -> bool {
    match target {
        OverrideTarget::Resource(instance) => config.resource(&instance.config()).is_some(),
        OverrideTarget::Module(module) => config.modules.contains_key(&module.path()),
    }
}

fn missing(of: &Override) -> Diagnostic {
    let detail = format!(
        "The override target {} does not exist within the configuration under test. This could indicate a typo in the \
         target address or an unnecessary override.",
        of.target
    );
    Diagnostic::warning("Invalid override target", detail).at(of.span)
}
