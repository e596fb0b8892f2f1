//! What providers keep with objects.

use crate::Identity;
use std::ops::Deref;
use std::sync::Arc;

/// What a provider keeps with an object beside its attributes: bytes that the engine stores unread, and
/// the object's identity, if it has one. It reads like the bytes alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Private {
    /// The bytes.
    pub bytes: Arc<[u8]>,
    /// The identity.
    pub identity: Option<Arc<Identity>>,
}

impl Private {
    /// The same bytes with another identity, or none.
    pub fn with_identity(self, identity: Option<Identity>) -> Private {
        Private { identity: identity.map(Arc::new), ..self }
    }
}

impl Deref for Private {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl AsRef<[u8]> for Private {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl From<&[u8]> for Private {
    fn from(bytes: &[u8]) -> Private {
        Private { bytes: bytes.into(), identity: None }
    }
}

impl<const N: usize> From<[u8; N]> for Private {
    fn from(bytes: [u8; N]) -> Private {
        Private::from(&bytes[..])
    }
}

impl From<Vec<u8>> for Private {
    fn from(bytes: Vec<u8>) -> Private {
        Private { bytes: bytes.into(), identity: None }
    }
}
