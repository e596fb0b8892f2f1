//! The regions and zones there are, and the ranges that networks in auto mode have in them.

/// One region.
pub(crate) struct Region {
    pub(crate) name: &'static str,
    /// The second number of the region's range `10.X.0.0/20` in networks in auto mode.
    pub(crate) octet: u8,
    /// The letters of its zones.
    pub(crate) zones: &'static [&'static str],
}

/// All regions, by name.
pub(crate) const REGIONS: &[Region] = &[
    Region { name: "africa-south1", octet: 218, zones: &["a", "b", "c"] },
    Region { name: "asia-east1", octet: 140, zones: &["a", "b", "c"] },
    Region { name: "asia-east2", octet: 170, zones: &["a", "b", "c"] },
    Region { name: "asia-northeast1", octet: 146, zones: &["a", "b", "c"] },
    Region { name: "asia-northeast2", octet: 174, zones: &["a", "b", "c"] },
    Region { name: "asia-northeast3", octet: 178, zones: &["a", "b", "c"] },
    Region { name: "asia-south1", octet: 160, zones: &["a", "b", "c"] },
    Region { name: "asia-south2", octet: 190, zones: &["a", "b", "c"] },
    Region { name: "asia-southeast1", octet: 148, zones: &["a", "b", "c"] },
    Region { name: "asia-southeast2", octet: 184, zones: &["a", "b", "c"] },
    Region { name: "australia-southeast1", octet: 152, zones: &["a", "b", "c"] },
    Region { name: "australia-southeast2", octet: 192, zones: &["a", "b", "c"] },
    Region { name: "europe-central2", octet: 186, zones: &["a", "b", "c"] },
    Region { name: "europe-north1", octet: 166, zones: &["a", "b", "c"] },
    Region { name: "europe-north2", octet: 226, zones: &["a", "b", "c"] },
    Region { name: "europe-southwest1", octet: 204, zones: &["a", "b", "c"] },
    Region { name: "europe-west1", octet: 132, zones: &["b", "c", "d"] },
    Region { name: "europe-west10", octet: 214, zones: &["a", "b", "c"] },
    Region { name: "europe-west12", octet: 210, zones: &["a", "b", "c"] },
    Region { name: "europe-west2", octet: 154, zones: &["a", "b", "c"] },
    Region { name: "europe-west3", octet: 156, zones: &["a", "b", "c"] },
    Region { name: "europe-west4", octet: 164, zones: &["a", "b", "c"] },
    Region { name: "europe-west6", octet: 172, zones: &["a", "b", "c"] },
    Region { name: "europe-west8", octet: 198, zones: &["a", "b", "c"] },
    Region { name: "europe-west9", octet: 200, zones: &["a", "b", "c"] },
    Region { name: "me-central1", octet: 212, zones: &["a", "b", "c"] },
    Region { name: "me-central2", octet: 216, zones: &["a", "b", "c"] },
    Region { name: "me-west1", octet: 208, zones: &["a", "b", "c"] },
    Region { name: "northamerica-northeast1", octet: 162, zones: &["a", "b", "c"] },
    Region { name: "northamerica-northeast2", octet: 188, zones: &["a", "b", "c"] },
    Region { name: "northamerica-south1", octet: 224, zones: &["a", "b", "c"] },
    Region { name: "southamerica-east1", octet: 158, zones: &["a", "b", "c"] },
    Region { name: "southamerica-west1", octet: 194, zones: &["a", "b", "c"] },
    Region { name: "us-central1", octet: 128, zones: &["a", "b", "c", "f"] },
    Region { name: "us-east1", octet: 142, zones: &["b", "c", "d"] },
    Region { name: "us-east4", octet: 150, zones: &["a", "b", "c"] },
    Region { name: "us-east5", octet: 202, zones: &["a", "b", "c"] },
    Region { name: "us-south1", octet: 206, zones: &["a", "b", "c"] },
    Region { name: "us-west1", octet: 138, zones: &["a", "b", "c"] },
    Region { name: "us-west2", octet: 168, zones: &["a", "b", "c"] },
    Region { name: "us-west3", octet: 180, zones: &["a", "b", "c"] },
    Region { name: "us-west4", octet: 182, zones: &["a", "b", "c"] },
];

/// The region with this name.
pub(crate) fn region(name: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.name == name)
}

/// Whether there is such a zone.
pub(crate) fn is_zone(name: &str) -> bool {
    name.rsplit_once('-')
        .is_some_and(|(known, letter)| region(known).is_some_and(|region| region.zones.contains(&letter)))
}

/// The region of a region or zone.
pub(crate) fn region_of(place: &str) -> &str {
    if is_zone(place) { place.rsplit_once('-').map_or(place, |(region, _)| region) } else { place }
}
