//! `google_client_config` and `google_client_openid_userinfo`: data sources of who calls, and with which defaults.

use crate::Google;
use crate::names::escape;
use std::collections::BTreeMap;
use terrane_sdk::{Computed, DataSource, DataSourceType, Error, async_trait, data_sources};

/// The data sources.
pub(crate) fn data_sources() -> Vec<DataSourceType<Google>> {
    data_sources![ClientConfigData, UserInfoData]
}

/// Reads what the provider configuration comes to.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_client_config")]
pub(crate) struct ClientConfigData {
    /// The path of the defaults.
    pub(crate) id: Computed<String>,
    /// The token that requests carry. It is good for an hour at most, and stored in the state.
    #[attr(sensitive)]
    pub(crate) access_token: Computed<String>,
    /// The labels of all objects.
    pub(crate) default_labels: Computed<BTreeMap<String, String>>,
    /// The project of objects that name none.
    pub(crate) project: Computed<String>,
    /// The region of objects that name none.
    pub(crate) region: Computed<String>,
    /// The zone of objects that name none.
    pub(crate) zone: Computed<String>,
}

#[async_trait]
impl DataSource for ClientConfigData {
    type Client = Google;

    async fn read(google: &Google, _: Self) -> Result<Self, Error> {
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        let (project, region, zone) = (text(google.project()), text(google.region()), text(google.zone()));
        Ok(ClientConfigData {
            id: format!("projects/{project:?}/regions/{region:?}/zones/{zone:?}").into(),
            access_token: google.token().await?.into(),
            default_labels: google.labels().defaults().clone().into(),
            project: project.into(),
            region: region.into(),
            zone: zone.into(),
        })
    }
}

/// Reads the address of whose credentials these are.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_client_openid_userinfo")]
pub(crate) struct UserInfoData {
    /// The address.
    pub(crate) id: Computed<String>,
    /// The address.
    pub(crate) email: Computed<String>,
}

#[async_trait]
impl DataSource for UserInfoData {
    type Client = Google;

    async fn read(google: &Google, _: Self) -> Result<Self, Error> {
        let token = google.token().await?.unwrap_or_default();
        let path = format!("tokeninfo?access_token={}", escape(&token));
        let found = google.fetch("oauth2.tokeninfo", "oauth2", path).await?;
        let email = found["email"].as_str().map(str::to_owned).ok_or_else(|| {
            let detail = "The token does not tell an address: it needs the scope \"userinfo.email\".";
            Error::new("Credentials without address", detail)
        })?;
        Ok(UserInfoData { id: email.as_str().into(), email: email.into() })
    }
}
