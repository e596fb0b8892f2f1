//! The schemas, against golden files and against the names that Google provider 6.50 has.

use std::path::Path;
use terrane_sdk::testing::Reference;

/// Differences to the reference that are meant, and why.
const MEANT: &[(&str, &str)] = &[
    (
        "*id",
        "the reference lists the id as optional, as Terraform's SDK declares it; setting it never worked",
    ),
    (
        "google_compute_ha_vpn_gateway.vpn_interfaces.ip_address",
        "computed inside a block, which the bindings do not list",
    ),
];

fn reference() -> Reference<'static> {
    Reference {
        provider: terrane_provider_google::provider(),
        folder: Path::new(env!("CARGO_MANIFEST_DIR")),
        title: "Google provider 6.50",
        lists: include_str!("reference-schema.json"),
        meant: MEANT,
        not_listed: &[],
    }
}

#[test]
fn schemas_are_the_golden_ones() {
    let wrong = reference().check_golden_files();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn names_are_those_of_the_reference() {
    let differences = reference().differences();
    assert!(differences.is_empty(), "unexplained differences: {differences:#?}");
}

#[test]
fn the_table_of_differences_is_current() {
    assert!(reference().table_is_current(), "SCHEMAS.md is not current: run with TERRANE_UPDATE_GOLDEN=1");
}
