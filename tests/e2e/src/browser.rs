//! A look at a page in headless Chromium, where one is installed: Debian's has too many dependencies for tests to bring one along.

use std::path::Path;
use std::process::Command;

/// The names that Chromium goes by.
const PROGRAMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Insists that a page asks for nothing, complains of nothing, and can be read on a phone and on a desktop, in the light and in the
/// dark. Says so where there is no Chromium to look with.
pub fn look_at(page: &Path) {
    let installed =
        |name: &&&str| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success());
    let Some(program) = PROGRAMS.iter().find(installed) else {
        eprintln!("skipped: the look at {} needs a Chromium (Debian: chromium)", page.display());
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("look_at_page.py");
    let seen =
        Command::new("python3").arg(script).arg(program).arg(page).output().expect("there is a Python 3");
    let said = [seen.stdout, seen.stderr].concat();
    assert!(seen.status.success(), "{}: {}", page.display(), String::from_utf8_lossy(&said));
}
