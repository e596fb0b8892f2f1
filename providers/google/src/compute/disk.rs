//! `google_compute_disk`: a disk in a zone.

use super::document::{self, Area, Document, part};
use super::instance_disks::{image_reference, same_image};
use super::kind::request_id;
use crate::Google;
use crate::mirror::Mirror;
use crate::names::{name_of, parse_id, same_reference};
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, PlanContext, Resource, async_trait,
};

/// Provides a disk in a zone.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_compute_disk", keep, timeouts(create = "20m", update = "20m", delete = "20m"))]
pub struct Disk {
    /// The path of the disk, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the disk.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The zone of the disk.
    #[attr(force_new, equivalent = same_reference)]
    pub zone: Auto<String>,
    /// The project of the disk.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// Who may write: `READ_WRITE_SINGLE` and the like.
    pub access_mode: Auto<String>,
    /// For which processors.
    #[attr(force_new)]
    pub architecture: Auto<String>,
    /// The disk that this one follows.
    #[block(force_new)]
    pub async_primary_disk: Option<PrimaryDisk>,
    /// Whether a snapshot is made before the disk is deleted.
    #[attr(local, default = false)]
    pub create_snapshot_before_destroy: Option<bool>,
    /// What the name of that snapshot begins with.
    #[attr(local)]
    pub create_snapshot_before_destroy_prefix: Option<String>,
    /// What the disk is for.
    #[attr(force_new)]
    pub description: Option<String>,
    /// The key of the disk.
    #[block(force_new)]
    pub disk_encryption_key: Option<DiskKey>,
    /// Whether the disk is for confidential instances.
    #[attr(force_new)]
    pub enable_confidential_compute: Auto<bool>,
    /// What the system on the disk can do.
    #[block(force_new, computed)]
    pub guest_os_features: BTreeSet<GuestFeature>,
    /// The image, or the family of images.
    #[attr(force_new, equivalent = same_image)]
    pub image: Option<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Licences.
    #[attr(force_new)]
    pub licenses: Auto<Vec<String>>,
    /// What is given at creation only.
    #[block(force_new, local)]
    pub params: Option<DiskParams>,
    /// The size of blocks.
    #[attr(force_new)]
    pub physical_block_size_bytes: Auto<i64>,
    /// Operations a second.
    pub provisioned_iops: Auto<i64>,
    /// Megabytes a second.
    pub provisioned_throughput: Auto<i64>,
    /// The size, in gigabytes. It can grow.
    pub size: Auto<i64>,
    /// The snapshot.
    #[attr(force_new, equivalent = same_reference)]
    pub snapshot: Option<String>,
    /// A disk to copy.
    #[attr(force_new, equivalent = same_reference)]
    pub source_disk: Option<String>,
    /// The key of the image.
    #[block(force_new)]
    pub source_image_encryption_key: Option<DiskSourceKey>,
    /// The instant snapshot.
    #[attr(force_new, equivalent = same_reference)]
    pub source_instant_snapshot: Option<String>,
    /// The key of the snapshot.
    #[block(force_new)]
    pub source_snapshot_encryption_key: Option<DiskSourceKey>,
    /// A file in a bucket.
    #[attr(force_new)]
    pub source_storage_object: Option<String>,
    /// The storage pool.
    #[attr(force_new, equivalent = same_reference)]
    pub storage_pool: Option<String>,
    /// The type of the disk.
    #[attr(force_new, default = "pd-standard", equivalent = same_reference, name = "type")]
    pub kind: Option<String>,
    /// When the disk was made.
    pub creation_timestamp: Computed<String>,
    /// Google's number for the disk.
    pub disk_id: Computed<String>,
    /// What the labels are changed with.
    pub label_fingerprint: Computed<String>,
    /// When an instance got the disk last.
    pub last_attach_timestamp: Computed<String>,
    /// When an instance lost the disk last.
    pub last_detach_timestamp: Computed<String>,
    /// The URL of the disk.
    pub self_link: Computed<String>,
    /// Google's number for the disk it is a copy of.
    pub source_disk_id: Computed<String>,
    /// Google's number for the image.
    pub source_image_id: Computed<String>,
    /// Google's number for the instant snapshot.
    pub source_instant_snapshot_id: Computed<String>,
    /// Google's number for the snapshot.
    pub source_snapshot_id: Computed<String>,
    /// The instances that have the disk.
    pub users: Computed<Vec<String>>,
}

/// What is given at creation only.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct DiskParams {
    /// Tags of the resource manager: values by keys.
    pub resource_manager_tags: BTreeMap<String, String>,
}

/// The disk that this one follows.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PrimaryDisk {
    /// The disk.
    #[attr(force_new, equivalent = same_reference)]
    pub disk: String,
}

/// The key of a disk.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct DiskKey {
    /// The key in Cloud KMS.
    #[attr(force_new, equivalent = same_reference)]
    pub kms_key_self_link: Option<String>,
    /// The account that uses it.
    #[attr(force_new)]
    pub kms_key_service_account: Option<String>,
    /// The key, in base64.
    #[attr(force_new, sensitive)]
    pub raw_key: Option<String>,
    /// The key, wrapped.
    #[attr(force_new, sensitive)]
    pub rsa_encrypted_key: Option<String>,
    /// Its digest.
    pub sha256: Computed<String>,
}

/// The key of what a disk is made from.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct DiskSourceKey {
    /// The key in Cloud KMS.
    #[attr(force_new)]
    pub kms_key_self_link: Option<String>,
    /// The account that uses it.
    #[attr(force_new)]
    pub kms_key_service_account: Option<String>,
    /// The key, in base64.
    #[attr(force_new)]
    pub raw_key: Option<String>,
    /// Its digest.
    pub sha256: Computed<String>,
}

/// What the system on a disk can do.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct GuestFeature {
    /// Its name.
    #[attr(force_new, name = "type")]
    pub kind: String,
}

impl Document for Disk {
    const COLLECTION: &'static str = "disks";
    const AREA: Area = Area::Zone;
    const NAMES: Mirror = Mirror(&[
        ("id", ""),
        ("project", ""),
        ("zone", ""),
        ("create_snapshot_before_destroy", ""),
        ("create_snapshot_before_destroy_prefix", ""),
        ("disk_id", "id"),
        ("image", "sourceImage"),
        ("kms_key_self_link", "kmsKeyName"),
        ("params", "!params"),
        ("raw_key", "!rawKey"),
        ("rsa_encrypted_key", "!rsaEncryptedKey"),
        ("size", "sizeGb"),
        ("snapshot", "sourceSnapshot"),
    ]);
    const REFERENCES: &'static [(&'static str, &'static str)] = &[
        ("type", "{area}/diskTypes"),
        ("sourceSnapshot", "global/snapshots"),
        ("sourceDisk", "{area}/disks"),
        ("asyncPrimaryDisk.disk", "{area}/disks"),
        ("sourceInstantSnapshot", "{area}/instantSnapshots"),
        ("storagePool", "{area}/storagePools"),
    ];

    fn adapt(&self, path: &str, body: &mut Json) {
        if let Some(image) = &self.image {
            body["sourceImage"] = image_reference(part(path, 1), image).into();
        }
    }

    fn answered(answer: &mut Json) {
        let kind = answer["type"].as_str().map(|url| name_of(url).to_owned());
        answer["type"] = kind.into();
        for name in [
            "lastAttachTimestamp",
            "lastDetachTimestamp",
            "sourceDiskId",
            "sourceImageId",
            "sourceInstantSnapshotId",
            "sourceSnapshotId",
        ] {
            if answer[name].is_null() {
                answer[name] = "".into();
            }
        }
        if answer["users"].is_null() {
            answer["users"] = json!([]);
        }
    }
}

#[async_trait]
impl Resource for Disk {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(document::create(google, &planned, cx).await?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        document::read(google, states).await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let path = document::path(google, &prior)?;
        if prior.size.0 != planned.size.0 {
            document::act::<Self>(google, &path, "resize", json!({"sizeGb": planned.size.0}), cx).await?;
        }
        if prior.labels != planned.labels {
            document::set_labels::<Self>(google, &path, &planned.labels, cx).await?;
        }
        let (was, is) = (document::body(&prior, &path), document::body(&planned, &path));
        for name in ["provisionedIops", "provisionedThroughput", "accessMode"] {
            if was[name] != is[name] {
                let to = format!("{path}?paths={name}&requestId={}", request_id(cx, name));
                let body = json!({"name": planned.name, name: is[name]});
                document::send::<Self>(google, ("update", Method::PATCH), &to, Some(body), cx).await?;
            }
        }
        Ok(document::refreshed(google, &planned, &path).await?)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let path = document::path(google, &state)?;
        let Some(there) = document::find::<Self>(google, &path).await? else { return Ok(()) };
        if state.create_snapshot_before_destroy == Some(true) {
            let prefix = state.create_snapshot_before_destroy_prefix.as_deref().unwrap_or(&state.name);
            let prefix: String = prefix.chars().take(54).collect();
            let end = request_id(cx, "createSnapshot");
            let name = format!("{prefix}-{}", end.split('-').next().unwrap_or_default());
            let body = json!({"name": name, "labels": state.labels});
            document::act::<Self>(google, &path, "createSnapshot", body, cx).await?;
        }
        // A disk is not deleted while an instance has it.
        for user in there["users"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            super::instance::detach(google, crate::names::path_of(user), &path, cx).await?;
        }
        document::delete(google, &state, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let whole = "projects/{project}/zones/{zone}/disks/{name}";
        parse_id(id, &[whole, "{project}/{zone}/{name}", "{zone}/{name}", "{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        document::list(google).await
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if cx.is_create() || !cx.is_changed() {
            return;
        }
        let size = |value: terrane_sdk::Value| value.as_number().and_then(|n| n.to_i64());
        if let (Some(was), Some(is)) = (size(cx.prior("size")), size(cx.planned("size")))
            && is < was
        {
            cx.force_new("size");
        }
        if cx.changed("labels") || cx.changed("terraform_labels") {
            cx.set_unknown("label_fingerprint");
        }
    }
}
