//! Which storage a command works on: what `init` has stored of the `backend` block, the
//! workspace, and the flags that replace them.

mod encryption;
mod migrate;
mod remote_states;
mod settings;

pub(crate) use encryption::{decrypt_file, encrypt_plan, encryption, no_encryption};
pub(crate) use migrate::{Migration, migrate};
pub(crate) use remote_states::RemoteStates;
pub(crate) use settings::{
    BackendSettings, from_block, saved_file, saved_with_hash, with_arguments, without_effect,
};

use crate::arguments::{LockArgs, StateFileArgs};
use crate::context::{Context, Problems};
use crate::workspace;
use std::path::Path;
use std::sync::Arc;
use terrane_backend::{
    Backend, DEFAULT_WORKSPACE, Elsewhere, Lease, Local, LockError, LockInfo, OpenError, Refuge, SaveError,
    StateManager, StateStorage, StorageError, acquire, encrypt_backend, encrypt_storage,
};
use terrane_config::Config;
use terrane_diagnostics::Diagnostic;

/// The state of the selected workspace, or the file that `-state` names.
pub(crate) fn storage(context: &Context, files: &StateFileArgs) -> Result<Arc<dyn StateStorage>, Problems> {
    let with_backup = |local: Local| match &files.backup {
        None => local,
        Some(path) => local.with_backup((path != Path::new("-")).then(|| path.clone())),
    };
    // A state that comes from one file and goes to another is backed up where it goes to.
    let file = |local: Local| -> Arc<dyn StateStorage> {
        match &files.out {
            None => Arc::new(with_backup(local)),
            Some(out) => Arc::new(Elsewhere::new(local, with_backup(Local::new(out)))),
        }
    };
    if let Some(path) = &files.state {
        return encrypted(context, file(Local::new(path)));
    }
    let settings = settings(context)?;
    let name = workspace::selected(&context.environment);
    if files.out.is_some() {
        return match &*settings.kind {
            "local" => encrypted(context, file(local(&settings, &name))),
            kind => Err(Problems::new(
                "-state-out without effect",
                format!("-state-out is for states in files, and the backend {kind:?} keeps them elsewhere."),
            )),
        };
    }
    match (&*settings.kind, &files.backup) {
        // Other backends keep no backup.
        ("local", Some(_)) => encrypted(context, Arc::new(with_backup(local(&settings, &name)))),
        _ => of_workspace(context, &settings, &name),
    }
}

/// The state of a workspace in a file.
fn local(settings: &BackendSettings, name: &str) -> Local {
    let path = |name: &str, default: &str| settings.text(name).unwrap_or(default).to_owned();
    let directory = path("workspace_dir", "terraform.tfstate.d");
    Local::workspace(Path::new(&path("path", "terraform.tfstate")), Path::new(&directory), name)
}

/// The backend with these settings.
pub(crate) fn configured(
    context: &Context,
    settings: &BackendSettings,
) -> Result<Arc<dyn Backend>, Problems> {
    let surroundings = context.environment.surroundings();
    let backend =
        terrane_backend::configure(&settings.kind, &settings.config, &surroundings).map_err(|error| {
            Problems::new(format!("Invalid configuration of the backend {:?}", settings.kind), error.0)
        })?;
    Ok(match &encryption(context)?.state {
        Some(cipher) => encrypt_backend(backend, cipher.clone()),
        None => backend,
    })
}

/// A storage whose content is encrypted as the configuration says.
fn encrypted(context: &Context, storage: Arc<dyn StateStorage>) -> Result<Arc<dyn StateStorage>, Problems> {
    Ok(match &encryption(context)?.state {
        Some(cipher) => encrypt_storage(storage, cipher.clone()),
        None => storage,
    })
}

/// The backend in use.
pub(crate) fn backend(context: &Context) -> Result<Arc<dyn Backend>, Problems> {
    configured(context, &settings(context)?)
}

/// The state of a workspace.
pub(crate) fn of_workspace(
    context: &Context,
    settings: &BackendSettings,
    name: &str,
) -> Result<Arc<dyn StateStorage>, Problems> {
    let backend = configured(context, settings)?;
    if name != DEFAULT_WORKSPACE && !backend.has_workspaces() {
        return Err(Problems::new(
            "Workspaces not supported",
            format!(
                "The backend {:?} keeps one state only, and the workspace {name:?} is selected. Select the workspace \
                 \"default\".",
                settings.kind
            ),
        ));
    }
    Ok(backend.state(name))
}

/// The settings in use. An error when the configuration asks for others than those that `init`
/// has seen.
pub(crate) fn settings(context: &Context) -> Result<BackendSettings, Problems> {
    let (saved, hash) = saved_with_hash(&context.environment)?.unzip();
    let loaded = context.look_at_config();
    let config = &loaded.0;
    if let Some(refusal) = config.cloud_refusal() {
        return Err(Problems { diagnostics: refusal.into(), sources: config.sources.clone() });
    }
    let block = config.module(&terrane_address::ModulePath::root()).and_then(|root| root.backend.as_ref());
    let required = |why: &str| {
        Problems::new(
            "Backend initialization required, please run \"terrane init\"",
            format!(
                "Reason: {why}\n\nThe backend is where Terrane keeps state. If this change is intended, run \
                 \"terrane init\" with -reconfigure or -migrate-state."
            ),
        )
    };
    match (saved, block) {
        (None, None) => Ok(BackendSettings::default()),
        (None, Some(block)) => {
            Err(required(&format!("Initial configuration of the requested backend {:?}", block.kind)))
        }
        (Some(saved), None) => {
            Err(required(&format!("Unsetting the previously set backend {:?}", saved.kind)))
        }
        (Some(saved), Some(block)) if *saved.kind != *block.kind => {
            Err(required(&format!("Backend type changed from {:?} to {:?}", saved.kind, block.kind)))
        }
        (Some(saved), Some(_)) => {
            let now = from_block(context, config)?.unwrap_or_default();
            if hash == Some(u64::from(now.hash())) {
                return Ok(saved);
            }
            // Older files say nothing of the block, so what it lacks may be from the command line.
            let compared = |value: &serde_json::Value| hash != Some(0) || !value.is_null();
            match now
                .config
                .iter()
                .find(|(name, value)| compared(value) && saved.config.get(*name) != Some(value))
            {
                Some((name, _)) => Err(required(&format!("Backend configuration changed: {name}"))),
                None => Ok(saved),
            }
        }
    }
}

/// A state that is only read. Says when a run was interrupted and left something to settle.
pub(crate) fn open(context: &Context, files: &StateFileArgs) -> Result<StateManager, Problems> {
    opened(context, storage(context, files)?)
}

/// The state of the selected workspace for those who only look at it: where nobody ran `init`, what it
/// would store of the `backend` block is taken from there.
pub(crate) fn open_to_look(context: &Context, config: &Config) -> Result<StateManager, Problems> {
    opened(context, storage_to_look(context, config)?)
}

/// Where that state is.
pub(crate) fn storage_to_look(context: &Context, config: &Config) -> Result<Arc<dyn StateStorage>, Problems> {
    if let Some(refusal) = config.cloud_refusal() {
        return Err(Problems { diagnostics: refusal.into(), sources: config.sources.clone() });
    }
    let settings = match saved_with_hash(&context.environment)? {
        None => from_block(context, config)?.unwrap_or_default(),
        Some(_) => settings(context)?,
    };
    let name = workspace::selected(&context.environment);
    of_workspace(context, &settings, &name)
}

/// A state with a refuge on this machine, where it is not on this machine anyway.
pub(crate) fn opened(context: &Context, storage: Arc<dyn StateStorage>) -> Result<StateManager, Problems> {
    let refuge = match storage.is_remote() {
        false => None,
        true => {
            let (journal, state) = context.environment.surroundings().refuge_files(&storage.location());
            Some(Refuge::new(encrypted(context, Arc::new(journal))?, encrypted(context, Arc::new(state))?))
        }
    };
    let state = context.block_on(StateManager::open_with(storage, refuge)).map_err(open_failed)?;
    if let Some(place) = state.stranded() {
        context.output.notice(&Diagnostic::warning(
            "A journal was left behind",
            format!(
                "An earlier run could not write to {}, and kept its journal beside {place}. The state has changed since \
                 then, so that the journal is not used. If that run left a file errored.tfstate, compare it with the \
                 state.",
                state.location()
            ),
        ));
    }
    report_interrupted(context, &state);
    Ok(state)
}

/// A state that is changed, and the lock on it (none with `-lock=false`).
pub(crate) fn open_locked(
    context: &Context,
    files: &StateFileArgs,
    lock: &LockArgs,
    operation: &str,
) -> Result<(Option<Lease>, StateManager), Problems> {
    let storage = storage(context, files)?;
    let lease = match lock.lock {
        true => Some(take_lock(context, storage.clone(), lock, operation)?),
        false => None,
    };
    match opened(context, storage) {
        Ok(state) => Ok((lease, state)),
        Err(problems) => {
            release(context, lease);
            Err(problems)
        }
    }
}

/// Saves what could not be saved in a file of this machine. What to tell about it.
pub(crate) async fn rescue(state: &StateManager, error: &SaveError) -> Diagnostic {
    let kept = match state.rescue().await {
        Ok(Some(file)) => format!(
            "Nothing is lost: the state is in the file {file}, and what the journal of {} lacks is kept on this machine. \
             The next run on this machine brings it there by itself. Elsewhere, use \"terrane state push {file}\" once \
             the backend answers again.",
            state.location()
        ),
        Ok(None) => format!(
            "Nothing is lost: every change is in the journal beside {}, and the next command takes it from there.",
            state.location()
        ),
        Err(error) => {
            format!("It could not be saved on this machine either: {error}. This is the state as it is:")
        }
    };
    Diagnostic::error("Failed to save the state", format!("{error}. {kept}"))
}

/// Takes the lock on a state, and says when it was taken over from a dead run.
pub(crate) fn take_lock(
    context: &Context,
    storage: Arc<dyn StateStorage>,
    lock: &LockArgs,
    operation: &str,
) -> Result<Lease, Problems> {
    let info = LockInfo::new(operation, &storage.location(), &context.environment.owner());
    let lease = context.block_on(acquire(storage, info, lock.lock_timeout)).map_err(lock_failed)?;
    if let Some(dead) = lease.taken_over() {
        context.output.error(&format!(
            "The lock of {} ({}, since {}) was left by a run that no longer exists, and was taken over.",
            dead.who, dead.operation, dead.created
        ));
    }
    Ok(lease)
}

/// Gives a lock back. That it failed is told and does not make the command fail.
pub(crate) fn release(context: &Context, lease: Option<Lease>) {
    if let Some(lease) = lease
        && let Err(error) = context.block_on(lease.release())
    {
        context.output.error(&format!("Warning: the lock could not be released: {error}."));
    }
}

fn report_interrupted(context: &Context, state: &StateManager) {
    let in_flight = state.in_flight();
    if in_flight.is_empty() {
        return;
    }
    let mut list: String = (in_flight.iter().take(SHOWN))
        .map(|o| format!("\n  - {} of {}, since {}", o.action, o.address, o.time))
        .collect();
    if in_flight.len() > SHOWN {
        list.push_str(&format!("\n  - and {} more", in_flight.len() - SHOWN));
    }
    context.output.notice(&Diagnostic::warning(
        "An earlier run was interrupted",
        format!("It is not known how these operations ended:{list}\n\n\"terrane resume\" settles them, and so does the next apply."),
    ));
}

/// How many interrupted operations are named.
const SHOWN: usize = 10;

/// Why a state could not be opened.
pub(crate) fn open_failed(error: OpenError) -> Problems {
    Problems::new("Failed to load state", error.to_string())
}

/// Why a state could not be saved.
pub(crate) fn save_failed(error: SaveError) -> Problems {
    Problems::new("Failed to save state", format!("{error}."))
}

/// Why a storage did not answer.
pub(crate) fn storage_failed(error: StorageError) -> Problems {
    Problems::new("Failed to read state", format!("{error}."))
}

/// Why a lock was not taken, and who has it.
fn lock_failed(error: LockError) -> Problems {
    let detail = match &error {
        LockError::Held { holder: Some(info) } => format!("Error message: {error}\n{info}\n\n"),
        _ => format!("Error message: {error}\n\n"),
    };
    Problems::new(
        "Error acquiring the state lock",
        detail
            + "Terrane acquires a state lock to protect the state from being written by multiple users at the \
               same time. Please resolve the issue above and try again. For most commands, you can disable \
               locking with the \"-lock=false\" flag, but this is not recommended.",
    )
}
