//! The processes of one plugin: started when they are needed, each configured once.

use crate::messages::{Empty, ServerCapabilities};
use crate::methods::{GET_SCHEMA, STOP};
use crate::offer::{Kept, Offer, Remembered};
use crate::process::Process;
use crate::serve::metadata;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_provider::{Function, FunctionCall, ProviderSchema};
use tokio::sync::OnceCell;

/// A plugin that can be started.
#[derive(Clone, Debug)]
pub struct Program {
    /// The program.
    pub path: PathBuf,
    /// What messages call it: its address and version.
    pub name: String,
    /// The command that starts it, to which the process that it works for (by number) and the path of the
    /// program are added: it sees to it that the plugin ends with that process. Empty to start the program
    /// directly.
    pub launcher: Vec<OsString>,
    /// The directory where schemas are kept between runs, so that the plugin is not started only to learn
    /// what it offers. `None` to ask each time.
    pub schemas: Option<PathBuf>,
}

/// The processes of a plugin.
pub(crate) struct Processes {
    /// `None` when somebody else runs it.
    program: Option<Program>,
    name: String,
    first: OnceCell<Arc<Process>>,
    first_is_configured: AtomicBool,
    /// All that were started, for as long as they run.
    started: Mutex<Vec<Weak<Process>>>,
    capabilities: OnceLock<ServerCapabilities>,
    /// What was not asked in this run.
    remembered: OnceLock<Remembered>,
}

impl Processes {
    /// The processes of a program, of which none runs yet.
    pub(crate) fn of(program: Program) -> Processes {
        let name = program.name.clone();
        Processes::new(Some(program), name, OnceCell::new())
    }

    /// The one process that somebody else has started.
    pub(crate) fn attached(process: Process) -> Processes {
        let name = process.name().to_owned();
        let process = Arc::new(process);
        let processes = Processes::new(None, name, OnceCell::new_with(Some(process.clone())));
        processes.note(&process);
        processes
    }

    fn new(program: Option<Program>, name: String, first: OnceCell<Arc<Process>>) -> Processes {
        Processes {
            program,
            name,
            first,
            first_is_configured: AtomicBool::new(false),
            started: Mutex::default(),
            capabilities: OnceLock::new(),
            remembered: OnceLock::new(),
        }
    }

    /// What messages call the plugin.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The process for everything that needs no configuration.
    pub(crate) async fn first(&self) -> Result<Arc<Process>, Diagnostic> {
        self.first.get_or_try_init(|| self.start()).await.cloned()
    }

    /// The process for a new configuration.
    pub(crate) async fn unconfigured(&self) -> Result<Arc<Process>, Diagnostic> {
        if self.program.is_none() || !self.first_is_configured.swap(true, Ordering::SeqCst) {
            return self.first().await;
        }
        self.start().await
    }

    /// Asks all processes to bring what is under way to an end.
    pub(crate) async fn stop(&self) {
        let started = self.started.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let running = started.iter().filter_map(Weak::upgrade);
        // Whatever comes of it, the calls themselves answer.
        let stops =
            running.map(|process| async move { process.call::<_, Empty>(STOP, Empty {}).await.is_ok() });
        futures::future::join_all(stops).await;
    }

    /// What the plugin offers. `call` makes what calls a function of this name.
    pub(crate) async fn offered(
        &self,
        call: &(dyn Fn(&str, &Function) -> FunctionCall + Send + Sync),
    ) -> Result<ProviderSchema, Diagnostics> {
        let kept = self.program.as_ref().and_then(|p| Kept::of(p.schemas.as_ref()?, &p.path));
        if let Some(kept) = &kept
            && let Some(offer) = kept.read()
            && let Ok(schema) = offer.schema(call)
        {
            let _ = self.capabilities.set(offer.capabilities());
            let _ = self.remembered.set(Remembered::new(kept.clone(), metadata(&schema)));
            return Ok(schema);
        }
        let process = self.first().await?;
        let offer = Offer::of(&process).await?;
        let schema = offer.schema(call).map_err(|error| {
            Diagnostic::error(
                "Plugin gave an invalid answer",
                format!("The plugin {} has a schema that cannot be read: {error}.", self.name),
            )
        })?;
        let _ = self.capabilities.set(offer.capabilities());
        if let Some(kept) = kept {
            kept.write(&offer);
        }
        Ok(schema)
    }

    /// Whether the plugin is to be asked what it makes of a deletion.
    pub(crate) fn plans_deletions(&self) -> bool {
        self.capabilities.get().is_some_and(|known| known.plan_destroy)
    }

    async fn start(&self) -> Result<Arc<Process>, Diagnostic> {
        let Some(program) = &self.program else {
            return Err(Diagnostic::error("Plugin does not start", format!("Nobody runs {}.", self.name)));
        };
        let process = Arc::new(Process::start(program).await?);
        self.note(&process);
        // Some plugins make up what they need only when they are asked for their schemas. Of the others nothing is asked: those
        // made of several servers take the names of what they offer for duplicates when these are asked for first.
        if self.capabilities.get().is_some_and(|known| !known.get_provider_schema_optional) {
            if let Some(remembered) = self.remembered.get() {
                remembered.confirm(&process).await?;
            }
            let asked = process.call::<_, Empty>(GET_SCHEMA, Empty {}).await;
            asked.map_err(|e| e.required(&process, GET_SCHEMA))?;
        }
        Ok(process)
    }

    fn note(&self, process: &Arc<Process>) {
        self.started.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(process));
    }
}
