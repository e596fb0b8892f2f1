//! From verb and path to a method and its path parameters.

use percent_encoding::percent_decode_str;
use std::collections::{BTreeMap, HashMap};

/// All routes, by verb and number of segments.
#[derive(Default)]
pub(crate) struct Routes {
    routes: HashMap<(String, usize), Vec<Route>>,
}

/// What a path turned out to mean.
pub(crate) struct Match {
    /// The API with its version, such as `compute.v1`.
    pub(crate) api: String,
    /// The id of the method, such as `compute.networks.get`.
    pub(crate) method: String,
    /// The path parameters, decoded, in the order of the path.
    pub(crate) parameters: BTreeMap<String, String>,
    /// The path without the API's own prefix, decoded: `projects/p/global/networks/n`, without a custom verb.
    pub(crate) resource: String,
}

struct Route {
    api: String,
    method: String,
    segments: Vec<Segment>,
    parameters: usize,
    literals: usize,
    prefix: usize,
}

enum Segment {
    Literal(String),
    Parameter { name: String, suffix: String },
}

impl Routes {
    pub(super) fn add(&mut self, api: &str, method: &str, verb: &str, path: &str) {
        let segments: Vec<Segment> = path.split('/').map(Segment::parse).collect();
        let parameters =
            segments.iter().filter(|segment| matches!(segment, Segment::Parameter { .. })).count();
        let literals = segments.iter().map(Segment::literal_length).sum();
        // Everything up to and with the version is the API's own prefix.
        let version = api.split_once('.').map_or("", |(_, version)| version);
        let prefix = path.split('/').position(|segment| segment == version).map_or(0, |found| found + 1);
        let route =
            Route { api: api.to_owned(), method: method.to_owned(), segments, parameters, literals, prefix };
        self.routes.entry((verb.to_owned(), route.segments.len())).or_default().push(route);
    }

    /// Puts the more exact routes first.
    pub(super) fn sort(&mut self) {
        for routes in self.routes.values_mut() {
            routes.sort_by(|a, b| {
                (a.parameters, b.literals, &a.method).cmp(&(b.parameters, a.literals, &b.method))
            });
        }
    }

    /// The method that a request means, if Google has one there.
    pub(crate) fn find(&self, verb: &str, path: &str) -> Option<Match> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let routes = self.routes.get(&(verb.to_owned(), parts.len()))?;
        routes.iter().find_map(|route| route.matches(&parts))
    }
}

impl Route {
    fn matches(&self, parts: &[&str]) -> Option<Match> {
        let mut parameters = BTreeMap::new();
        let mut resource = Vec::new();
        for (index, (segment, part)) in self.segments.iter().zip(parts).enumerate() {
            let kept = match segment {
                Segment::Literal(literal) if literal == part => {
                    decode(literal.split(':').next().unwrap_or(part))
                }
                Segment::Literal(_) => return None,
                Segment::Parameter { name, suffix } => {
                    let value = part.strip_suffix(suffix.as_str()).filter(|value| !value.is_empty())?;
                    parameters.insert(name.clone(), decode(value));
                    decode(value)
                }
            };
            if index >= self.prefix {
                resource.push(kept);
            }
        }
        let resource = resource.join("/");
        Some(Match { api: self.api.clone(), method: self.method.clone(), parameters, resource })
    }
}

impl Segment {
    fn parse(text: &str) -> Self {
        match text.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((name, suffix)) => Self::Parameter { name: name.to_owned(), suffix: suffix.to_owned() },
            None => Self::Literal(text.to_owned()),
        }
    }

    fn literal_length(&self) -> usize {
        match self {
            Self::Literal(text) => text.len(),
            Self::Parameter { suffix, .. } => suffix.len(),
        }
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
