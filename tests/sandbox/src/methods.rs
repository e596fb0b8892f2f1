//! Which methods Google's documents have, for those who judge the answers.

use crate::discovery::Discovery;

/// A method of one of the APIs, which the sandbox may have modelled or not.
pub struct Method {
    /// The API and its version, such as `compute.v1`.
    pub api: &'static str,
    /// Such as `compute.networks.get`.
    pub id: &'static str,
    /// The verb of HTTP.
    pub verb: &'static str,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// The name of the type of the answer.
    pub answer: Option<&'static str>,
}

/// All methods.
///
/// # Errors
/// When the embedded documents are damaged.
pub fn methods() -> anyhow::Result<impl Iterator<Item = Method>> {
    Ok(Discovery::embedded()?.documents().flat_map(|(api, document)| {
        document.methods.iter().map(move |(id, method)| Method {
            api,
            id,
            verb: &method.verb,
            path: &method.path,
            answer: method.response.as_deref(),
        })
    }))
}

/// The method that a request calls.
///
/// # Errors
/// When the embedded documents are damaged, or no method is called so.
pub fn method(verb: &str, path: &str) -> anyhow::Result<Method> {
    let found = Discovery::embedded()?.routes().find(verb, path);
    let found = found.ok_or_else(|| anyhow::anyhow!("no method is called by {verb} {path}"))?;
    let same = |method: &Method| method.api == found.api && method.id == found.method;
    methods()?.find(same).ok_or_else(|| anyhow::anyhow!("{} is not in its document", found.method))
}
