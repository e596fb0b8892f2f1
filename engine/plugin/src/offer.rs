//! What a plugin offers: asked of it, or kept from an earlier run.

use crate::handshake::Protocol;
use crate::messages::identity::IdentitySchemas;
use crate::messages::schema::{Metadata, Named};
use crate::messages::{Empty, ServerCapabilities, schema as messages};
use crate::methods::{GET_METADATA, GET_SCHEMA};
use crate::process::{CallError, Process};
use crate::schema::{self, SchemaError};
use crate::{identity, wire};
use prost::Message;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_provider::{Function, FunctionCall, ProviderSchema};

/// A plugin's answers to `GetProviderSchema`, in one of the two protocols, and to `GetResourceIdentitySchemas`. A
/// message itself, in which it is kept.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Offer {
    #[prost(message, optional, tag = "5")]
    v5: Option<messages::v5::ProviderSchema>,
    #[prost(message, optional, tag = "6")]
    v6: Option<messages::v6::ProviderSchema>,
    #[prost(message, optional, tag = "7")]
    identities: Option<IdentitySchemas>,
}

impl Offer {
    /// Asks a plugin.
    pub(crate) async fn of(process: &Process) -> Result<Offer, Diagnostics> {
        let mut offer = Offer::default();
        let required = |e: CallError| e.required(process, GET_SCHEMA);
        let told = match process.protocol() {
            Protocol::V5 => {
                let told = process.call(GET_SCHEMA, Empty {}).await.map_err(required)?;
                &mut offer.v5.insert(told).diagnostics
            }
            Protocol::V6 => {
                let told = process.call(GET_SCHEMA, Empty {}).await.map_err(required)?;
                &mut offer.v6.insert(told).diagnostics
            }
        };
        let problems = wire::diagnostics(std::mem::take(told));
        if problems.has_errors() {
            return Err(problems);
        }
        offer.identities = Some(identity::offered(process).await?);
        Ok(offer)
    }

    /// What the plugin can do beyond the first version of the protocol.
    pub(crate) fn capabilities(&self) -> ServerCapabilities {
        let v5 = self.v5.as_ref().and_then(|offer| offer.server_capabilities.clone());
        v5.or_else(|| self.v6.as_ref()?.server_capabilities.clone()).unwrap_or_default()
    }

    /// The schemas. `call` makes what calls a function of this name.
    pub(crate) fn schema(
        &self,
        call: &dyn Fn(&str, &Function) -> FunctionCall,
    ) -> Result<ProviderSchema, SchemaError> {
        let identities = self.identities.as_ref().map(identity::read).transpose()?.unwrap_or_default();
        let schema = match (&self.v5, &self.v6) {
            (Some(offer), _) => schema::from_v5(offer, call)?,
            (None, Some(offer)) => schema::from_v6(offer, call)?,
            (None, None) => ProviderSchema::default(),
        };
        Ok(ProviderSchema { identities, ..schema })
    }
}

/// A file that keeps what one program offers. It is a cache: what cannot be read or written is as if it
/// were not there.
#[derive(Clone)]
pub(crate) struct Kept(PathBuf);

impl Kept {
    /// The file in `directory` for the program at `path`, named after all that tells it from another
    /// one. `None` when there is no such program.
    pub(crate) fn of(directory: &Path, path: &Path) -> Option<Kept> {
        let path = path.canonicalize().ok()?;
        let found = path.metadata().ok()?;
        let written = found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let mut hash = Sha256::new();
        hash.update(path.as_os_str().as_encoded_bytes());
        let told = format!("\0{} {} {}", found.len(), written.as_nanos(), env!("CARGO_PKG_VERSION"));
        hash.update(told.as_bytes());
        let name: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Some(Kept(directory.join(name)))
    }

    /// What was kept.
    pub(crate) fn read(&self) -> Option<Offer> {
        let offer = Offer::decode(&*std::fs::read(&self.0).ok()?).ok()?;
        (offer.v5.is_some() || offer.v6.is_some()).then_some(offer)
    }

    /// Forgets it.
    fn drop(&self) {
        let _ = std::fs::remove_file(&self.0);
    }

    /// Keeps an answer. It is under its name only when it is whole.
    pub(crate) fn write(&self, offer: &Offer) {
        let _ = self.try_write(offer);
    }

    fn try_write(&self, offer: &Offer) -> std::io::Result<()> {
        let directory = self.0.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(directory)?;
        let unfinished = self.0.with_extension(uuid::Uuid::new_v4().to_string());
        let written = std::fs::File::create_new(&unfinished)
            .and_then(|mut file| file.write_all(&offer.encode_to_vec()))
            .and_then(|()| std::fs::rename(&unfinished, &self.0));
        if written.is_err() {
            let _ = std::fs::remove_file(&unfinished);
        }
        written
    }
}

/// What a plugin is known to offer from an earlier run.
pub(crate) struct Remembered {
    kept: Kept,
    names: Metadata,
}

impl Remembered {
    /// What `kept` says, which has these names.
    pub(crate) fn new(kept: Kept, names: Metadata) -> Remembered {
        Remembered { kept, names }
    }

    /// Asks a process for the names of what it offers. The same program may offer something else than before: a script that
    /// runs another one, or a plugin that looks at its environment. Otherwise what was kept is dropped.
    pub(crate) async fn confirm(&self, process: &Process) -> Result<(), Diagnostic> {
        let offered: Metadata = match process.call(GET_METADATA, Empty {}).await {
            Ok(offered) => offered,
            Err(CallError::Unimplemented) => return Ok(()),
            Err(error) => return Err(error.required(process, GET_METADATA)),
        };
        let problems = wire::diagnostics(offered.diagnostics.clone());
        if problems.has_errors() {
            return problems.into_iter().find(Diagnostic::is_error).map_or(Ok(()), Err);
        }
        let changes = changes(&self.names, &offered);
        if changes.is_empty() {
            return Ok(());
        }
        self.kept.drop();
        let detail = format!(
            "The plugin {} does not offer what it did when it was asked before, though its program is the same: {}. What \
             was kept of its schemas is dropped, and the next run asks it again.",
            process.name(),
            changes.join(", ")
        );
        Err(Diagnostic::error("Plugin has changed", detail))
    }
}

/// What came and what went. Plugins may leave out a whole kind, which older libraries do not tell.
fn changes(before: &Metadata, now: &Metadata) -> Vec<String> {
    let names = |all: &[Named]| -> BTreeSet<String> { all.iter().map(|one| one.name.clone()).collect() };
    let mut changes = Vec::new();
    for ((kind, before), (_, now)) in before.kinds().into_iter().zip(now.kinds()) {
        if now.is_empty() {
            continue;
        }
        let (before, now) = (names(before), names(now));
        changes.extend(now.difference(&before).map(|name| format!("the {kind} {name} is new")));
        changes.extend(before.difference(&now).map(|name| format!("the {kind} {name} is gone")));
    }
    changes
}
