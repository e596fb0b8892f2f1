//! The directory of modules: local packages, replacing, interruption, two at a time.

use crate::server::{Answer, Server};
use crate::{Project, request, text, zipped};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use terrane_install::{InstallLock, Installer};

#[tokio::test(flavor = "multi_thread")]
async fn absolute_paths_are_linked() {
    let project = Project::new();
    fs::create_dir_all(project.path("package/sub")).unwrap();
    fs::write(project.path("package/sub/main.tf"), "# before").unwrap();
    let source = format!("{}//sub", project.path("package").display());
    let (installed, problems) = project.install(&[("a", &source, ""), ("b", &source, "")]).await;
    assert!(problems.is_empty(), "{problems:?}");
    fs::write(project.path("package/sub/main.tf"), "# after").unwrap();
    for name in ["a", "b"] {
        assert_eq!(text(&installed[name].dir, "main.tf"), "# after");
    }
    let error = project.refused(&project.path("nowhere").display().to_string(), "").await;
    crate::has(&error, &["there is no directory"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_is_replaced_whole_and_kept_when_that_fails() {
    let turn = Arc::new(AtomicUsize::new(0));
    let turns = turn.clone();
    let server = Server::http(move |_| match turns.load(Ordering::SeqCst) {
        0 => Answer::ok(zipped(&[("main.tf", "# one"), ("gone.tf", "")])),
        1 => Answer::ok(zipped(&[("main.tf", "# two"), ("../evil", "")])),
        _ => Answer::ok(zipped(&[("main.tf", "# three")])),
    })
    .await;
    let project = Project::new();
    let source = server.url("/a.zip");
    let dir = project.installed(&source, "").await;
    turn.store(1, Ordering::SeqCst);
    let (installed, problems) = project.install(&[("m", &source, "")]).await;
    assert!(installed.is_empty() && problems.len() == 1, "{problems:?}");
    assert_eq!(text(&dir, "main.tf"), "# one", "what was there is still there");
    turn.store(2, Ordering::SeqCst);
    project.installed(&source, "").await;
    assert_eq!(text(&dir, "main.tf"), "# three");
    assert!(!dir.join("gone.tf").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_failure_does_not_stop_the_others() {
    let server = Server::http(|asked| match asked.path() {
        "/good.zip" => Answer::ok(zipped(&[("main.tf", "# good")])),
        _ => Answer::new(404),
    })
    .await;
    let project = Project::new();
    let (good, bad) = (server.url("/good.zip"), server.url("/bad.zip"));
    let (installed, problems) = project.install(&[("a", &bad, ""), ("b", &good, "")]).await;
    assert_eq!(installed.keys().collect::<Vec<_>>(), ["b"]);
    assert_eq!(problems.len(), 1);
    crate::has(&problems[0], &["\"a\"", "/bad.zip", "404"]);
}

/// The caller hears of what changes before it does.
#[tokio::test(flavor = "multi_thread")]
async fn the_caller_is_told_before_a_directory_changes() {
    let server = Server::http(|_| Answer::ok(zipped(&[("main.tf", "# new")]))).await;
    let project = Project::new();
    let modules = project.modules();
    let mut installer = Installer::new(&project.surroundings, &modules);
    let mut seen = Vec::new();
    let mut replacing = |paths: &[terrane_address::ModulePath]| {
        seen.push((paths.len(), modules.join("m").exists()));
        Ok(())
    };
    let requests = vec![request("m", &server.url("/a.zip"), "")];
    let (_, problems) = installer.install(requests, &|_| {}, &mut replacing).await;
    assert!(problems.is_empty());
    assert_eq!(seen, [(1, false)]);
    let mut refuse = |_: &[terrane_address::ModulePath]| Err(std::io::Error::other("the disk is full"));
    let requests = vec![request("n", &server.url("/a.zip"), "")];
    let (installed, problems) = installer.install(requests, &|_| {}, &mut refuse).await;
    assert!(installed.is_empty() && problems.has_errors() && !modules.join("n").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_run_leaves_nothing() {
    let (started, wait) = std::sync::mpsc::channel();
    let (release, held) = std::sync::mpsc::channel::<()>();
    let (started, held) = (std::sync::Mutex::new(started), std::sync::Mutex::new(held));
    let server = Server::http(move |_| {
        started.lock().unwrap().send(()).unwrap();
        let _ = held.lock().unwrap().recv();
        Answer::ok(zipped(&[("main.tf", "# late")]))
    })
    .await;
    let project = Project::new();
    let source = server.url("/a.zip");
    let wanted = [("m", &*source, "")];
    tokio::select! {
        _ = project.install(&wanted) => panic!("the server has not answered"),
        _ = tokio::task::spawn_blocking(move || wait.recv()) => {}
    }
    drop(release);
    let left: Vec<_> = fs::read_dir(project.modules()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, Vec::<std::ffi::OsString>::new());
}

#[test]
fn a_killed_run_is_cleaned_up_and_two_wait_for_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let modules = dir.path().join("modules");
    fs::create_dir_all(modules.join(".fetching-abc/package")).unwrap();
    fs::create_dir_all(modules.join("kept")).unwrap();
    let lock = InstallLock::take(&modules, &|| panic!("nobody has it")).unwrap();
    assert!(!modules.join(".fetching-abc").exists() && modules.join("kept").exists());
    let (waiting, waits) = std::sync::mpsc::channel();
    let other = modules.clone();
    let second = std::thread::spawn(move || {
        let lock = InstallLock::take(&other, &|| waiting.send(()).unwrap());
        lock.unwrap()
    });
    waits.recv().unwrap();
    assert!(!second.is_finished());
    drop(lock);
    second.join().unwrap();
}
