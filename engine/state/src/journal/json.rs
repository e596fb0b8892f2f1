//! Entries as JSON. Objects and outputs look as they do in state files.

use super::{JournalEntry, JournalError, Operation};
use crate::v4::{ObjectJson, ObjectRef, OutputJson, OutputRef};
use crate::{Object, OutputState, StateWrite};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use terrane_address::ResourceInstance;
use terrane_provider::OperationToken;
use terrane_value::{is_too_nested, nested_json};

/// An entry with the objects and outputs as `O` and `V`: borrowed to write, owned when read.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line<'a, O, V> {
    Begin {
        lineage: Cow<'a, str>,
        serial: u64,
    },
    Intent {
        token: OperationToken,
        address: String,
        action: Cow<'a, str>,
        time: Cow<'a, str>,
        provider: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deposed: Option<String>,
        #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
        made_from: Option<O>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        withheld: bool,
    },
    Outcome {
        token: OperationToken,
        writes: Vec<Write<O, V>>,
        failed: bool,
    },
    Write(Write<O, V>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Write<O, V> {
    Put { address: String, deposed: Option<String>, provider: String, object: O },
    Remove { address: String, deposed: Option<String> },
    Depose { address: String, key: String },
    Restore { address: String, key: String },
    Move { from: String, to: String },
    Output { name: String, value: Option<V> },
}

pub(super) fn to_line(entry: &JournalEntry) -> Result<String, JournalError> {
    let line = match entry {
        JournalEntry::Begin { lineage, serial } => {
            Line::Begin { lineage: Cow::Borrowed(lineage), serial: *serial }
        }
        JournalEntry::Intent(operation) => Line::Intent {
            token: operation.token.clone(),
            address: operation.address.to_string(),
            action: Cow::Borrowed(&operation.action),
            time: Cow::Borrowed(&operation.time),
            provider: operation.provider.to_string(),
            deposed: operation.deposed.as_ref().map(ToString::to_string),
            made_from: match &operation.made_from {
                Some(object) => Some(ObjectRef::new(object).map_err(|e| JournalError(e.0))?),
                None => None,
            },
            withheld: operation.withheld,
        },
        JournalEntry::Outcome { token, writes, failed } => Line::Outcome {
            token: token.clone(),
            writes: writes.iter().map(write_to_json).collect::<Result<_, _>>()?,
            failed: *failed,
        },
        JournalEntry::Write(write) => Line::Write(write_to_json(write)?),
    };
    let mut text = serde_json::to_string(&line).map_err(|e| JournalError(e.to_string()))?;
    text.push('\n');
    Ok(text)
}

fn write_to_json(write: &StateWrite) -> Result<Write<ObjectRef<'_>, OutputRef>, JournalError> {
    let text = |key: &Option<std::sync::Arc<str>>| key.as_ref().map(ToString::to_string);
    Ok(match write {
        StateWrite::Put { address, deposed, provider, object } => Write::Put {
            address: address.to_string(),
            deposed: text(deposed),
            provider: provider.to_string(),
            object: ObjectRef::new(object).map_err(|e| JournalError(e.0))?,
        },
        StateWrite::Remove { address, deposed } => {
            Write::Remove { address: address.to_string(), deposed: text(deposed) }
        }
        StateWrite::Depose { address, key } => {
            Write::Depose { address: address.to_string(), key: key.to_string() }
        }
        StateWrite::Restore { address, key } => {
            Write::Restore { address: address.to_string(), key: key.to_string() }
        }
        StateWrite::Move { from, to } => Write::Move { from: from.to_string(), to: to.to_string() },
        StateWrite::Output { name, value } => Write::Output {
            name: name.to_string(),
            value: value.as_ref().map(OutputRef::new).transpose().map_err(JournalError)?,
        },
    })
}

pub(super) fn from_line(line: &[u8]) -> Result<JournalEntry, String> {
    let nested;
    let line: Line<'_, ObjectJson, OutputJson> = match serde_json::from_slice(line) {
        Err(e) if is_too_nested(&e) => {
            let text = std::str::from_utf8(line).map_err(|e| e.to_string())?;
            nested = nested_json(text).map_err(|e| e.to_string())?;
            Line::deserialize(&nested).map_err(|e| e.to_string())?
        }
        line => line.map_err(|e| e.to_string())?,
    };
    Ok(match line {
        Line::Begin { lineage, serial } => JournalEntry::Begin { lineage: lineage.into_owned(), serial },
        Line::Intent { token, address, action, time, provider, deposed, made_from, withheld } => {
            JournalEntry::Intent(Operation {
                token,
                address: instance(&address)?,
                action: action.into_owned(),
                time: time.into_owned(),
                provider: provider.parse().map_err(|e| format!("{e}"))?,
                deposed: deposed.map(Into::into),
                made_from: match made_from {
                    Some(object) => Some(Box::new(
                        object.into_object(&mut HashMap::new()).map_err(|e| format!("{address} {e}"))?,
                    )),
                    None => None,
                },
                withheld,
            })
        }
        Line::Outcome { token, writes, failed } => JournalEntry::Outcome {
            token,
            writes: writes.into_iter().map(write_from_json).collect::<Result<_, _>>()?,
            failed,
        },
        Line::Write(write) => JournalEntry::Write(write_from_json(write)?),
    })
}

fn write_from_json(write: Write<ObjectJson, OutputJson>) -> Result<StateWrite, String> {
    Ok(match write {
        Write::Put { address, deposed, provider, object } => {
            let object: Object =
                object.into_object(&mut HashMap::new()).map_err(|e| format!("{address} {e}"))?;
            StateWrite::Put {
                address: instance(&address)?,
                deposed: deposed.map(Into::into),
                provider: provider.parse().map_err(|e| format!("{e}"))?,
                object: Arc::new(object),
            }
        }
        Write::Remove { address, deposed } => {
            StateWrite::Remove { address: instance(&address)?, deposed: deposed.map(Into::into) }
        }
        Write::Depose { address, key } => {
            StateWrite::Depose { address: instance(&address)?, key: key.into() }
        }
        Write::Restore { address, key } => {
            StateWrite::Restore { address: instance(&address)?, key: key.into() }
        }
        Write::Move { from, to } => StateWrite::Move { from: instance(&from)?, to: instance(&to)? },
        Write::Output { name, value } => {
            let value: Option<OutputState> = value.map(OutputJson::into_output).transpose()?;
            StateWrite::Output { name: name.into(), value }
        }
    })
}

fn instance(text: &str) -> Result<ResourceInstance, String> {
    text.parse().map_err(|e| format!("{e}"))
}
