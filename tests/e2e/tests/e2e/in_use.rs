//! The modules under `modules/` and the examples under `examples/` in use: each is applied, planned again without changes,
//! changed, planned again without changes, and destroyed without anything left, where an emulator can do it. A module is used
//! by the configuration in its `tests/live`, whose variable `changed` makes the change.

use crate::google::{on_sandbox, sandbox_with};
use crate::modules::modules;
use serde_json::{Value as Json, json};
use std::path::Path;
use terrane_e2e::{Aws, TestContext};
use terrane_xtask::workspace;

/// Where something is tried.
#[derive(Debug, Clone, Copy, PartialEq)]
enum On {
    /// Nowhere: it makes nothing in a cloud.
    Nothing,
    Moto,
    /// The strict stub with moto behind it, for what moto lacks.
    Stub,
    /// The sandbox that answers like Google Cloud.
    Sandbox,
}

/// What is tried, and how.
#[derive(Debug)]
struct Life {
    /// The directory, relative to the repository.
    place: &'static str,
    on: &'static [On],
    /// Variables by name.
    inputs: &'static [(&'static str, &'static str)],
    /// The variable that changes, and what it becomes.
    change: (&'static str, &'static str),
    /// Whether the first apply takes several rounds.
    rounds: bool,
    /// Python statements that make what is there already.
    before: &'static str,
    /// What is there after the change: Python expressions that are true, or names in the sandbox.
    made: &'static [&'static str],
    /// Accounts of AWS beside the default one in which nothing may be left.
    accounts: &'static [&'static str],
}

const MODULE: Life = Life {
    place: "",
    on: &[On::Moto],
    inputs: &[],
    change: ("changed", "true"),
    rounds: false,
    before: "",
    made: &[],
    accounts: &[],
};

/// A test for each, and all of them as a list.
macro_rules! lives {
    ($($name:ident: $life:expr;)*) => {
        const LIVES: &[&Life] = &[$(&$life),*];
        $(#[test]
        fn $name() {
            live(&$life);
        })*
    };
}

lives! {
    address_plan: Life { place: "modules/address-plan", on: &[On::Nothing], ..MODULE };
    aws_account_baseline: Life {
        place: "modules/aws/account-baseline",
        made: &["len(iam.list_attached_role_policies(RoleName='auditor')['AttachedPolicies']) == 2"],
        ..MODULE
    };
    aws_alarms_dashboard: Life {
        place: "modules/aws/alarms-dashboard",
        before: "ec2.run_instances(ImageId=ec2.describe_images(Owners=['amazon'])['Images'][0]['ImageId'], MinCount=2, MaxCount=2, \
                 InstanceType='t3.micro', TagSpecifications=[{'ResourceType': 'instance', 'Tags': [{'Key': 'Name', 'Value': 'web'}]}])",
        made: &["len(cloudwatch.describe_alarms()['MetricAlarms']) == 4"],
        ..MODULE
    };
    aws_client_vpn: Life {
        place: "modules/aws/client-vpn",
        on: &[On::Stub],
        made: &["ec2.describe_client_vpn_endpoints()['ClientVpnEndpoints'][0]['SessionTimeoutHours'] == 12"],
        ..MODULE
    };
    aws_federated_roles: Life {
        place: "modules/aws/federated-roles",
        made: &["{r['RoleName'] for r in iam.list_roles()['Roles']} >= {'step-ads-admin', 'step-orders-readonly'}"],
        ..MODULE
    };
    aws_federated_roles_service_account: Life {
        place: "modules/aws/federated-roles/service-account",
        made: &["iam.list_role_policies(RoleName='orders-support')['PolicyNames'] == ['own']"],
        ..MODULE
    };
    aws_iam_groups: Life {
        place: "modules/aws/iam-groups",
        made: &["sorted(g['GroupName'] for g in iam.list_groups_for_user(UserName='bob')['Groups']) == ['Developers', 'Operators']"],
        ..MODULE
    };
    aws_network_hub: Life {
        place: "modules/aws/network-hub",
        on: &[On::Stub],
        made: &["[s['name'] for s in ram.get_resource_shares(resourceOwner='SELF')['resourceShares'] if s['status'] == 'ACTIVE'] == ['centre']"],
        ..MODULE
    };
    aws_network_spoke: Life {
        place: "modules/aws/network-spoke",
        on: &[On::Stub],
        made: &["len(client('ec2', 'eu-west-1', '222222222222').describe_transit_gateway_vpc_attachments()\
                 ['TransitGatewayVpcAttachments'][0]['SubnetIds']) == 3"],
        accounts: &["111111111111", "222222222222"],
        ..MODULE
    };
    aws_organization: Life {
        place: "modules/aws/organization",
        made: &["sorted(a['Name'] for a in organizations.list_accounts()['Accounts']) == ['ads', 'audit', 'master', 'shop']"],
        ..MODULE
    };
    aws_site_to_site_vpn: Life {
        place: "modules/aws/site-to-site-vpn",
        on: &[On::Stub],
        made: &["len([c for c in ec2.describe_vpn_connections()['VpnConnections'] if c['State'] == 'available']) == 3"],
        ..MODULE
    };
    google_audit_project: Life {
        place: "modules/google/audit-project",
        on: &[On::Sandbox],
        made: &["logging:organizations/1234/sinks/all", "logging:projects/shop-dev/sinks/shop"],
        ..MODULE
    };
    google_gke_private_cluster: Life {
        place: "modules/google/gke-private-cluster",
        on: &[On::Sandbox],
        made: &["container:projects/platform-prd/locations/europe-west1/clusters/platform-green"],
        ..MODULE
    };
    google_service_project: Life {
        place: "modules/google/service-project",
        on: &[On::Sandbox],
        made: &["projects:shop-dev", "services:shop-dev/container.googleapis.com"],
        ..MODULE
    };
    google_shared_vpc: Life {
        place: "modules/google/shared-vpc",
        on: &[On::Sandbox],
        made: &["compute:projects/network-host/regions/europe-west4/subnetworks/lab"],
        ..MODULE
    };
    google_vpn_onprem: Life {
        place: "modules/google/vpn-onprem",
        on: &[On::Sandbox],
        made: &["compute:projects/network-host/regions/europe-west1/vpnTunnels/hub-depot-1"],
        ..MODULE
    };
    example_aws_organization: Life {
        place: "examples/aws-organization",
        inputs: &[("prefix", "example-4711"), ("force_destroy", "true")],
        change: ("log_days", "800"),
        rounds: true,
        made: &["all(client('s3', account=a['Id']).get_bucket_lifecycle_configuration(Bucket='example-4711-logs-' + a['Name'])\
                 ['Rules'][0]['Expiration']['Days'] == 800 for a in organizations.list_accounts()['Accounts'] if a['Name'] != 'master')"],
        ..MODULE
    };
    example_gke_platform: Life {
        place: "examples/gke-platform",
        on: &[On::Sandbox],
        inputs: &[
            ("parent", "organizations/1234"),
            ("billing_account", "012345-6789AB-CDEF01"),
            ("prefix", "shop-4711"),
            ("deletion_protection", "false"),
        ],
        change: ("environments", r#"{
            dev = { team = "group:everybody@example.com" }
            stg = { team = "group:developers@example.com" }
            prd = { team = "group:operators@example.com" }
        }"#),
        made: &["container:projects/shop-4711-prd/locations/europe-west1/clusters/prd-blue"],
        ..MODULE
    };
    example_hybrid_network: Life {
        place: "examples/hybrid-network",
        on: &[On::Stub, On::Sandbox],
        inputs: &[
            ("parent", "organizations/1234"),
            ("billing_account", "012345-6789AB-CDEF01"),
            ("network_account", "111111111111"),
            ("host_project", "network-4711"),
            ("deletion_protection", "false"),
            ("secrets", r#"{ office = "not-for-show", plant = "not-for-show" }"#),
            ("people", r#"{
                certificate_arn = "arn:aws:acm:eu-west-1:111111111111:certificate/12345678-1234-1234-1234-123456789012"
                saml_arn        = "arn:aws:iam::111111111111:saml-provider/directory"
                rules           = [{ range = "10.0.0.0/12", group = "administrators" }]
            }"#),
            ("services", r#"[
                { name = "orders", account = "222222222222" },
                { name = "games", project = "games-4711", prefix = 20 },
            ]"#),
        ],
        change: ("services", r#"[
            { name = "orders", account = "222222222222" },
            { name = "games", project = "games-4711", prefix = 20 },
            { name = "media", account = "333333333333", prefix = 21 },
        ]"#),
        made: &[
            "[v['CidrBlock'] for v in client('ec2', 'eu-west-1', '333333333333').describe_vpcs()['Vpcs'] if not v['IsDefault']] == ['10.0.8.0/21']",
            "compute:projects/network-4711/regions/europe-west1/vpnTunnels/hub-aws-3",
        ],
        accounts: &["111111111111", "222222222222", "333333333333"],
        ..MODULE
    };
}

/// Examples whose life is another test's, with its file.
const ELSEWHERE: &[(&str, &str)] =
    &[("examples/quickstart", "quickstart.rs"), ("examples/from-terraform", "from_terraform.rs")];

/// Examples that are no configurations of Terrane.
const NO_CONFIGURATIONS: &[&str] = &["examples/ci", "examples/drift-cron"];

#[test]
fn every_module_and_example_is_tried() {
    let tests = workspace::root().join("tests/e2e/tests/e2e");
    let mut places = modules();
    for entry in std::fs::read_dir(workspace::root().join("examples")).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            places.push(format!("examples/{}", path.file_name().expect("a name").to_string_lossy()));
        }
    }
    places.sort();
    for (place, file) in ELSEWHERE {
        let text = std::fs::read_to_string(tests.join(file)).expect("the test");
        assert!(text.contains(&format!("copy_of(\"{place}\")")), "{file} does not try {place}");
    }
    for place in NO_CONFIGURATIONS {
        let files = TestContext::copy_of(place).files();
        assert!(!files.iter().any(|file| file.ends_with(".tf")), "{place} is a configuration: {files:?}");
    }
    let mut tried: Vec<_> = LIVES.iter().map(|life| life.place).collect();
    tried.extend(ELSEWHERE.iter().map(|(place, _)| *place));
    tried.extend(NO_CONFIGURATIONS);
    tried.sort_unstable();
    assert_eq!(tried, places, "each module and example is tried here, and what is tried is there");
}

/// A copy of an example, whose modules are those of the repository.
pub(crate) fn example(name: &str) -> TestContext {
    copy(&format!("examples/{name}"))
}

/// A copy of a directory, in which paths to modules elsewhere in the repository lead there.
fn copy(place: &str) -> TestContext {
    let context = TestContext::copy_of(place);
    for file in context.files().iter().filter(|name| name.ends_with(".tf")) {
        let text = context.read(file);
        let lines = text.lines().map(|line| match line.split('"').nth(1) {
            Some(source) if line.trim_start().starts_with("source ") && source.starts_with("..") => {
                let there = workspace::root().join(place).join(source).canonicalize().expect("a module");
                line.replace(&format!("\"{source}\""), &format!("\"{}\"", there.display()))
            }
            _ => line.to_owned(),
        });
        context.write(file, &(lines.collect::<Vec<_>>().join("\n") + "\n"));
    }
    context
}

#[track_caller]
fn live(life: &Life) {
    let is_module = life.place.starts_with("modules/");
    let mut context =
        copy(&if is_module { format!("{}/tests/live", life.place) } else { life.place.to_owned() });
    let aws = life.on.iter().find_map(|on| match on {
        On::Moto => Some(Aws::start()),
        On::Stub => Some(Aws::start_with_stub()),
        _ => None,
    });
    if let Some(aws) = &aws {
        context = context.using(aws);
        aws.tamper(life.before);
    }
    let store = life.on.contains(&On::Sandbox).then(|| context.path().join("sandbox.json"));
    if let Some(store) = &store {
        let url = sandbox_with(Some(store.clone()));
        context = on_sandbox(context, &url);
    }
    for (name, value) in life.inputs {
        context = context.env(&format!("TF_VAR_{name}"), value);
    }
    context.good(&["init"]);
    context.good(&["validate"]).expect_no_text("Warning");
    let rounds: &[&str] = if life.rounds { &["-rounds"] } else { &[] };
    context.good(&[&["apply", "-auto-approve"], rounds].concat());
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);

    let context = context.env(&format!("TF_VAR_{}", life.change.0), life.change.1);
    context.run(&["plan", "-detailed-exitcode", "-out=plan.out"]).expect_code(2);
    context.good(&["apply", "plan.out"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    for made in life.made {
        match (&aws, &store) {
            (_, Some(store)) if !made.contains(' ') => {
                assert!(!objects(store)[*made].is_null(), "{made} is in the sandbox");
            }
            (Some(aws), _) => assert_eq!(aws.ask(made), json!(true), "{made}"),
            _ => panic!("nothing knows whether {made}"),
        }
    }

    let mut accounts: Vec<String> = life.accounts.iter().map(|account| format!("'{account}'")).collect();
    if life.rounds {
        let made = context.json(&["output", "-json", "accounts"]);
        accounts.extend(made.as_object().into_iter().flatten().map(|(_, id)| id.to_string()));
        assert!(!accounts.is_empty(), "the example says which accounts it made");
    }
    context.good(&["destroy", "-auto-approve"]).expect_text("Destroy complete!");
    assert_eq!(context.state()["resources"], json!([]));
    if let Some(store) = &store {
        assert_eq!(left_in(&objects(store)), Vec::<String>::new(), "what is left in the sandbox");
    }
    if is_module {
        // Its own test does the same, and says what callers get. An id of a project is not given twice: that is for another
        // sandbox.
        let mut context = context.without_env(&format!("TF_VAR_{}", life.change.0));
        let again = store.is_some().then(|| context.path().join("again.json"));
        if let Some(again) = &again {
            context = on_sandbox(context, &sandbox_with(Some(again.clone())));
        }
        context.good(&["test"]).expect_text("Success! 2 passed, 0 failed.");
        if let Some(again) = &again {
            assert_eq!(left_in(&objects(again)), Vec::<String>::new(), "what its test leaves in the sandbox");
        }
    }
    if let Some(aws) = &aws {
        accounts.push("None".to_owned());
        let kinds = if life.on.contains(&On::Stub) { NETWORKS } else { OTHERS };
        let left = format!("[x for a in [{}] for x in {kinds}]", accounts.join(", "));
        assert_eq!(aws.ask(&left), json!([]), "what is left in AWS");
        if life.place.ends_with("organization") {
            aws.tamper(NO_ORGANIZATION);
        }
    }
}

/// Python: what an account `a` has of networks.
const NETWORKS: &str = "(lambda c: [v['VpcId'] for v in c.describe_vpcs()['Vpcs'] if not v['IsDefault']] \
    + [g['TransitGatewayId'] for g in c.describe_transit_gateways()['TransitGateways'] if g['State'] != 'deleted'] \
    + [v['VpnConnectionId'] for v in c.describe_vpn_connections()['VpnConnections'] if v['State'] != 'deleted'] \
    + [g['CustomerGatewayId'] for g in c.describe_customer_gateways()['CustomerGateways'] if g['State'] != 'deleted'] \
    + [e['ClientVpnEndpointId'] for e in c.describe_client_vpn_endpoints()['ClientVpnEndpoints']] \
    + [s['name'] for s in client('ram', 'eu-west-1', a).get_resource_shares(resourceOwner='SELF')['resourceShares'] \
       if s['status'] != 'DELETED'])(client('ec2', 'eu-west-1', a))";

/// Python: what an account `a` has of people, roles, logs and alarms.
const OTHERS: &str = "(lambda i, w: [g['GroupName'] for g in i.list_groups()['Groups']] \
    + [u['UserName'] for u in i.list_users()['Users']] \
    + [p['PolicyName'] for p in i.list_policies(Scope='Local')['Policies']] \
    + [r['RoleName'] for r in i.list_roles()['Roles'] if r['RoleName'] != 'OrganizationAccountAccessRole'] \
    + [p['Arn'] for p in i.list_saml_providers()['SAMLProviderList']] \
    + [b['Name'] for b in client('s3', 'eu-west-1', a).list_buckets()['Buckets']] \
    + [t['Name'] for t in client('cloudtrail', 'eu-west-1', a).describe_trails()['trailList']] \
    + [t['TopicArn'] for t in client('sns', 'eu-west-1', a).list_topics()['Topics']] \
    + [x['AlarmName'] for x in w.describe_alarms()['MetricAlarms']] \
    + [d['DashboardName'] for d in w.list_dashboards()['DashboardEntries']]\
    )(client('iam', 'eu-west-1', a), client('cloudwatch', 'eu-west-1', a))";

/// Python: insists that there is no organization.
const NO_ORGANIZATION: &str = "try:\n    organizations.describe_organization()\n    raise AssertionError('it is still there')\n\
    except organizations.exceptions.AWSOrganizationsNotInUseException:\n    pass";

/// Everything that a sandbox has, by name.
fn objects(store: &Path) -> Json {
    let text = std::fs::read_to_string(store).expect("the sandbox's file");
    let mut store: Json = serde_json::from_str(&text).expect("the sandbox's file is JSON");
    store["objects"].take()
}

/// What a sandbox has beside what Google itself puts or leaves there: projects and folders stay for some weeks after they
/// were deleted, and a project's own service account and its list of services with it.
fn left_in(objects: &Json) -> Vec<String> {
    let all = objects.as_object().into_iter().flatten();
    let left = all.filter(|(name, object)| match name.split(':').next() {
        Some("projects" | "folders") => object["state"] != "DELETE_REQUESTED",
        Some("iam") => !name.ends_with("-compute@developer.gserviceaccount.com"),
        Some("organizations" | "billing" | "billingAccounts" | "services" | "deleted-accounts") => false,
        _ => true,
    });
    left.map(|(name, _)| name.clone()).collect()
}
