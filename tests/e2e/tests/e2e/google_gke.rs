//! Kubernetes Engine on a Shared VPC: the example `gke-platform` in the sandbox. It is no Google Cloud: see its README.

use crate::google::{on_sandbox, sandbox, send};
use crate::in_use::example;
use serde_json::{Value as Json, json};
use terrane_e2e::TestContext;

/// The example, in a sandbox of its own, whose URL comes back too.
fn platform() -> (TestContext, String) {
    let url = sandbox();
    let context = on_sandbox(example("gke-platform"), &url)
        .env("TF_VAR_parent", "organizations/1234")
        .env("TF_VAR_billing_account", "012345-6789AB-CDEF01")
        .env("TF_VAR_prefix", "shop-4711")
        .env("TF_VAR_deletion_protection", "false");
    (context, url)
}

/// Asks for an operation until it is done, by which it goes on.
fn finished(url: &str, operation: &Json) {
    let place = CLUSTERS.trim_end_matches("/clusters");
    let path = format!("{place}/operations/{}", operation["name"].as_str().expect("an operation has a name"));
    let done = (0..10).any(|_| send(url, "GET", &path, &Json::Null)["status"] == "DONE");
    assert!(done, "{operation} is not done");
}

const CLUSTERS: &str = "/v1/projects/shop-4711-dev/locations/europe-west1/clusters";

#[test]
fn a_private_cluster_on_a_shared_vpc_lives() {
    let (context, url) = platform();
    context.good(&["init"]);
    context.good(&["validate"]).expect_no_text("Warning");
    context.good(&["plan", "-out=plan.out"]);
    context.good(&["apply", "plan.out"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    // The dataset says who may write to it since the sinks were let, which was after it was made: the apply has seen that.
    context.run(&["drift"]).expect_code(0).expect_text("no drift");
    let cluster = send(&url, "GET", &format!("{CLUSTERS}/dev-blue"), &Json::Null);
    assert_eq!(cluster["networkConfig"]["network"], "projects/shop-4711-network/global/networks/hub");
    assert_eq!(cluster["clusterIpv4Cidr"], "10.128.0.0/16");
    assert_eq!(cluster["nodePools"].as_array().map(Vec::len), Some(1));
    assert_eq!(cluster["nodePools"][0]["name"], "workers");

    // Somebody opens the control plane to everybody and lets the pool grow.
    let open = json!({"update": {"desiredMasterAuthorizedNetworksConfig": {"enabled": true, "cidrBlocks": [{"cidrBlock": "0.0.0.0/0"}]}}});
    finished(&url, &send(&url, "PUT", &format!("{CLUSTERS}/dev-blue"), &open));
    let path = format!("{CLUSTERS}/dev-blue/nodePools/workers");
    let scaling = json!({"autoscaling": {"enabled": true, "minNodeCount": 1, "maxNodeCount": 50}});
    finished(&url, &send(&url, "POST", &format!("{path}:setAutoscaling"), &scaling));
    context
        .run(&["drift"])
        .expect_code(2)
        .expect_text("google_container_cluster")
        .expect_text("google_container_node_pool");
    context.good(&["apply", "-auto-approve"]).expect_text("0 added, 2 changed, 0 destroyed");
    let cluster = send(&url, "GET", &format!("{CLUSTERS}/dev-blue"), &Json::Null);
    assert_eq!(cluster["masterAuthorizedNetworksConfig"]["cidrBlocks"][0]["cidrBlock"], "10.129.17.0/24");

    // The pool can grow more, by the configuration.
    context.edit("variables.tf", "most        = optional(number, 3)", "most        = optional(number, 6)");
    context.good(&["apply", "-auto-approve"]).expect_text("0 added, 3 changed, 0 destroyed");
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);

    // What was lost from the state is found again.
    let address = "module.cluster[\"dev-blue\"].google_container_node_pool.this[\"workers\"]";
    context.good(&["state", "rm", address]);
    context.good(&["import", address, "shop-4711-dev/europe-west1/dev-blue/workers"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    context.good(&["destroy", "-auto-approve"]).expect_text("Destroy complete!");
    assert_eq!(context.state()["resources"], json!([]));
}

#[test]
fn a_second_cluster_takes_over() {
    let (context, url) = platform();
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    let blue = r#"dev-blue = { environment = "dev", channel = "RAPID" }"#;
    let green = r#"dev-green = { environment = "dev", channel = "RAPID" }"#;
    context.edit("variables.tf", r#""prd-blue"]"#, r#""prd-blue", "dev-green"]"#);
    context.edit("variables.tf", blue, &format!("{blue}\n    {green}"));
    context.good(&["apply", "-auto-approve"]).expect_text("0 changed, 0 destroyed");
    let names = |clusters: &Json| -> Vec<String> {
        let all = clusters["clusters"].as_array().into_iter().flatten();
        all.filter_map(|c| c["name"].as_str().map(str::to_owned)).collect()
    };
    let mut both = names(&send(&url, "GET", CLUSTERS, &Json::Null));
    both.sort();
    assert_eq!(both, ["dev-blue", "dev-green"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    // Its name stays among those that have ranges, so that nobody else's move.
    context.edit("variables.tf", blue, "");
    context.good(&["apply", "-auto-approve"]).expect_text("0 added, 0 changed");
    assert_eq!(names(&send(&url, "GET", CLUSTERS, &Json::Null)), ["dev-green"]);
    let subnets = "/compute/v1/projects/shop-4711-network/regions/europe-west1/subnetworks";
    let subnets = send(&url, "GET", subnets, &Json::Null);
    let subnets = subnets["items"].as_array().cloned().unwrap_or_default();
    let mut ranges: Vec<_> = subnets.iter().filter_map(|s| s["ipCidrRange"].as_str()).collect();
    ranges.sort_unstable();
    assert_eq!(
        ranges,
        [
            "10.131.16.0/24",
            "10.131.17.0/24",
            "10.133.16.0/24",
            "10.133.17.0/24",
            "10.135.16.0/24",
            "10.135.17.0/24"
        ]
    );
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    context.good(&["destroy", "-auto-approve"]).expect_text("Destroy complete!");
}
