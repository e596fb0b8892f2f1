//! `aws_iam_server_certificate`: a certificate for a server, kept in IAM.

use crate::Aws;
use crate::client::retry_while;
use crate::tags::Tags;
use aws_sdk_iam::types::ServerCertificate as RemoteCertificate;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, join_all,
    validate,
};

use super::listing::pages;
use super::tagging::{tag_list, tag_map, update_tags};
use super::{date, is_taken, name, unless_gone};

/// How long a balancer may take to let go of a certificate, by default.
const DELETION: Duration = Duration::from_secs(15 * 60);

/// Uploads a server certificate to IAM.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_iam_server_certificate", keep, timeouts(delete = "15m"))]
pub struct ServerCertificate {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// The certificate, in PEM.
    #[attr(force_new, equivalent = same_pem)]
    pub certificate_body: String,
    /// The certificates between it and its root, in PEM.
    #[attr(force_new, equivalent = same_pem)]
    pub certificate_chain: Option<String>,
    /// Until when the certificate is valid.
    pub expiration: Computed<String>,
    /// The certificate's name; made up when it is not set.
    #[attr(force_new, conflicts_with = "name_prefix", validate = name::valid(128))]
    pub name: Auto<String>,
    /// What the made-up name begins with.
    #[attr(force_new, conflicts_with = "name", validate = validate::length(0..=102))]
    pub name_prefix: Auto<String>,
    /// The path in which the certificate is; `/cloudfront/...` for CloudFront.
    #[attr(force_new, default = "/", validate = name::valid_path)]
    pub path: Option<String>,
    /// The certificate's private key, in PEM. No reading tells it.
    #[attr(force_new, sensitive, equivalent = same_pem)]
    pub private_key: String,
    /// Its tags.
    pub tags: Tags,
    /// When the certificate was uploaded.
    pub upload_date: Computed<String>,
}

/// Whether two texts are the same but for ends of lines and spacing around them.
fn same_pem(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

/// The certificate called `name`.
pub(super) async fn get(aws: &Aws, name: &str) -> Result<Option<RemoteCertificate>, Error> {
    let call = aws.iam().get_server_certificate().server_certificate_name(name).send();
    let found = unless_gone(aws.call("iam:GetServerCertificate", call).await)?;
    Ok(found.and_then(|answer| answer.server_certificate))
}

impl ServerCertificate {
    fn with_remote(self, certificate: RemoteCertificate) -> ServerCertificate {
        let tags = tag_map(certificate.tags.as_ref());
        let (body, chain) = (certificate.certificate_body, certificate.certificate_chain);
        let Some(about) = certificate.server_certificate_metadata else { return self };
        ServerCertificate {
            id: about.server_certificate_id.into(),
            arn: about.arn.into(),
            certificate_body: body,
            certificate_chain: chain,
            expiration: about.expiration.as_ref().and_then(date).into(),
            name_prefix: name::prefix_of(&about.server_certificate_name).into(),
            name: about.server_certificate_name.into(),
            path: Some(about.path),
            tags,
            upload_date: about.upload_date.as_ref().and_then(date).into(),
            private_key: self.private_key,
        }
    }

    fn is_as_created(&self, planned: &ServerCertificate) -> bool {
        let chain = |c: &Self| c.certificate_chain.clone().unwrap_or_default();
        same_pem(&self.certificate_body, &planned.certificate_body)
            && same_pem(&chain(self), &chain(planned))
            && self.path == planned.path
            && self.tags == planned.tags
    }
}

#[async_trait]
impl Resource for ServerCertificate {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let name = name::chosen(planned.name.as_deref(), planned.name_prefix.as_deref(), cx);
        let call = (aws.iam().upload_server_certificate().server_certificate_name(&name))
            .certificate_body(&planned.certificate_body)
            .set_certificate_chain(planned.certificate_chain.clone().filter(|chain| !chain.is_empty()))
            .private_key(&planned.private_key)
            .set_path(planned.path.clone())
            .set_tags(tag_list(&planned.tags)?);
        let taken = match aws.call("iam:UploadServerCertificate", call.send()).await {
            Ok(_) => None,
            Err(error) if cx.repeated && is_taken(&error) => Some(error),
            Err(error) => return Err(error.into()),
        };
        let missing = || Error::new("UploadServerCertificate failed", "The certificate vanished at once.");
        let found = planned.clone().with_remote(get(aws, &name).await?.ok_or_else(missing)?);
        match taken {
            Some(error) if !found.is_as_created(&planned) => Err(error.into()),
            _ => Ok(ServerCertificate { tags: planned.tags, ..found }),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // A listing has neither the certificates themselves nor their tags.
        let read = |state: Self| async {
            let found = get(aws, state.name.known()?).await?;
            Ok(found.map(|certificate| state.with_remote(certificate)))
        };
        join_all(states.into_iter().map(read)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let name = planned.name.known()?;
        update_tags!(aws, &prior.tags, &planned.tags,
            "iam:TagServerCertificate" => aws.iam().tag_server_certificate().server_certificate_name(name),
            "iam:UntagServerCertificate" => aws.iam().untag_server_certificate().server_certificate_name(name));
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        // A balancer that was just deleted may still seem to use the certificate.
        let conflict = |error: &Error| error.has_code(&["DeleteConflict"]);
        let deleted = retry_while(cx.timeout_or(DELETION), conflict, || async {
            let call = aws.iam().delete_server_certificate().server_certificate_name(state.name.known()?);
            aws.call("iam:DeleteServerCertificate", call.send()).await
        });
        unless_gone(deleted.await).map(|_| ())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = pages!(aws, "iam:ListServerCertificates", aws.iam().list_server_certificates())?;
        let stub = |name: String| Self { name: name.into(), ..Self::default() };
        let states = all.into_iter().map(|about| stub(about.server_certificate_name)).collect();
        let found: Result<Vec<_>, _> = Self::read(aws, states).await.into_iter().collect();
        Ok(Some(found?.into_iter().flatten().collect()))
    }

    fn import_id(&self) -> Option<String> {
        self.name.0.clone()
    }

    /// The certificate's name.
    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("name", Value::from(id))])
    }
}
