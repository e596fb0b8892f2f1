//! Runs that end well and runs that are killed: what the next one finds.
#![allow(clippy::unwrap_used)]

use async_trait::async_trait;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use terrane_backend::{
    Local, LockError, LockInfo, OpenError, Saved, StateManager, StateStorage, StorageError, Version,
};
use terrane_provider::OperationToken;
use terrane_state::{JournalEntry, Object, ObjectStatus, Operation, State, StateWrite};

fn storage(directory: &Path) -> Arc<dyn StateStorage> {
    Arc::new(Local::new(directory.join("terraform.tfstate")))
}

async fn open(directory: &Path) -> StateManager {
    StateManager::open(storage(directory)).await.unwrap()
}

fn put(address: &str) -> StateWrite {
    StateWrite::Put {
        address: address.parse().unwrap(),
        deposed: None,
        provider: "provider[\"registry.terraform.io/hashicorp/aws\"]".parse().unwrap(),
        object: Arc::new(Object {
            schema_version: 0,
            attributes: serde_json::json!({ "id": address }).into(),
            sensitive_paths: vec![],
            provider_key: Default::default(),
            private: Default::default(),
            kept: Default::default(),
            dependencies: vec![],
            status: ObjectStatus::Ready,
            create_before_destroy: false,
        }),
    }
}

fn intent(token: &str) -> JournalEntry {
    JournalEntry::Intent(Operation {
        token: OperationToken(token.into()),
        address: "aws_vpc.a".parse().unwrap(),
        action: "create".into(),
        time: "2026-01-01T00:00:00Z".into(),
        provider: "provider[\"registry.terraform.io/hashicorp/aws\"]".parse().unwrap(),
        deposed: None,
        made_from: None,
        withheld: false,
    })
}

fn outcome(token: &str, writes: Vec<StateWrite>) -> JournalEntry {
    JournalEntry::Outcome { token: OperationToken(token.into()), writes, failed: false }
}

fn addresses(state: &State) -> Vec<String> {
    state.instances().map(|(a, ..)| a.to_string()).collect()
}

fn tokens(manager: &StateManager) -> Vec<String> {
    manager.in_flight().iter().map(|o| o.token.to_string()).collect()
}

#[tokio::test]
async fn the_serial_goes_up_when_something_changed_and_only_then() {
    let directory = tempfile::tempdir().unwrap();
    let manager = open(directory.path()).await;
    assert_eq!(manager.state().lineage.len(), 36);
    assert_eq!(manager.save().await.unwrap(), Saved::Written(1));
    assert_eq!(manager.save().await.unwrap(), Saved::Unchanged);
    manager.record(vec![JournalEntry::Write(put("aws_vpc.a"))]).await.unwrap();
    assert_eq!(manager.save().await.unwrap(), Saved::Written(2));

    let again = open(directory.path()).await;
    assert_eq!(again.state(), manager.state());
    assert_eq!(again.save().await.unwrap(), Saved::Unchanged);
    assert!(!directory.path().join("terraform.tfstate.journal").exists());
}

#[tokio::test]
async fn a_killed_run_loses_nothing_that_was_recorded() {
    let directory = tempfile::tempdir().unwrap();
    let manager = open(directory.path()).await;
    let lineage = manager.state().lineage;
    manager.record(vec![intent("t1"), intent("t2")]).await.unwrap();
    manager.record(vec![outcome("t1", vec![put("aws_vpc.a")])]).await.unwrap();
    drop(manager);

    let manager = open(directory.path()).await;
    assert_eq!(addresses(&manager.state()), ["aws_vpc.a"]);
    assert_eq!((tokens(&manager), manager.recovered()), (vec!["t2".to_owned()], 1));
    assert_eq!(manager.state().lineage, lineage);

    // Saving keeps what is in flight in the journal, over further crashes.
    assert_eq!(manager.save().await.unwrap(), Saved::Written(1));
    drop(manager);
    let manager = open(directory.path()).await;
    assert_eq!((tokens(&manager), manager.recovered()), (vec!["t2".to_owned()], 0));
    manager.record(vec![outcome("t2", vec![put("aws_vpc.b")])]).await.unwrap();
    assert_eq!(manager.save().await.unwrap(), Saved::Written(2));
    assert!(!directory.path().join("terraform.tfstate.journal").exists());
    assert_eq!(addresses(&open(directory.path()).await.state()), ["aws_vpc.a", "aws_vpc.b"]);
}

/// Wherever a journal is cut, there is a state to go on with.
#[tokio::test]
async fn a_journal_that_was_cut_off_is_gone_on_with() {
    let directory = tempfile::tempdir().unwrap();
    let manager = open(directory.path()).await;
    manager.record(vec![JournalEntry::Write(put("aws_vpc.a"))]).await.unwrap();
    manager.record(vec![JournalEntry::Write(put("aws_vpc.b"))]).await.unwrap();
    drop(manager);
    let journal = directory.path().join("terraform.tfstate.journal");
    let whole = fs::read(&journal).unwrap();
    for cut in (0..whole.len()).step_by(23) {
        fs::write(&journal, &whole[..cut]).unwrap();
        let lines = whole[..cut].iter().filter(|&&b| b == b'\n').count();
        let manager = open(directory.path()).await;
        assert_eq!(addresses(&manager.state()).len(), lines.saturating_sub(1), "cut at {cut}");
        manager.record(vec![JournalEntry::Write(put("aws_vpc.c"))]).await.unwrap();
        drop(manager);
        let manager = open(directory.path()).await;
        assert_eq!(addresses(&manager.state()).len(), lines.saturating_sub(1) + 1, "cut at {cut}");
    }
}

#[tokio::test]
async fn a_crash_between_writing_the_state_and_shortening_the_journal_repeats_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let manager = open(directory.path()).await;
    let journal = directory.path().join("terraform.tfstate.journal");
    let depose =
        |address: &str| StateWrite::Depose { address: address.parse().unwrap(), key: "00000001".into() };
    manager.record(vec![JournalEntry::Write(put("aws_vpc.a")), intent("t1")]).await.unwrap();
    manager.record(vec![JournalEntry::Write(depose("aws_vpc.a"))]).await.unwrap();
    manager.record(vec![JournalEntry::Write(put("aws_vpc.a"))]).await.unwrap();
    let before = fs::read(&journal).unwrap();
    manager.save().await.unwrap();
    let expected = manager.state();
    let begin = JournalEntry::Begin { lineage: expected.lineage.clone(), serial: 1 };
    fs::write(&journal, [&before[..], begin.to_line().unwrap().as_bytes()].concat()).unwrap();
    drop(manager);
    let manager = open(directory.path()).await;
    assert_eq!(manager.state(), expected);
    assert_eq!((tokens(&manager), manager.recovered()), (vec!["t1".to_owned()], 0));
}

#[tokio::test]
async fn a_journal_of_another_state_is_an_error_and_stays() {
    let directory = tempfile::tempdir().unwrap();
    let manager = open(directory.path()).await;
    manager.record(vec![JournalEntry::Write(put("aws_vpc.a"))]).await.unwrap();
    drop(manager);
    fs::write(directory.path().join("terraform.tfstate"), r#"{"version":4,"serial":9,"lineage":"x"}"#)
        .unwrap();
    let error = StateManager::open(storage(directory.path())).await.err().unwrap();
    assert!(matches!(&error, OpenError::Journal(..)), "{error}");
    assert!(error.to_string().contains("at serial 9"), "{error}");
    assert!(directory.path().join("terraform.tfstate.journal").exists());
}

#[tokio::test]
async fn a_replaced_state_keeps_a_greater_serial_and_its_lineage() {
    let directory = tempfile::tempdir().unwrap();
    let manager = open(directory.path()).await;
    manager.save().await.unwrap();
    let lineage = manager.state().lineage;
    manager.replace(State { serial: 7, ..State::default() });
    assert_eq!(manager.save().await.unwrap(), Saved::Written(7));
    assert_eq!(manager.state().lineage, lineage);
    manager.replace(State { serial: 3, lineage: "x".into(), ..State::default() });
    assert_eq!(manager.save().await.unwrap(), Saved::Written(8));
    assert_eq!(open(directory.path()).await.state().lineage, "x");
}

/// Counts the groups that reach the journal, and fails from the third on if told so.
struct Counting {
    inner: Local,
    groups: AtomicUsize,
    fail: bool,
}

#[async_trait]
impl StateStorage for Counting {
    fn location(&self) -> String {
        self.inner.location()
    }
    async fn read(&self) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        self.inner.read().await
    }
    async fn write(&self, state: &[u8], expected: Option<&Version>) -> Result<Version, StorageError> {
        self.inner.write(state, expected).await
    }
    async fn lock(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError> {
        self.inner.lock(info).await
    }
    async fn renew(&self, info: &LockInfo) -> Result<(), StorageError> {
        self.inner.renew(info).await
    }
    async fn unlock(&self, info: &LockInfo) -> Result<(), StorageError> {
        self.inner.unlock(info).await
    }
    async fn holder(&self) -> Result<Option<LockInfo>, StorageError> {
        self.inner.holder().await
    }
    async fn break_lock(&self, id: &str) -> Result<LockInfo, LockError> {
        self.inner.break_lock(id).await
    }
    async fn read_journal(&self) -> Result<Vec<u8>, StorageError> {
        self.inner.read_journal().await
    }
    async fn append_journal(&self, lines: &[u8]) -> Result<(), StorageError> {
        if self.groups.fetch_add(1, Ordering::SeqCst) >= 2 && self.fail {
            return Err(StorageError::Failed {
                action: "append to",
                location: "x".into(),
                reason: "disk full".into(),
            });
        }
        self.inner.append_journal(lines).await
    }
    async fn replace_journal(&self, lines: &[u8]) -> Result<(), StorageError> {
        self.inner.replace_journal(lines).await
    }
}

#[tokio::test]
async fn many_records_at_once_share_few_writes() {
    let directory = tempfile::tempdir().unwrap();
    let counting = Arc::new(Counting {
        inner: Local::new(directory.path().join("terraform.tfstate")),
        groups: AtomicUsize::new(0),
        fail: false,
    });
    let manager = Arc::new(StateManager::open(counting.clone()).await.unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..500 {
        let manager = manager.clone();
        tasks.spawn(async move {
            manager.record(vec![JournalEntry::Write(put(&format!("aws_vpc.v{n}")))]).await.unwrap();
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    // All tasks of a single-threaded runtime hand over before the writer runs again.
    assert!(counting.groups.load(Ordering::SeqCst) <= 10, "{:?}", counting.groups);
    drop(manager);
    assert_eq!(addresses(&open(directory.path()).await.state()).len(), 500);
}

#[tokio::test]
async fn what_the_journal_cannot_take_is_an_error_for_everybody_after() {
    let directory = tempfile::tempdir().unwrap();
    let failing = Counting {
        inner: Local::new(directory.path().join("terraform.tfstate")),
        groups: AtomicUsize::new(0),
        fail: true,
    };
    let manager = StateManager::open(Arc::new(failing)).await.unwrap();
    let record = |name: &str| manager.record(vec![JournalEntry::Write(put(name))]);
    record("aws_vpc.a").await.unwrap();
    record("aws_vpc.b").await.unwrap();
    for name in ["aws_vpc.c", "aws_vpc.d"] {
        assert!(record(name).await.unwrap_err().to_string().contains("disk full"));
    }
    assert_eq!(addresses(&open(directory.path()).await.state()), ["aws_vpc.a", "aws_vpc.b"]);
}
