//! Keys from another program.

use super::KeyProvider;
use crate::argument::{Argument, ConfigureError};
use crate::encryption::program::converse;
use crate::encryption::{EncryptionPart, converted};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value as Json;

const ARGUMENTS: &[Argument] = &[Argument::texts("command")];
const MAGIC: &str = "OpenTofu-External-Key-Provider";

pub(super) struct External {
    command: Vec<String>,
}

impl External {
    pub(super) fn new(place: &str, part: &EncryptionPart) -> Result<External, ConfigureError> {
        let values = converted(place, part, ARGUMENTS)?;
        let words = values.get("command").and_then(Json::as_array).into_iter().flatten();
        let command: Vec<_> = words.filter_map(Json::as_str).map(str::to_owned).collect();
        match command.is_empty() {
            true => Err(ConfigureError(format!("{place}: the argument \"command\" is required."))),
            false => Ok(External { command }),
        }
    }

    async fn keys(&self, stored: &Json, which: &str) -> Result<(Vec<u8>, Json), String> {
        let output = converse(&self.command, MAGIC, stored).await?;
        let key = output.get("keys").and_then(|keys| keys.get(which)?.as_str());
        let key = key.ok_or_else(|| format!("the program {:?} gave no {which}", self.command[0]))?;
        let key = STANDARD.decode(key).map_err(|e| format!("the program's {which} is not base64: {e}"))?;
        Ok((key, output.get("meta").cloned().unwrap_or(Json::Null)))
    }
}

#[async_trait]
impl KeyProvider for External {
    async fn make(&self, _chained: Option<&[u8]>) -> Result<(Vec<u8>, Json), String> {
        self.keys(&Json::Null, "encryption_key").await
    }

    async fn find(&self, _chained: Option<&[u8]>, stored: &Json) -> Result<Vec<u8>, String> {
        Ok(self.keys(stored, "decryption_key").await?.0)
    }
}
