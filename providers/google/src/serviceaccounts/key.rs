//! `google_service_account_key`: a key of a service account, or a certificate for one.

use super::path;
use crate::Google;
use crate::client::is_not_found;
use google_cloud_iam_admin_v1::model::{ServiceAccountKey as Remote, ServiceAccountPublicKeyType};
use std::collections::BTreeMap;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, async_trait};
use terrane_sdk::{join_all, serde_json};

/// Provides a key of a service account.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_service_account_key", keep)]
pub struct ServiceAccountKey {
    /// The path of the key, from `projects/` on.
    pub id: Computed<String>,
    /// The account: its path, its e-mail address, or its own name in the provider's project.
    #[attr(force_new)]
    pub service_account_id: String,
    /// Values whose change makes a new key.
    #[attr(force_new, local)]
    pub keepers: BTreeMap<String, String>,
    /// `KEY_ALG_RSA_2048` or `KEY_ALG_RSA_1024`.
    #[attr(force_new, default = "KEY_ALG_RSA_2048")]
    pub key_algorithm: Option<String>,
    /// `TYPE_GOOGLE_CREDENTIALS_FILE` or `TYPE_PKCS12_FILE`.
    #[attr(force_new, local, default = "TYPE_GOOGLE_CREDENTIALS_FILE")]
    pub private_key_type: Option<String>,
    /// `TYPE_X509_PEM_FILE` or `TYPE_RAW_PUBLIC_KEY`.
    #[attr(force_new, local, default = "TYPE_X509_PEM_FILE")]
    pub public_key_type: Option<String>,
    /// A public key of one's own to upload, in base64; Google then has no private key.
    #[attr(force_new, local, conflicts_with = ["key_algorithm", "private_key_type"])]
    pub public_key_data: Option<String>,
    /// The path of the key, from `projects/` on.
    pub name: Computed<String>,
    /// The private key in base64: the credentials file. Google tells it once.
    #[attr(sensitive)]
    pub private_key: Computed<String>,
    /// The public key in base64.
    pub public_key: Computed<String>,
    /// From when on the key is valid.
    pub valid_after: Computed<String>,
    /// Until when the key is valid.
    pub valid_before: Computed<String>,
}

#[async_trait]
impl Resource for ServiceAccountKey {
    type Client = Google;

    /// Google has no token for this: a repeated creation leaves the key whose private part was lost.
    async fn create(google: &Google, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let account = path(google.project().unwrap_or("-"), &planned.service_account_id);
        let iam = google.iam().await?;
        let made = match &planned.public_key_data {
            Some(data) => {
                let operation = "iam.projects.serviceAccounts.keys.upload";
                let data: Remote = serde_json::from_value(serde_json::json!({"publicKeyData": data}))
                    .map_err(|e| {
                        Error::new("Invalid public key", format!("It is no base64: {e}."))
                            .attribute("public_key_data")
                    })?;
                let call = iam
                    .upload_service_account_key()
                    .set_name(account)
                    .set_public_key_data(data.public_key_data);
                google.call(operation, call.send()).await?
            }
            None => {
                let operation = "iam.projects.serviceAccounts.keys.create";
                let call = iam.create_service_account_key().set_name(account);
                let call = call
                    .set_key_algorithm(planned.key_algorithm.as_deref().unwrap_or("KEY_ALG_RSA_2048"))
                    .set_private_key_type(
                        planned.private_key_type.as_deref().unwrap_or("TYPE_GOOGLE_CREDENTIALS_FILE"),
                    );
                google.call(operation, call.send()).await?
            }
        };
        let private_key = text(&made, "privateKeyData");
        let partial = Self { private_key: private_key.into(), ..planned.clone().with(made) };
        let name = partial.id.known()?.clone();
        match get(google, &name, planned.public_key_type.as_deref()).await {
            Ok(remote) => Ok(partial.with(remote)),
            Err(error) => Err(Failure::partial(error, partial)),
        }
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        join_all(states.into_iter().map(|state| async move {
            match get(google, state.id.known()?, state.public_key_type.as_deref()).await {
                Ok(remote) => Ok(Some(state.with(remote))),
                Err(e) if is_not_found(&e) => Ok(None),
                Err(e) => Err(e),
            }
        }))
        .await
    }

    /// Nothing of a key can change.
    async fn update(_: &Google, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(google: &Google, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = google.iam().await?.delete_service_account_key().set_name(state.id.known()?);
        match google.call("iam.projects.serviceAccounts.keys.delete", call.send()).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    fn import(_: &str) -> Result<Attributes, Error> {
        let detail =
            "The private part of a key is told once, at its creation, so that a key cannot be imported.";
        Err(Error::new("No import of keys", detail))
    }
}

impl ServiceAccountKey {
    /// This key as Google describes it.
    fn with(self, remote: Remote) -> ServiceAccountKey {
        let public_key = text(&remote, "publicKeyData").filter(|key| !key.is_empty());
        let time = |time: Option<google_cloud_wkt::Timestamp>| time.map(String::from).unwrap_or_default();
        ServiceAccountKey {
            id: remote.name.clone().into(),
            key_algorithm: remote.key_algorithm.name().map(str::to_owned).or(self.key_algorithm),
            name: remote.name.into(),
            private_key: self.private_key.0.unwrap_or_default().into(),
            public_key: public_key.or(self.public_key.0).unwrap_or_default().into(),
            valid_after: time(remote.valid_after_time).into(),
            valid_before: time(remote.valid_before_time).into(),
            ..self
        }
    }
}

/// A field of bytes as the REST API has it, in base64.
fn text(remote: &Remote, field: &str) -> Option<String> {
    serde_json::to_value(remote).ok()?[field].as_str().map(str::to_owned)
}

async fn get(google: &Google, name: &str, kind: Option<&str>) -> Result<Remote, Error> {
    let kind = ServiceAccountPublicKeyType::from(kind.unwrap_or("TYPE_X509_PEM_FILE"));
    let call = google.iam().await?.get_service_account_key().set_name(name).set_public_key_type(kind);
    google.call("iam.projects.serviceAccounts.keys.get", call.send()).await
}
