//! Module sources: what the `source` argument of a `module` block can say, read and written in
//! the one form that `.terraform/modules/modules.json` has it in.
//!
//! Nothing here knows how a package is fetched; that is for `install`.

mod registry;
mod remote;
mod shorthand;

pub use registry::RegistryModule;
pub use remote::RemoteModule;

use std::fmt;
use std::str::FromStr;

/// Where a module comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ModuleSource {
    /// A directory relative to that of the calling module: `./a` or `../a`, without detours.
    Local(String),
    /// A module of a registry.
    Registry(RegistryModule),
    /// A package that is fetched from a repository, a server or an object store.
    Remote(RemoteModule),
}

/// Why a text is not a module source; a whole sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ModuleSourceError(pub(crate) String);

impl FromStr for ModuleSource {
    type Err = ModuleSourceError;

    fn from_str(text: &str) -> Result<ModuleSource, ModuleSourceError> {
        if is_local(text) {
            return Ok(ModuleSource::Local(local(text)));
        }
        if let Some(module) = RegistryModule::parse(text)? {
            return Ok(ModuleSource::Registry(module));
        }
        text.parse().map(ModuleSource::Remote)
    }
}

impl fmt::Display for ModuleSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ModuleSource::Local(path) => f.write_str(path),
            ModuleSource::Registry(module) => module.fmt(f),
            ModuleSource::Remote(module) => module.fmt(f),
        }
    }
}

fn is_local(text: &str) -> bool {
    matches!(text, "." | "..")
        || [".", ".."]
            .iter()
            .any(|dots| text.strip_prefix(dots).is_some_and(|rest| rest.starts_with(['/', '\\'])))
}

/// A local path without detours and with forward slashes. What does not begin with `../` gets `./`.
fn local(text: &str) -> String {
    match clean(&text.replace('\\', "/")) {
        path if path.starts_with("../") => path,
        path => format!("./{path}"),
    }
}

/// A relative path without `.`, empty parts, and `..` after a name. Empty for `.`.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A subdirectory of a package, which must be in it.
fn subdirectory(text: &str) -> Result<String, ModuleSourceError> {
    let path = clean(text.trim_start_matches('/'));
    if path == ".." || path.starts_with("../") {
        return Err(ModuleSourceError(format!(
            "The subdirectory {text:?} leads outside of the module package."
        )));
    }
    Ok(path)
}

/// Splits `package//subdirectory?query` into `package?query` and the subdirectory.
fn split_subdirectory(text: &str) -> (String, &str) {
    let (path, query) = match text.find('?') {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let start = path.find("://").map_or(0, |at| at + 3);
    match path[start..].find("//") {
        Some(at) => (format!("{}{query}", &path[..start + at]), &path[start + at + 2..]),
        None => (text.to_owned(), ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written into `modules.json` for each source.
    #[test]
    fn sources_have_one_form() {
        for (text, want) in [
            ("./a", "./a"),
            (".", "./"),
            ("../", "./.."),
            ("../../a", "../../a"),
            ("./a/../b", "./b"),
            ("./../a//b", "../a/b"),
            (".\\a", "./a"),
            ("foo/bar/baz", "registry.terraform.io/foo/bar/baz"),
            ("Foo/bar/baz//sub/", "registry.terraform.io/Foo/bar/baz//sub"),
            ("Example.com/a/b/c", "example.com/a/b/c"),
            ("registry.example.com:8443/a/b/c//x", "registry.example.com:8443/a/b/c//x"),
            ("a/b/c//s//t", "registry.terraform.io/a/b/c//s/t"),
            ("github.com/a/b", "git::https://github.com/a/b.git"),
            ("github.com/a/b.git", "git::https://github.com/a/b.git"),
            ("github.com/a/b//s?ref=v1", "git::https://github.com/a/b.git//s?ref=v1"),
            ("github.com/a/b/c", "git::https://github.com/a/b.git//c"),
            ("git::github.com/a/b", "git::https://github.com/a/b.git"),
            ("bitbucket.org/a/b", "git::https://bitbucket.org/a/b.git"),
            ("git@github.com:a/b.git", "git::ssh://git@github.com/a/b.git"),
            ("git@github.com:a/b.git//s?ref=x", "git::ssh://git@github.com/a/b.git//s?ref=x"),
            ("git::me@example.com:a/b.git", "git::ssh://me@example.com/a/b.git"),
            ("git::ssh://git@h/x.git?depth=1&ref=a", "git::ssh://git@h/x.git?depth=1&ref=a"),
            ("https://example.com/x.zip", "https://example.com/x.zip"),
            ("https://example.com/x.zip//a?archive=zip", "https://example.com/x.zip//a?archive=zip"),
            ("s3-eu-west-1.amazonaws.com/b/x.zip", "s3::https://s3-eu-west-1.amazonaws.com/b/x.zip"),
            ("b.s3.amazonaws.com/x.zip", "s3::https://s3.amazonaws.com/b/x.zip"),
            ("b.s3-eu-west-1.amazonaws.com/x.zip", "s3::https://s3-eu-west-1.amazonaws.com/b/x.zip"),
            ("b.s3.eu-west-1.amazonaws.com/p/x.zip", "s3::https://s3.eu-west-1.amazonaws.com/b/p/x.zip"),
            ("www.googleapis.com/storage/v1/b/x.zip", "gcs::https://www.googleapis.com/storage/v1/b/x.zip"),
            ("/abs/path//s", "file:///abs/path//s"),
            ("oci://example.com/repo//m?tag=1.0", "oci://example.com/repo//m?tag=1.0"),
            ("git::https://e.com/a//b//c", "git::https://e.com/a//b/c"),
        ] {
            let source: ModuleSource = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(source.to_string(), want, "{text}");
            let again: ModuleSource = want.parse().unwrap_or_else(|e| panic!("{want}: {e}"));
            assert_eq!(again.to_string(), want, "read again");
        }
    }

    #[test]
    fn what_is_no_source() {
        for (text, why) in [
            ("foo", "\"./foo\""),
            ("hashicorp/example", "\"./hashicorp/example\""),
            ("foo/bar/baz/", "\"./foo/bar/baz/\""),
            ("foo/bar/baz?x=1", "installation method"),
            ("a/b/c/d/e", "installation method"),
            ("gitlab.com/a/b", "installation method"),
            ("user@host:p/q", "git::user@host:p/q"),
            ("git::./foo", "installation method"),
            ("foo/bar/baz//../x", "leads outside of the module package"),
            ("git::https://e.com/x//../y", "leads outside of the module package"),
            ("github.com/a", "github.com/OWNER/REPOSITORY"),
            ("", "installation method"),
            ("git::https://", "no host"),
        ] {
            let error = text.parse::<ModuleSource>().expect_err(text);
            assert!(error.to_string().contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn a_package_is_told_from_its_subdirectory() {
        let Ok(ModuleSource::Remote(module)) = "github.com/a/b//s/t?ref=v1".parse() else { panic!() };
        assert_eq!(module.package(), "git::https://github.com/a/b.git?ref=v1");
        assert_eq!(module.subdirectory(), "s/t");
        assert_eq!(module.method(), "git");
        assert_eq!(module.url(), "https://github.com/a/b.git?ref=v1");
    }
}
