//! Archives on servers, and pages that say where a module is.

use super::checksum::Checksum;
use super::query::Query;
use super::{Done, Fetcher, netrc, scratch, unpack};
use crate::archive::{Kind, LIMITS};
use crate::error::{Failure, Fetched};
use crate::http::{document, refused, save};
use crate::registry::referred;
use base64::Engine;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;
use terrane_address::RemoteModule;
use url::Url;

/// Parameters for the one who unpacks.
pub(super) const OURS: [&str; 3] = ["archive", "checksum", "filename"];

pub(super) async fn fetch(fetcher: &Fetcher<'_>, module: &RemoteModule, to: &Path) -> Fetched<Done> {
    let url = module.url().parse().map_err(|e| Failure::new(format!("{} is no URL: {e}", module.url())))?;
    let query = Query::take(url, &OURS);
    match archive_kind(&query)? {
        Some(kind) => {
            archive(fetcher, &query, kind, &HeaderMap::new(), &basic(fetcher, &query.url)?, to).await?;
            Ok(Done::Here)
        }
        None => page(fetcher, &query).await.map(Done::At),
    }
}

/// How the archive is packed that an address means, by its parameter or its name.
pub(super) fn archive_kind(query: &Query) -> Fetched<Option<Kind>> {
    match query.get("archive") {
        Some(name) => Kind::named(name).map(Some).ok_or_else(|| {
            Failure::new(format!("archive={name} is no kind of archive"))
                .advise(format!("Known are {}.", Kind::names()))
        }),
        None => {
            let name = query.get("filename").unwrap_or_else(|| query.url.path());
            Ok(Kind::of_file(name.rsplit('/').next().unwrap_or(name)))
        }
    }
}

/// Downloads, checks and unpacks an archive.
pub(super) async fn archive(
    fetcher: &Fetcher<'_>,
    query: &Query,
    kind: Kind,
    plain: &HeaderMap,
    secret: &HeaderMap,
    to: &Path,
) -> Fetched<()> {
    let checksum = match query.get("checksum") {
        Some(text) => Some(checksum(fetcher, query, text).await?),
        None => None,
    };
    let response = fetcher.http.get(&query.url, plain, secret).await?;
    if !response.status().is_success() {
        return Err(refused(&query.url, response.status()));
    }
    let mut file: File = scratch()?;
    save(&query.url, response, LIMITS.packed, &mut file).await?;
    if let Some(checksum) = checksum {
        checksum.check(&mut file)?;
    }
    file.seek(SeekFrom::Start(0)).map_err(crate::error::io("reading what was downloaded"))?;
    unpack(file, kind, to).await
}

/// The checksum that an address names, which may stand in a file on a server.
async fn checksum(fetcher: &Fetcher<'_>, query: &Query, text: &str) -> Fetched<Checksum> {
    let Some(file) = text.strip_prefix("file:") else { return Checksum::parse(text) };
    let url: Url =
        file.parse().ok().filter(|url: &Url| matches!(url.scheme(), "http" | "https")).ok_or_else(|| {
            Failure::new(format!("{file:?} is no address of a file of checksums"))
                .advise("After \"file:\" stands a URL that begins with https://.")
        })?;
    if query.url.scheme() == "https" && url.scheme() == "http" {
        return Err(Failure::new(format!(
            "the checksums at {url} are not encrypted, but what they are for is"
        )));
    }
    let response = fetcher.http.get(&url, &HeaderMap::new(), &basic(fetcher, &url)?).await?;
    if !response.status().is_success() {
        return Err(refused(&url, response.status()));
    }
    let list = document(&url, response).await?;
    let name = query.url.path().rsplit('/').next().unwrap_or_default();
    Checksum::in_list(&String::from_utf8_lossy(&list), name)
        .ok_or_else(|| Failure::new(format!("the file {url} has no checksum of {name}")))
}

/// Asks a page where the module is: in the header `X-Terraform-Get`, or in a `meta` element.
async fn page(fetcher: &Fetcher<'_>, query: &Query) -> Fetched<RemoteModule> {
    let mut url = query.url.clone();
    url.query_pairs_mut().append_pair("terraform-get", "1");
    let response = fetcher.http.get(&url, &HeaderMap::new(), &basic(fetcher, &url)?).await?;
    if !response.status().is_success() {
        return Err(refused(&query.url, response.status()));
    }
    let at = response.url().clone();
    let header = response.headers().get("x-terraform-get").and_then(|h| h.to_str().ok()).map(str::to_owned);
    let given = match header {
        Some(given) => given,
        None => {
            let body = document(&url, response).await?;
            meta(&String::from_utf8_lossy(&body)).ok_or_else(|| {
                Failure::new(format!("{} is neither an archive nor a page that says where the module is", query.url))
                    .advise(format!(
                        "If it is an archive whose name does not tell how it is packed, add archive=KIND to the \
                         address, with one of {}. If it is a Git repository, write \"git::\" before the address.",
                        Kind::names()
                    ))
            })?
        }
    };
    referred(&at, &given)
}

/// The content of `<meta name="terraform-get" content="...">`.
fn meta(page: &str) -> Option<String> {
    page.match_indices("<meta").find_map(|(at, _)| {
        let element = page.get(at + 5..)?.split('>').next()?;
        let attribute = |name: &str| {
            element.match_indices(name).find_map(|(at, _)| {
                let value = element.get(at + name.len()..)?.trim_start().strip_prefix('=')?.trim_start();
                let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
                value.get(1..)?.split(quote).next()
            })
        };
        let content = attribute("content").filter(|_| attribute("name") == Some("terraform-get"))?;
        Some(content.replace("&amp;", "&"))
    })
}

/// Credentials for a server that are not in the URL.
fn basic(fetcher: &Fetcher<'_>, url: &Url) -> Fetched<HeaderMap> {
    let mut headers = HeaderMap::new();
    let host = url.host_str().unwrap_or_default();
    if url.username().is_empty()
        && let Some((user, password)) = netrc::credentials(fetcher.surroundings, host)
    {
        headers.insert(AUTHORIZATION, basic_value(&user, &password)?);
    }
    Ok(headers)
}

/// The value of a header with a user name and a password.
pub(super) fn basic_value(user: &str, password: &str) -> Fetched<HeaderValue> {
    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    let mut value = HeaderValue::from_str(&format!("Basic {encoded}"))
        .map_err(|_| Failure::new("the credentials have characters that are not allowed"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::meta;

    #[test]
    fn pages_say_where_modules_are() {
        let page = "<html><head><meta charset='utf-8'>\n<meta name=\"terraform-get\"\n content=\"a.zip?x=1&amp;y=2\" /></head>";
        assert_eq!(meta(page).as_deref(), Some("a.zip?x=1&y=2"));
        assert_eq!(meta("<meta content='./b' name='terraform-get'>").as_deref(), Some("./b"));
        assert_eq!(meta("<meta name=\"other\" content=\"x\"><p>terraform-get"), None);
    }
}
