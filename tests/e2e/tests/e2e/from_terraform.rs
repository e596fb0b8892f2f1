//! `examples/from-terraform`: a directory with a state that Terraform made, as it has left it.

use serde_json::json;
use terrane_e2e::TestContext;

#[test]
fn a_directory_of_terraform_goes_on_as_it_is() {
    let context = TestContext::copy_of("examples/from-terraform");
    let before = context.state();
    assert_eq!(before["terraform_version"], "1.11.4", "the state is Terraform's own");
    context.good(&["init"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0).expect_text("No changes.");
    assert_eq!(context.state(), before, "looking changes nothing");
    assert_eq!(context.json(&["output", "-json", "release"])["version"], "1.4.0");

    let more = "-var=environments={\"staging\":1,\"production\":4}";
    context
        .good(&["apply", "-auto-approve", more])
        .expect_text("Apply complete! Resources: 1 added, 0 changed, 0 destroyed.");
    let after = context.state();
    assert_eq!(after["lineage"], before["lineage"], "it is the same state");
    assert_eq!(after["version"], 4);
    assert!(after["serial"].as_u64() > before["serial"].as_u64());
    let workers = context.json(&["output", "-json", "workers"]);
    assert_eq!(workers["production"].as_array().map(Vec::len), Some(4));
    assert_eq!(workers["staging"], json!(["staging-0"]));

    context
        .good(&["destroy", "-auto-approve", more])
        .expect_text("Destroy complete! Resources: 8 destroyed.");
    assert_eq!(context.state()["resources"], json!([]));
}
