//! How long it takes to load and check a module of 10,000 resources: `cargo bench -p terrane-config`.

use std::path::Path;
use std::time::{Duration, Instant};
use terrane_config::{Files, FilesError, check, load};

const RESOURCES: usize = 10_000;

/// One file of the root module.
struct OneFile(String);

impl Files for OneFile {
    fn list(&self, dir: &Path) -> Result<Vec<String>, FilesError> {
        Ok(if dir == Path::new("root") { vec!["main.tf".to_owned()] } else { Vec::new() })
    }

    fn read(&self, _path: &Path) -> Result<String, FilesError> {
        Ok(self.0.clone())
    }
}

fn text() -> String {
    let resource = |i: usize| {
        let before = i.saturating_sub(1);
        let input = if i == 0 { "\"first\"".to_owned() } else { format!("terraform_data.r{before}.id") };
        format!(
            "resource \"terraform_data\" \"r{i}\" {{\n  input = {{\n    name   = \"name-{i}\"\n    before = {input}\n  }}\n}}\n\n"
        )
    };
    (0..RESOURCES).map(resource).collect()
}

/// Time that this thread had a processor for, where the system tells; on a busy machine the time
/// on the clock says little.
fn used() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn time<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let (start, before) = (Instant::now(), used());
    let result = run();
    match (before, used()) {
        (Some(before), Some(after)) => (result, after.saturating_sub(before)),
        _ => (result, start.elapsed()),
    }
}

fn main() {
    let files = OneFile(text());
    println!("{RESOURCES} resources, {} kB", files.0.len() / 1000);
    let mut best = [Duration::MAX; 3];
    for _ in 0..7 {
        let ((config, diagnostics), loading) = time(|| load(&files, Path::new("root")));
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let (diagnostics, checking) = time(|| check(&config));
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let ((), dropping) = time(|| drop(config));
        for (best, time) in best.iter_mut().zip([loading, checking, dropping]) {
            *best = time.min(*best);
        }
    }
    for (what, time) in ["load", "check", "drop"].iter().zip(best) {
        println!("{what:6} {:7.1} ms", time.as_secs_f64() * 1e3);
    }
}
