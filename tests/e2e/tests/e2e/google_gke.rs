//! Kubernetes Engine on a Shared VPC: the example `gke-platform` in the sandbox. It is no Google Cloud: see its README.

use crate::google::{sandbox, send};
use serde_json::{Value as Json, json};
use terrane_e2e::TestContext;
use terrane_xtask::workspace;

const BLUE: &str =
    r#"blue = { pods = "10.64.0.0/16", services = "10.80.0.0/20", control_plane = "172.16.0.0/28" }"#;
const GREEN: &str = r#"green = { pods = "10.65.0.0/16", services = "10.81.0.0/20", control_plane = "172.16.0.16/28", channel = "RAPID" }"#;

/// The example, in a sandbox of its own, whose URL comes back too.
fn platform() -> (TestContext, String) {
    let url = sandbox();
    let mut context = TestContext::copy_of("examples/gke-platform")
        .env("GOOGLE_OAUTH_ACCESS_TOKEN", "sandbox")
        .env("TF_VAR_organization", "1234")
        .env("TF_VAR_billing_account", "012345-6789AB-CDEF01")
        .env("TF_VAR_host_project", "network-host")
        .env("TF_VAR_service_project", "platform-service")
        .env("TF_VAR_deletion_protection", "false");
    for api in [
        "COMPUTE",
        "CONTAINER",
        "RESOURCE_MANAGER",
        "RESOURCE_MANAGER_V3",
        "CLOUD_BILLING",
        "SERVICE_USAGE",
        "IAM",
    ] {
        context = context.env(&format!("GOOGLE_{api}_CUSTOM_ENDPOINT"), &format!("{url}/"));
    }
    let module = workspace::root().join("modules/google/gke");
    context.edit("clusters.tf", "../../modules/google/gke", &module.to_string_lossy());
    (context, url)
}

/// Asks for an operation until it is done, by which it goes on.
fn finished(url: &str, operation: &Json) {
    let place = CLUSTERS.trim_end_matches("/clusters");
    let path = format!("{place}/operations/{}", operation["name"].as_str().expect("an operation has a name"));
    let done = (0..10).any(|_| send(url, "GET", &path, &Json::Null)["status"] == "DONE");
    assert!(done, "{operation} is not done");
}

const CLUSTERS: &str = "/v1/projects/platform-service/locations/europe-west1/clusters";

#[test]
fn a_private_cluster_on_a_shared_vpc_lives() {
    let (context, url) = platform();
    context.good(&["init"]);
    context.good(&["validate"]).expect_no_text("Warning");
    context.good(&["plan", "-out=plan.out"]);
    context.good(&["apply", "plan.out"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    context.run(&["drift"]).expect_code(0).expect_text("no drift");
    let cluster = send(&url, "GET", &format!("{CLUSTERS}/platform-blue"), &Json::Null);
    assert_eq!(cluster["networkConfig"]["network"], "projects/network-host/global/networks/hub");
    assert_eq!(cluster["clusterIpv4Cidr"], "10.64.0.0/16");
    assert_eq!(cluster["nodePools"].as_array().map(Vec::len), Some(1));
    assert_eq!(cluster["nodePools"][0]["name"], "workers");

    // Somebody opens the control plane to everybody and lets the pool grow.
    let open = json!({"update": {"desiredMasterAuthorizedNetworksConfig": {"enabled": true, "cidrBlocks": [{"cidrBlock": "0.0.0.0/0"}]}}});
    finished(&url, &send(&url, "PUT", &format!("{CLUSTERS}/platform-blue"), &open));
    let path = format!("{CLUSTERS}/platform-blue/nodePools/workers");
    let scaling = json!({"autoscaling": {"enabled": true, "minNodeCount": 1, "maxNodeCount": 50}});
    finished(&url, &send(&url, "POST", &format!("{path}:setAutoscaling"), &scaling));
    context
        .run(&["drift"])
        .expect_code(2)
        .expect_text("google_container_cluster")
        .expect_text("google_container_node_pool");
    context.good(&["apply", "-auto-approve"]).expect_text("0 added, 2 changed, 0 destroyed");
    let cluster = send(&url, "GET", &format!("{CLUSTERS}/platform-blue"), &Json::Null);
    assert_eq!(cluster["masterAuthorizedNetworksConfig"]["cidrBlocks"][0]["cidrBlock"], "10.0.255.0/28");

    // The pool can grow more, by the configuration.
    context.edit(
        "variables.tf",
        "most          = optional(number, 3)",
        "most          = optional(number, 6)",
    );
    context.good(&["apply", "-auto-approve"]).expect_text("0 added, 1 changed, 0 destroyed");
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);

    // What was lost from the state is found again.
    let address = "module.cluster[\"blue\"].google_container_node_pool.this[\"workers\"]";
    context.good(&["state", "rm", address]);
    context.good(&["import", address, "platform-service/europe-west1/platform-blue/workers"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    context.good(&["destroy", "-auto-approve"]).expect_text("Destroy complete!");
    assert_eq!(context.state()["resources"], json!([]));
}

#[test]
fn a_second_cluster_takes_over() {
    let (context, url) = platform();
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    context.edit("variables.tf", BLUE, &format!("{BLUE}\n    {GREEN}"));
    context.good(&["apply", "-auto-approve"]).expect_text("1 changed, 0 destroyed");
    let names = |clusters: &Json| -> Vec<String> {
        let all = clusters["clusters"].as_array().into_iter().flatten();
        all.filter_map(|c| c["name"].as_str().map(str::to_owned)).collect()
    };
    let mut both = names(&send(&url, "GET", CLUSTERS, &Json::Null));
    both.sort();
    assert_eq!(both, ["platform-blue", "platform-green"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    context.edit("variables.tf", BLUE, "");
    context.good(&["apply", "-auto-approve"]);
    assert_eq!(names(&send(&url, "GET", CLUSTERS, &Json::Null)), ["platform-green"]);
    let subnet = "/compute/v1/projects/network-host/regions/europe-west1/subnetworks/platform";
    let ranges = &send(&url, "GET", subnet, &Json::Null)["secondaryIpRanges"];
    assert_eq!(ranges.as_array().map(Vec::len), Some(2), "{ranges}");
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    context.good(&["destroy", "-auto-approve"]).expect_text("Destroy complete!");
}
