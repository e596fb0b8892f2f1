//! The book: `docs/` together with the pages of the repository that it leads to, for mdBook to make HTML of.
//!
//! mdBook sees what is in one directory only. So the pages are put together under `target/book` as they lie in the repository, and
//! every link that works there works in the book.

use crate::{Failure, workspace};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

/// Puts the book together, and makes HTML of it where there is an `mdbook`. Gives the directory.
pub fn make() -> Result<PathBuf, Failure> {
    let place = workspace::target().join("book");
    let source = place.join("src");
    if source.exists() {
        fs::remove_dir_all(&source)
            .map_err(|error| format!("cannot replace {}: {error}", source.display()))?;
    }
    gather(&source)?;
    let mut book = Command::new("mdbook");
    book.arg("build").arg(&place);
    match book.status() {
        Ok(status) if status.success() => eprintln!("The book is in {}", place.join("html").display()),
        Ok(status) => return Err(format!("mdbook ended with {status}")),
        Err(_) => eprintln!(
            "There is no mdbook, so that {} has the pages only. `cargo install mdbook` installs it.",
            source.display()
        ),
    }
    Ok(place)
}

/// Copies the pages, and writes `SUMMARY.md` and `book.toml` for the place where they then are.
fn gather(source: &Path) -> Result<(), Failure> {
    let root = workspace::root();
    let failed = |what: &Path, error: std::io::Error| format!("cannot copy {}: {error}", what.display());
    workspace::copy_directory(&root.join("docs"), &source.join("docs"))
        .map_err(|error| failed(Path::new("docs"), error))?;
    let read = |path: &Path| fs::read_to_string(root.join(path)).map_err(|error| failed(path, error));
    let summary = read(Path::new("docs/SUMMARY.md"))?;
    // The page at the top of the repository is the first of the book.
    let front = PathBuf::from("README.md");
    fs::copy(root.join(&front), source.join(&front)).map_err(|error| failed(&front, error))?;
    let mut chapters = summary.replace("](", "](docs/").replacen("\n[", "\n[Terrane](README.md)\n[", 1);
    let mut waiting: Vec<PathBuf> = links(&summary).iter().map(|link| Path::new("docs").join(link)).collect();
    waiting.push(front);
    let mut seen: BTreeSet<PathBuf> = waiting.iter().cloned().collect();
    let mut beside = Vec::new();
    while let Some(page) = waiting.pop() {
        let folder = page.parent().unwrap_or(Path::new("")).to_owned();
        for link in links(&read(&page)?) {
            let Some(mut target) = within(&folder.join(link)) else { continue };
            if root.join(&target).is_dir() {
                target.push("README.md");
            }
            if !root.join(&target).is_file() || !seen.insert(target.clone()) || target.starts_with("docs") {
                continue;
            }
            let copy = source.join(&target);
            let copied = fs::create_dir_all(copy.parent().unwrap_or(source))
                .and_then(|()| fs::copy(root.join(&target), &copy));
            copied.map_err(|error| failed(&target, error))?;
            if target.extension().is_some_and(|extension| extension == "md") {
                beside.push(target.clone());
                waiting.push(target);
            }
        }
    }
    beside.sort();
    chapters.push_str("\n# In the repository\n\n");
    for page in beside {
        chapters.push_str(&format!("- [{}]({})\n", title(&read(&page)?, &page), page.display()));
    }
    let book = read(Path::new("docs/book.toml"))?.replace("src = \".\"", "src = \"src\"");
    let book = format!("{book}\n[build]\nbuild-dir = \"html\"\n");
    let written = fs::write(source.join("SUMMARY.md"), chapters)
        .and_then(|()| fs::remove_file(source.join("docs/SUMMARY.md")))
        .and_then(|()| fs::remove_file(source.join("docs/book.toml")))
        .and_then(|()| fs::write(source.with_file_name("book.toml"), book))
        .and_then(|()| name_indexes(source));
    written.map_err(|error| failed(source, error))
}

/// mdBook makes `index.html` of `README.md`, and leaves links to it as they are: so it gets that name before.
fn name_indexes(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            name_indexes(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let page = fs::read_to_string(&path)?;
            let page = page.replace("README.md)", "index.md)").replace("README.md#", "index.md#");
            let is_index = path.file_name().is_some_and(|name| name == "README.md");
            let target = if is_index { path.with_file_name("index.md") } else { path.clone() };
            fs::write(&target, page)?;
            if is_index {
                fs::remove_file(&path)?;
            }
        }
    }
    Ok(())
}

/// What a page links to in the repository: the targets in `[text](target)` without anchors, outside of code.
pub fn links(page: &str) -> Vec<&str> {
    targets(page)
        .into_iter()
        .map(|target| target.split('#').next().unwrap_or(target))
        .filter(|t| !t.is_empty())
        .collect()
}

/// The targets of links of a page that do not lead to another server, with their anchors.
pub fn targets(page: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced || line.starts_with("    ") && !line.trim_start().starts_with('-') {
            continue;
        }
        // What stands between backticks is no link, but a link's text may be code.
        for (at, _) in line.match_indices("](") {
            let code = line[..at].matches('`').count() % 2 == 1;
            let rest = &line[at + 2..];
            let Some(end) = rest.find(')').filter(|_| !code) else { continue };
            let target = &rest[..end];
            if !target.contains("://") && !target.starts_with("mailto:") {
                found.push(target);
            }
        }
    }
    found
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
pub fn anchors(page: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut fenced = false;
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let heading = line.trim_start_matches('#');
        if fenced || heading.len() == line.len() || !heading.starts_with(' ') {
            continue;
        }
        let kept = heading.trim().to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
        // A second heading of the same name has a number.
        let mut unique = anchor.clone();
        let mut n = 0;
        while !found.insert(unique.clone()) {
            n += 1;
            unique = format!("{anchor}-{n}");
        }
    }
    found
}

/// A path of the repository without `..`; `None` when it leads out of it.
pub fn within(path: &Path) -> Option<PathBuf> {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => clean.push(name),
            Component::ParentDir if !clean.pop() => return None,
            Component::ParentDir | Component::CurDir => {}
            _ => return None,
        }
    }
    Some(clean)
}

fn title(page: &str, path: &Path) -> String {
    let heading = page.lines().find_map(|line| line.strip_prefix("# ")).map(str::to_owned);
    let heading = heading.unwrap_or_else(|| path.display().to_string());
    format!("{} ({})", heading.replace('`', ""), path.parent().unwrap_or(path).display()).replace(" ()", "")
}
