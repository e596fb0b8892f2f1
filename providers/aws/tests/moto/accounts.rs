//! What tests do past the provider: share a gateway with another account, make a prefix list, encrypt a text; and
//! deletions that leave something.

use crate::cloud::Cloud;
use base64::Engine as _;
use terrane_value::Value;

impl Cloud {
    fn region(&self) -> String {
        let identity = self.client.identity();
        identity.rsplit(' ').next().unwrap_or_default().to_owned()
    }

    fn ram(&self, key: &str, secret: &str, token: Option<String>) -> aws_sdk_ram::Client {
        let credentials = aws_sdk_ram::config::Credentials::new(key, secret, token, None, "test");
        let config = aws_sdk_ram::Config::builder()
            .behavior_version_latest()
            .region(aws_sdk_ram::config::Region::new(self.region()))
            .credentials_provider(credentials)
            .endpoint_url(&self.endpoint)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        aws_sdk_ram::Client::from_conf(config)
    }

    /// Shares an object of the first account with another one, which accepts it.
    pub(crate) async fn share(&self, arn: &str, account: &str) {
        let owner = self.ram("AKIATEST", "secret", None);
        let made = owner.create_resource_share().name("share").resource_arns(arn).principals(account);
        let share = made.send().await.unwrap().resource_share.unwrap().resource_share_arn.unwrap();
        let credentials = aws_sdk_sts::config::Credentials::new("AKIATEST", "secret", None, None, "test");
        let config = aws_sdk_sts::Config::builder()
            .behavior_version_latest()
            .region(aws_sdk_sts::config::Region::new(self.region()))
            .credentials_provider(credentials)
            .endpoint_url(&self.endpoint)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        let role = format!("arn:aws:iam::{account}:role/guest");
        let call =
            aws_sdk_sts::Client::from_conf(config).assume_role().role_arn(role).role_session_name("guest");
        let session = call.send().await.unwrap().credentials.unwrap();
        let token = Some(session.session_token().to_owned());
        let guest = self.ram(session.access_key_id(), session.secret_access_key(), token);
        let found = guest.get_resource_share_invitations().resource_share_arns(&share).send().await.unwrap();
        let invitation = found.resource_share_invitations()[0].resource_share_invitation_arn().unwrap();
        guest
            .accept_resource_share_invitation()
            .resource_share_invitation_arn(invitation)
            .send()
            .await
            .unwrap();
        // The stub's objects pass from state to state when somebody looks.
        use aws_sdk_ram::types::{ResourceOwner, ResourceShareAssociationType as Kind};
        for _ in 0..3 {
            owner.get_resource_shares().resource_owner(ResourceOwner::SelfValue).send().await.unwrap();
            for kind in [Kind::Principal, Kind::Resource] {
                let look = owner.get_resource_share_associations().association_type(kind);
                look.resource_share_arns(&share).send().await.unwrap();
            }
        }
    }

    /// A text that a key has encrypted together with a pair, as base64.
    pub(crate) async fn encrypt(&self, key: &str, text: &str, (name, value): (&str, &str)) -> String {
        let credentials = aws_sdk_kms::config::Credentials::new("AKIATEST", "secret", None, None, "test");
        let config = aws_sdk_kms::Config::builder()
            .behavior_version_latest()
            .region(aws_sdk_kms::config::Region::new(self.region()))
            .credentials_provider(credentials)
            .endpoint_url(&self.endpoint)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        let plain = aws_sdk_kms::primitives::Blob::new(text);
        let call = aws_sdk_kms::Client::from_conf(config).encrypt().key_id(key).plaintext(plain);
        let made = call.encryption_context(name, value).send().await.unwrap().ciphertext_blob.unwrap();
        base64::engine::general_purpose::STANDARD.encode(made)
    }

    /// Makes a prefix list.
    pub(crate) async fn prefix_list(&self) -> String {
        let call = self.here().create_managed_prefix_list().prefix_list_name("p").max_entries(1);
        let made = call.address_family("IPv4").send().await.unwrap();
        made.prefix_list.unwrap().prefix_list_id.unwrap()
    }

    /// Destroys an object, twice, that leaves something to be read.
    pub(crate) async fn undo(&self, type_name: &str, state: &Value) {
        let null = Value::null(state.ty());
        for _ in 0..2 {
            self.change(type_name, state, &null, &Value::NULL, self.token(), false).await;
        }
    }
}
