//! Google's description of its own APIs: which methods there are, where they are found, and what their messages
//! look like. The documents are embedded, pruned by `discovery/prune.py`.
//!
//! Nothing here knows what a method does.

mod numbers;
mod route;

pub(crate) use numbers::{number_of, word_of};
pub(crate) use route::Routes;

use flate2::read::GzDecoder;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::sync::{Mutex, PoisonError};

static DOCUMENTS: &[u8] = include_bytes!("../../discovery/documents.json.gz");

/// All documents, and where their methods are found.
pub(crate) struct Discovery {
    documents: BTreeMap<String, Document>,
    routes: Routes,
}

/// One API in one version, such as `compute.v1`.
#[derive(Deserialize)]
pub(crate) struct Document {
    pub(crate) revision: String,
    pub(crate) methods: BTreeMap<String, Method>,
    pub(crate) schemas: HashMap<String, Schema>,
}

/// One method of an API.
#[derive(Deserialize)]
pub(crate) struct Method {
    pub(crate) verb: String,
    pub(crate) path: String,
    pub(crate) request: Option<String>,
    pub(crate) response: Option<String>,
    pub(crate) upload: Option<String>,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, Schema>,
}

/// What a value has to look like.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Schema {
    #[serde(rename = "$ref")]
    pub(crate) reference: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) format: Option<String>,
    pub(crate) pattern: Option<String>,
    #[serde(rename = "default")]
    pub(crate) fallback: Option<String>,
    #[serde(rename = "enum")]
    pub(crate) words: Option<Vec<String>>,
    pub(crate) read_only: bool,
    pub(crate) required: bool,
    pub(crate) required_by: Vec<String>,
    pub(crate) items: Option<Box<Schema>>,
    pub(crate) additional_properties: Option<Box<Schema>>,
    pub(crate) properties: Option<BTreeMap<String, Schema>>,
}

impl Discovery {
    /// The embedded documents, read once for all sandboxes of the process.
    ///
    /// # Errors
    /// When the embedded file is damaged.
    pub(crate) fn embedded() -> anyhow::Result<&'static Self> {
        static READ: Mutex<Option<&'static Discovery>> = Mutex::new(None);
        let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
        match *read {
            Some(known) => Ok(known),
            None => {
                let known: &'static Self = Box::leak(Box::new(Self::load()?));
                *read = Some(known);
                Ok(known)
            }
        }
    }

    /// Reads the embedded documents.
    ///
    /// # Errors
    /// When the embedded file is damaged.
    fn load() -> anyhow::Result<Self> {
        let mut text = String::new();
        GzDecoder::new(DOCUMENTS).read_to_string(&mut text)?;
        let documents: BTreeMap<String, Document> = serde_json::from_str(&text)?;
        let mut routes = Routes::default();
        for (api, document) in &documents {
            for (id, method) in &document.methods {
                routes.add(api, id, &method.verb, &method.path);
                if let Some(upload) = &method.upload {
                    routes.add(api, id, &method.verb, upload);
                }
            }
        }
        routes.sort();
        Ok(Self { documents, routes })
    }

    /// Where the methods are found.
    pub(crate) fn routes(&self) -> &Routes {
        &self.routes
    }

    /// The document of an API by its name and version.
    pub(crate) fn document(&self, api: &str) -> Option<&Document> {
        self.documents.get(api)
    }

    /// All documents by name.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (&str, &Document)> {
        self.documents.iter().map(|(name, document)| (name.as_str(), document))
    }
}

impl Document {
    /// The schema itself, or the one it refers to.
    pub(crate) fn resolve<'a>(&'a self, schema: &'a Schema) -> &'a Schema {
        match &schema.reference {
            Some(name) => self.schemas.get(name).unwrap_or(schema),
            None => schema,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_request_and_response_has_a_schema() {
        let discovery = Discovery::embedded().unwrap();
        let mut methods = 0;
        for (api, document) in discovery.documents() {
            for (id, method) in &document.methods {
                methods += 1;
                for name in method.request.iter().chain(&method.response) {
                    assert!(document.schemas.contains_key(name), "{api} {id} {name}");
                }
            }
        }
        assert!(methods > 1500, "{methods}");
    }

    #[test]
    fn revisions_are_those_that_are_written_down() {
        let written = include_str!("../../discovery/revisions.txt");
        let discovery = Discovery::embedded().unwrap();
        for (api, document) in discovery.documents() {
            assert!(written.contains(&format!("{api} {}", document.revision)), "{api}");
        }
    }

    #[test]
    fn paths_find_their_methods() {
        let discovery = Discovery::embedded().unwrap();
        let table = [
            ("GET", "/compute/v1/projects/p/global/networks/n", "compute.networks.get"),
            ("GET", "/compute/v1/projects/p/aggregated/subnetworks", "compute.subnetworks.aggregatedList"),
            ("POST", "/v1/projects/p/services/a.googleapis.com:enable", "serviceusage.services.enable"),
            ("POST", "/v1/projects/p/services:batchEnable", "serviceusage.services.batchEnable"),
            ("POST", "/v1/projects/p:setIamPolicy", "cloudresourcemanager.projects.setIamPolicy"),
            ("PUT", "/v2/folders/1/sinks/s", "logging.folders.sinks.update"),
            ("GET", "/storage/v1/b/b/o/a%2Fb", "storage.objects.get"),
            ("POST", "/upload/storage/v1/b/b/o", "storage.objects.insert"),
            (
                "GET",
                "/v1beta1/projects/p/locations/l/clusters/c",
                "container.projects.locations.clusters.get",
            ),
            ("PATCH", "/v3/folders/1", "cloudresourcemanager.folders.patch"),
        ];
        for (verb, path, id) in table {
            assert_eq!(
                discovery.routes().find(verb, path).map(|found| found.method),
                Some(id.to_owned()),
                "{path}"
            );
        }
        assert!(discovery.routes().find("GET", "/compute/v1/nowhere").is_none());
    }
}
