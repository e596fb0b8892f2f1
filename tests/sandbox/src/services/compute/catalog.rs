//! What Google has and nobody makes: regions, zones, and the public images. Of the images only families are known, each
//! with one image that is named after it.

use crate::call::Call;
use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::services::places::{REGIONS, Region, region, region_of};
use crate::world::World;
use serde_json::{Value, json};

const MADE: &str = "2026-01-01T00:00:00.000-08:00";
const EDITION: &str = "v20260101";

/// The projects with public images, and their families.
const IMAGES: [(&str, &[&str]); 5] = [
    ("debian-cloud", &["debian-11", "debian-12", "debian-13"]),
    ("ubuntu-os-cloud", &["ubuntu-2204-lts", "ubuntu-2404-lts-amd64"]),
    ("cos-cloud", &["cos-stable", "cos-121-lts"]),
    ("rocky-linux-cloud", &["rocky-linux-9"]),
    ("centos-cloud", &["centos-stream-9"]),
];

/// A number for what has a name only.
fn number(name: &str) -> String {
    let sum = name.bytes().fold(7_u64, |sum, byte| (sum * 31 + u64::from(byte)) % 1_000_000_007);
    (1000 + sum).to_string()
}

fn region_shown(project: &str, region: &Region) -> Value {
    let path = format!("projects/{project}/regions/{}", region.name);
    let zones: Vec<String> = region
        .zones
        .iter()
        .map(|zone| compute_link(&format!("projects/{project}/zones/{}-{zone}", region.name)))
        .collect();
    json!({
        "kind": "compute#region", "id": number(region.name), "creationTimestamp": MADE, "name": region.name,
        "description": region.name, "status": "UP", "zones": zones, "quotas": [], "selfLink": compute_link(&path),
        "supportsPzs": false,
    })
}

fn zone_shown(project: &str, region: &Region, letter: &str) -> Value {
    let name = format!("{}-{letter}", region.name);
    json!({
        "kind": "compute#zone", "id": number(&name), "creationTimestamp": MADE, "name": name, "description": name,
        "status": "UP", "region": compute_link(&format!("projects/{project}/regions/{}", region.name)),
        "selfLink": compute_link(&format!("projects/{project}/zones/{name}")), "supportsPzs": false,
    })
}

pub(super) fn answer(world: &World, call: &Call<'_>) -> Option<Result<Value, Refusal>> {
    let project = call.project().unwrap_or("");
    let last = call.resource.rsplit('/').next().unwrap_or("");
    let missing = || Refusal::missing(&call.resource);
    if !call.collection().starts_with("compute.image")
        && let Err(refusal) = world.require_project("compute", project)
    {
        return Some(Err(refusal));
    }
    Some(match (call.collection(), call.verb()) {
        ("compute.regions", "get") => {
            region(last).map(|found| region_shown(project, found)).ok_or_else(missing)
        }
        ("compute.regions", "list") => {
            let all = REGIONS.iter().map(|found| (found.name.to_owned(), region_shown(project, found)));
            listed(call, all.collect())
        }
        ("compute.zones", "get") => {
            let found = region(region_of(last)).filter(|found| found.name != last);
            let letter = last.rsplit('-').next().unwrap_or("");
            found.map(|found| zone_shown(project, found, letter)).ok_or_else(missing)
        }
        ("compute.zones", "list") => {
            let mut all = Vec::new();
            for found in REGIONS {
                for letter in found.zones {
                    all.push((format!("{}-{letter}", found.name), zone_shown(project, found, letter)));
                }
            }
            listed(call, all)
        }
        ("compute.images", "get") => image(project, last, false).ok_or_else(missing),
        ("compute.images", "getFromFamily") => image(project, last, true).ok_or_else(missing),
        ("compute.imageFamilyViews", "get") => {
            image(project, last, true).map(|image| json!({ "image": image })).ok_or_else(missing)
        }
        ("compute.machineTypes", "get" | "list") => super::machine_type::answer(call)?,
        ("compute.images", "list") => {
            let families =
                IMAGES.iter().find(|(known, _)| *known == project).map_or(&[][..], |(_, families)| families);
            let all = families
                .iter()
                .filter_map(|family| Some(((*family).to_owned(), image(project, family, true)?)));
            listed(call, all.collect())
        }
        _ => return None,
    })
}

pub(super) fn listed(call: &Call<'_>, all: Vec<(String, Value)>) -> Result<Value, Refusal> {
    let mut answer = call.listing("items", all)?;
    answer["id"] = json!(call.resource);
    answer["selfLink"] = json!(compute_link(&call.resource));
    Ok(answer)
}

/// A public image by its own name or that of its family.
pub(super) fn image(project: &str, name: &str, family: bool) -> Option<Value> {
    let (_, families) = IMAGES.iter().find(|(known, _)| *known == project)?;
    let suffix = format!("-{EDITION}");
    let wanted = if family { name } else { name.strip_suffix(&suffix)? };
    let found = families.iter().find(|known| **known == wanted)?;
    let name = format!("{found}{suffix}");
    let path = format!("projects/{project}/global/images/{name}");
    Some(json!({
        "kind": "compute#image", "id": number(&name), "creationTimestamp": MADE, "name": name, "family": found,
        "sourceType": "RAW", "status": "READY", "diskSizeGb": "10", "archiveSizeBytes": "1000000000",
        "architecture": "X86_64", "selfLink": compute_link(&path),
        "licenses": [compute_link(&format!("projects/{project}/global/licenses/{found}"))],
        "labelFingerprint": crate::world::fingerprint(&json!({})),
    }))
}

/// The image that a link means, whether it names the image or its family.
pub(super) fn image_of(link: &str) -> Option<Value> {
    let parts: Vec<&str> = crate::resource::resource_of(link).split('/').collect();
    match parts.as_slice() {
        ["projects", project, "global", "images", "family", name]
        | ["projects", project, "zones", _, "imageFamilyViews", name] => image(project, name, true),
        ["projects", project, "global", "images", name] => {
            image(project, name, false).or_else(|| image(project, name, true))
        }
        _ => None,
    }
}

/// The link of an image.
pub(super) fn link(image: &Value) -> String {
    json::string(image, "selfLink")
}
