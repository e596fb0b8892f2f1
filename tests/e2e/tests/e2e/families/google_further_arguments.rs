//! Further arguments of Google's types, as [`super::google_arguments`] tries those of others: grants with conditions, what disks
//! are made from, what leads to services of others, and what is left.

use super::google_arguments::Special;
use super::google_cluster_arguments::{Row, try_rows};
use serde_json::{Value, json};

/// What is the same at all stages.
fn same(pointer: &'static str, value: Value) -> Row {
    (pointer, value.clone(), value.clone(), value)
}

/// What is not there when the argument is gone.
fn cleared(pointer: &'static str, first: Value, second: Value) -> Row {
    (pointer, first, second, Value::Null)
}

#[test]
fn grants_of_each_kind_with_and_without_conditions() {
    let special = Special {
        replaced: &[
            "google_bigquery_dataset_iam_binding.b",
            "google_bigquery_dataset_iam_member.m",
            "google_compute_subnetwork_iam_binding.b",
            "google_compute_subnetwork_iam_member.m",
            "google_folder_iam_binding.b",
            "google_folder_iam_member.m",
            "google_kms_crypto_key_iam_binding.b",
            "google_kms_crypto_key_iam_member.m",
            "google_kms_key_ring_iam_binding.b",
            "google_kms_key_ring_iam_member.m",
            "google_organization_iam_binding.b",
            "google_organization_iam_member.m",
            "google_project_iam_binding.b",
            "google_project_iam_member.m",
            "google_pubsub_topic_iam_binding.b",
            "google_pubsub_topic_iam_member.m",
            "google_service_account_iam_binding.b",
            "google_service_account_iam_member.m",
            "google_storage_bucket_iam_binding.b",
            "google_storage_bucket_iam_member.m",
        ],
        unseen: &["google_folder.f[\"a\"]", "google_folder.f[\"b\"]", "google_project.own"],
        stays: &[
            "google_folder_iam_policy.p",
            "google_kms_crypto_key.k",
            "google_kms_crypto_key_iam_policy.p",
            "google_kms_key_ring.r",
            "google_kms_key_ring_iam_policy.p",
            "google_project_iam_policy.p",
        ],
        ..Special::default()
    };
    let both = json!(["group:g@example.com", "user:a@example.com"]);
    let policy = [
        ("/bindings/0/members", both, json!(["group:h@example.com"]), json!(["user:a@example.com"])),
        cleared("/bindings/1/condition/title", json!("for a time"), json!("for longer")),
    ];
    let things: &[(&str, &[Row])] = &[
        ("/v1/projects/host-prj/topics/topic-b:getIamPolicy?options.requestedPolicyVersion=3", &policy),
        (
            "/compute/v1/projects/host-prj/regions/europe-west1/subnetworks/b/getIamPolicy?optionsRequestedPolicyVersion=3",
            &policy,
        ),
    ];
    try_rows("permissions", &special, things);
}

#[test]
fn sources_of_disks_and_networks_of_instances() {
    let raw = "SGVsbG8gZnJvbSBHb29nbGUgQ2xvdWQgUGxhdGZvcm0=";
    let key = "projects/host-prj/locations/europe-west1/keyRings/r/cryptoKeys/k";
    let zone = "/compute/v1/projects/host-prj/zones/europe-west1-b";
    let producer = "/compute/v1/projects/producer-prj/regions/europe-west1";
    let disks = format!("{zone}/disks");
    let (snapshots, instant) = (format!("{disks}/source/createSnapshot"), format!("{zone}/instantSnapshots"));
    let (subnets, attachments) =
        (format!("{producer}/subnetworks"), format!("{producer}/networkAttachments"));
    let accepting = |name: &str, preference: &str| {
        json!({"name": name, "connectionPreference": preference, "producerAcceptLists": ["host-prj"],
            "subnetworks": ["regions/europe-west1/subnetworks/p"]})
    };
    let source = "zones/europe-west1-b/disks/source";
    let special = Special {
        prepared: &[
            (&disks, json!({"name": "source", "sizeGb": "10"})),
            (&snapshots, json!({"name": "one"})),
            (&snapshots, json!({"name": "two"})),
            (&snapshots, json!({"name": "secret", "snapshotEncryptionKey": {"rawKey": raw}})),
            (&snapshots, json!({"name": "kept", "snapshotEncryptionKey": {"kmsKeyName": key}})),
            (&instant, json!({"name": "one", "sourceDisk": source})),
            (&instant, json!({"name": "two", "sourceDisk": source})),
            (
                "/v1/projects",
                json!({"projectId": "producer-prj", "parent": {"type": "organization", "id": "1234"}}),
            ),
            (
                "/compute/v1/projects/producer-prj/global/networks",
                json!({"name": "p", "autoCreateSubnetworks": false}),
            ),
            (&subnets, json!({"name": "p", "network": "global/networks/p", "ipCidrRange": "10.9.0.0/24"})),
            (&attachments, accepting("all", "ACCEPT_AUTOMATIC")),
            (&attachments, accepting("some", "ACCEPT_MANUAL")),
        ],
        replaced: &[
            "google_compute_disk.instant",
            "google_compute_disk.secret_image",
            "google_compute_disk.secret_snapshot",
            "google_compute_disk.snapshot",
            "google_compute_disk.stored",
            "google_compute_instance.attached",
            "google_compute_instance.image",
            "google_compute_instance.snapshot",
            "google_compute_instance.wrapped",
        ],
        ids: &[
            ("google_storage_bucket_object.image[\"a.tar.gz\"]", "images-1/a.tar.gz"),
            ("google_storage_bucket_object.image[\"b.vmdk\"]", "images-1/b.vmdk"),
        ],
        // Keys, and with which of them something was read, are not told.
        never: &[
            "google_compute_disk.secret_image",
            "google_compute_disk.secret_snapshot",
            "google_compute_instance.image",
            "google_compute_instance.snapshot",
            "google_compute_instance.wrapped",
            "google_storage_bucket_object.image",
        ],
        unseen: &["google_compute_instance.moves"],
        ..Special::default()
    };
    let link = |path: &str| json!(format!("https://www.googleapis.com/compute/v1/projects/{path}"));
    let host = |path: &str| link(&format!("host-prj/{path}"));
    let moves = [
        same("/status", json!("RUNNING")),
        (
            "/networkInterfaces/0/network",
            host("global/networks/m"),
            host("global/networks/n"),
            host("global/networks/n"),
        ),
        (
            "/networkInterfaces/0/subnetwork",
            host("regions/europe-west1/subnetworks/b"),
            host("regions/europe-west1/subnetworks/c"),
            host("regions/europe-west1/subnetworks/a"),
        ),
        cleared(
            "/networkInterfaces/0/aliasIpRanges/0/ipCidrRange",
            json!("10.1.1.0/28"),
            json!("10.1.2.0/28"),
        ),
        same("/networkInterfaces/0/accessConfigs/0/name", json!("External NAT")),
    ];
    let attached = [cleared(
        "/networkInterfaces/1/networkAttachment",
        link("producer-prj/regions/europe-west1/networkAttachments/all"),
        link("producer-prj/regions/europe-west1/networkAttachments/some"),
    )];
    let snapshot = [cleared("/sourceSnapshot", host("global/snapshots/one"), host("global/snapshots/two"))];
    let instants = [cleared(
        "/sourceInstantSnapshot",
        host("zones/europe-west1-b/instantSnapshots/one"),
        host("zones/europe-west1-b/instantSnapshots/two"),
    )];
    let stored = [cleared(
        "/sourceStorageObject",
        json!("gs://images-1/a.tar.gz"),
        json!("https://storage.googleapis.com/images-1/b.vmdk"),
    )];
    let keyed = [
        cleared("/sourceSnapshotEncryptionKey/kmsKeyName", Value::Null, json!(key)),
        cleared(
            "/sourceSnapshotEncryptionKey/kmsKeyServiceAccount",
            Value::Null,
            json!("x@host-prj.iam.gserviceaccount.com"),
        ),
    ];
    let [moving, attaching] = ["moves", "attached"].map(|name| format!("{zone}/instances/{name}"));
    let [a, b, c, d, e] =
        ["of-a-snapshot", "of-an-instant", "of-a-file", "of-a-secret-snapshot", "starts-from-a-snapshot"]
            .map(|name| format!("{disks}/{name}"));
    let things: &[(&str, &[Row])] = &[
        (&moving, &moves),
        (&attaching, &attached),
        (&a, &snapshot),
        (&b, &instants),
        (&c, &stored),
        (&d, &keyed),
        (&e, &keyed),
    ];
    try_rows("sources", &special, things);
}

#[test]
fn services_of_others_and_routers_that_are_instances() {
    let producer = "/compute/v1/projects/producer-prj/regions/europe-west1";
    let [subnets, rules, attachments] =
        ["subnetworks", "forwardingRules", "serviceAttachments"].map(|name| format!("{producer}/{name}"));
    let special = Special {
        prepared: &[
            (
                "/v1/projects",
                json!({"projectId": "producer-prj", "parent": {"type": "organization", "id": "1234"}}),
            ),
            (
                "/compute/v1/projects/producer-prj/global/networks",
                json!({"name": "p", "autoCreateSubnetworks": false}),
            ),
            (&subnets, json!({"name": "p", "network": "global/networks/p", "ipCidrRange": "10.9.0.0/24"})),
            (
                &subnets,
                json!({"name": "nat", "network": "global/networks/p", "ipCidrRange": "10.9.1.0/24",
                    "purpose": "PRIVATE_SERVICE_CONNECT"}),
            ),
            (
                &rules,
                json!({"name": "web", "loadBalancingScheme": "INTERNAL", "IPProtocol": "TCP", "ports": ["443"],
                    "backendService": "regions/europe-west1/backendServices/web",
                    "subnetwork": "regions/europe-west1/subnetworks/p"}),
            ),
            (
                &attachments,
                json!({"name": "open", "connectionPreference": "ACCEPT_AUTOMATIC",
                    "natSubnets": ["regions/europe-west1/subnetworks/nat"],
                    "targetService": "regions/europe-west1/forwardingRules/web"}),
            ),
        ],
        kept: &[
            "google_compute_forwarding_rule.service",
            "google_compute_router_peer.six",
            "google_compute_subnetwork.logged",
        ],
        replaced: &[
            "google_compute_forwarding_rule.six",
            "google_compute_interconnect_attachment.certain",
            "google_compute_subnetwork.reserved",
        ],
        // Its secret is told nowhere.
        never: &["google_compute_vpn_tunnel.t"],
        ..Special::default()
    };
    let regional = "/compute/v1/projects/host-prj/regions/europe-west1";
    let link = |path: &str| json!(format!("https://www.googleapis.com/compute/v1/projects/host-prj/{path}"));
    let range = |name: &str| {
        json!(format!(
            "networkconnectivity.googleapis.com/projects/host-prj/locations/global/internalRanges/{name}"
        ))
    };
    let nat = |name: &str| link(&format!("regions/europe-west1/subnetworks/nat-{name}"));
    let service = [
        ("/allowPscGlobalAccess", json!(true), json!(false), json!(false)),
        same("/pscConnectionStatus", json!("ACCEPTED")),
        same("/loadBalancingScheme", Value::Null),
    ];
    let some = [
        (
            "/sourceIpRanges",
            json!(["203.0.113.0/24", "198.51.100.0/24"]),
            json!(["198.51.100.0/24"]),
            json!(["203.0.113.0/24"]),
        ),
        same("/baseForwardingRule", link("regions/europe-west1/forwardingRules/all")),
    ];
    let six = [cleared(
        "/ipCollection",
        link("regions/europe-west1/publicDelegatedPrefixes/one"),
        link("regions/europe-west1/publicDelegatedPrefixes/two"),
    )];
    let appliance = [cleared(
        "/bgpPeers/0/routerApplianceInstance",
        link("zones/europe-west1-b/instances/one"),
        link("zones/europe-west1-b/instances/two"),
    )];
    let vpn = [
        (
            "/bgpPeers/0/peerIpv4NexthopAddress",
            json!("169.254.5.2"),
            json!("169.254.5.6"),
            json!("169.254.5.6"),
        ),
        same("/bgpPeers/0/enableIpv4", json!(true)),
        same("/interfaces/0/ipVersion", json!("IPV6")),
    ];
    let private = [
        (
            "/nats/0/rules/0/action/sourceNatActiveRanges",
            json!([nat("two")]),
            json!([nat("one")]),
            json!([nat("one")]),
        ),
        cleared("/nats/0/rules/0/action/sourceNatDrainRanges", json!([nat("one")]), json!([nat("two")])),
    ];
    let reserved = [cleared("/reservedInternalRange", range("one"), range("two"))];
    let logged = [("/logConfig/enable", json!(true), json!(false), json!(false))];
    let certain = [
        cleared("/candidateCloudRouterIpAddress", json!("169.254.20.1/29"), json!("169.254.21.1/29")),
        ("/customerRouterIpv6Address", json!("fd00:20::2/125"), json!("fd00:21::2/125"), Value::Null),
    ];
    let at = |path: &str| format!("{regional}/{path}");
    let things: [(String, &[Row]); 9] = [
        (at("forwardingRules/service"), &service),
        (at("forwardingRules/some"), &some),
        (at("forwardingRules/six"), &six),
        (at("routers/r"), &appliance),
        (at("routers/vpn"), &vpn),
        (at("routers/nat"), &private),
        (at("subnetworks/reserved"), &reserved),
        (at("subnetworks/logged"), &logged),
        (at("interconnectAttachments/certain"), &certain),
    ];
    let things: Vec<(&str, &[Row])> = things.iter().map(|(path, rows)| (path.as_str(), *rows)).collect();
    try_rows("services", &special, &things);
}

#[test]
fn arguments_of_names_keys_writers_and_what_is_left() {
    let special = Special {
        prepared: &[
            (
                "/v1/projects/host-prj/locations/europe-west1/ekmConnections?ekmConnectionId=one",
                json!({"serviceResolvers": [{"hostname": "one.example.com",
                    "serviceDirectoryService": "projects/host-prj/locations/europe-west1/namespaces/n/services/s",
                    "serverCertificates": [{"rawDer": "AA=="}]}]}),
            ),
            (
                "/v1/projects/host-prj/schemas?schemaId=one",
                json!({"type": "AVRO", "definition": "{\"type\":\"string\"}"}),
            ),
            (
                "/v1/projects/host-prj/schemas?schemaId=two",
                json!({"type": "AVRO", "definition": "{\"type\":\"int\"}"}),
            ),
        ],
        kept: &["google_pubsub_topic.t"],
        // A bucket whose retention is locked cannot be unlocked.
        replaced: &["google_service_account_key.k", "google_storage_bucket.kept"],
        // Keys are not imported, nor is it told with what a key of Cloud KMS began.
        never: &["google_kms_crypto_key.elsewhere", "google_service_account_key.k"],
        unseen: &["google_logging_project_sink.s", "google_storage_bucket.kept"],
        stays: &[
            "google_kms_crypto_key.elsewhere",
            "google_kms_key_ring.r",
            "google_organization_iam_policy.p",
        ],
        ..Special::default()
    };
    let zones = "/dns/v1/projects/host-prj/managedZones";
    let set = |name: &str| format!("{zones}/z/rrsets/{name}.z.example.org./A");
    let kinds = [
        cleared("/dnssecConfig/state", json!("on"), json!("off")),
        cleared("/dnssecConfig/defaultKeySpecs/1/keyType", json!("zoneSigning"), json!("zoneSigning")),
    ];
    let private = [cleared(
        "/forwardingConfig/targetNameServers/0/domainName",
        json!("a.example.com."),
        json!("b.example.com."),
    )];
    let weighted = [cleared(
        "/routingPolicy/wrr/items/0/healthCheckedTargets/internalLoadBalancers/1/ipAddress",
        Value::Null,
        json!("10.0.0.10"),
    )];
    let near = [cleared(
        "/routingPolicy/geo/items/0/healthCheckedTargets/internalLoadBalancers/0/ipProtocol",
        json!("udp"),
        json!("udp"),
    )];
    let backup = [cleared(
        "/routingPolicy/primaryBackup/backupGeoTargets/items/0/healthCheckedTargets/internalLoadBalancers/0/loadBalancerType",
        json!("regionalL7ilb"),
        json!("regionalL7ilb"),
    )];
    let key =
        [same("/cryptoKeyBackend", json!("projects/host-prj/locations/europe-west1/ekmConnections/one"))];
    let typed = |name: &str, encoding: &str| json!({"schema": format!("projects/host-prj/schemas/{name}"), "encoding": encoding});
    let topic = [("/schemaSettings", typed("one", "JSON"), typed("two", "BINARY"), typed("two", "BINARY"))];
    let writer = |name: &str| json!(format!("serviceAccount:{name}@host-prj.iam.gserviceaccount.com"));
    let sink = [("/writerIdentity", writer("a"), writer("b"), writer("b"))];
    let policy = [
        cleared("/dryRunSpec/reset", json!(true), json!(false)),
        cleared("/dryRunSpec/rules/0/condition/location", Value::Null, json!("policy.txt")),
    ];
    let dataset = [cleared("/access/0/condition/location", json!("one.txt"), json!("two.txt"))];
    let bucket = [
        cleared("/retentionPolicy/isLocked", json!(true), json!(true)),
        ("/retentionPolicy/retentionPeriod", json!("3600"), json!("7200"), json!("3600")),
    ];
    let [zone, servers] = ["kinds", "private"].map(|name| format!("{zones}/{name}"));
    let [w, n, b] = ["w", "n", "b"].map(set);
    let things: &[(&str, &[Row])] = &[
        (&zone, &kinds),
        (&servers, &private),
        (&w, &weighted),
        (&n, &near),
        (&b, &backup),
        ("/v1/projects/host-prj/locations/europe-west1/keyRings/r/cryptoKeys/elsewhere", &key),
        ("/v1/projects/host-prj/topics/typed", &topic),
        ("/v2/projects/host-prj/sinks/elsewhere", &sink),
        ("/v2/projects/host-prj/policies/gcp.resourceLocations", &policy),
        ("/bigquery/v2/projects/host-prj/datasets/d?accessPolicyVersion=3", &dataset),
        ("/storage/v1/b/kept-1", &bucket),
    ];
    try_rows("rest", &special, things);
}
