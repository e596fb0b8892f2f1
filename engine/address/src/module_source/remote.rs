//! Packages that are fetched: `[METHOD::]URL[//SUBDIRECTORY][?QUERY]`, and shorthands for them.

use super::{ModuleSourceError, shorthand, split_subdirectory, subdirectory};
use std::fmt;
use std::str::FromStr;

/// A module in a package that is fetched as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RemoteModule {
    /// The method that was written before `::`, or that a shorthand implies.
    forced: Option<String>,
    /// The package's URL, with its query.
    url: String,
    subdirectory: String,
}

impl RemoteModule {
    /// How the package is fetched: what stands before `::`, or else the URL's scheme.
    pub fn method(&self) -> &str {
        match &self.forced {
            Some(method) => method,
            None => self.url.split("://").next().unwrap_or_default(),
        }
    }

    /// The package's URL with its query and without the subdirectory.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where in the package the module is; empty for its top.
    pub fn subdirectory(&self) -> &str {
        &self.subdirectory
    }

    /// The address of the package as a whole: two modules with the same one need one download.
    pub fn package(&self) -> String {
        match &self.forced {
            Some(method) => format!("{method}::{}", self.url),
            None => self.url.clone(),
        }
    }

    /// The same package, and a subdirectory below the one that this address has.
    pub fn below(mut self, path: &str) -> RemoteModule {
        self.subdirectory = match (self.subdirectory.is_empty(), path.is_empty()) {
            (_, true) => self.subdirectory,
            (true, false) => path.to_owned(),
            (false, false) => format!("{}/{path}", self.subdirectory),
        };
        self
    }
}

impl fmt::Display for RemoteModule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let package = self.package();
        if self.subdirectory.is_empty() {
            return f.write_str(&package);
        }
        let (path, query) = match package.find('?') {
            Some(at) => package.split_at(at),
            None => (package.as_str(), ""),
        };
        write!(f, "{path}//{}{query}", self.subdirectory)
    }
}

impl FromStr for RemoteModule {
    type Err = ModuleSourceError;

    fn from_str(text: &str) -> Result<RemoteModule, ModuleSourceError> {
        let (forced, rest) = split_method(text);
        let (package, below) = split_subdirectory(rest);
        let below = subdirectory(below)?;
        if let Some((scheme, after)) = package.split_once("://")
            && is_scheme(scheme)
        {
            if scheme != "file" && after.split(['/', '?']).next().unwrap_or_default().is_empty() {
                return Err(ModuleSourceError(format!("The URL {package:?} has no host.")));
            }
            // The scheme is a name without case; what follows is not.
            let url = format!("{}://{after}", scheme.to_lowercase());
            return Ok(RemoteModule { forced, url, subdirectory: below });
        }
        match shorthand::expand(&package, forced.as_deref())? {
            Some((method, expanded)) => {
                // A shorthand can have a subdirectory of its own: github.com/OWNER/REPOSITORY/PATH.
                let (url, own) = split_subdirectory(&expanded);
                let forced = forced.or(method.map(str::to_owned));
                let module = RemoteModule { forced, url, subdirectory: subdirectory(own)? };
                Ok(module.below(&below))
            }
            None => Err(unknown(text, &package)),
        }
    }
}

fn unknown(text: &str, package: &str) -> ModuleSourceError {
    let more = if package.contains('@') && package.contains(':') && !text.contains("::") {
        format!("If you intended a Git repository, use \"git::{text}\".")
    } else {
        format!(
            "If you intended this as a path relative to the current module, use \"./{package}\" instead. The \
             \"./\" prefix indicates that the address is a relative filesystem path."
        )
    };
    ModuleSourceError(format!(
        "The intended installation method for the remote module package {package:?} could not be \
         determined.\n\n{more}"
    ))
}

/// Splits `METHOD::REST`.
fn split_method(text: &str) -> (Option<String>, &str) {
    match text.split_once("::") {
        Some((method, rest)) if !method.is_empty() && method.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            (Some(method.to_lowercase()), rest)
        }
        _ => (None, text),
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
}
