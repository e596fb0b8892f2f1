//! Names of operations.

use std::fmt;
use std::sync::Arc;

/// Names one operation of one apply; journaled before the provider is called. At most 64
/// characters of `[A-Za-z0-9-]`, so that it can serve as an EC2 `ClientToken`; a UUID, so that
/// it can serve as a Google `requestId`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct OperationToken(pub Arc<str>);

impl fmt::Display for OperationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
