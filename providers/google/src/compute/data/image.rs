//! `google_compute_image`: data source of an image, by its name, its family or a filter.

use crate::Google;
use crate::names::{escape, path_of};
use crate::provider::project_of;
use std::collections::BTreeMap;
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{Auto, Computed, DataSource, Diagnostic, Diagnostics, Error, Value, async_trait};

/// Reads an image.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_compute_image")]
pub struct ImageData {
    /// The path of the image, from `projects/` on.
    pub id: Computed<String>,
    /// The family, of which the newest image is meant.
    #[attr(conflicts_with = ["name", "filter"])]
    pub family: Auto<String>,
    /// Which images, as the API's filters say it.
    #[attr(conflicts_with = ["name", "family"])]
    pub filter: Option<String>,
    /// Whether the newest of several is meant.
    pub most_recent: Option<bool>,
    /// The name of the image.
    #[attr(conflicts_with = ["family", "filter"])]
    pub name: Auto<String>,
    /// The project of the image.
    pub project: Auto<String>,
    /// The size of its archive, in bytes.
    pub archive_size_bytes: Computed<i64>,
    /// When the image was made.
    pub creation_timestamp: Computed<String>,
    /// What the image is for.
    pub description: Computed<String>,
    /// The size of disks from it, in gigabytes.
    pub disk_size_gb: Computed<i64>,
    /// The digest of the key it is encrypted with.
    pub image_encryption_key_sha256: Computed<String>,
    /// Google's number for the image.
    pub image_id: Computed<String>,
    /// What its labels are changed with.
    pub label_fingerprint: Computed<String>,
    /// Its labels.
    pub labels: Computed<BTreeMap<String, String>>,
    /// Its licences.
    pub licenses: Computed<Vec<String>>,
    /// The URL of the image.
    pub self_link: Computed<String>,
    /// The disk it was made from.
    pub source_disk: Computed<String>,
    /// The digest of that disk's key.
    pub source_disk_encryption_key_sha256: Computed<String>,
    /// Google's number for that disk.
    pub source_disk_id: Computed<String>,
    /// Google's number for the image that it was made from.
    pub source_image_id: Computed<String>,
    /// Whether it is `READY`.
    pub status: Computed<String>,
}

#[async_trait]
impl DataSource for ImageData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let project = project_of(google, config.project.as_deref())?.to_owned();
        let images = format!("compute/v1/projects/{project}/global/images");
        let found = match (config.name.as_deref(), config.family.as_deref()) {
            (Some(name), _) => {
                google.fetch("compute.images.get", "compute", format!("{images}/{name}")).await?
            }
            (None, Some(family)) => {
                let path = format!("{images}/family/{family}");
                google.fetch("compute.images.getFromFamily", "compute", path).await?
            }
            (None, None) => {
                let filter = config.filter.as_deref().map(escape).unwrap_or_default();
                let path = format!("{images}?filter={filter}");
                let all = google.fetch_all("compute.images.list", "compute", &path, "items").await?;
                one_of(all, config.most_recent == Some(true))?
            }
        };
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let number = |name: &str| text(&found[name]).parse::<i64>().ok();
        let labels = found["labels"].as_object().into_iter().flatten();
        let licenses = found["licenses"].as_array().into_iter().flatten();
        Ok(ImageData {
            id: path_of(&text(&found["selfLink"])).into(),
            family: text(&found["family"]).into(),
            name: text(&found["name"]).into(),
            project: project.into(),
            archive_size_bytes: number("archiveSizeBytes").into(),
            creation_timestamp: text(&found["creationTimestamp"]).into(),
            description: text(&found["description"]).into(),
            disk_size_gb: number("diskSizeGb").into(),
            image_encryption_key_sha256: text(&found["imageEncryptionKey"]["sha256"]).into(),
            image_id: text(&found["id"]).into(),
            label_fingerprint: text(&found["labelFingerprint"]).into(),
            labels: labels.map(|(k, v)| (k.clone(), text(v))).collect::<BTreeMap<_, _>>().into(),
            licenses: licenses.map(text).collect::<Vec<_>>().into(),
            self_link: text(&found["selfLink"]).into(),
            source_disk: text(&found["sourceDisk"]).into(),
            source_disk_encryption_key_sha256: text(&found["sourceDiskEncryptionKey"]["sha256"]).into(),
            source_disk_id: text(&found["sourceDiskId"]).into(),
            source_image_id: text(&found["sourceImageId"]).into(),
            status: text(&found["status"]).into(),
            ..config
        })
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let unset = |name: &str| config.attribute(name).is_none_or(|v| v.is_null());
        if unset("name") && unset("family") && unset("filter") {
            let detail = "One of name, family and filter says which one.";
            diagnostics.push(Diagnostic::error("Image without name, family or filter", detail));
        }
    }
}

/// The one image there is, or the newest one.
fn one_of(mut all: Vec<Json>, newest: bool) -> Result<Json, Error> {
    all.sort_by(|a, b| a["creationTimestamp"].as_str().cmp(&b["creationTimestamp"].as_str()));
    match (all.len(), newest) {
        (0, _) => Err(Error::new("Image not found", "The filter fits no image.").attribute("filter")),
        (2.., false) => {
            let detail =
                format!("The filter fits {} images; set most_recent = true for the newest one.", all.len());
            Err(Error::new("Several images", detail).attribute("filter"))
        }
        _ => Ok(all.pop().unwrap_or_default()),
    }
}
