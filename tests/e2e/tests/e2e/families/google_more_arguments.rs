//! More arguments of Google's types, as [`super::google_arguments`] tries those of others: instances, what connects networks,
//! contents of buckets and topics, pools inside of clusters.

use super::google_arguments::Special;
use super::google_cluster_arguments::{Row, try_rows};
use serde_json::{Value, json};

/// What is the same at all stages.
fn same(pointer: &'static str, value: Value) -> Row {
    (pointer, value.clone(), value.clone(), value)
}

/// What is as at stage 2 when the argument is gone.
fn kept(pointer: &'static str, first: Value, second: Value) -> Row {
    (pointer, first, second.clone(), second)
}

/// What is not there when the argument is gone.
fn cleared(pointer: &'static str, first: Value, second: Value) -> Row {
    (pointer, first, second, Value::Null)
}

#[test]
fn arguments_of_instances() {
    let run = [
        ("/status", json!("TERMINATED"), json!("SUSPENDED"), json!("RUNNING")),
        kept("/displayDevice/enableDisplay", json!(true), json!(false)),
        cleared(
            "/resourcePolicies",
            json!([
                "https://www.googleapis.com/compute/v1/projects/host-prj/regions/europe-west1/resourcePolicies/a"
            ]),
            json!([
                "https://www.googleapis.com/compute/v1/projects/host-prj/regions/europe-west1/resourcePolicies/b"
            ]),
        ),
        cleared("/advancedMachineFeatures/threadsPerCore", json!(1), json!(2)),
        kept("/advancedMachineFeatures/turboMode", json!("ALL_CORE_MAX"), Value::Null),
        cleared("/scheduling/availabilityDomain", json!(1), json!(2)),
        cleared("/scheduling/minNodeCpus", json!(2), json!(4)),
        cleared("/scheduling/nodeAffinities/0/operator", json!("IN"), json!("NOT_IN")),
        cleared("/networkInterfaces/0/accessConfigs/0/networkTier", json!("PREMIUM"), json!("STANDARD")),
        kept(
            "/networkInterfaces/0/accessConfigs/0/publicPtrDomainName",
            json!("a.example.com."),
            Value::Null,
        ),
        cleared(
            "/networkInterfaces/0/aliasIpRanges",
            json!([{"ipCidrRange": "10.0.0.32/28"}]),
            json!([{"ipCidrRange": "10.0.0.32/28"}, {"ipCidrRange": "10.1.8.0/24", "subnetworkRangeName": "pods"}]),
        ),
        kept("/networkInterfaces/0/stackType", json!("IPV4_IPV6"), json!("IPV4_ONLY")),
        ("/disks/2/deviceName", json!("b"), json!("c"), json!("a")),
        kept("/disks/2/mode", json!("READ_ONLY"), json!("READ_WRITE")),
    ];
    let fixed = [
        same("/hostname", json!("fixed.example.com")),
        same("/keyRevocationActionType", json!("STOP")),
        same("/guestAccelerators/0/acceleratorCount", json!(1)),
        same("/scheduling/maxRunDuration/seconds", json!("7200")),
        same("/disks/0/diskEncryptionKey/kmsKeyServiceAccount", json!("x@host-prj.iam.gserviceaccount.com")),
        same("/disks/1/deviceName", json!("fast")),
        same("/disks/1/diskSizeGb", json!("3000")),
        same("/networkInterfaces/0/ipv6AccessConfigs/0/externalIpv6", json!("2600:1900:1:1:0:9:0:0")),
        same("/networkPerformanceConfig/totalEgressBandwidthTier", json!("TIER_1")),
        same("/reservationAffinity/values", json!(["r"])),
        cleared("/labels", json!({"a": "b"}), json!({"c": "d"})),
    ];
    let disk = [
        kept("/accessMode", json!("READ_WRITE_MANY"), json!("READ_ONLY_MANY")),
        same(
            "/storagePool",
            json!(
                "https://www.googleapis.com/compute/v1/projects/host-prj/zones/europe-west1-b/storagePools/pool"
            ),
        ),
        same("/diskEncryptionKey/kmsKeyServiceAccount", json!("x@host-prj.iam.gserviceaccount.com")),
    ];
    let things: &[(&str, &[Row])] = &[
        ("/compute/v1/projects/host-prj/zones/europe-west1-b/instances/run", &run),
        ("/compute/v1/projects/host-prj/zones/europe-west1-b/instances/fixed", &fixed),
        ("/compute/v1/projects/host-prj/zones/europe-west1-b/disks/given", &disk),
    ];
    // What tags and keys of one's own an object has is not told.
    let special = Special {
        kept: &["google_compute_disk.given"],
        never: &[
            "google_compute_disk.given",
            "google_compute_disk.secret",
            "google_compute_disk.wrapped",
            "google_compute_instance.ends",
            "google_compute_instance.fixed",
            "google_compute_instance.wrapped",
        ],
        unseen: &["google_compute_instance.run"],
        lost: &[(
            "google_compute_instance.run",
            "/compute/v1/projects/host-prj/zones/europe-west1-b/instances/run",
        )],
        ..Special::default()
    };
    try_rows("instances", &special, things);
}

#[test]
fn arguments_of_what_connects_and_guards_networks() {
    let threats = [
        (
            "/securityProfileGroup",
            json!(
                "//networksecurity.googleapis.com/organizations/1234/locations/global/securityProfileGroups/b"
            ),
            json!(
                "//networksecurity.googleapis.com/organizations/1234/locations/global/securityProfileGroups/c"
            ),
            json!(
                "//networksecurity.googleapis.com/organizations/1234/locations/global/securityProfileGroups/a"
            ),
        ),
        kept("/tlsInspect", json!(true), json!(false)),
        (
            "/match/srcAddressGroups",
            json!(["projects/host-prj/locations/global/addressGroups/a"]),
            json!(["projects/host-prj/locations/global/addressGroups/b"]),
            json!([]),
        ),
        ("/match/srcFqdns", json!(["a.example.com"]), json!(["b.example.com", "c.example.com"]), json!([])),
        ("/match/srcRegionCodes", json!(["DE"]), json!(["FR", "IT"]), json!([])),
        (
            "/match/srcThreatIntelligences",
            json!(["iplist-known-malicious-ips"]),
            json!(["iplist-tor-exit-nodes"]),
            json!([]),
        ),
    ];
    let out = [(
        "/match/destAddressGroups",
        json!(["projects/host-prj/locations/global/addressGroups/a"]),
        json!(["projects/host-prj/locations/global/addressGroups/b"]),
        json!([]),
    )];
    let rule = [
        ("/ruleName", json!("a"), json!("b"), json!("")),
        ("/description", json!("a"), json!("b"), json!("")),
        kept("/disabled", json!(true), json!(false)),
        kept("/enableLogging", json!(true), json!(false)),
        (
            "/targetServiceAccounts",
            json!(["a@host-prj.iam.gserviceaccount.com"]),
            json!(["b@host-prj.iam.gserviceaccount.com"]),
            json!([]),
        ),
        cleared("/match/layer4Configs/0/ports", json!(["22", "80-90"]), json!(["443"])),
    ];
    let regional = [
        (
            "/securityProfileGroup",
            json!(
                "//networksecurity.googleapis.com/organizations/1234/locations/global/securityProfileGroups/b"
            ),
            json!(
                "//networksecurity.googleapis.com/organizations/1234/locations/global/securityProfileGroups/c"
            ),
            json!(
                "//networksecurity.googleapis.com/organizations/1234/locations/global/securityProfileGroups/a"
            ),
        ),
        kept("/tlsInspect", json!(true), json!(false)),
        ("/match/destFqdns", json!(["a.example.com"]), json!(["b.example.com"]), json!([])),
        (
            "/match/destThreatIntelligences",
            json!(["iplist-known-malicious-ips"]),
            json!(["iplist-tor-exit-nodes"]),
            json!([]),
        ),
    ];
    let inner = [
        kept("/allowGlobalAccess", json!(true), json!(false)),
        (
            "/backendService",
            json!(
                "https://www.googleapis.com/compute/v1/projects/host-prj/regions/europe-west1/backendServices/two"
            ),
            json!(
                "https://www.googleapis.com/compute/v1/projects/host-prj/regions/europe-west1/backendServices/three"
            ),
            json!(
                "https://www.googleapis.com/compute/v1/projects/host-prj/regions/europe-west1/backendServices/one"
            ),
        ),
        same("/serviceName", json!("web.in.il4.europe-west1.lb.host-prj.internal")),
        same("/ports", json!(["443", "80"])),
        same("/serviceDirectoryRegistrations", json!([{"namespace": "n", "service": "s"}])),
    ];
    let router = [
        kept("/bgp/identifierRange", json!("169.254.8.0/30"), json!("169.254.9.0/30")),
        kept("/bgpPeers/0/enableIpv6", json!(true), json!(false)),
        cleared("/bgpPeers/0/exportPolicies", json!(["a"]), json!(["b", "c"])),
        cleared("/bgpPeers/0/importPolicies", json!(["d"]), json!(["e"])),
        cleared("/bgpPeers/0/advertisedRoutePriority", json!(0), json!(7)),
        cleared("/bgpPeers/0/customLearnedRoutePriority", json!(0), json!(8)),
        same("/bgpPeers/0/ipv6NexthopAddress", json!("2600:2d00:0:2:0:0:0:1")),
        cleared(
            "/bgpPeers/0/advertisedIpRanges",
            json!([{"description": "a", "range": "10.9.0.0/16"}]),
            json!([{"description": "b", "range": "10.9.0.0/16"}]),
        ),
        kept("/nats/0/autoNetworkTier", json!("STANDARD"), json!("PREMIUM")),
    ];
    let other = [cleared(
        "/nats/0/rules/0/action",
        json!({"sourceNatActiveIps": ["https://www.googleapis.com/compute/v1/projects/host-prj/regions/europe-west1/addresses/nat-1"]}),
        json!({"sourceNatActiveIps": ["https://www.googleapis.com/compute/v1/projects/host-prj/regions/europe-west1/addresses/nat-2"], "sourceNatDrainIps": ["https://www.googleapis.com/compute/v1/projects/host-prj/regions/europe-west1/addresses/nat-1"]}),
    )];
    let told = [(
        "/commonInstanceMetadata/items",
        json!([{"key": "a", "value": "2"}, {"key": "b", "value": "3"}]),
        json!([{"key": "c", "value": "4"}]),
        json!([{"key": "a", "value": "1"}]),
    )];
    let host = [(
        "/commonInstanceMetadata/items",
        json!([{"key": "enable-oslogin", "value": "FALSE"}]),
        json!([{"key": "enable-oslogin", "value": "maybe"}]),
        json!([{"key": "enable-oslogin", "value": "TRUE"}]),
    )];
    let attachment = [kept("/stackType", json!("IPV4_IPV6"), json!("IPV4_ONLY"))];
    let things: &[(&str, &[Row])] = &[
        ("/compute/v1/projects/host-prj/global/firewallPolicies/p/getRule?priority=10", &threats),
        ("/compute/v1/projects/host-prj/global/firewallPolicies/p/getRule?priority=20", &out),
        ("/compute/v1/projects/host-prj/regions/europe-west1/firewallPolicies/r/getRule?priority=10", &rule),
        (
            "/compute/v1/projects/host-prj/regions/europe-west1/firewallPolicies/r/getRule?priority=20",
            &regional,
        ),
        ("/compute/v1/projects/host-prj/regions/europe-west1/forwardingRules/in", &inner),
        ("/compute/v1/projects/host-prj/regions/europe-west1/routers/r", &router),
        ("/compute/v1/projects/host-prj/regions/europe-west1/routers/other", &other),
        ("/compute/v1/projects/told-prj", &told),
        ("/compute/v1/projects/host-prj", &host),
        ("/compute/v1/projects/host-prj/regions/europe-west1/interconnectAttachments/p", &attachment),
    ];
    let special = Special {
        kept: &[
            "google_compute_interconnect_attachment.p",
            "google_compute_network.n",
            "google_compute_network_peering.there",
            "google_compute_router_nat.n",
            "google_compute_subnetwork.a",
        ],
        never: &[
            "google_compute_firewall.tagged",
            "google_compute_network.tagged",
            "google_compute_route.tagged",
            "google_compute_router_nat.initial",
            "google_compute_subnetwork.tagged",
            "google_compute_vpn_tunnel.back",
            "google_compute_vpn_tunnel.there",
        ],
        unseen: &["google_compute_router.r", "google_compute_subnetwork.a", "google_project.told"],
        lost: &[(
            "google_compute_forwarding_rule.in",
            "/compute/v1/projects/host-prj/regions/europe-west1/forwardingRules/in",
        )],
        ..Special::default()
    };
    try_rows("peerings", &special, things);
}

#[test]
fn arguments_of_contents_and_policies() {
    let bucket = [
        cleared("/lifecycle/rule/0/condition/createdBefore", json!("2026-01-01"), json!("2026-02-02")),
        cleared("/lifecycle/rule/0/condition/customTimeBefore", json!("2026-01-01"), json!("2026-02-02")),
        cleared("/lifecycle/rule/0/condition/daysSinceCustomTime", json!(1), json!(2)),
        cleared(
            "/lifecycle/rule/1/condition",
            json!({"age": 0, "daysSinceCustomTime": 0, "daysSinceNoncurrentTime": 0, "numNewerVersions": 0, "matchesPrefix": ["a"], "isLive": false}),
            json!({"matchesPrefix": ["a"], "isLive": false}),
        ),
        cleared(
            "/ipFilter/vpcNetworkSources/0/allowedIpCidrRanges",
            json!(["10.0.0.0/8"]),
            json!(["10.0.0.0/16"]),
        ),
        cleared("/ipFilter/allowCrossOrgVpcs", json!(true), json!(false)),
    ];
    let text = [
        kept("/eventBasedHold", json!(true), json!(false)),
        kept("/temporaryHold", json!(true), json!(false)),
        same("/cacheControl", json!("no-cache")),
        same("/contentLanguage", json!("de")),
        same("/storageClass", json!("NEARLINE")),
    ];
    let known = [
        cleared("/contexts/custom/b/value", json!("1"), json!("3")),
        cleared("/contexts/custom/a/value", json!("2"), Value::Null),
        cleared("/contexts/custom/c/value", Value::Null, json!("4")),
    ];
    let retained =
        [cleared("/retention/retainUntilTime", json!("2030-01-01T00:00:00Z"), json!("2030-02-01T00:00:00Z"))];
    let key = [same(
        "/kmsKeyName",
        json!("projects/host-prj/locations/europe-west1/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"),
    )];
    let readings = [cleared(
        "/ingestionDataSourceSettings",
        json!({"awsKinesis": {"awsRoleArn": "arn:aws:iam::111122223333:role/r", "consumerArn": "arn:aws:kinesis:eu-west-1:111122223333:stream/s/consumer/c:1", "gcpServiceAccount": "x@host-prj.iam.gserviceaccount.com", "streamArn": "arn:aws:kinesis:eu-west-1:111122223333:stream/s", "state": "ACTIVE"}}),
        json!({"awsMsk": {"awsRoleArn": "arn:aws:iam::111122223333:role/r", "clusterArn": "arn:aws:kafka:eu-west-1:111122223333:cluster/c", "gcpServiceAccount": "x@host-prj.iam.gserviceaccount.com", "topic": "t", "state": "ACTIVE"}}),
    )];
    let events = [cleared(
        "/ingestionDataSourceSettings",
        json!({"azureEventHubs": {"clientId": "11111111-1111-1111-1111-111111111111", "eventHub": "h", "gcpServiceAccount": "x@host-prj.iam.gserviceaccount.com", "namespace": "n", "resourceGroup": "g", "subscriptionId": "33333333-3333-3333-3333-333333333333", "tenantId": "22222222-2222-2222-2222-222222222222", "state": "ACTIVE"}}),
        json!({"confluentCloud": {"bootstrapServer": "b.example.com:9092", "clusterId": "c", "gcpServiceAccount": "x@host-prj.iam.gserviceaccount.com", "identityPoolId": "pool", "topic": "t", "state": "ACTIVE"}}),
    )];
    let weighted = [
        (
            "/routingPolicy/healthCheck",
            json!("projects/host-prj/global/healthChecks/b"),
            json!("projects/host-prj/global/healthChecks/c"),
            json!("projects/host-prj/global/healthChecks/a"),
        ),
        (
            "/routingPolicy/wrr/items/1/healthCheckedTargets/externalEndpoints",
            json!(["192.0.2.3"]),
            json!(["192.0.2.4", "192.0.2.5"]),
            json!(["192.0.2.2"]),
        ),
    ];
    let backup = [(
        "/routingPolicy/primaryBackup/primaryTargets/externalEndpoints",
        json!(["192.0.2.3"]),
        json!(["192.0.2.4"]),
        json!(["192.0.2.2"]),
    )];
    let sink = [
        kept("/interceptChildren", json!(true), Value::Null),
        (
            "/exclusions",
            json!([{"name": "a", "filter": "severity=DEBUG", "description": "x", "disabled": true}]),
            json!([{"name": "a", "filter": "severity=DEBUG", "disabled": false}, {"name": "b", "filter": "severity=DEBUG", "disabled": false}]),
            json!([]),
        ),
        kept("/bigqueryOptions/usePartitionedTables", json!(true), json!(false)),
    ];
    let dataset = [
        (
            "/access",
            json!([{"role": "READER", "userByEmail": "a@example.com", "condition": {"description": "d", "expression": "request.time < timestamp(\"2030-01-01T00:00:00Z\")", "title": "until"}}, {"dataset": {"targetTypes": ["VIEWS"], "dataset": {"datasetId": "v", "projectId": "host-prj"}}}, {"domain": "example.com", "role": "READER"}, {"groupByEmail": "g@example.com", "role": "WRITER"}, {"iamMember": "allUsers", "role": "roles/bigquery.metadataViewer"}, {"role": "OWNER", "specialGroup": "projectOwners"}, {"routine": {"datasetId": "other", "projectId": "host-prj", "routineId": "v"}}, {"view": {"datasetId": "other", "projectId": "host-prj", "tableId": "v"}}]),
            json!([{"role": "READER", "userByEmail": "b@example.com", "condition": {"description": "d", "expression": "request.time < timestamp(\"2030-01-01T00:00:00Z\")", "title": "until"}}, {"dataset": {"targetTypes": ["VIEWS"], "dataset": {"datasetId": "w", "projectId": "host-prj"}}}, {"domain": "example.org", "role": "READER"}, {"groupByEmail": "h@example.com", "role": "WRITER"}, {"iamMember": "allUsers", "role": "roles/bigquery.metadataViewer"}, {"role": "OWNER", "specialGroup": "projectOwners"}, {"routine": {"datasetId": "other", "projectId": "host-prj", "routineId": "w"}}, {"view": {"datasetId": "other", "projectId": "host-prj", "tableId": "w"}}]),
            json!([{"role": "OWNER", "specialGroup": "projectOwners"}]),
        ),
        cleared("/resourceTags", json!({"1234/env": "test"}), json!({"1234/env": "prod"})),
    ];
    let catalog = [cleared(
        "/externalCatalogDatasetOptions",
        json!({"defaultStorageLocationUri": "gs://contents-1/a", "parameters": {"a": "gs://contents-1/a"}}),
        json!({"defaultStorageLocationUri": "gs://contents-1/b", "parameters": {"a": "gs://contents-1/b"}}),
    )];
    let policy = [(
        "/spec/rules",
        json!([{"allowAll": true, "condition": {"description": "a", "expression": "resource.matchTag('1234/env', 'a')", "location": "a", "title": "a"}}, {"denyAll": true}]),
        json!([{"denyAll": true, "condition": {"description": "b", "expression": "resource.matchTag('1234/env', 'b')", "location": "b", "title": "b"}}, {"denyAll": true}]),
        json!([{"denyAll": true}]),
    )];
    let dry = [(
        "/dryRunSpec/rules",
        json!([{"allowAll": true}]),
        json!([{"condition": {"expression": "resource.matchTag('1234/env', 'b')", "title": "b"}, "values": {"allowedValues": ["in:eu-locations"], "deniedValues": ["in:asia-locations"]}}, {"denyAll": true}]),
        json!([{"values": {"allowedValues": ["in:eu-locations"]}}]),
    )];
    let role = [
        ("/title", json!("B"), json!("C"), json!("A")),
        ("/description", json!("a"), json!("b"), json!("")),
        ("/stage", json!("BETA"), json!("ALPHA"), json!("GA")),
        (
            "/includedPermissions",
            json!(["storage.buckets.get", "storage.buckets.list"]),
            json!(["storage.buckets.list"]),
            json!(["storage.buckets.get"]),
        ),
    ];
    let organization_role = [
        ("/title", json!("B"), json!("C"), json!("A")),
        ("/stage", json!("BETA"), json!("ALPHA"), json!("GA")),
    ];
    let things: &[(&str, &[Row])] = &[
        ("/storage/v1/b/contents-1", &bucket),
        ("/storage/v1/b/contents-1/o/text", &text),
        ("/storage/v1/b/contents-1/o/known", &known),
        ("/storage/v1/b/contents-1/o/kept", &retained),
        ("/storage/v1/b/contents-1/o/key", &key),
        ("/v1/projects/host-prj/topics/readings", &readings),
        ("/v1/projects/host-prj/topics/events", &events),
        ("/dns/v1/projects/host-prj/managedZones/z/rrsets/w.z.example.com./A", &weighted),
        ("/dns/v1/projects/host-prj/managedZones/z/rrsets/b.z.example.com./A", &backup),
        ("/v2/organizations/1234/sinks/s", &sink),
        ("/bigquery/v2/projects/host-prj/datasets/d", &dataset),
        ("/bigquery/v2/projects/host-prj/datasets/catalog", &catalog),
        ("/v2/projects/host-prj/policies/compute.vmExternalIpAccess", &policy),
        ("/v2/projects/host-prj/policies/gcp.resourceLocations", &dry),
        ("/v1/projects/host-prj/roles/reader", &role),
        ("/v1/organizations/1234/roles/reader", &organization_role),
    ];
    let special = Special {
        kept: &[
            "google_billing_project_info.p",
            "google_dns_managed_zone.z",
            "google_service_account.a",
            "google_storage_bucket_object.text",
        ],
        ids: &[(
            "google_pubsub_topic_iam_binding.b",
            "projects/host-prj/topics/readings roles/pubsub.viewer",
        )],
        never: &[
            "google_folder.tagged",
            "google_kms_crypto_key.import",
            "google_project.p",
            "google_project_default_service_accounts.d",
            "google_pubsub_topic.v",
            "google_service_account_key.k",
            "google_storage_bucket_object.file",
            "google_storage_bucket_object.kept",
            "google_storage_bucket_object.key",
            "google_storage_bucket_object.known",
            "google_storage_bucket_object.secret",
            "google_storage_bucket_object.text",
            "google_storage_bucket_object.untyped",
        ],
        unseen: &["google_folder.f", "google_service_account.a", "google_storage_bucket.b"],
        lost: &[("google_storage_bucket_object.key", "/storage/v1/b/contents-1/o/key")],
        stays: &["google_kms_crypto_key.import", "google_kms_crypto_key.k", "google_kms_key_ring.r"],
        ..Special::default()
    };
    try_rows("contents", &special, things);
}

#[test]
fn arguments_of_pools_inside_of_clusters() {
    let first = [
        kept("/nodePools/0/config/diskSizeGb", json!(50), json!(60)),
        kept("/nodePools/0/config/imageType", json!("ubuntu_containerd"), json!("COS_CONTAINERD")),
        kept("/nodePools/0/config/machineType", json!("e2-standard-2"), json!("e2-standard-4")),
        kept("/nodePools/0/config/labels", json!({"a": "b"}), json!({"c": "d"})),
        kept("/nodePools/0/config/kubeletConfig/podPidsLimit", json!("2048"), json!("4096")),
        kept(
            "/nodePools/0/config/kubeletConfig/evictionSoft/memoryAvailable",
            json!("200Mi"),
            json!("300Mi"),
        ),
        kept(
            "/nodePools/0/config/linuxNodeConfig/cgroupMode",
            json!("CGROUP_MODE_V1"),
            json!("CGROUP_MODE_V2"),
        ),
        kept("/nodePools/0/config/taints/0/key", json!("x"), json!("y")),
        kept("/nodePools/0/config/workloadMetadataConfig/mode", json!("GKE_METADATA"), json!("GCE_METADATA")),
        kept(
            "/nodePools/0/config/windowsNodeConfig/osVersion",
            json!("OS_VERSION_LTSC2019"),
            json!("OS_VERSION_LTSC2022"),
        ),
    ];
    let nested = [
        kept("/nodePools/0/config/diskSizeGb", json!(50), json!(60)),
        kept("/nodePools/0/config/kubeletConfig/podPidsLimit", json!("2048"), json!("4096")),
        kept("/nodePools/0/config/taints/0/key", json!("x"), json!("y")),
        kept("/nodePools/0/upgradeSettings/strategy", json!("BLUE_GREEN"), json!("SURGE")),
        kept("/nodePools/0/upgradeSettings/maxSurge", json!(1), json!(3)),
        kept("/nodePools/0/management/autoRepair", json!(true), json!(false)),
        kept(
            "/nodePools/0/locations",
            json!(["europe-west1-b", "europe-west1-c"]),
            json!(["europe-west1-d"]),
        ),
        kept("/nodePools/0/version", json!("1.32.9-gke.1239000"), json!("1.33.5-gke.1201000")),
        same("/nodePools/0/maxPodsConstraint/maxPodsPerNode", json!("32")),
        same("/nodePools/0/placementPolicy/type", json!("COMPACT")),
        same("/nodePools/0/placementPolicy/tpuTopology", json!("2x2")),
        kept("/nodePools/0/networkConfig/enablePrivateNodes", json!(true), json!(false)),
        cleared(
            "/nodePools/0/networkConfig/networkPerformanceConfig/totalEgressBandwidthTier",
            json!("TIER_1"),
            json!("TIER_UNSPECIFIED"),
        ),
        same("/nodePools/1/name", json!("b-1")),
        kept("/nodePools/1/config/bootDisk/provisionedIops", json!("3600"), json!("4000")),
        kept(
            "/nodePools/1/upgradeSettings/blueGreenSettings/standardRolloutPolicy/batchNodeCount",
            json!(2),
            Value::Null,
        ),
        cleared("/nodePools/1/autoscaling/locationPolicy", json!("ANY"), json!("BALANCED")),
        cleared("/nodePools/1/autoscaling/totalMaxNodeCount", Value::Null, json!(9)),
    ];
    let only_new = [
        same("/nodePools/0/config/accelerators/0/acceleratorType", json!("nvidia-tesla-a100")),
        same("/nodePools/0/config/confidentialNodes/enabled", json!(true)),
        same("/nodePools/0/config/soleTenantConfig/minNodeCpus", json!(4)),
        same("/nodePools/0/config/reservationAffinity/values", json!(["r"])),
        same("/nodePools/0/config/secondaryBootDisks/0/mode", json!("CONTAINER_IMAGE_CACHE")),
    ];
    let blocks = [
        same("/autoscaling/autoprovisioningNodePoolDefaults/upgradeSettings/strategy", json!("BLUE_GREEN")),
        kept(
            "/autoscaling/autoprovisioningNodePoolDefaults/upgradeSettings/blueGreenSettings/standardRolloutPolicy/batchNodeCount",
            Value::Null,
            json!(2),
        ),
        kept(
            "/autoscaling/autoprovisioningNodePoolDefaults/upgradeSettings/blueGreenSettings/standardRolloutPolicy/batchPercentage",
            json!(0.5),
            Value::Null,
        ),
        same("/userManagedKeysConfig/etcdApiCa", json!("projects/host-prj/locations/europe-west1/caPools/p")),
        same(
            "/userManagedKeysConfig/aggregationCa",
            json!("projects/host-prj/locations/europe-west1/caPools/p"),
        ),
        same("/nodePools/0/config/accelerators/0/acceleratorType", json!("nvidia-tesla-a100")),
        same("/nodePools/1/name", json!("preemptible")),
        same("/nodePools/1/config/preemptible", json!(true)),
        same("/nodePools/2/config/spot", json!(true)),
        kept("/networkConfig/enableL4ilbSubsetting", json!(true), json!(false)),
    ];
    let multi = [
        same("/nodePools/0/networkConfig/podRange", json!("own")),
        same("/nodePools/0/networkConfig/additionalPodNetworkConfigs/0/secondaryPodRange", json!("pods")),
        cleared("/nodePools/0/config/tags/0", json!("a"), json!("b")),
    ];
    let cluster = |name: &str| json!(format!("projects/host-prj/locations/europe-west1/clusters/{name}"));
    let zone = [(
        "/privateVisibilityConfig/gkeClusters/0/gkeClusterName",
        cluster("first"),
        cluster("nested"),
        cluster("first"),
    )];
    let things: &[(&str, &[Row])] = &[
        ("/v1/projects/host-prj/locations/europe-west1-b/clusters/multi", &multi),
        ("/dns/v1/projects/host-prj/managedZones/clusters", &zone),
        ("/v1/projects/host-prj/locations/europe-west1/clusters/first", &first),
        ("/v1/projects/host-prj/locations/europe-west1/clusters/nested", &nested),
        ("/v1/projects/host-prj/locations/europe-west1/clusters/static", &only_new),
        ("/v1/projects/host-prj/locations/europe-west1/clusters/blocks", &blocks),
    ];
    let special = Special {
        kept: &["google_container_cluster.static"],
        never: &[
            "google_container_cluster.blocks",
            "google_container_cluster.multi",
            "google_container_cluster.nested",
        ],
        unseen: &[
            "google_container_cluster.first",
            "google_container_cluster.static",
            "google_container_cluster.taken[\"preemptible\"]",
            "google_container_cluster.taken[\"spot\"]",
        ],
        ..Special::default()
    };
    try_rows("nested_pools", &special, things);
}
