//! Many resources in chains: everything is made, in order, and the second plan is empty. How
//! long that takes is the benchmark's matter (`tests/bench`).

use serde_json::Value;
use std::collections::BTreeMap;
use terrane_e2e::TestContext;

#[test]
fn chains_of_1_000() {
    chains(1_000);
}

#[test]
fn chains_of_10_000() {
    chains(10_000);
}

fn chains(total: usize) {
    let context = TestContext::with_config(&config(total / 10));
    context.good(&["init"]);
    let plan = context.run(&["plan", "-out=tfplan", "-detailed-exitcode"]).expect_code(2);
    plan.expect_text(&format!("Plan: {total} to add, 0 to change, 0 to destroy."));
    context
        .good(&["apply", "tfplan"])
        .expect_text(&format!("Apply complete! Resources: {total} added, 0 changed, 0 destroyed."));

    let ids = check_state(&context.state(), total);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0).expect_text("No changes.");

    // A change at the head of every chain goes through to its end, and replaces nothing.
    context.edit("main.tf", "start = \"a\"", "start = \"b\"");
    let change = format!("Apply complete! Resources: 0 added, {total} changed, 0 destroyed.");
    context.good(&["apply", "-auto-approve"]).expect_text(&change);
    assert_eq!(check_state(&context.state(), total), ids);
    assert_eq!(context.json(&["output", "-json", "last"]), "b0123456789");

    context.good(&["destroy", "-auto-approve"]).expect_text(&format!("{total} destroyed."));
    assert_eq!(context.state()["resources"], serde_json::json!([]));
}

/// Ten resources in a row, each with as many instances as there are chains.
fn config(chains: usize) -> String {
    let mut text = "locals {\n  start = \"a\"\n}\n".to_owned();
    for link in 0..10 {
        let input = match link {
            0 => "local.start".to_owned(),
            _ => format!("terraform_data.link{}[count.index].output", link - 1),
        };
        text += &format!(
            "resource \"terraform_data\" \"link{link}\" {{\n  count = {chains}\n  input = \"${{{input}}}{link}\"\n}}\n"
        );
    }
    text + &format!("output \"last\" {{\n  value = terraform_data.link9[{}].output\n}}\n", chains - 1)
}

/// Every instance is there once and has what its place in the chain gives it. The ids.
fn check_state(state: &Value, total: usize) -> BTreeMap<String, String> {
    let mut ids = BTreeMap::new();
    let start = state["outputs"]["last"]["value"].as_str().unwrap()[..1].to_owned();
    for resource in state["resources"].as_array().unwrap() {
        let name = resource["name"].as_str().unwrap();
        let link: usize = name.trim_start_matches("link").parse().unwrap();
        let expected = start.clone() + &"0123456789"[..=link];
        for instance in resource["instances"].as_array().unwrap() {
            let address = format!("{name}[{}]", instance["index_key"]);
            assert_eq!(instance["attributes"]["output"]["value"], expected.as_str(), "{address}");
            let id = instance["attributes"]["id"].as_str().unwrap().to_owned();
            assert!(ids.insert(address, id).is_none());
        }
    }
    assert_eq!(ids.len(), total);
    ids
}
