//! Locks as leases: who has the state, what for, and until when.

use crate::{LockError, StateStorage, StorageError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// How long a lease holds after its last heartbeat.
const TERM: Duration = Duration::from_secs(60);
/// How often a lease is renewed: often enough to survive two failed attempts.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The pauses between attempts to get a lock, from the first to the longest.
const RETRY: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Who has a lock. The first seven fields are Terraform's and have its names; it ignores the
/// others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LockInfo {
    /// Names the lock: a UUID.
    #[serde(rename = "ID")]
    pub id: String,
    /// What for, as Terraform says it: `OperationTypeApply`.
    pub operation: String,
    /// More on the purpose, for people.
    pub info: String,
    /// `user@host`.
    pub who: String,
    /// The version of the program.
    pub version: String,
    /// Since when, RFC 3339.
    pub created: String,
    /// Where the state is.
    pub path: String,
    /// The host, to know whether the process can be looked for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub host: String,
    /// The process on that host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// The web page of the CI run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_url: Option<String>,
    /// The last sign of life, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heartbeat: Option<Timestamp>,
    /// When the lock is void unless renewed, RFC 3339. A lock of Terraform has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// Greater than that of every earlier lock: tells late writes of a run that lost its lock
    /// from those of its successor. Microseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fencing_token: Option<i64>,
}

/// Who wants a lock.
#[derive(Clone, Debug, Default)]
pub struct Owner {
    /// The user's name.
    pub user: String,
    /// The host's name.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// The version of the program.
    pub version: String,
    /// The web page of the CI run.
    pub run_url: Option<String>,
}

impl LockInfo {
    /// A new lock on the state at `path`, from now on.
    pub fn new(operation: &str, path: &str, owner: &Owner) -> LockInfo {
        let now = Timestamp::now();
        let mut info = LockInfo {
            id: uuid::Uuid::new_v4().to_string(),
            operation: operation.into(),
            info: String::new(),
            who: format!("{}@{}", owner.user, owner.host),
            version: owner.version.clone(),
            created: now.to_string(),
            path: path.into(),
            host: owner.host.clone(),
            pid: Some(owner.pid),
            run_url: owner.run_url.clone(),
            heartbeat: None,
            expires: None,
            fencing_token: Some(now.as_microsecond()),
        };
        info.beat(now);
        info
    }

    /// The same with a heartbeat from just now.
    pub(crate) fn renewed(&self) -> LockInfo {
        let mut info = self.clone();
        info.beat(Timestamp::now());
        info
    }

    /// The same for a service where locks cannot be renewed, so that they must not run out.
    pub(crate) fn without_term(&self) -> LockInfo {
        LockInfo { heartbeat: None, expires: None, ..self.clone() }
    }

    fn beat(&mut self, now: Timestamp) {
        self.heartbeat = Some(now);
        self.expires = now.checked_add(TERM).ok();
    }

    /// Whether the lease has run out. Locks without an expiry never do.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|at| at < now)
    }
}

/// The lines that Terraform's users know.
impl fmt::Display for LockInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Lock Info:")?;
        writeln!(f, "  ID:        {}", self.id)?;
        writeln!(f, "  Path:      {}", self.path)?;
        writeln!(f, "  Operation: {}", self.operation)?;
        writeln!(f, "  Who:       {}", self.who)?;
        writeln!(f, "  Version:   {}", self.version)?;
        writeln!(f, "  Created:   {}", self.created)?;
        write!(f, "  Info:      {}", self.info)?;
        if let Some(pid) = self.pid {
            write!(f, "\n  Process:   {pid} on {}", self.host)?;
        }
        if let Some(url) = &self.run_url {
            write!(f, "\n  Run:       {url}")?;
        }
        if let Some(expires) = &self.expires {
            write!(f, "\n  Expires:   {expires}")?;
        }
        Ok(())
    }
}

/// A lock that is held, and renewed until it is released or dropped.
pub struct Lease {
    storage: Arc<dyn StateStorage>,
    info: LockInfo,
    taken_over: Option<LockInfo>,
    heartbeat: JoinHandle<()>,
}

/// Takes the lock, waiting up to `timeout` for others to give it back.
pub async fn acquire(
    storage: Arc<dyn StateStorage>,
    info: LockInfo,
    timeout: Duration,
) -> Result<Lease, LockError> {
    let deadline = Instant::now() + timeout;
    let mut pause = RETRY.0;
    let taken_over = loop {
        match storage.lock(&info).await {
            Ok(taken_over) => break taken_over,
            Err(LockError::Held { .. }) if Instant::now() < deadline => {
                sleep(pause.min(deadline.saturating_duration_since(Instant::now()))).await;
                pause = (pause * 2).min(RETRY.1);
            }
            Err(error) => return Err(error),
        }
    };
    let heartbeat = tokio::spawn(renew(storage.clone(), info.clone()));
    Ok(Lease { storage, info, taken_over, heartbeat })
}

async fn renew(storage: Arc<dyn StateStorage>, mut info: LockInfo) {
    loop {
        sleep(HEARTBEAT).await;
        info.beat(Timestamp::now());
        // A failed heartbeat is tried again; a lost lock is noticed by the next write.
        if let Err(StorageError::LockLost { .. }) = storage.renew(&info).await {
            return;
        }
    }
}

impl Lease {
    /// The lock's information.
    pub fn info(&self) -> &LockInfo {
        &self.info
    }

    /// The storage that has the lock. Another one for the same state does not know of it.
    pub fn storage(&self) -> &Arc<dyn StateStorage> {
        &self.storage
    }

    /// The lock of a dead run that was taken over.
    pub fn taken_over(&self) -> Option<&LockInfo> {
        self.taken_over.as_ref()
    }

    /// Gives the lock back.
    pub async fn release(self) -> Result<(), StorageError> {
        self.heartbeat.abort();
        self.storage.unlock(&self.info).await
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}
