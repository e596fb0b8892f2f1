//! Parameters that addresses have for the one who fetches, and not for the server.

use url::Url;

/// A URL without parameters that are ours, and these.
pub(super) struct Query {
    pub(super) url: Url,
    taken: Vec<(String, String)>,
}

impl Query {
    /// Takes the parameters `ours` out of `url`. The others stay as they were written.
    pub(super) fn take(mut url: Url, ours: &[&str]) -> Query {
        let Some(query) = url.query().map(str::to_owned) else { return Query { url, taken: Vec::new() } };
        let (mut rest, mut taken) = (Vec::new(), Vec::new());
        for pair in query.split('&') {
            let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
            match decoded {
                Some((name, value)) if ours.contains(&&*name) => {
                    taken.push((name.into_owned(), value.into_owned()));
                }
                _ => rest.push(pair),
            }
        }
        url.set_query(if rest.is_empty() { None } else { Some(rest.join("&")) }.as_deref());
        Query { url, taken }
    }

    /// The value of one of our parameters, unless it is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.taken.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Query;

    #[test]
    fn other_parameters_stay() {
        let query = Query::take("https://a/b?x=%2F&archive=zip&y".parse().unwrap(), &["archive", "checksum"]);
        assert_eq!(query.url.as_str(), "https://a/b?x=%2F&y");
        assert_eq!((query.get("archive"), query.get("checksum")), (Some("zip"), None));
    }
}
