//! The states of other configurations, for the data source `terraform_remote_state`.

use crate::context::Context;
use crate::environment::Environment;
use crate::fleet::{Fleet, Outputs, place};
use async_trait::async_trait;
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use terrane_backend::{
    ArgumentsError, Encryption, StateStorage, Surroundings, configure, convert_arguments, is_encrypted,
};
use terrane_provider_builtin::StateReader;

/// Reads states from all kinds of backend.
pub(crate) struct RemoteStates {
    surroundings: Surroundings,
    encryption: Encryption,
    /// The stacks that are planned in this run, and where this one is.
    fleet: Option<(Arc<Fleet>, Environment)>,
}

impl RemoteStates {
    /// A configuration of encryption that is wrong is told by whoever opens the own state.
    pub(crate) fn new(context: &Context) -> RemoteStates {
        RemoteStates {
            surroundings: context.environment.surroundings(),
            encryption: super::encryption(context).cloned().unwrap_or_default(),
            fleet: context.fleet.clone().map(|fleet| (fleet, context.environment.clone())),
        }
    }

    fn state(
        &self,
        backend: &str,
        config: &Map<String, Json>,
        workspace: &str,
    ) -> Result<Arc<dyn StateStorage>, String> {
        let values = converted(backend, config, &[]).map_err(|(_, detail)| detail)?;
        let states = configure(backend, &values, &self.surroundings).map_err(|e| e.0)?;
        Ok(states.state(workspace))
    }
}

/// The arguments as the backend has them.
fn converted(
    backend: &str,
    config: &Map<String, Json>,
    unknown: &[String],
) -> Result<Map<String, Json>, (&'static str, String)> {
    convert_arguments(backend, config, unknown).map_err(|error| match error {
        ArgumentsError::Kind(detail) => ("backend", detail),
        ArgumentsError::Argument(detail) => ("config", detail),
    })
}

#[async_trait]
impl StateReader for RemoteStates {
    fn check(
        &self,
        backend: &str,
        config: &Map<String, Json>,
        unknown: &[String],
    ) -> Result<(), (&'static str, String)> {
        converted(backend, config, unknown).map(drop)
    }

    async fn planned(
        &self,
        backend: &str,
        config: &Map<String, Json>,
        workspace: &str,
    ) -> Result<Option<Outputs>, String> {
        let Some((fleet, environment)) = &self.fleet else { return Ok(None) };
        fleet.outputs(&place(environment, &*self.state(backend, config, workspace)?))
    }

    async fn read(
        &self,
        backend: &str,
        config: Map<String, Json>,
        workspace: &str,
    ) -> Result<Option<String>, String> {
        let state = self.state(backend, &config, workspace)?;
        let Some((mut bytes, _)) = state.read().await.map_err(|e| format!("{e}."))? else { return Ok(None) };
        if is_encrypted(&bytes) {
            let mut problem =
                "the state is encrypted, and the configuration has no \"remote_state_data_sources\" in a \
                               block \"encryption\" for it"
                    .to_owned();
            for cipher in self.encryption.remote_states() {
                match cipher.decrypt(&bytes).await {
                    Ok((plain, _)) => {
                        bytes = plain;
                        break;
                    }
                    Err(error) => problem = error.to_string(),
                }
            }
            if is_encrypted(&bytes) {
                return Err(format!("{}: {problem}", state.location()));
            }
        }
        String::from_utf8(bytes).map(Some).map_err(|_| format!("{}: it is not UTF-8", state.location()))
    }
}
