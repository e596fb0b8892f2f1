//! What every command has: the environment, the output, and how it ends.

use crate::arguments::VariableArgs;
use crate::environment::Environment;
use crate::fleet::Fleet;
use crate::output::Output;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use terrane_config::Config;
use terrane_diagnostics::{Diagnostic, Diagnostics, Severity, SourceMap};
use terrane_provider::Providers;

/// What a command works with.
pub(crate) struct Context {
    pub(crate) environment: Environment,
    pub(crate) output: Output,
    /// The values on the command line, for what must be known while loading.
    pub(crate) variables: VariableArgs,
    runtime: Arc<OnceLock<tokio::runtime::Runtime>>,
    /// The native providers of clouds, which all directories that the process works in share.
    pub(crate) clouds: Arc<OnceLock<Providers>>,
    /// How states and plans are encrypted, once that was asked.
    pub(crate) encryption: OnceLock<terrane_backend::Encryption>,
    /// The configuration, from when somebody looked at it until somebody takes it.
    loaded: Mutex<Option<Arc<Loaded>>>,
    /// The stacks that are planned in this run, when there are several.
    pub(crate) fleet: Option<Arc<Fleet>>,
}

/// A configuration, and what is wrong with it.
pub(crate) type Loaded = (Config, Diagnostics);

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what was asked.
    Success,
    /// It did not, and has said why.
    Failure,
    /// With a code that is particular to the command: 2 where `plan` found changes and the caller
    /// wants to know.
    Code(u8),
}

impl Exit {
    pub(crate) fn code(self) -> u8 {
        match self {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::Code(code) => code,
        }
    }
}

/// Problems that ended a command, and the sources they point into.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    pub(crate) diagnostics: Diagnostics,
    pub(crate) sources: SourceMap,
}

impl From<Diagnostic> for Problems {
    fn from(diagnostic: Diagnostic) -> Problems {
        Problems { diagnostics: diagnostic.into(), sources: SourceMap::default() }
    }
}

impl From<Diagnostics> for Problems {
    fn from(diagnostics: Diagnostics) -> Problems {
        Problems { diagnostics, sources: SourceMap::default() }
    }
}

impl Problems {
    /// One error.
    pub(crate) fn new(summary: impl Into<String>, detail: impl Into<String>) -> Problems {
        Diagnostic::error(summary, detail).into()
    }
}

impl Problems {
    /// The same problems, not so serious.
    pub(crate) fn into_warnings(mut self) -> Problems {
        self.diagnostics.iter_mut().for_each(|d| d.severity = Severity::Warning);
        self
    }
}

/// What a command returns.
pub(crate) type Outcome = Result<Exit, Problems>;

impl Context {
    pub(crate) fn new(environment: Environment, output: Output) -> Context {
        Context {
            environment,
            output,
            variables: VariableArgs::default(),
            runtime: Arc::default(),
            clouds: Arc::default(),
            encryption: OnceLock::new(),
            loaded: Mutex::new(None),
            fleet: None,
        }
    }

    /// A context for another directory, which has its own settings and prints nothing.
    pub(crate) fn elsewhere(&self, environment: Environment) -> Context {
        Context {
            output: Output::silent(&environment),
            environment,
            variables: self.variables.clone(),
            runtime: self.runtime.clone(),
            clouds: self.clouds.clone(),
            encryption: OnceLock::new(),
            loaded: Mutex::new(None),
            fleet: None,
        }
    }

    /// A context for the directory of a stack that is planned with others. What it prints is held back.
    pub(crate) fn in_fleet(&self, environment: Environment, fleet: Arc<Fleet>) -> Context {
        Context { output: self.output.held_back(), fleet: Some(fleet), ..self.elsewhere(environment) }
    }

    /// Runs asynchronous work. The runtime is made on first use: many commands need none.
    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime().block_on(work)
    }

    /// Begins asynchronous work that goes on while others do something else.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        self.runtime().spawn(work)
    }

    fn runtime(&self) -> &tokio::runtime::Runtime {
        self.runtime.get_or_init(|| {
            #[allow(clippy::expect_used)]
            tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()
                .expect("a process that cannot start threads cannot do anything")
        })
    }

    /// The configuration of the working directory, for a look. It is loaded once, and kept for whoever needs it next.
    pub(crate) fn look_at_config(&self) -> Arc<Loaded> {
        let slot = || self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = &*slot() {
            return loaded.clone();
        }
        let loaded = Arc::new(crate::modules::load(self));
        slot().insert(loaded).clone()
    }

    /// The configuration of the working directory, whether somebody looked at it before or not.
    pub(crate) fn take_config(&self) -> Loaded {
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner).take();
        let loaded = loaded.map_or_else(|| crate::modules::load(self), Arc::unwrap_or_clone);
        if !loaded.1.has_errors() {
            crate::backend::no_encryption(self, &loaded.0);
        }
        loaded
    }

    /// Says that modules were installed, so that what was loaded before is out of date.
    pub(crate) fn forget_config(&self) {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Loads the configuration of the working directory. Warnings are printed; errors end the
    /// command.
    pub(crate) fn load_config(&self) -> Result<Config, Problems> {
        let (config, diagnostics) = self.take_config();
        if diagnostics.has_errors() {
            return Err(Problems { diagnostics, sources: config.sources });
        }
        self.output.diagnostics(&diagnostics, &config.sources);
        Ok(config)
    }
}
