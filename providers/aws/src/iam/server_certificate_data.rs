//! Data source `aws_iam_server_certificate`: a server certificate by name or prefix.

use crate::Aws;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

use super::listing::pages;
use super::{date, not_found, server_certificate};

/// Finds an IAM server certificate.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_server_certificate")]
pub struct ServerCertificateData {
    /// The unique id that AWS gave the certificate.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// The certificate, in PEM.
    pub certificate_body: Computed<String>,
    /// The certificates between it and its root, in PEM.
    pub certificate_chain: Computed<String>,
    /// Until when the certificate is valid.
    pub expiration_date: Computed<String>,
    /// Whether the one that is valid for longest is meant when there are many.
    #[attr(default = false)]
    pub latest: Option<bool>,
    /// The certificate's name.
    #[attr(conflicts_with = "name_prefix")]
    pub name: Auto<String>,
    /// What the certificate's name begins with.
    #[attr(conflicts_with = "name")]
    pub name_prefix: Option<String>,
    /// The path in which the certificate is.
    pub path: Computed<String>,
    /// What the path begins with.
    pub path_prefix: Option<String>,
    /// When the certificate was uploaded.
    pub upload_date: Computed<String>,
}

#[async_trait]
impl DataSource for ServerCertificateData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let call = aws.iam().list_server_certificates().set_path_prefix(config.path_prefix.clone());
        let mut all = pages!(aws, "iam:ListServerCertificates", call)?;
        let prefix = config.name_prefix.as_deref().unwrap_or_default();
        all.retain(|found| match config.name.as_deref() {
            Some(name) => found.server_certificate_name == name,
            None => found.server_certificate_name.starts_with(prefix),
        });
        let wanted = config.name.as_deref().unwrap_or(prefix);
        let missing =
            || aws.here(not_found("server certificate", wanted).operation("iam:ListServerCertificates"));
        if all.len() > 1 && config.latest != Some(true) {
            let detail = format!(
                "{} certificates match. Say more about the one that is meant, or set \"latest\".",
                all.len()
            );
            return Err(aws.here(Error::new("Several IAM server certificates found", detail)));
        }
        let latest = all.into_iter().max_by_key(|found| found.expiration.map(|date| date.secs()));
        let name = latest.ok_or_else(missing)?.server_certificate_name;
        let found = server_certificate::get(aws, &name).await?.ok_or_else(missing)?;
        let about = found.server_certificate_metadata.ok_or_else(missing)?;
        Ok(ServerCertificateData {
            id: about.server_certificate_id.into(),
            arn: about.arn.into(),
            certificate_body: found.certificate_body.into(),
            certificate_chain: found.certificate_chain.unwrap_or_default().into(),
            expiration_date: about.expiration.as_ref().and_then(date).unwrap_or_default().into(),
            name: about.server_certificate_name.into(),
            path: about.path.into(),
            upload_date: about.upload_date.as_ref().and_then(date).unwrap_or_default().into(),
            ..config
        })
    }
}
