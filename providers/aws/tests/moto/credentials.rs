//! What users prove who they are with: access keys, passwords, SSH keys, certificates and devices.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::{Value as Json, json};
use terrane_value::Value;

/// An OpenPGP key: `gpg --export test@example.com | base64`.
const PGP_KEY: &str = "mDMEawj/LhYJKwYBBAHaRw8BAQdAjv/ZqIIuGIvEgbktSaqNy73a8ya4CWd1WXe6vV1PkwG0F1Rlc3QgPHRlc3RAZXhhbXBsZS5jb20+iJAEExYIADgWIQTYvtBd87bkZCzKVjZcjRGbchQVtgUCawj/LgIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRBcjRGbchQVtm3MAQDMsIfnZ6hQ8uQqq6voC54PVSWvgHpgUuAoCXHe09YutQEAiYrl3Eme65T5+LQA4ExfheUF1oyKS5EAu9lPkByW5gW4OARrCP8uEgorBgEEAZdVAQUBAQdAY95DkXjwBmxScPiBPLtoCnO10eB+/iii7pGtlJWQGj4DAQgHiHgEGBYIACAWIQTYvtBd87bkZCzKVjZcjRGbchQVtgUCawj/LgIbDAAKCRBcjRGbchQVti46AP47tImMAdFFOvF9X4KIeEidfuSGmVC6gRZtI6L7J06HIgEA+JWy7vzieY35/lYfL6lLv4zu9bC0ucR35X66gNSqWwk=";
const FINGERPRINT: &str = "d8bed05df3b6e4642cca56365c8d119b721415b6";

#[tokio::test]
async fn access_keys() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let user = cloud.create("aws_iam_user", json!({ "name": "keyed" })).await;
    let kind = "aws_iam_access_key";
    let plain = cloud.create(kind, json!({ "user": "keyed" })).await;
    assert_eq!(text(&plain, "status"), "Active");
    assert!(!text(&plain, "secret").is_empty());
    assert_eq!(text(&plain, "ses_smtp_password_v4").len(), 44);
    let secrets = ["secret", "ses_smtp_password_v4"];
    cloud.import(kind, &text(&plain, "id"), &plain, &secrets).await;
    let config = json!({ "user": "keyed", "status": "Inactive" });
    let (action, plain) = cloud.apply(kind, &plain, config).await;
    assert_eq!(action, Action::Update);
    let config = json!({ "user": "keyed", "status": "Inactive", "pgp_key": PGP_KEY });
    let sealed = cloud.create(kind, config).await;
    assert_eq!((get(&sealed, "secret"), text(&sealed, "key_fingerprint")), (Json::Null, FINGERPRINT.into()));
    assert!(text(&sealed, "encrypted_secret").len() > 100);
    let found =
        cloud.read_data("aws_iam_access_keys", json!({ "user": "keyed" })).await.expect("they are found");
    let found = get(&found, "access_keys");
    let statuses: Vec<&Json> = found.as_array().into_iter().flatten().map(|key| &key["status"]).collect();
    assert_eq!(statuses, ["Inactive", "Inactive"]);
    let states = [plain.clone(), sealed.clone()];
    let (requests, read) = cloud.requests(cloud.read_all(kind, &states)).await;
    assert_eq!((requests, read), (1, states.iter().cloned().map(Some).collect::<Vec<_>>()));
    for state in &states {
        cloud.destroy(kind, state).await;
    }
    cloud.destroy("aws_iam_user", &user).await;
    assert!(cloud.read(kind, &plain).await.is_none());
    for key in ["keybase:someone", "-----BEGIN PGP PUBLIC KEY BLOCK-----"] {
        assert_eq!(cloud.problems(kind, &json!({ "user": "keyed", "pgp_key": key })).len(), 1);
    }
}

#[tokio::test]
async fn login_profile() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let user = cloud.create("aws_iam_user", json!({ "name": "clicks" })).await;
    let kind = "aws_iam_user_login_profile";
    let state = cloud.create(kind, json!({ "user": "clicks" })).await;
    assert_eq!((text(&state, "id"), text(&state, "password").len()), ("clicks".into(), 20));
    cloud.import(kind, "clicks", &state, &["password", "password_length"]).await;
    let config = json!({ "user": "clicks", "password_length": 30, "pgp_key": PGP_KEY, "password_reset_required": true });
    let (action, state) = cloud.apply(kind, &state, config.clone()).await;
    assert_eq!((action, get(&state, "password")), (Action::Replace, Json::Null));
    assert_eq!(text(&state, "key_fingerprint"), FINGERPRINT);
    // A second attempt to make it sets a new password.
    let config = cloud.config(kind, &config);
    let (_, planned) = cloud.plan(kind, &Value::NULL, &config).await;
    let again = cloud.change(kind, &Value::NULL, &planned, &config, cloud.token(), true).await;
    assert_ne!(text(&again, "encrypted_password"), text(&state, "encrypted_password"));
    cloud.destroy(kind, &again).await;
    cloud.destroy("aws_iam_user", &user).await;
}

#[tokio::test]
async fn ssh_key() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let user = cloud.create("aws_iam_user", json!({ "name": "commits" })).await;
    let kind = "aws_iam_user_ssh_key";
    let key = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7";
    let config = |comment: &str, status: Json| json!({ "username": "commits", "encoding": "SSH", "public_key": format!("{key}{comment}"), "status": status });
    let state = cloud.create(kind, config(" me@home", Json::Null)).await;
    assert_eq!(text(&state, "status"), "Active");
    let id = text(&state, "ssh_public_key_id");
    cloud.import(kind, &format!("commits:{id}:SSH"), &state, &[]).await;
    let (action, state) = cloud.apply(kind, &state, config("", json!("Active"))).await;
    assert_eq!(action, Action::Nothing);
    let (action, state) = cloud.apply(kind, &state, config("", json!("Inactive"))).await;
    assert_eq!(action, Action::Update);
    let wanted = json!({ "username": "commits", "ssh_public_key_id": id, "encoding": "SSH" });
    let found = cloud.read_data(kind, wanted).await.expect("it is found");
    assert_eq!(
        (text(&found, "status"), text(&found, "fingerprint")),
        ("Inactive".into(), text(&state, "fingerprint"))
    );
    cloud.destroy(kind, &state).await;
    cloud.destroy("aws_iam_user", &user).await;
}

/// A certificate that its own key signed, for `example.com`.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\n\
MIIDDzCCAfegAwIBAgIUA6urZRpQ7dvtX+lxMzsDEASwp8EwDQYJKoZIhvcNAQEL\n\
BQAwFjEUMBIGA1UEAwwLZXhhbXBsZS5jb20wIBcNMjYxMTI3MDM1NTE3WhgPMjEy\n\
NjExMDMwMzU1MTdaMBYxFDASBgNVBAMMC2V4YW1wbGUuY29tMIIBIjANBgkqhkiG\n\
9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvcAQZgqYfGmAEDLmjrLewqcv1UMmReynjK7U\n\
NTX8gea7nnftqQk3Pn/MjojcIyxQWw5Ii4tTbRHP6rHjs2NJ6AxNIipRTf19bdWU\n\
Bp8TBLWbELHFoJNUxHkvLnAzyyL4Y/7gMQI6OhPWlKFHODUaokRcA513bmzVt/q/\n\
cBwd983o2dApaq2K3rRk2QYxEzQsdTsmuk8rCGi5FtTNBn9KoSrSQwcrkwmODF/y\n\
dc8lroKx6dokHzTaPR8LWFRmRVZ4fdze0FE9MmkAZtiaA30r8em5+vSizl+AFUvX\n\
yg/CD7EOyjN6+cfKlKbkGelBY1VlwWx8qLfRclZWzTjgc1D0+wIDAQABo1MwUTAd\n\
BgNVHQ4EFgQU1K6qwfv9byJAB8QvRweb9XgOhqEwHwYDVR0jBBgwFoAU1K6qwfv9\n\
byJAB8QvRweb9XgOhqEwDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOC\n\
AQEAWLydzB+lbNWIC/kwvQ0zsg65ZIVpsRiV/eP4kfXSGshTaup6FHdfbJhJdGH6\n\
XPbWw4s6Z0IsFk9w/3kgZw0M1GYH7BFhWJovK+mDpnRd+fnamLHSBtucTgQ1Jj8L\n\
Zkb9Ht2VY/vIa4OOtoNoQemxC2bC6N2QlZrjT/ooObD/D148Jni7SRfPNdmcx9xv\n\
ePkRStrB5rPM/8i9Y4lsIYnYprF1TxnZ5xu02m5jP/3JmjaT2QFnCCUe9yP7ptTd\n\
wit9F0HuaK+AWA5m0bgXfiFRaGM7r3JyW+MJnevDEcW6XLEjJVoX+XVDKEkGzB5s\n\
CBd3ymTuoCdriwvsh81sFkCbCQ==\n\
-----END CERTIFICATE-----";
const PRIVATE_KEY: &str =
    "-----BEGIN PRIVATE KEY-----\nthe test server does not look at it\n-----END PRIVATE KEY-----";

#[tokio::test]
async fn server_certificate() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let kind = "aws_iam_server_certificate";
    let config = |name: &str, ending: &str| json!({ "name": name, "path": "/cloudfront/", "certificate_body": format!("{CERTIFICATE}{ending}"), "private_key": PRIVATE_KEY });
    let state = cloud.create(kind, config("site", "")).await;
    assert_eq!(text(&state, "arn"), "arn:aws:iam::123456789012:server-certificate/cloudfront/site");
    cloud.import(kind, "site", &state, &["private_key"]).await;
    let (action, state) = cloud.apply(kind, &state, config("site", "\n")).await;
    assert_eq!(action, Action::Nothing);
    let found = cloud.read_data(kind, json!({ "name_prefix": "sit" })).await.expect("it is found");
    assert_eq!((text(&found, "arn"), text(&found, "name")), (text(&state, "arn"), "site".into()));
    assert!(cloud.read_data(kind, json!({ "name": "nobody" })).await.is_err());
    let (action, state) = cloud.apply(kind, &state, config("other", "")).await;
    assert_eq!(action, Action::Replace);
    cloud.destroy(kind, &state).await;
}

/// Moto cannot tell the tags of a device, so that none is read here as long as it is there.
#[tokio::test]
async fn virtual_mfa_device() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let kind = "aws_iam_virtual_mfa_device";
    let config = cloud.config(kind, &json!({ "virtual_mfa_device_name": "phone", "path": "/x/" }));
    let (_, planned) = cloud.plan(kind, &Value::NULL, &config).await;
    let state = cloud.change(kind, &Value::NULL, &planned, &config, cloud.token(), false).await;
    assert_eq!(text(&state, "serial_number"), "arn:aws:iam::123456789012:mfa/x/phone");
    assert!(!text(&state, "base_32_string_seed").is_empty());
    assert!(!text(&state, "qr_code_png").is_empty());
    // A second attempt to make it takes the place of the first one, whose seed is lost.
    let again = cloud.change(kind, &Value::NULL, &planned, &config, cloud.token(), true).await;
    assert_eq!(text(&again, "arn"), text(&state, "arn"));
    assert_ne!(text(&again, "base_32_string_seed"), text(&state, "base_32_string_seed"));
    let (action, again) = cloud.plan(kind, &again, &config).await;
    assert_eq!(action, Action::Nothing);
    cloud.destroy(kind, &again).await;
}
