//! Who may do what.

use crate::Cloud;
use terrane_sdk::Value;
use terrane_sdk::serde_json::{self, Value as Json, json};
use terrane_sdk::testing::{Action, get, text};

#[tokio::test]
async fn members_of_a_project_are_added_one_by_one() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_project_iam_member";
    let config = |member: &str| json!({"project": "host-prj", "role": "roles/viewer", "member": member});
    let (one, two) = tokio::join!(
        driver.create(ty, config("user:One@example.com")),
        driver.create(ty, config("group:two@example.com")),
    );
    assert_eq!(text(&two, "id"), "host-prj/roles/viewer/group:two@example.com");
    let condition = json!({"project": "host-prj", "role": "roles/viewer", "member": "user:three@example.com",
        "condition": [{"title": "until", "expression": "request.time < timestamp(\"2030-01-01T00:00:00Z\")"}]});
    let three = driver.create(ty, condition).await;
    assert!(text(&three, "id").ends_with("/until"));
    driver.import(ty, "host-prj roles/viewer user:three@example.com until", &three, &[]).await;
    cloud.requests().await;
    let read = driver.read_all(ty, &[one.clone(), two.clone(), three.clone()]).await;
    assert!(read.iter().all(Option::is_some));
    assert_eq!(cloud.requests().await, json!({"cloudresourcemanager.projects.getIamPolicy": 1}));
    driver.destroy(ty, &two).await;
    assert!(driver.read(ty, &one).await.is_some());
    assert!(driver.read(ty, &three).await.is_some());
}

#[tokio::test]
async fn a_binding_and_a_policy_are_authoritative() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_folder_iam_binding";
    let folder = json!({"display_name": "f", "parent": "organizations/1234", "deletion_protection": false});
    let folder = driver.create("google_folder", folder).await;
    let config =
        |members: Json| json!({"folder": text(&folder, "name"), "role": "roles/editor", "members": members});
    let binding = driver.create(ty, config(json!(["user:A@example.com", "user:b@example.com"]))).await;
    let (action, binding) = driver.apply(ty, &binding, config(json!(["user:b@example.com"]))).await;
    assert_eq!((action, get(&binding, "members")), (Action::Update, json!(["user:b@example.com"])));
    let id = format!("{} roles/editor", text(&folder, "name"));
    driver.import(ty, &id, &binding, &[]).await;

    let data = json!({"binding": [{"role": "roles/viewer", "members": ["user:c@example.com"]}]});
    let data = driver.read_data("google_iam_policy", data).await.unwrap();
    let policy = json!({"folder": text(&folder, "name"), "policy_data": text(&data, "policy_data")});
    let ty = "google_folder_iam_policy";
    let policy = driver.create(ty, policy).await;
    let all: Json = serde_json::from_str(&text(&policy, "policy_data")).unwrap();
    assert_eq!(all["bindings"].as_array().map(Vec::len), Some(1));
    assert!(driver.read("google_folder_iam_binding", &binding).await.is_none());
}

#[tokio::test]
async fn a_subnet_can_be_used_by_others() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    driver.create("google_compute_network", json!({"name": "hub", "auto_create_subnetworks": false})).await;
    let subnet = json!({"name": "a", "network": "hub", "ip_cidr_range": "10.0.0.0/24"});
    let subnet = driver.create("google_compute_subnetwork", subnet).await;
    let ty = "google_compute_subnetwork_iam_member";
    let member = |subnet: String| {
        json!({"subnetwork": subnet, "role": "roles/compute.networkUser",
        "member": "user:x@example.com"})
    };
    let by_name = driver.create(ty, member("a".into())).await;
    let id = "projects/host-prj/regions/europe-west1/subnetworks/a/roles/compute.networkUser/\
        user:x@example.com";
    assert_eq!(text(&by_name, "id"), id);
    let by_path = driver.create(ty, member(text(&subnet, "id"))).await;
    driver.destroy(ty, &by_path).await;
}

#[tokio::test]
async fn service_accounts_and_their_keys() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_service_account";
    let account = driver.create(ty, json!({"account_id": "runner-one", "display_name": "Runner"})).await;
    assert_eq!(text(&account, "email"), "runner-one@host-prj.iam.gserviceaccount.com");
    let changed = json!({"account_id": "runner-one", "description": "runs", "disabled": true});
    let (action, account) = driver.apply(ty, &account, changed).await;
    assert_eq!((action, get(&account, "disabled")), (Action::Update, json!(true)));
    driver.import(ty, &text(&account, "name"), &account, &["create_ignore_already_exists"]).await;
    let found = driver.read_data(ty, json!({"account_id": "runner-one"})).await.unwrap();
    assert_eq!(text(&found, "unique_id"), text(&account, "unique_id"));

    let key = driver
        .create("google_service_account_key", json!({"service_account_id": text(&account, "name")}))
        .await;
    assert!(!text(&key, "private_key").is_empty());
    let member = json!({"service_account_id": text(&account, "name"), "role": "roles/iam.workloadIdentityUser",
        "member": "user:one@example.com"});
    let member = driver.create("google_service_account_iam_member", member).await;
    driver.destroy("google_service_account_iam_member", &member).await;
    driver.destroy("google_service_account_key", &key).await;

    let mut accounts = vec![account];
    for name in ["runner-two", "runner-three"] {
        accounts.push(driver.create(ty, json!({"account_id": name})).await);
    }
    cloud.requests().await;
    assert!(driver.read_all(ty, &accounts).await.iter().all(Option::is_some));
    assert_eq!(cloud.requests().await, json!({"iam.projects.serviceAccounts.list": 1}));
    driver.destroy(ty, &accounts[0]).await;
}

#[tokio::test]
async fn log_sinks() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    cloud.send("POST", "/storage/v1/b?project=host-prj", json!({"name": "audit-logs"})).await;
    let ty = "google_logging_project_sink";
    let sink = |more: Json| {
        let mut config = json!({"name": "audit", "destination": "storage.googleapis.com/audit-logs"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let first = driver
        .create(
            ty,
            sink(json!({"filter": "severity >= WARNING",
        "exclusions": [{"name": "noise", "filter": "resource.type = k8s_container"}]})),
        )
        .await;
    assert_eq!(text(&first, "id"), "projects/host-prj/sinks/audit");
    assert!(text(&first, "writer_identity").starts_with("serviceAccount:"));
    let (action, first) = driver.apply(ty, &first, sink(json!({"description": "d"}))).await;
    assert_eq!((action, get(&first, "exclusions")), (Action::Update, json!([])));
    driver.import(ty, "projects/host-prj/sinks/audit", &first, &["unique_writer_identity", "disabled"]).await;
    driver.destroy(ty, &first).await;
    let ty = "google_logging_organization_sink";
    let whole = driver.create(ty, sink(json!({"org_id": "1234", "include_children": true}))).await;
    driver.import(ty, "organizations/1234/sinks/audit", &whole, &["disabled"]).await;
    driver.destroy(ty, &whole).await;
}

#[tokio::test]
async fn roles_of_ones_own() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_project_iam_custom_role";
    let config = |permissions: Json| json!({"role_id": "netReader", "title": "Net reader", "permissions": permissions});
    let role = driver.create(ty, config(json!(["compute.networks.get"]))).await;
    assert_eq!(
        (text(&role, "id"), text(&role, "stage")),
        ("projects/host-prj/roles/netReader".into(), "GA".into())
    );
    let more = config(json!(["compute.networks.get", "compute.networks.list"]));
    let (action, role) = driver.apply(ty, &role, more).await;
    assert_eq!((action, get(&role, "permissions").as_array().map(Vec::len)), (Action::Update, Some(2)));
    driver.import(ty, "host-prj/netReader", &role, &[]).await;
    driver.destroy(ty, &role).await;
    // A deleted role comes back.
    let again = driver.create(ty, config(json!(["compute.networks.list"]))).await;
    assert_eq!(get(&again, "permissions"), json!(["compute.networks.list"]));
    let mut roles = vec![again];
    for id in ["second", "third"] {
        let config =
            json!({"role_id": id, "title": id, "permissions": ["compute.networks.get"], "description": "d"});
        roles.push(driver.create(ty, config).await);
    }
    cloud.requests().await;
    assert!(driver.read_all(ty, &roles).await.iter().all(Option::is_some));
    assert_eq!(cloud.requests().await, json!({"iam.projects.roles.list": 1}));
    let ty = "google_organization_iam_custom_role";
    let whole = json!({"org_id": "1234", "role_id": "auditor", "title": "Auditor", "permissions": ["logging.logs.list"], "stage": "BETA"});
    let whole = driver.create(ty, whole).await;
    driver.import(ty, "organizations/1234/roles/auditor", &whole, &[]).await;
    driver.destroy(ty, &whole).await;
}

#[tokio::test]
async fn which_accesses_are_logged() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_project_iam_audit_config";
    let config =
        |kinds: Json| json!({"project": "host-prj", "service": "allServices", "audit_log_config": kinds});
    let audit = config(
        json!([{"log_type": "DATA_READ", "exempted_members": ["user:Joe@example.com"]}, {"log_type": "ADMIN_READ"}]),
    );
    let audit = driver.create(ty, audit).await;
    assert_eq!(text(&audit, "id"), "host-prj allServices");
    let member = json!({"project": "host-prj", "role": "roles/viewer", "member": "user:a@example.com"});
    let member = driver.create("google_project_iam_member", member).await;
    let (action, audit) = driver.apply(ty, &audit, config(json!([{"log_type": "DATA_WRITE"}]))).await;
    assert_eq!(action, Action::Update);
    driver.import(ty, "host-prj allServices", &audit, &["etag"]).await;
    driver.destroy(ty, &audit).await;
    assert!(driver.read("google_project_iam_member", &member).await.is_some());
    let ty = "google_organization_iam_audit_config";
    let whole = json!({"org_id": "1234", "service": "storage.googleapis.com", "audit_log_config": [{"log_type": "DATA_READ"}]});
    let whole = driver.create(ty, whole).await;
    driver.destroy(ty, &whole).await;
}

#[tokio::test]
async fn default_accounts_lose_their_rights() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let compute = json!({"project": "host-prj", "service": "compute.googleapis.com"});
    driver.create("google_project_service", compute).await;
    let all = cloud.send("GET", "/v1/projects/host-prj/serviceAccounts", Json::Null).await;
    let email = all["accounts"][0]["email"].as_str().unwrap().to_owned();
    let account = format!("/v1/projects/host-prj/serviceAccounts/{email}");
    let ty = "google_project_default_service_accounts";
    let config = |action: &str| json!({"project": "host-prj", "action": action, "restore_policy": "REVERT"});

    let off = driver.create(ty, config("DISABLE")).await;
    assert_eq!(get(&off, "service_accounts")[&email], all["accounts"][0]["uniqueId"]);
    assert_eq!(cloud.send("GET", &account, Json::Null).await["disabled"], json!(true));
    driver.destroy(ty, &off).await;
    assert_eq!(cloud.send("GET", &account, Json::Null).await["disabled"], Json::Null);

    let member = format!("serviceAccount:{email}");
    let editors = || async {
        let policy = cloud.send("POST", "/v1/projects/host-prj:getIamPolicy", json!({})).await;
        let bindings = policy["bindings"].as_array().cloned().unwrap_or_default();
        let editors = bindings.iter().find(|binding| binding["role"] == "roles/editor").cloned();
        editors.unwrap_or_default()["members"].as_array().cloned().unwrap_or_default()
    };
    let editor = json!({"project": "host-prj", "role": "roles/editor", "member": member});
    driver.create("google_project_iam_member", editor).await;
    let poor = driver.create(ty, config("DEPRIVILEGE")).await;
    assert!(!editors().await.contains(&json!(member)));
    driver.destroy(ty, &poor).await;
    assert!(editors().await.contains(&json!(member)));

    let gone = driver.create(ty, config("DELETE")).await;
    assert!(cloud.send("GET", &account, Json::Null).await["error"].is_object());
    driver.destroy(ty, &gone).await;
    assert_eq!(cloud.send("GET", &account, Json::Null).await["email"], json!(email));
}

#[tokio::test]
async fn who_pays_for_a_project() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_billing_project_info";
    let paid =
        driver.create(ty, json!({"project": "host-prj", "billing_account": "012345-6789AB-CDEF01"})).await;
    assert_eq!(text(&paid, "id"), "projects/host-prj");
    driver.import(ty, "projects/host-prj", &paid, &[]).await;
    let (action, paid) = driver.apply(ty, &paid, json!({"project": "host-prj", "billing_account": ""})).await;
    assert_eq!(action, Action::Update);
    let (_, paid) = driver
        .apply(
            ty,
            &paid,
            json!({"project": "host-prj", "billing_account": "billingAccounts/012345-6789AB-CDEF01"}),
        )
        .await;
    let info = "/v1/projects/host-prj/billingInfo";
    assert_eq!(cloud.send("GET", info, Json::Null).await["billingEnabled"], json!(true));
    let config = json!({"project": "host-prj", "billing_account": "012345-6789AB-CDEF01"});
    let (action, _) = driver.plan(ty, &paid, &driver.config(ty, &config)).await;
    assert_eq!(action, Action::Nothing);
}

#[tokio::test]
async fn plans_say_who_loses_what() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    for (role, name) in [("roles/viewer", "a"), ("roles/viewer", "b"), ("roles/editor", "c")] {
        let member =
            json!({"project": "host-prj", "role": role, "member": format!("user:{name}@example.com")});
        driver.create("google_project_iam_member", member).await;
    }
    let ty = "google_project_iam_binding";
    let viewers = json!({"project": "host-prj", "role": "roles/viewer", "members": ["user:B@example.com", "user:d@example.com"]});
    let said = driver.warnings(ty, &Value::NULL, &viewers).await;
    assert!(said.len() == 1 && said[0].contains("lose it: user:a@example.com."), "{said:?}");
    let new = json!({"project": "host-prj", "role": "roles/browser", "members": ["user:d@example.com"]});
    assert!(driver.warnings(ty, &Value::NULL, &new).await.is_empty());
    let made = driver.create(ty, viewers.clone()).await;
    assert!(driver.warnings(ty, &made, &viewers).await.is_empty());

    let ty = "google_project_iam_policy";
    let policy = json!({"bindings": [{"role": "roles/viewer", "members": ["user:d@example.com"]}]});
    let policy = json!({"project": "host-prj", "policy_data": policy.to_string()});
    let said = driver.warnings(ty, &Value::NULL, &policy).await;
    assert!(said.len() == 1 && said[0].contains("roles/editor of user:c@example.com"), "{said:?}");
    assert!(said[0].contains("roles/viewer of user:b@example.com"), "{said:?}");

    let ty = "google_project_iam_audit_config";
    let audit = |kind: &str| json!({"project": "host-prj", "service": "allServices", "audit_log_config": [{"log_type": kind}]});
    driver.create(ty, audit("DATA_READ")).await;
    let said = driver.warnings(ty, &Value::NULL, &audit("DATA_WRITE")).await;
    assert!(said.len() == 1 && said[0].contains("the DATA_READ log of allServices"), "{said:?}");
}

#[tokio::test]
async fn a_sink_whose_writer_is_ones_own() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_logging_project_sink";
    let sink = |destination: &str, writer: Json| json!({"name": "audit", "destination": destination, "custom_writer_identity": writer});
    let bucket = "logging.googleapis.com/projects/audit-prj/locations/global/buckets/all";
    let [one, two] =
        ["one", "two"].map(|name| format!("serviceAccount:{name}@audit-prj.iam.gserviceaccount.com"));
    let first = driver.create(ty, sink(bucket, json!(one))).await;
    assert_eq!(text(&first, "writer_identity"), one);
    let (action, second) = driver.apply(ty, &first, sink(bucket, json!(two))).await;
    assert_eq!((action, text(&second, "writer_identity")), (Action::Update, two.clone()));
    let unknown = ["unique_writer_identity", "custom_writer_identity", "disabled"];
    driver.import(ty, "projects/host-prj/sinks/audit", &second, &unknown).await;
    let (action, _) = driver.apply(ty, &second, sink(bucket, Json::Null)).await;
    assert_eq!(action, Action::Update);
    driver.destroy(ty, &second).await;
    let said = driver.refusal(ty, sink("storage.googleapis.com/audit-logs", json!(one))).await;
    assert!(said.contains("needs a log bucket of another project"), "{said}");
}

#[tokio::test]
async fn a_key_that_is_brought_along() {
    use base64::Engine as _;
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let account = driver.create("google_service_account", json!({"account_id": "runner-one"})).await;
    let ty = "google_service_account_key";
    let certificate = include_str!("../../../../tests/sandbox/keys/certificate.pem");
    let certificate = base64::engine::general_purpose::STANDARD.encode(certificate);
    let config = json!({"service_account_id": text(&account, "name"), "public_key_data": certificate});
    let key = driver.create(ty, config).await;
    let path = format!("/v1/{}", text(&key, "name"));
    assert_eq!(cloud.send("GET", &path, Json::Null).await["keyOrigin"], "USER_PROVIDED");
    driver.destroy(ty, &key).await;
}
