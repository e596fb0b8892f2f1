//! Addresses without a scheme that mean well-known places.

use super::ModuleSourceError;

/// The URL that a shorthand means, possibly with a `//subdirectory`, and how to fetch it.
pub(super) fn expand(
    text: &str,
    forced: Option<&str>,
) -> Result<Option<(Option<&'static str>, String)>, ModuleSourceError> {
    if let Some(rest) = text.strip_prefix("github.com/") {
        return repository("github.com", rest).map(Some);
    }
    if let Some(rest) = text.strip_prefix("bitbucket.org/") {
        return repository("bitbucket.org", rest).map(Some);
    }
    if (text.starts_with("git@") || forced == Some("git"))
        && let Some(url) = scp_like(text)
    {
        return Ok(Some((Some("git"), url)));
    }
    if let Some(url) = google(text) {
        return Ok(Some((Some("gcs"), url)));
    }
    if let Some(url) = s3(text) {
        return Ok(Some((Some("s3"), url)));
    }
    Ok(text.starts_with('/').then(|| (None, format!("file://{text}"))))
}

/// `OWNER/REPOSITORY[/PATH][?QUERY]` on a host of Git repositories.
fn repository(host: &str, rest: &str) -> Result<(Option<&'static str>, String), ModuleSourceError> {
    let (path, query) = split_query(rest);
    let mut parts = path.splitn(3, '/');
    let (Some(owner), Some(name)) =
        (parts.next().filter(|p| !p.is_empty()), parts.next().filter(|p| !p.is_empty()))
    else {
        return Err(ModuleSourceError(format!("Addresses on {host} have the form {host}/OWNER/REPOSITORY.")));
    };
    let name = name.strip_suffix(".git").unwrap_or(name);
    let below = match parts.next().map(|p| p.trim_matches('/')) {
        Some(below) if !below.is_empty() => format!("//{below}"),
        _ => String::new(),
    };
    Ok((Some("git"), format!("https://{host}/{owner}/{name}.git{below}{query}")))
}

/// `USER@HOST:PATH`, as `ssh` and Git write it.
fn scp_like(text: &str) -> Option<String> {
    let (path, query) = split_query(text);
    let (host, path) = path.split_once(':')?;
    let named = host.rsplit('@').next().is_some_and(|h| !h.is_empty() && !h.contains('/'));
    let path = path.trim_start_matches('/');
    (named && !path.is_empty()).then(|| format!("ssh://{host}/{path}{query}"))
}

/// `www.googleapis.com/storage/VERSION/BUCKET/OBJECT`.
fn google(text: &str) -> Option<String> {
    let rest = text.strip_prefix("www.googleapis.com/storage/")?;
    (rest.split('/').filter(|p| !p.is_empty()).count() >= 3).then(|| format!("https://{text}"))
}

/// Buckets of S3, as part of the path or of the host name. The URL has it in the path.
fn s3(text: &str) -> Option<String> {
    let (host, path) = text.split_once('/')?;
    let labels: Vec<&str> = host.strip_suffix(".amazonaws.com")?.split('.').collect();
    let in_path = |endpoint: &str| format!("https://{endpoint}.amazonaws.com/{path}");
    let with_bucket =
        |endpoint: &str, bucket: &str| format!("https://{endpoint}.amazonaws.com/{bucket}/{path}");
    match labels[..] {
        [endpoint] if is_endpoint(endpoint) => Some(in_path(endpoint)),
        ["s3", region] => Some(in_path(&format!("s3.{region}"))),
        [bucket, endpoint] if is_endpoint(endpoint) => Some(with_bucket(endpoint, bucket)),
        [bucket, "s3", region] => Some(with_bucket(&format!("s3.{region}"), bucket)),
        _ => None,
    }
}

fn is_endpoint(label: &str) -> bool {
    label == "s3" || label.starts_with("s3-")
}

fn split_query(text: &str) -> (&str, &str) {
    match text.find('?') {
        Some(at) => text.split_at(at),
        None => (text, ""),
    }
}
