//! Google's own crates read what the sandbox answers: each type of answer as the type that the crate has for it.

use crate::Cloud;
use google_cloud_api_serviceusage_v1::model as serviceusage;
use google_cloud_bigquery_v2::model as bigquery;
use google_cloud_billing_v1::model as billing;
use google_cloud_compute_v1::model as compute;
use google_cloud_container_v1::model as container;
use google_cloud_dns_v1::model as dns;
use google_cloud_iam_admin_v1::model as admin;
use google_cloud_iam_v1::model as iam;
use google_cloud_kms_v1::model as kms;
use google_cloud_location::model as location;
use google_cloud_logging_v2::model as logging;
use google_cloud_longrunning::model as longrunning;
use google_cloud_orgpolicy_v2::model as orgpolicy;
use google_cloud_pubsub::model as pubsub;
use google_cloud_resourcemanager_v3::model as resourcemanager;
use google_cloud_wkt::Empty;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sandbox::{Method, method, methods};
use terrane_sdk::serde_json::{self, Value as Json, json};

type Reader = fn(&Json) -> Result<(), serde_json::Error>;

fn read<T: DeserializeOwned>(answer: &Json) -> Result<(), serde_json::Error> {
    T::deserialize(answer).map(drop)
}

/// How each type of answer of an API is read.
type Readers = BTreeMap<(&'static str, &'static str), Reader>;

macro_rules! readers {
    ($($api:literal { $($name:ident: $type:ty,)* })*) => {
        BTreeMap::from([$($((($api, stringify!($name)), read::<$type> as Reader),)*)*])
    };
}

fn readers() -> Readers {
    readers! {
        "bigquery.v2" {
            Dataset: bigquery::Dataset,
            DatasetList: bigquery::DatasetList,
        }
        "cloudbilling.v1" {
            BillingAccount: billing::BillingAccount,
            ListBillingAccountsResponse: billing::ListBillingAccountsResponse,
            ListProjectBillingInfoResponse: billing::ListProjectBillingInfoResponse,
            Policy: iam::Policy,
            ProjectBillingInfo: billing::ProjectBillingInfo,
            TestIamPermissionsResponse: iam::TestIamPermissionsResponse,
        }
        "cloudkms.v1" {
            CryptoKey: kms::CryptoKey,
            CryptoKeyVersion: kms::CryptoKeyVersion,
            EkmConnection: kms::EkmConnection,
            KeyRing: kms::KeyRing,
            ListCryptoKeyVersionsResponse: kms::ListCryptoKeyVersionsResponse,
            ListCryptoKeysResponse: kms::ListCryptoKeysResponse,
            ListEkmConnectionsResponse: kms::ListEkmConnectionsResponse,
            ListKeyRingsResponse: kms::ListKeyRingsResponse,
            ListLocationsResponse: location::ListLocationsResponse,
            Policy: iam::Policy,
            TestIamPermissionsResponse: iam::TestIamPermissionsResponse,
        }
        "cloudresourcemanager.v3" {
            Folder: resourcemanager::Folder,
            ListFoldersResponse: resourcemanager::ListFoldersResponse,
            ListProjectsResponse: resourcemanager::ListProjectsResponse,
            Operation: longrunning::Operation,
            Organization: resourcemanager::Organization,
            Policy: iam::Policy,
            Project: resourcemanager::Project,
            SearchFoldersResponse: resourcemanager::SearchFoldersResponse,
            SearchOrganizationsResponse: resourcemanager::SearchOrganizationsResponse,
            SearchProjectsResponse: resourcemanager::SearchProjectsResponse,
            TestIamPermissionsResponse: iam::TestIamPermissionsResponse,
        }
        "compute.v1" {
            Address: compute::Address,
            AddressAggregatedList: compute::AddressAggregatedList,
            AddressList: compute::AddressList,
            Disk: compute::Disk,
            DiskAggregatedList: compute::DiskAggregatedList,
            DiskList: compute::DiskList,
            ExternalVpnGateway: compute::ExternalVpnGateway,
            ExternalVpnGatewayList: compute::ExternalVpnGatewayList,
            Firewall: compute::Firewall,
            FirewallList: compute::FirewallList,
            FirewallPolicy: compute::FirewallPolicy,
            FirewallPolicyAssociation: compute::FirewallPolicyAssociation,
            FirewallPolicyList: compute::FirewallPolicyList,
            FirewallPolicyRule: compute::FirewallPolicyRule,
            ForwardingRule: compute::ForwardingRule,
            ForwardingRuleAggregatedList: compute::ForwardingRuleAggregatedList,
            ForwardingRuleList: compute::ForwardingRuleList,
            Image: compute::Image,
            ImageList: compute::ImageList,
            Instance: compute::Instance,
            InstanceAggregatedList: compute::InstanceAggregatedList,
            InstanceGroupManager: compute::InstanceGroupManager,
            InstanceGroupManagerAggregatedList: compute::InstanceGroupManagerAggregatedList,
            InstanceGroupManagerList: compute::InstanceGroupManagerList,
            InstanceList: compute::InstanceList,
            InterconnectAttachment: compute::InterconnectAttachment,
            InterconnectAttachmentAggregatedList: compute::InterconnectAttachmentAggregatedList,
            InterconnectAttachmentList: compute::InterconnectAttachmentList,
            MachineType: compute::MachineType,
            MachineTypeList: compute::MachineTypeList,
            Network: compute::Network,
            NetworkFirewallPolicyAggregatedList: compute::NetworkFirewallPolicyAggregatedList,
            NetworkList: compute::NetworkList,
            Operation: compute::Operation,
            OperationAggregatedList: compute::OperationAggregatedList,
            OperationList: compute::OperationList,
            Policy: compute::Policy,
            Project: compute::Project,
            ProjectsGetXpnResources: compute::ProjectsGetXpnResources,
            Region: compute::Region,
            RegionList: compute::RegionList,
            Route: compute::Route,
            RouteList: compute::RouteList,
            Router: compute::Router,
            RouterAggregatedList: compute::RouterAggregatedList,
            RouterList: compute::RouterList,
            RouterStatusResponse: compute::RouterStatusResponse,
            Subnetwork: compute::Subnetwork,
            SubnetworkAggregatedList: compute::SubnetworkAggregatedList,
            SubnetworkList: compute::SubnetworkList,
            TargetVpnGateway: compute::TargetVpnGateway,
            TargetVpnGatewayAggregatedList: compute::TargetVpnGatewayAggregatedList,
            TargetVpnGatewayList: compute::TargetVpnGatewayList,
            TestPermissionsResponse: compute::TestPermissionsResponse,
            UsableSubnetworksAggregatedList: compute::UsableSubnetworksAggregatedList,
            VpnGateway: compute::VpnGateway,
            VpnGatewayAggregatedList: compute::VpnGatewayAggregatedList,
            VpnGatewayList: compute::VpnGatewayList,
            VpnGatewaysGetStatusResponse: compute::VpnGatewaysGetStatusResponse,
            VpnTunnel: compute::VpnTunnel,
            VpnTunnelAggregatedList: compute::VpnTunnelAggregatedList,
            VpnTunnelList: compute::VpnTunnelList,
            XpnHostList: compute::XpnHostList,
            Zone: compute::Zone,
            ZoneList: compute::ZoneList,
        }
        "container.v1" {
            Cluster: container::Cluster,
            ListClustersResponse: container::ListClustersResponse,
            ListNodePoolsResponse: container::ListNodePoolsResponse,
            ListOperationsResponse: container::ListOperationsResponse,
            ListUsableSubnetworksResponse: container::ListUsableSubnetworksResponse,
            NodePool: container::NodePool,
            Operation: container::Operation,
            ServerConfig: container::ServerConfig,
        }
        "dns.v1" {
            Change: dns::Change,
            ChangesListResponse: dns::ChangesListResponse,
            GoogleIamV1Policy: dns::GoogleIamV1Policy,
            GoogleIamV1TestIamPermissionsResponse: dns::GoogleIamV1TestIamPermissionsResponse,
            ManagedZone: dns::ManagedZone,
            ManagedZonesListResponse: dns::ManagedZonesListResponse,
            Operation: dns::Operation,
            PoliciesListResponse: dns::PoliciesListResponse,
            PoliciesPatchResponse: dns::PoliciesPatchResponse,
            PoliciesUpdateResponse: dns::PoliciesUpdateResponse,
            Policy: dns::Policy,
            ResourceRecordSet: dns::ResourceRecordSet,
            ResourceRecordSetsDeleteResponse: dns::ResourceRecordSetsDeleteResponse,
            ResourceRecordSetsListResponse: dns::ResourceRecordSetsListResponse,
        }
        "iam.v1" {
            Empty: Empty,
            ListRolesResponse: admin::ListRolesResponse,
            ListServiceAccountKeysResponse: admin::ListServiceAccountKeysResponse,
            ListServiceAccountsResponse: admin::ListServiceAccountsResponse,
            Policy: iam::Policy,
            QueryTestablePermissionsResponse: admin::QueryTestablePermissionsResponse,
            Role: admin::Role,
            ServiceAccount: admin::ServiceAccount,
            ServiceAccountKey: admin::ServiceAccountKey,
            TestIamPermissionsResponse: iam::TestIamPermissionsResponse,
            UndeleteServiceAccountResponse: admin::UndeleteServiceAccountResponse,
        }
        "logging.v2" {
            Empty: Empty,
            ListExclusionsResponse: logging::ListExclusionsResponse,
            ListLogEntriesResponse: logging::ListLogEntriesResponse,
            ListSinksResponse: logging::ListSinksResponse,
            LogExclusion: logging::LogExclusion,
            LogSink: logging::LogSink,
        }
        "orgpolicy.v2" {
            GoogleCloudOrgpolicyV2ListPoliciesResponse: orgpolicy::ListPoliciesResponse,
            GoogleCloudOrgpolicyV2Policy: orgpolicy::Policy,
            GoogleProtobufEmpty: Empty,
        }
        "pubsub.v1" {
            Empty: Empty,
            ListSchemasResponse: pubsub::ListSchemasResponse,
            ListTopicsResponse: pubsub::ListTopicsResponse,
            Policy: iam::Policy,
            Schema: pubsub::Schema,
            TestIamPermissionsResponse: iam::TestIamPermissionsResponse,
            Topic: pubsub::Topic,
        }
        "serviceusage.v1" {
            BatchGetServicesResponse: serviceusage::BatchGetServicesResponse,
            GoogleApiServiceusageV1Service: serviceusage::Service,
            ListOperationsResponse: longrunning::ListOperationsResponse,
            ListServicesResponse: serviceusage::ListServicesResponse,
            Operation: longrunning::Operation,
        }
    }
}

/// Parts of the crate for Compute Engine that it is built without here.
const LEFT_OUT: &[&str] = &[
    "ImageFamilyView",
    "InstantSnapshot",
    "InstantSnapshotAggregatedList",
    "InstantSnapshotList",
    "NetworkAttachment",
    "NetworkAttachmentAggregatedList",
    "NetworkAttachmentList",
    "ServiceAttachment",
    "ServiceAttachmentAggregatedList",
    "ServiceAttachmentList",
    "Snapshot",
    "SnapshotList",
];

/// Requests in the order in which they are sent, each with its body; `@` is the project in Compute Engine, `%` a region
/// and `#` a zone in it, `{/name}` what the last answer that has one has at this pointer.
const REQUESTS: &str = include_str!("answers.txt");

/// A request as it is sent: the verb, the path, and the body.
fn requests() -> impl Iterator<Item = (&'static str, String, Json)> {
    let lines = REQUESTS.lines().filter(|line| !line.is_empty());
    lines.map(|line| {
        let (verb, rest) = line.split_once(' ').unwrap();
        let (path, body) = rest.split_once(' ').unwrap_or((rest, "null"));
        let project = "/compute/v1/projects/host-prj";
        let path = match path.split_at(1) {
            ("@", rest) => format!("{project}{rest}"),
            ("%", rest) => format!("{project}/regions/europe-west1{rest}"),
            ("#", rest) => format!("{project}/zones/europe-west1-b{rest}"),
            _ => path.to_owned(),
        };
        (verb, path, serde_json::from_str(body).unwrap_or_else(|error| panic!("{line}: {error}")))
    })
}

#[tokio::test]
async fn the_crates_read_every_type_of_answer() {
    let cloud = Cloud::open().await;
    let readers = readers();
    cloud.send("PUT", "/_sandbox/settings", json!({"operation_polls": 0})).await;
    let (mut seen, mut answers) = (BTreeSet::new(), Vec::new());
    for (verb, path, body) in requests() {
        let path = told(&path, &answers);
        let answer = cloud.send(verb, &path, body).await;
        assert!(answer.get("error").is_none(), "{verb} {path}: {answer}");
        let called = method(verb, path.split('?').next().unwrap()).unwrap();
        let name = called.answer.unwrap_or_else(|| panic!("{} answers nothing", called.id));
        // Two APIs have the path /v1/operations, and the same answer there.
        let api = if called.api == "servicenetworking.v1" { "serviceusage.v1" } else { called.api };
        let key = (api, name);
        let read = readers.get(&key).unwrap_or_else(|| panic!("{}: no crate for {key:?}", called.id));
        read(&answer).unwrap_or_else(|error| panic!("{} as {name}: {error}\n{answer}", called.id));
        seen.insert(key);
        answers.push(answer);
    }
    let unseen: Vec<_> = readers.keys().filter(|key| !seen.contains(*key)).collect();
    assert!(unseen.is_empty(), "no answer is of {unseen:?}");
}

#[tokio::test]
async fn every_type_of_answer_that_is_modelled_has_a_crate() {
    let cloud = Cloud::open().await;
    let readers = readers();
    let apis: BTreeSet<&str> = readers.keys().map(|(api, _)| *api).collect();
    let mut without = BTreeMap::new();
    let mut modelled = 0;
    for Method { api, id, verb, path, answer } in methods().unwrap().filter(|m| apis.contains(m.api)) {
        let Some(name) = answer else { continue };
        let body = if matches!(verb, "GET" | "DELETE") { Json::Null } else { json!({}) };
        let told = cloud.send(verb, &format!("/{}", filled(path)), body).await;
        if told.to_string().contains("not modelled") {
            continue;
        }
        modelled += 1;
        if !readers.contains_key(&(api, name)) && !LEFT_OUT.contains(&name) {
            without.insert(id, name);
        }
    }
    assert!(modelled > 400, "{modelled}");
    assert!(without.is_empty(), "{without:?}");
}

/// A path with what earlier answers say.
fn told(path: &str, answers: &[Json]) -> String {
    let Some((start, rest)) = path.split_once('{') else { return path.to_owned() };
    let (pointer, rest) = rest.split_once('}').unwrap();
    let said = answers.iter().rev().find_map(|answer| answer.pointer(pointer)?.as_str());
    format!("{start}{}{rest}", said.unwrap_or_else(|| panic!("no answer has {pointer}")))
}

/// A path with something in the place of each parameter.
fn filled(path: &str) -> String {
    let mut parts = path.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap();
        filled += match name.trim_start_matches('+') {
            "project" | "projectsId" | "projectId" => "host-prj",
            "region" => "europe-west1",
            "zone" => "europe-west1-b",
            "organizationsId" => "1234",
            _ => "x",
        };
        filled += rest;
    }
    filled
}
