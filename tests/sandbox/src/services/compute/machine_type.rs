//! Machine types: some series, in the sizes that their names say.

use crate::call::Call;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::services::places::is_zone;
use serde_json::{Value, json};

const MADE: &str = "2026-01-01T00:00:00.000-08:00";
/// Series with the sizes that they have, in processors.
const SERIES: [(&str, &[u64]); 6] = [
    ("e2", &[2, 4, 8, 16, 32]),
    ("n1", &[1, 2, 4, 8, 16, 32, 64, 96]),
    ("n2", &[2, 4, 8, 16, 32, 48, 64, 80, 96, 128]),
    ("n2d", &[2, 4, 8, 16, 32, 48, 64, 80, 96, 128, 224]),
    ("c3", &[4, 8, 22, 44, 88, 176]),
    ("t2d", &[1, 2, 4, 8, 16, 32, 48, 60]),
];
/// Classes with the memory of a processor, in megabytes.
const CLASSES: [(&str, u64); 3] = [("standard", 4096), ("highmem", 8192), ("highcpu", 1024)];
/// Small ones that share a processor, with theirs.
const SHARED: [(&str, u64, u64); 5] = [
    ("e2-micro", 2, 1024),
    ("e2-small", 2, 2048),
    ("e2-medium", 2, 4096),
    ("f1-micro", 1, 614),
    ("g1-small", 1, 1740),
];

/// All types: name, processors, memory, and whether it shares its processor.
fn all() -> Vec<(String, u64, u64, bool)> {
    let mut all: Vec<_> = SHARED
        .iter()
        .map(|(name, processors, memory)| ((*name).to_owned(), *processors, *memory, true))
        .collect();
    for (series, sizes) in SERIES {
        for (class, memory) in CLASSES {
            if series == "t2d" && class != "standard" {
                continue;
            }
            let memory = if series == "n1" && class == "standard" { 3840 } else { memory };
            all.extend(
                sizes.iter().map(|size| (format!("{series}-{class}-{size}"), *size, size * memory, false)),
            );
        }
    }
    all
}

fn shown(place: &str, number: usize, (name, processors, memory, shared): &(String, u64, u64, bool)) -> Value {
    json!({
        "kind": "compute#machineType", "id": (800_000 + number).to_string(), "creationTimestamp": MADE, "name": name,
        "description": format!("{processors} vCPUs, {memory} MB RAM"), "guestCpus": processors, "memoryMb": memory,
        "imageSpaceGb": 0, "maximumPersistentDisks": 128, "maximumPersistentDisksSizeGb": "263168",
        "zone": place.rsplit('/').next().unwrap_or(""), "isSharedCpu": shared, "architecture": "X86_64",
        "selfLink": compute_link(&format!("{place}/machineTypes/{name}")),
    })
}

pub(super) fn answer(call: &Call<'_>) -> Option<Result<Value, Refusal>> {
    let parts: Vec<&str> = call.resource.split('/').collect();
    let place = parts.get(..4)?.join("/");
    if !is_zone(parts.get(3).copied().unwrap_or("")) {
        return Some(Err(Refusal::missing(&place)));
    }
    let types = all();
    match call.verb() {
        "get" => {
            let name = parts.last().copied().unwrap_or("");
            let found = types.iter().enumerate().find(|(_, known)| known.0 == name);
            Some(
                found
                    .map(|(at, known)| shown(&place, at, known))
                    .ok_or_else(|| Refusal::missing(&call.resource)),
            )
        }
        "list" => {
            let all = types.iter().enumerate().map(|(at, known)| (known.0.clone(), shown(&place, at, known)));
            Some(super::catalog::listed(call, all.collect()))
        }
        _ => None,
    }
}
