//! What every backend must do.

use jiff::{Timestamp, ToSpan};
use std::sync::Arc;
use terrane_backend::{Backend, LockError, LockInfo, Owner, StateStorage, StorageError, Version};

/// What a kind of backend cannot do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Without {
    pub(crate) workspaces: bool,
    /// Telling who has a lock to others than those who want it.
    pub(crate) holder: bool,
    /// Noticing that a lock was broken before the next write.
    pub(crate) lost_locks: bool,
    /// Locks that run out: they end with the connection, or not by themselves.
    pub(crate) leases: bool,
    /// Noticing that somebody else writes to the journal.
    pub(crate) journal_conflicts: bool,
}

pub(crate) async fn exercise(backend: &Arc<dyn Backend>, without: Without) {
    writes(backend).await;
    journal(backend, without).await;
    locks(backend, without).await;
    if without.workspaces {
        assert!(!backend.has_workspaces());
        assert_eq!(backend.workspaces().await.unwrap(), ["default"]);
    } else {
        workspaces(backend).await;
    }
}

async fn content(state: &Arc<dyn StateStorage>) -> Option<(String, Version)> {
    let found = state.read().await.unwrap();
    found.map(|(bytes, version)| (String::from_utf8(bytes).unwrap(), version))
}

async fn writes(backend: &Arc<dyn Backend>) {
    let (one, other) = (backend.state("default"), backend.state("default"));
    assert_eq!(content(&one).await, None);
    let first = one.write(b"{\"serial\":1}", None).await.unwrap();
    let conflict = Err(StorageError::Conflict { location: one.location() });
    assert_eq!(other.write(b"{\"serial\":9}", None).await, conflict, "there is one already");
    assert_eq!(content(&other).await, Some(("{\"serial\":1}".to_owned(), first.clone())));
    let second = other.write(b"{\"serial\":2}", Some(&first)).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(one.write(b"{\"serial\":9}", Some(&first)).await, conflict, "somebody wrote since");
    assert_eq!(content(&one).await, Some(("{\"serial\":2}".to_owned(), second)));
}

async fn journal(backend: &Arc<dyn Backend>, without: Without) {
    let state = backend.state("default");
    let text = async || String::from_utf8(backend.state("default").read_journal().await.unwrap()).unwrap();
    assert_eq!(text().await, "");
    for lines in ["a\n", "b\nc\n", "d\n"] {
        state.append_journal(lines.as_bytes()).await.unwrap();
    }
    assert_eq!(text().await, "a\nb\nc\nd\n");
    state.replace_journal(b"e\n").await.unwrap();
    assert_eq!(text().await, "e\n");
    if !without.journal_conflicts {
        let other = backend.state("default");
        other.append_journal(b"f\n").await.unwrap();
        let late = state.append_journal(b"g\n").await;
        assert!(matches!(late, Err(StorageError::Conflict { .. })), "{late:?}");
        assert_eq!(text().await, "e\nf\n");
        other.replace_journal(b"").await.unwrap();
    } else {
        state.append_journal(b"f\n").await.unwrap();
        state.replace_journal(b"").await.unwrap();
    }
    assert_eq!(text().await, "");
}

fn info(who: &str) -> LockInfo {
    let owner = Owner { user: who.into(), host: "here".into(), pid: 1, ..Owner::default() };
    LockInfo::new("OperationTypeApply", "there", &owner)
}

async fn locks(backend: &Arc<dyn Backend>, without: Without) {
    let (one, other) = (backend.state("default"), backend.state("default"));
    let (ours, theirs) = (info("ann"), info("bob"));
    assert_eq!(one.lock(&ours).await.unwrap(), None);
    let held = other.lock(&theirs).await.unwrap_err();
    let LockError::Held { holder: Some(holder) } = held else { panic!("{held:?}") };
    assert_eq!(holder.who, "ann@here");
    one.renew(&ours).await.unwrap();
    one.write(b"{\"serial\":3}", content(&one).await.map(|(_, version)| version).as_ref()).await.unwrap();
    if !without.holder {
        assert_eq!(other.holder().await.unwrap().unwrap().who, "ann@here");
    }
    one.unlock(&ours).await.unwrap();
    assert_eq!(one.holder().await.unwrap(), None);

    // Broken by somebody else.
    one.lock(&ours).await.unwrap();
    if !without.holder {
        let id = other.holder().await.unwrap().unwrap().id;
        let wrong = other.break_lock("wrong").await.unwrap_err();
        assert_eq!(wrong, LockError::NoSuchLock { id: "wrong".into(), actual: Some(id.clone()) });
        assert_eq!(other.break_lock(&id).await.unwrap().who, "ann@here");
    } else {
        other.break_lock(&ours.id).await.unwrap();
    }
    assert_eq!(other.lock(&theirs).await.unwrap(), None);
    if !without.lost_locks {
        let lost = StorageError::LockLost { location: one.location() };
        assert_eq!(one.renew(&ours).await, Err(lost.clone()));
        let late =
            one.write(b"{\"serial\":9}", content(&other).await.map(|(_, version)| version).as_ref()).await;
        assert_eq!(late, Err(lost.clone()), "a run that lost its lock writes nothing");
        assert_eq!(one.append_journal(b"late\n").await, Err(lost));
    }
    other.unlock(&theirs).await.unwrap();

    if !without.leases {
        let one = backend.state("default");
        let mut dead = info("carl");
        dead.expires = Some(Timestamp::now() - 1.second());
        one.lock(&dead).await.unwrap();
        let taken_over = other.lock(&theirs).await.unwrap();
        assert_eq!(taken_over.unwrap().who, "carl@here");
        assert!(matches!(one.renew(&dead).await, Err(StorageError::LockLost { .. })));
        other.unlock(&theirs).await.unwrap();
    }
}

async fn workspaces(backend: &Arc<dyn Backend>) {
    assert_eq!(backend.workspaces().await.unwrap(), ["default"]);
    for name in ["dev", "a-b"] {
        backend.create_workspace(name).await.unwrap();
    }
    assert_eq!(backend.workspaces().await.unwrap(), ["default", "a-b", "dev"]);
    let dev = backend.state("dev");
    assert!(content(&dev).await.unwrap().0.contains("\"lineage\""));
    dev.append_journal(b"x\n").await.unwrap();
    backend.delete_workspace("dev").await.unwrap();
    assert_eq!(backend.workspaces().await.unwrap(), ["default", "a-b"]);
    assert_eq!(backend.state("dev").read_journal().await.unwrap(), b"");
    assert_eq!(content(&backend.state("dev")).await, None);
}
