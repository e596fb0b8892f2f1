//! Each argument of Google's types changed, cleared and imported, in the sandbox: it is no Google Cloud, see its README. The
//! configurations under `families/google_arguments` have arguments that are absent at stage 0, have a value at stage 1 and another
//! at stage 2; then comes stage 0 again.

use crate::google::{on_sandbox, sandbox, send};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use terrane_e2e::{TestContext, objects, planned};

/// A configuration and a sandbox of its own, with the project that it is for.
struct Cloud {
    url: String,
    context: TestContext,
}

/// What is special about a configuration.
#[derive(Default)]
pub(super) struct Special<'a> {
    /// What has, once set, a value that it keeps when the argument is gone, and nothing else to clear.
    pub(super) kept: &'a [&'a str],
    /// Import ids where they are not the `id`.
    pub(super) ids: &'a [(&'a str, &'a str)],
    /// What cannot be imported, and stays in the state.
    pub(super) never: &'a [&'a str],
    /// What has an argument that no reading tells, so that it is updated after its import.
    pub(super) unseen: &'a [&'a str],
    /// What is deleted behind Terrane's back, and by which requests.
    pub(super) lost: &'a [(&'a str, &'a str)],
    /// What can be another object at the next stage.
    pub(super) replaced: &'a [&'a str],
    /// What is there before: what is sent, and where to.
    pub(super) prepared: &'a [(&'a str, Value)],
    /// What is found again after its destruction: Google deletes no keys, and what is a setting of something that stays
    /// is one of it still.
    pub(super) stays: &'a [&'a str],
}

/// An address without the key of the instance.
fn resource(address: &str) -> &str {
    address.split('[').next().unwrap()
}

impl Cloud {
    fn start(name: &str) -> Cloud {
        let url = sandbox();
        let project = json!({"projectId": "host-prj", "parent": {"type": "organization", "id": "1234"}});
        send(&url, "POST", "/v1/projects", &project);
        let context = TestContext::copy_of(&format!("tests/e2e/families/google_arguments/{name}"));
        let context = on_sandbox(context, &url);
        context.good(&["init"]);
        context.good(&["validate"]);
        Cloud { url, context }
    }

    /// The addresses of the resources that are not the same at all stages.
    fn staged(&self) -> BTreeSet<String> {
        let text = self.context.read("main.tf");
        let blocks = text.split("\nresource \"").skip(1).filter(|block| block.contains("local.stage"));
        let address = |block: &str| {
            let mut words = block.split('"');
            format!("{}.{}", words.next().unwrap(), words.nth(1).unwrap())
        };
        blocks.map(address).collect()
    }

    /// Sends a request past Terrane, and waits for what comes of it.
    fn prepare(&self, path: &str, body: &Value) {
        let answer = send(&self.url, "POST", path, body);
        if let ("compute#operation", Some(link)) =
            (answer["kind"].as_str().unwrap_or(""), answer["selfLink"].as_str())
        {
            let (_, operation) = link.split_once("googleapis.com").unwrap();
            let done = send(&self.url, "POST", &format!("{operation}/wait"), &Value::Null);
            assert_eq!(done["error"], Value::Null, "{path}");
        }
    }

    /// Insists that these are updated, or replaced where that is said, and nothing else is done, does it, and insists
    /// that a plan is empty then.
    #[track_caller]
    fn update(&self, what: &str, addresses: &BTreeSet<String>, replaced: &[&str]) {
        let plan = planned(&self.context);
        let fits = |address: &str, action: &str| {
            action == "update" || action == "replace" && replaced.contains(&resource(address))
        };
        let others: Vec<_> = plan.iter().filter(|(address, action)| !fits(address, action)).collect();
        assert!(others.is_empty(), "{what}: {others:?}");
        let changed: BTreeSet<String> = plan.keys().map(|address| resource(address).to_owned()).collect();
        assert_eq!(&changed, addresses, "{what}");
        self.apply(what);
    }

    /// Insists that whatever a state from before its destruction has is found to be gone, but for what stays.
    #[track_caller]
    fn disappear(&self, before: &str, stays: &[&str]) {
        let after = self.context.read("terraform.tfstate");
        self.context.write("terraform.tfstate", before);
        let plan = planned(&self.context);
        let there = objects(&self.context.state()).into_keys();
        let there = there.filter(|address| plan.get(address).map(String::as_str) != Some("create"));
        let there: BTreeSet<String> = there.map(|address| resource(&address).to_owned()).collect();
        assert_eq!(there.iter().map(String::as_str).collect::<Vec<_>>(), stays, "{plan:?}");
        self.context.write("terraform.tfstate", &after);
    }

    #[track_caller]
    fn apply(&self, what: &str) {
        self.context.good(&["apply", "plan.out"]);
        let run = self.context.run(&["plan", "-detailed-exitcode"]);
        assert_eq!(run.code, Some(0), "a plan after {what}: {run}");
    }

    /// What the endpoint says: the parts of answers at JSON pointers.
    fn told(&self, asked: &[(&str, &[&str])]) -> Value {
        let mut told = Vec::new();
        for (path, pointers) in asked {
            let answer = send(&self.url, "GET", path, &Value::Null);
            told.extend(pointers.iter().map(|p| answer.pointer(p).cloned().unwrap_or(Value::Null)));
        }
        Value::Array(told)
    }

    /// Imports every object into a state without it, and insists that nothing is to do then.
    #[track_caller]
    fn import(&self, special: &Special<'_>) {
        let fresh = on_sandbox(TestContext::empty(), &self.url);
        fresh.write("main.tf", &self.context.read("main.tf"));
        let mut state = self.context.state();
        let original = objects(&state);
        let mut blocks = String::new();
        for (address, object) in &original {
            if special.never.contains(&resource(address)) {
                continue;
            }
            let id = special.ids.iter().find(|(a, _)| a == address).map(|(_, id)| Value::from(*id));
            let id = id.unwrap_or_else(|| import_id(address, object));
            blocks += &format!("import {{\n  to = {address}\n  id = {id}\n}}\n");
        }
        fresh.write("imports.tf", &blocks);
        state["resources"].as_array_mut().unwrap().retain(|resource| {
            let address =
                format!("{}.{}", resource["type"].as_str().unwrap(), resource["name"].as_str().unwrap());
            special.never.contains(&address.as_str())
        });
        fresh.write("terraform.tfstate", &state.to_string());
        fresh.good(&["init"]);
        let plan = planned(&fresh);
        let wanted = special.unseen.iter().map(|address| ((*address).to_owned(), "update".to_owned()));
        assert_eq!(plan, wanted.collect(), "{}", fresh.run(&["plan"]));
        fresh.good(&["apply", "-auto-approve"]);
        fresh.run(&["plan", "-detailed-exitcode"]).expect_code(0);
        assert_eq!(objects(&fresh.state()).len(), original.len());
    }
}

/// The id that an object is imported by: of grants, its parts with spaces between them.
fn import_id(address: &str, object: &Value) -> Value {
    let role = ["_iam_member.", "_iam_binding."]
        .iter()
        .find(|kind| address.contains(**kind))
        .map(|_| &object["role"]);
    let Some(role) = role else { return object["id"].clone() };
    let words = [role, &object["member"], &object["condition"][0]["title"]];
    let words: Vec<&str> = words.iter().filter_map(|word| word.as_str()).collect();
    let id = object["id"].as_str().unwrap().strip_suffix(&format!("/{}", words.join("/"))).unwrap();
    Value::from(format!("{id} {}", words.join(" ")))
}

/// Goes through all stages and asks the endpoint at each; imports everything, loses some of it, destroys it.
#[track_caller]
pub(super) fn try_all(name: &str, special: &Special<'_>, asked: &[(&str, &[&str])], expected: [Value; 3]) {
    let cloud = Cloud::start(name);
    for (path, body) in special.prepared {
        cloud.prepare(path, body);
    }
    let plan = planned(&cloud.context);
    assert!(!plan.is_empty() && plan.values().all(|action| action == "create"), "{plan:?}");
    cloud.apply("the creation");
    let all = cloud.staged();
    let go = |from: u8, to: u8, addresses: &BTreeSet<String>| {
        cloud.context.edit("main.tf", &format!("stage = {from}"), &format!("stage = {to}"));
        cloud.update(&format!("stage {to}"), addresses, special.replaced);
    };
    let [first, second, cleared] = expected;
    go(0, 1, &all);
    assert_eq!(cloud.told(asked), first, "stage 1");
    go(1, 2, &all);
    assert_eq!(cloud.told(asked), second, "stage 2");
    cloud.import(special);
    let kept: BTreeSet<String> = special.kept.iter().map(|address| (*address).to_owned()).collect();
    assert!(kept.is_subset(&all), "{kept:?}");
    go(2, 0, &(&all - &kept));
    assert_eq!(cloud.told(asked), cleared, "stage 0");
    for (address, path) in special.lost {
        let mut running = send(&cloud.url, "DELETE", path, &Value::Null);
        // What Kubernetes Engine deletes is there until its operation has ended.
        while let (Some((place, _)), false) = (path.split_once("/clusters/"), running["status"] == "DONE") {
            let operation = format!("{place}/operations/{}", running["name"].as_str().unwrap());
            running = send(&cloud.url, "GET", &operation, &Value::Null);
        }
        let plan = planned(&cloud.context);
        assert_eq!(plan.get(*address).map(String::as_str), Some("create"), "{address} is gone: {plan:?}");
        cloud.apply(&format!("the loss of {address}"));
    }
    let before = cloud.context.read("terraform.tfstate");
    cloud.context.good(&["destroy", "-auto-approve"]);
    assert_eq!(cloud.context.state()["resources"], json!([]));
    cloud.disappear(&before, special.stays);
}

#[test]
fn arguments_of_networks_and_subnets() {
    let special = Special {
        kept: &["google_compute_network.m", "google_compute_network.n", "google_compute_subnetwork.proxy"],
        ids: &[
            (
                "google_compute_subnetwork_iam_binding.b",
                "projects/host-prj/regions/europe-west1/subnetworks/a roles/compute.networkUser",
            ),
            (
                "google_compute_subnetwork_iam_policy.p",
                "projects/host-prj/regions/europe-west1/subnetworks/v6",
            ),
        ],
        lost: &[(
            "google_compute_subnetwork.only6",
            "/compute/v1/projects/host-prj/regions/europe-west1/subnetworks/only6",
        )],
        ..Special::default()
    };
    let subnets = "/compute/v1/projects/host-prj/regions/europe-west1/subnetworks";
    let (a, v6) = (format!("{subnets}/a"), format!("{subnets}/v6"));
    let (policy_a, policy_v6) = (format!("{a}/getIamPolicy"), format!("{v6}/getIamPolicy"));
    let asked: &[(&str, &[&str])] = &[
        ("/compute/v1/projects/host-prj/global/networks/n", &["/routingConfig/routingMode"]),
        (&a, &["/logConfig/metadata", "/logConfig/enable", "/secondaryIpRanges/0/rangeName"]),
        (&v6, &["/stackType", "/ipv6AccessType", "/privateIpv6GoogleAccess", "/privateIpGoogleAccess"]),
        (&policy_a, &["/bindings/0/members"]),
        (&policy_v6, &["/bindings/0/members"]),
    ];
    let (out, off) = ("ENABLE_OUTBOUND_VM_ACCESS_TO_GOOGLE", "DISABLE_GOOGLE_ACCESS");
    let (both, one) = (json!(["group:g@example.com", "user:a@example.com"]), json!(["group:h@example.com"]));
    let first = json!(["user:a@example.com"]);
    let expected = [
        json!(["GLOBAL", "CUSTOM_METADATA", true, "p", "IPV4_IPV6", "INTERNAL", out, true, both, both]),
        json!(["REGIONAL", "EXCLUDE_ALL_METADATA", true, "s", "IPV4_IPV6", "INTERNAL", off, false, one, one]),
        json!(["REGIONAL", null, false, null, "IPV4_ONLY", null, off, false, first, first]),
    ];
    try_all("networks", &special, asked, expected);
}

#[test]
fn arguments_of_routes_rules_and_routers() {
    let special = Special {
        kept: &["google_compute_firewall.out"],
        never: &["google_compute_vpn_tunnel.t"],
        unseen: &["google_compute_router_peer.p"],
        lost: &[
            ("google_compute_route.ip", "/compute/v1/projects/host-prj/global/routes/ip"),
            ("google_compute_firewall.sa", "/compute/v1/projects/host-prj/global/firewalls/sa"),
        ],
        ..Special::default()
    };
    let asked: &[(&str, &[&str])] = &[
        (
            "/compute/v1/projects/host-prj/global/firewalls/sa",
            &["/description", "/priority", "/disabled", "/logConfig/metadata", "/targetServiceAccounts/0"],
        ),
        (
            "/compute/v1/projects/host-prj/regions/europe-west1/routers/r",
            &[
                "/description",
                "/bgp/advertisedIpRanges",
                "/bgpPeers/0/bfd/minTransmitInterval",
                "/bgpPeers/0/md5AuthenticationKeyName",
                "/md5AuthenticationKeys",
                "/bgpPeers/0/customLearnedIpRanges/0/range",
                "/bgpPeers/0/advertisedRoutePriority",
                "/nats/0/rules/0/ruleNumber",
                "/nats/0/maxPortsPerVm",
                "/nats/0/logConfig/filter",
            ],
        ),
        (
            "/compute/v1/projects/host-prj/regions/europe-west1/routers/nat64",
            &["/nats/0/sourceSubnetworkIpRangesToNat64"],
        ),
        ("/compute/v1/projects/host-prj/regions/europe-west1/routers/on-premises", &["/bgpPeers/0/peerAsn"]),
        (
            "/compute/v1/projects/host-prj/regions/europe-west1/vpnGateways/over",
            &["/vpnInterfaces/1/ipAddress"],
        ),
    ];
    let account = "b@host-prj.iam.gserviceaccount.com";
    let range = |n: u8, what: &str| json!({"range": format!("1.2.{n}.0/24"), "description": what});
    let expected = [
        json!([
            "a", 5, true, "INCLUDE_ALL_METADATA", account, "a", [range(3, "a")], 3000, "key-one",
            [{"name": "key-one"}], "1.3.3.0/24", 100, 100, 1024, "ALL", "LIST_OF_IPV6_SUBNETWORKS", 65021, "10.101.0.0"
        ]),
        json!([
            "b", 6, false, "EXCLUDE_ALL_METADATA", account, "b", [{"range": "1.2.3.0/24"}, range(4, "b")], 1000, "key-two",
            [{"name": "key-two"}], "1.3.4.0/24", 200, null, null, "ERRORS_ONLY", "ALL_IPV6_SUBNETWORKS", 65022, "10.101.0.0"
        ]),
        json!([
            null,
            1000,
            false,
            null,
            account,
            null,
            [],
            1000,
            null,
            [],
            null,
            null,
            null,
            null,
            null,
            null,
            65020,
            "10.101.0.0"
        ]),
    ];
    try_all("routing", &special, asked, expected);
}

#[test]
fn arguments_of_zones_and_records() {
    let special = Special {
        kept: &["google_dns_managed_zone.peer"],
        unseen: &["google_dns_managed_zone.signed"],
        lost: &[(
            "google_dns_record_set.mx",
            "/dns/v1/projects/host-prj/managedZones/keys/rrsets/keys.example.org./MX",
        )],
        ..Special::default()
    };
    let zones = "/dns/v1/projects/host-prj/managedZones";
    let [signed, plain, forward] = ["signed", "plain", "forward"].map(|name| format!("{zones}/{name}"));
    let set = |name: &str| format!("{zones}/keys/rrsets/{name}.keys.example.org./A");
    let (weighted, near, record) = (set("w"), set("g"), set("p"));
    let backup = format!("{zones}/forward/rrsets/b.corp.example.com./A");
    let asked: &[(&str, &[&str])] = &[
        (&signed, &["/description", "/dnssecConfig/state", "/cloudLoggingConfig/enableLogging", "/labels"]),
        (&plain, &["/dnssecConfig/state", "/privateVisibilityConfig"]),
        (&forward, &["/forwardingConfig/targetNameServers/0/ipv4Address"]),
        (&weighted, &["/ttl", "/routingPolicy/wrr/items/0/weight"]),
        (&near, &["/routingPolicy/geo/enableFencing", "/routingPolicy/geo/items/0/location"]),
        (&record, &["/ttl", "/rrdatas"]),
        (
            &backup,
            &[
                "/routingPolicy/primaryBackup/trickleTraffic",
                "/routingPolicy/primaryBackup/backupGeoTargets/enableFencing",
                "/routingPolicy/primaryBackup/backupGeoTargets/items/0/location",
                "/routingPolicy/primaryBackup/primaryTargets/internalLoadBalancers/0/project",
                "/routingPolicy/primaryBackup/primaryTargets/internalLoadBalancers/1/ipAddress",
            ],
        ),
    ];
    let expected = [
        json!(["a", "on", true, {"a": "b"}, "on", null, "10.0.0.2", 60, 0.5, true, "us-central1", 0, ["10.0.0.1", "10.0.0.2"],
            0.1, true, "europe-west4", "host-prj", "10.0.0.10"]),
        json!(["b", "transfer", false, {"c": "d"}, "transfer", null, "10.0.0.3", 3600, 1, false, "europe-west1", 60, ["10.0.0.3"],
            0.2, false, "us-east1", "host-prj", null]),
        json!([
            "Managed by Terraform",
            "off",
            false,
            null,
            null,
            null,
            "10.0.0.1",
            300,
            0.5,
            false,
            "us-central1",
            300,
            ["10.0.0.1"],
            null,
            false,
            "europe-west4",
            "host-prj",
            null
        ]),
    ];
    try_all("names", &special, asked, expected);
}

#[test]
fn arguments_of_keys_and_topics() {
    let ring = "projects/host-prj/locations/europe-west1/keyRings/r";
    let (viewers, users) = (
        format!("{ring} roles/cloudkms.viewer"),
        format!("{ring}/cryptoKeys/k roles/cloudkms.cryptoKeyEncrypterDecrypter"),
    );
    let signer = format!("{ring}/cryptoKeys/signs roles/cloudkms.signer user:a@example.com");
    let special = Special {
        ids: &[
            ("google_kms_key_ring_iam_binding.r", &viewers),
            ("google_kms_crypto_key_iam_binding.k", &users),
            ("google_kms_crypto_key_iam_member.signs", &signer),
            ("google_pubsub_topic_iam_policy.two", "projects/host-prj/topics/two"),
        ],
        // Its member is known by the project's number.
        never: &["google_pubsub_topic_iam_member.writer"],
        lost: &[("google_pubsub_topic.logs", "/v1/projects/host-prj/topics/logs")],
        stays: &["google_kms_crypto_key.k", "google_kms_crypto_key.signs", "google_kms_key_ring.r"],
        ..Special::default()
    };
    let [k, signs] = ["k", "signs"].map(|name| format!("/v1/{ring}/cryptoKeys/{name}"));
    let policy = format!("{k}:getIamPolicy");
    let asked: &[(&str, &[&str])] = &[
        (&k, &["/rotationPeriod", "/labels"]),
        (&signs, &["/versionTemplate/algorithm"]),
        (&policy, &["/bindings/0/members"]),
        (
            "/v1/projects/host-prj/topics/logs",
            &[
                "/kmsKeyName",
                "/labels",
                "/messageRetentionDuration",
                "/messageStoragePolicy/enforceInTransit",
                "/messageTransforms/0/disabled",
                "/ingestionDataSourceSettings/cloudStorage/matchGlob",
                "/ingestionDataSourceSettings/cloudStorage/textFormat",
                "/ingestionDataSourceSettings/cloudStorage/avroFormat",
                "/ingestionDataSourceSettings/platformLogsSettings/severity",
            ],
        ),
    ];
    let (both, one) = (json!(["group:g@example.com", "user:a@example.com"]), json!(["group:h@example.com"]));
    let (a, c, none) = (json!({"a": "b"}), json!({"c": "d"}), Value::Null);
    let key = format!("{ring}/cryptoKeys/k");
    let expected = [
        json!(["7776000s", a, "EC_SIGN_P384_SHA384", both, key, a, "86400s", true, true, "**.txt", {"delimiter": "|"}, none, "WARNING"]),
        json!([
            "8640000s",
            c,
            "RSA_SIGN_PSS_2048_SHA256",
            one,
            none,
            c,
            "3600s",
            false,
            false,
            none,
            none,
            {},
            "ERROR"
        ]),
        json!([
            none,
            none,
            "EC_SIGN_P256_SHA256",
            ["user:a@example.com"],
            none,
            none,
            none,
            false,
            none,
            none,
            none,
            none,
            none
        ]),
    ];
    try_all("keys", &special, asked, expected);
}

#[test]
fn arguments_of_buckets() {
    let special = Special {
        kept: &["google_storage_bucket.filter", "google_storage_bucket.two", "google_storage_bucket.v"],
        ids: &[
            ("google_storage_bucket_iam_binding.b", "b/hns-1 roles/storage.objectViewer"),
            ("google_storage_bucket_iam_binding.c", "b/hns-1 roles/storage.objectAdmin only a"),
        ],
        lost: &[("google_storage_bucket.logs", "/storage/v1/b/logs-1")],
        ..Special::default()
    };
    let asked: &[(&str, &[&str])] = &[
        (
            "/storage/v1/b/b-1",
            &[
                "/storageClass",
                "/iamConfiguration/publicAccessPrevention",
                "/cors/0/maxAgeSeconds",
                "/encryption/defaultKmsKeyName",
                "/lifecycle/rule/0/condition/age",
                "/logging/logObjectPrefix",
                "/retentionPolicy/retentionPeriod",
                "/softDeletePolicy/retentionDurationSeconds",
                "/website",
            ],
        ),
        ("/storage/v1/b/class-1", &["/autoclass/terminalStorageClass"]),
        ("/storage/v1/b/filter-1", &["/ipFilter/mode"]),
        ("/storage/v1/b/two-1", &["/rpo"]),
        ("/storage/v1/b/kept-1/iam", &["/bindings/0/members/0"]),
        (
            "/storage/v1/b/enforced-1",
            &[
                "/encryption/defaultKmsKeyName",
                "/encryption/googleManagedEncryptionEnforcementConfig/restrictionMode",
            ],
        ),
    ];
    let key = |name: &str| format!("projects/host-prj/locations/europe/keyRings/r/cryptoKeys/{name}");
    let site = |page: &str| json!({"mainPageSuffix": page, "notFoundPage": "404.html"});
    let expected = [
        json!([
            "NEARLINE",
            "enforced",
            10,
            key("k"),
            10,
            "b-1",
            "3600",
            "0",
            site("j.html"),
            "NEARLINE",
            "Enabled",
            "ASYNC_TURBO",
            "group:g@example.com",
            key("k"),
            "FullyRestricted"
        ]),
        json!([
            "COLDLINE",
            "inherited",
            10,
            key("l"),
            20,
            "pre",
            "7200",
            "1209600",
            site("k.html"),
            "ARCHIVE",
            "Disabled",
            "DEFAULT",
            "group:h@example.com",
            null,
            "NotRestricted"
        ]),
        json!([
            "STANDARD", "inherited", null, null, null, null, null, "604800", {"mainPageSuffix": "i.html"}, null, "Disabled",
            "DEFAULT", "user:a@example.com", null, null
        ]),
    ];
    try_all("storage", &special, asked, expected);
}

#[test]
fn arguments_of_accounts_grants_and_policies() {
    let account = "projects/host-prj/serviceAccounts/svc-one@host-prj.iam.gserviceaccount.com";
    let user = format!("{account} roles/iam.serviceAccountUser");
    let special = Special {
        kept: &["google_org_policy_policy.dry"],
        ids: &[
            ("google_service_account_iam_binding.b", &user),
            ("google_organization_iam_member.m", "1234 roles/viewer user:a@example.com"),
            ("google_organization_iam_binding.b", "1234 roles/editor"),
            ("google_project_iam_binding.b", "host-prj roles/editor until 2030"),
        ],
        never: &["google_folder_iam_member.m"],
        unseen: &["google_folder.f"],
        lost: &[("google_org_policy_policy.list", "/v2/projects/host-prj/policies/gcp.resourceLocations")],
        ..Special::default()
    };
    let account = format!("/v1/{account}");
    let asked: &[(&str, &[&str])] = &[
        (&account, &["/displayName", "/description", "/disabled"]),
        (
            "/v2/projects/host-prj/policies/gcp.resourceLocations",
            &[
                "/spec/inheritFromParent",
                "/spec/rules/0/values/allowedValues/0",
                "/dryRunSpec/rules/0/denyAll",
                "/name",
            ],
        ),
        (
            "/v2/organizations/1234/policies/iam.disableServiceAccountKeyCreation",
            &["/dryRunSpec/rules/0/enforce"],
        ),
    ];
    let name = "projects/host-prj/policies/gcp.resourceLocations";
    let expected = [
        json!(["a", "a", true, true, "in:eu-locations", true, name, false]),
        json!(["b", "b", null, false, "in:asia-locations", null, name, true]),
        json!([null, null, null, false, "in:eu-locations", null, name, true]),
    ];
    try_all("grants", &special, asked, expected);
}

#[test]
fn arguments_of_machines_disks_and_addresses() {
    let special = Special {
        kept: &["google_compute_interconnect_attachment.d"],
        // Its key is told nowhere.
        never: &["google_compute_disk.key"],
        unseen: &[
            "google_compute_disk.snapped",
            "google_compute_instance.i",
            "google_compute_route.inst2",
            "google_service_networking_connection.c",
        ],
        lost: &[("google_compute_disk.kms", "/compute/v1/projects/host-prj/zones/europe-west1-b/disks/kms")],
        ..Special::default()
    };
    let zone = "/compute/v1/projects/host-prj/zones/europe-west1-b";
    let (disk, machine) = (format!("{zone}/disks/iops"), format!("{zone}/instances/i"));
    let asked: &[(&str, &[&str])] = &[
        (&disk, &["/provisionedIops"]),
        (
            &machine,
            &[
                "/tags/items",
                "/minCpuPlatform",
                "/deletionProtection",
                "/shieldedInstanceConfig/enableSecureBoot",
            ],
        ),
        (
            "/compute/v1/projects/host-prj/regions/europe-west1/interconnectAttachments/d",
            &["/bandwidth", "/type"],
        ),
    ];
    let expected = [
        json!(["4000", ["a"], "Intel Broadwell", true, true, "BPS_1G", "DEDICATED"]),
        json!(["5000", ["b", "c"], "Intel Skylake", false, false, "BPS_2G", "DEDICATED"]),
        json!(["3600", null, "Intel Skylake", false, false, "BPS_2G", "DEDICATED"]),
    ];
    try_all("machines", &special, asked, expected);
}

#[test]
fn arguments_of_projects_sinks_and_datasets() {
    let special = Special {
        kept: &[
            "google_compute_shared_vpc_service_project.s",
            "google_project.q",
            "google_project_service.s",
        ],
        ids: &[(
            "google_bigquery_dataset_iam_binding.b",
            "projects/other-prj/datasets/dd roles/bigquery.dataViewer",
        )],
        unseen: &["google_folder.f", "google_project.p", "google_project.q", "google_project_service.s"],
        lost: &[("google_logging_project_sink.s", "/v2/projects/other-prj/sinks/s")],
        ..Special::default()
    };
    let asked: &[(&str, &[&str])] = &[
        ("/v3/projects/other-prj", &["/displayName", "/labels"]),
        ("/v1/projects/other-prj/billingInfo", &["/billingAccountName"]),
        (
            "/v2/projects/other-prj/sinks/s",
            &[
                "/destination",
                "/filter",
                "/description",
                "/disabled",
                "/exclusions/0/disabled",
                "/exclusions/1/name",
            ],
        ),
        ("/v2/organizations/1234/sinks/s", &["/filter", "/disabled"]),
        (
            "/bigquery/v2/projects/other-prj/datasets/dd",
            &[
                "/friendlyName",
                "/description",
                "/defaultTableExpirationMs",
                "/defaultPartitionExpirationMs",
                "/defaultCollation",
                "/defaultEncryptionConfiguration/kmsKeyName",
                "/labels",
            ],
        ),
        (
            "/compute/v1/projects/host-prj/global/firewallPolicies/p/getRule?priority=100",
            &[
                "/action",
                "/match/destFqdns/0",
                "/match/layer4Configs/0/ports",
                "/disabled",
                "/targetServiceAccounts",
            ],
        ),
    ];
    let key = |name: &str| format!("projects/other-prj/locations/eu/keyRings/r/cryptoKeys/{name}");
    let account = |name: &str| json!([format!("{name}@host-prj.iam.gserviceaccount.com")]);
    let table = "bigquery.googleapis.com/projects/other-prj/datasets/dd";
    let expected = [
        json!([
            "Name two", {"a": "b"}, "billingAccounts/012345-6789AB-CDEF01", table, "severity>=ERROR", "a", true, true, null,
            "severity>=ERROR", true, "a", "a", "3600000", "3600000", "und:ci", key("k"), {"a": "b"}, "deny", "a.example",
            ["53", "54-55"], true, account("a")
        ]),
        json!([
            "Name three", {"c": "d"}, "", "storage.googleapis.com/cc", "severity>=INFO", "b", false, false, "b",
            "severity>=INFO", false, "b", "b", "7200000", "7200000", null, key("l"), {"c": "d"}, "goto_next", "b.example", null,
            false, account("b")
        ]),
        json!([
            "Name one",
            null,
            "",
            "storage.googleapis.com/bb",
            "",
            "",
            false,
            null,
            null,
            "",
            false,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            "allow",
            null,
            ["80"],
            false,
            []
        ]),
    ];
    try_all("projects", &special, asked, expected);
}
