//! States in files: atomic writes, backups, locks.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use terrane_backend::{Local, LockError, LockInfo, Owner, StateStorage, StorageError, Surroundings, acquire};

fn owner(host: &str) -> Owner {
    Owner { user: "me".into(), host: host.into(), pid: 7, version: "1".into(), run_url: None }
}

fn info(operation: &str) -> LockInfo {
    LockInfo::new(operation, "terraform.tfstate", &owner("here"))
}

fn local(directory: &Path) -> Local {
    Local::new(directory.join("terraform.tfstate"))
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(directory).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_write_replaces_the_state_and_the_first_one_keeps_a_backup() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    fs::write(path.join("terraform.tfstate"), "one").unwrap();
    let storage = local(path);
    let (bytes, version) = storage.read().await.unwrap().unwrap();
    assert_eq!(bytes, b"one");
    let version = storage.write(b"two", Some(&version)).await.unwrap();
    storage.write(b"three", Some(&version)).await.unwrap();
    assert_eq!(fs::read_to_string(path.join("terraform.tfstate")).unwrap(), "three");
    assert_eq!(fs::read_to_string(path.join("terraform.tfstate.backup")).unwrap(), "one");
    assert_eq!(names(path), ["terraform.tfstate", "terraform.tfstate.backup"]);
}

#[tokio::test]
async fn a_new_state_has_no_backup_and_an_empty_file_is_no_state() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    fs::write(path.join("terraform.tfstate"), "").unwrap();
    let storage = local(path);
    assert_eq!(storage.read().await.unwrap(), None);
    storage.write(b"one", None).await.unwrap();
    assert_eq!(names(path), ["terraform.tfstate"]);
}

#[tokio::test]
async fn a_state_that_somebody_else_wrote_is_not_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("terraform.tfstate");
    let storage = local(directory.path());
    let version = storage.write(b"one", None).await.unwrap();
    fs::write(&path, "other!").unwrap();
    for expected in [Some(&version), None] {
        let error = storage.write(b"two", expected).await.unwrap_err();
        assert!(matches!(error, StorageError::Conflict { .. }), "{error}");
    }
    assert_eq!(fs::read_to_string(path).unwrap(), "other!");
}

#[tokio::test]
async fn a_write_that_fails_says_where_and_leaves_nothing_behind() {
    let directory = tempfile::tempdir().unwrap();
    // A directory cannot be replaced by a file, whoever runs the test.
    let blocked = directory.path().join("terraform.tfstate.journal");
    fs::create_dir(&blocked).unwrap();
    fs::write(blocked.join("x"), "").unwrap();
    let storage = local(directory.path());
    let error = storage.replace_journal(b"line\n").await.unwrap_err().to_string();
    assert!(
        error.starts_with("Failed to write ") && error.contains("terraform.tfstate.journal: "),
        "{error}"
    );
    let error = storage.append_journal(b"line\n").await.unwrap_err().to_string();
    assert!(error.starts_with("Failed to open ") && error.contains("terraform.tfstate.journal: "), "{error}");
    assert_eq!(names(directory.path()), ["terraform.tfstate.journal"]);

    let under_a_file = Local::new(directory.path().join("terraform.tfstate.journal/x/terraform.tfstate"));
    assert!(under_a_file.write(b"x", None).await.is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn links_and_permissions_survive_a_write() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let (real, link) = (directory.path().join("real"), directory.path().join("terraform.tfstate"));
    fs::write(&real, "one").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let storage = Local::new(&link);
    let (_, version) = storage.read().await.unwrap().unwrap();
    storage.write(b"two", Some(&version)).await.unwrap();
    assert_eq!(fs::read_to_string(&real).unwrap(), "two");
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    // What is new is its owner's alone, whatever the umask says.
    let new = Local::new(directory.path().join("new.tfstate"));
    let version = new.write(b"one", None).await.unwrap();
    new.append_journal(b"line").await.unwrap();
    new.write(b"two", Some(&version)).await.unwrap();
    for name in ["new.tfstate", "new.tfstate.journal"] {
        let mode = fs::metadata(directory.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn the_journal_grows_is_replaced_and_goes() {
    let directory = tempfile::tempdir().unwrap();
    let storage = local(directory.path());
    assert_eq!(storage.read_journal().await.unwrap(), b"");
    storage.append_journal(b"a\n").await.unwrap();
    storage.append_journal(b"b\n").await.unwrap();
    assert_eq!(storage.read_journal().await.unwrap(), b"a\nb\n");
    storage.replace_journal(b"c\n").await.unwrap();
    storage.append_journal(b"d\n").await.unwrap();
    assert_eq!(storage.read_journal().await.unwrap(), b"c\nd\n");
    storage.replace_journal(b"").await.unwrap();
    assert_eq!(names(directory.path()), Vec::<String>::new());
}

#[tokio::test]
async fn a_second_lock_is_refused_with_the_name_of_the_holder() {
    let directory = tempfile::tempdir().unwrap();
    let (first, second) = (local(directory.path()), local(directory.path()));
    let held = info("OperationTypeApply");
    assert_eq!(first.lock(&held).await.unwrap(), None);
    for storage in [&first, &second] {
        let error = storage.lock(&info("other")).await.unwrap_err();
        assert_eq!(error, LockError::Held { holder: Some(Box::new(held.clone())) });
    }
    assert!(matches!(second.break_lock(&held.id).await, Err(LockError::Held { .. })));
    first.unlock(&held).await.unwrap();
    assert_eq!(names(directory.path()), Vec::<String>::new());
    assert_eq!(second.lock(&info("other")).await.unwrap(), None);
}

#[tokio::test]
async fn a_lock_survives_the_replacement_of_the_state() {
    let directory = tempfile::tempdir().unwrap();
    let (first, second) = (local(directory.path()), local(directory.path()));
    first.lock(&info("a")).await.unwrap();
    let version = first.write(b"one", None).await.unwrap();
    assert_eq!(first.read().await.unwrap(), Some((b"one".to_vec(), version.clone())));
    first.write(b"two", Some(&version)).await.unwrap();
    assert!(second.lock(&info("b")).await.is_err());
}

#[tokio::test]
async fn waiting_for_a_lock_ends_when_it_is_given_back() {
    let directory = tempfile::tempdir().unwrap();
    let first = acquire(Arc::new(local(directory.path())), info("a"), Duration::ZERO).await.unwrap();
    let second: Arc<dyn StateStorage> = Arc::new(local(directory.path()));
    let refused = acquire(second.clone(), info("b"), Duration::ZERO).await;
    assert!(matches!(refused.err(), Some(LockError::Held { .. })));
    let waiting = tokio::spawn(acquire(second, info("b"), Duration::from_secs(600)));
    tokio::task::yield_now().await;
    first.release().await.unwrap();
    waiting.await.unwrap().unwrap().release().await.unwrap();
}

#[tokio::test]
async fn a_lock_that_a_dead_process_left_is_taken_over_and_reported() {
    let directory = tempfile::tempdir().unwrap();
    let left = info("OperationTypeApply");
    let first = local(directory.path());
    first.lock(&left).await.unwrap();
    drop(first);
    assert_eq!(names(directory.path()), [".terraform.tfstate.lock.info", "terraform.tfstate"]);
    let lease = acquire(Arc::new(local(directory.path())), info("b"), Duration::ZERO).await.unwrap();
    assert_eq!(lease.taken_over(), Some(&left));
}

#[tokio::test]
async fn a_lease_of_another_host_holds_until_it_expires() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(".terraform.tfstate.lock.info");
    let mut other = LockInfo::new("OperationTypeApply", "terraform.tfstate", &owner("elsewhere"));
    fs::write(&path, serde_json::to_vec(&other).unwrap()).unwrap();
    let error = local(directory.path()).lock(&info("b")).await.unwrap_err();
    assert_eq!(error, LockError::Held { holder: Some(Box::new(other.clone())) });
    other.expires = Some("2020-01-01T00:00:00Z".parse().unwrap());
    fs::write(&path, serde_json::to_vec(&other).unwrap()).unwrap();
    assert_eq!(local(directory.path()).lock(&info("b")).await.unwrap(), Some(other));
}

#[tokio::test]
async fn a_run_whose_lock_was_broken_writes_no_more() {
    let directory = tempfile::tempdir().unwrap();
    let storage = local(directory.path());
    let held = info("a");
    storage.lock(&held).await.unwrap();
    fs::remove_file(directory.path().join(".terraform.tfstate.lock.info")).unwrap();
    for result in [storage.write(b"x", None).await.map(drop), storage.renew(&held).await] {
        assert!(matches!(result, Err(StorageError::LockLost { .. })), "{result:?}");
    }
    assert_eq!(fs::read(directory.path().join("terraform.tfstate")).unwrap(), b"");
}

#[tokio::test]
async fn stale_locks_can_be_broken_by_their_id() {
    let directory = tempfile::tempdir().unwrap();
    let storage = local(directory.path());
    let missing = storage.break_lock("x").await.unwrap_err();
    assert_eq!(missing.to_string(), "there is no lock with the ID \"x\"");
    let left = info("a");
    local(directory.path()).lock(&left).await.unwrap();
    assert!(storage.break_lock("x").await.unwrap_err().to_string().contains(&left.id));
    assert_eq!(storage.holder().await.unwrap().as_ref(), Some(&left));
    storage.break_lock(&left.id).await.unwrap();
    assert_eq!(names(directory.path()), Vec::<String>::new());
}

#[test]
fn lock_information_of_terraform_is_understood() {
    let text = r#"{"ID":"5129773a","Operation":"OperationTypeApply","Info":"","Who":"root@vm","Version":"1.11.4",
        "Created":"2026-11-22T02:20:26.299489801Z","Path":"terraform.tfstate"}"#;
    let info: LockInfo = serde_json::from_str(text).unwrap();
    assert_eq!((&*info.id, &*info.who, info.expires), ("5129773a", "root@vm", None));
    assert!(
        info.to_string().starts_with("Lock Info:\n  ID:        5129773a\n  Path:      terraform.tfstate\n")
    );
}

#[tokio::test]
async fn workspaces_have_directories_of_their_own() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string().into();
    let mut arguments = terrane_backend::empty(terrane_backend::arguments("local").unwrap());
    arguments.insert("path".into(), path("terraform.tfstate"));
    arguments.insert("workspace_dir".into(), path("others"));
    let backend = terrane_backend::configure("local", &arguments, &Surroundings::default()).unwrap();
    assert_eq!(backend.workspaces().await.unwrap(), ["default"]);
    for name in ["staging", "prod"] {
        backend.create_workspace(name).await.unwrap();
    }
    assert_eq!(backend.workspaces().await.unwrap(), ["default", "prod", "staging"]);
    backend.state("prod").write(b"{}", None).await.unwrap();
    assert!(directory.path().join("others/prod/terraform.tfstate").exists());
    backend.delete_workspace("prod").await.unwrap();
    assert_eq!(backend.workspaces().await.unwrap(), ["default", "staging"]);
}
