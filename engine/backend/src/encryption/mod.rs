//! Encryption of states, plans and journals, as OpenTofu's `encryption` block describes it and in the
//! form in which it stores them: JSON with what the key providers need to find the key again.
//!
//! Knows no configuration language: it is given names and values.

mod cipher;
mod keys;
mod method;
mod program;
mod storage;

pub use cipher::{Cipher, CipherError, is_encrypted};
pub use storage::{encrypt_backend, encrypt_storage};

use crate::Surroundings;
use crate::argument::{Argument, ConfigureError, empty};
use keys::KeyRing;
use method::Method;
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What an `encryption` block says.
#[derive(Clone, Debug, Default)]
pub struct EncryptionConfig {
    /// The `key_provider` blocks by `TYPE.NAME`.
    pub key_providers: BTreeMap<String, EncryptionPart>,
    /// The `method` blocks by `TYPE.NAME`.
    pub methods: BTreeMap<String, EncryptionPart>,
    /// How states are encrypted.
    pub state: Option<EncryptionTarget>,
    /// How plans are encrypted.
    pub plan: Option<EncryptionTarget>,
    /// How the states that `terraform_remote_state` reads are encrypted, by the name of the data source,
    /// without the type. The empty name is the default.
    pub remote_states: BTreeMap<String, EncryptionTarget>,
}

/// A key provider or a method.
#[derive(Clone, Debug, Default)]
pub struct EncryptionPart {
    /// The type: `pbkdf2`, `aes_gcm`.
    pub kind: String,
    /// The arguments that are values.
    pub values: Map<String, Json>,
    /// The `TYPE.NAME` of the key provider that `keys` or `chain` names.
    pub keys: Option<String>,
}

/// A target: `state`, `plan` and what is in `remote_state_data_sources`.
#[derive(Clone, Debug, Default)]
pub struct EncryptionTarget {
    /// The `TYPE.NAME` of the method.
    pub method: Option<String>,
    /// What else to read with.
    pub fallback: Option<Box<EncryptionTarget>>,
    /// Whether writing without encryption is refused.
    pub enforced: bool,
}

/// How things are encrypted.
#[derive(Clone, Default)]
pub struct Encryption {
    /// States and journals.
    pub state: Option<Arc<Cipher>>,
    /// Plan files.
    pub plan: Option<Arc<Cipher>>,
    remote_states: BTreeMap<String, Arc<Cipher>>,
}

impl Encryption {
    /// Checks everything that can be checked without a key.
    pub fn new(config: &EncryptionConfig, surroundings: &Surroundings) -> Result<Encryption, ConfigureError> {
        let keys = Arc::new(KeyRing::new(&config.key_providers, surroundings)?);
        let mut methods = HashMap::new();
        for (name, part) in &config.methods {
            methods.insert(name.as_str(), Arc::new(Method::new(name, part, &keys)?));
        }
        let cipher = |what: &str, target: &EncryptionTarget| -> Result<Arc<Cipher>, ConfigureError> {
            let mut chain = Vec::new();
            let mut next = Some(target);
            while let Some(target) = next {
                if let Some(name) = &target.method {
                    let method = methods.get(name.as_str()).ok_or_else(|| {
                        ConfigureError(format!(
                            "There is no block method \"{}\".",
                            name.replace('.', "\" \"")
                        ))
                    })?;
                    chain.push(method.clone());
                }
                next = target.fallback.as_deref();
            }
            let writes = target.method.as_ref().and_then(|_| chain.first());
            if target.enforced && writes.is_none_or(|method| method.is_unencrypted()) {
                return Err(ConfigureError(format!(
                    "Encryption of the {what} is enforced, and therefore needs a method that encrypts."
                )));
            }
            Ok(Arc::new(Cipher::new(what, chain, target.method.is_some(), keys.clone())))
        };
        let target = |what, target: &Option<EncryptionTarget>| {
            target.as_ref().map(|target| cipher(what, target)).transpose()
        };
        Ok(Encryption {
            state: target("state", &config.state)?,
            plan: target("plan", &config.plan)?,
            remote_states: config
                .remote_states
                .iter()
                .map(|(name, target)| Ok((name.clone(), cipher("remote state", target)?)))
                .collect::<Result<_, ConfigureError>>()?,
        })
    }

    /// How the states are encrypted that data sources read, the default first.
    pub fn remote_states(&self) -> impl Iterator<Item = &Arc<Cipher>> {
        self.remote_states.values()
    }
}

/// The values of a part as its arguments have them.
fn converted(
    name: &str,
    part: &EncryptionPart,
    arguments: &[Argument],
) -> Result<Map<String, Json>, ConfigureError> {
    let mut values = empty(arguments);
    for (argument, value) in &part.values {
        let Some(known) = arguments.iter().find(|known| known.name == argument) else {
            return Err(ConfigureError(format!("{name} has no argument {argument:?}.")));
        };
        let value = known.convert(value.clone()).map_err(|why| ConfigureError(format!("{name}: {why}")))?;
        values.insert(argument.clone(), value);
    }
    Ok(values)
}
