//! `aws_account_region`: whether a region is open to an account.

use super::{call, object, other, split, text};
use crate::Aws;
use crate::client::{Poll, wait_until};
use serde_json::Value as Json;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, join_all,
    validate,
};

/// How long a region may take to be opened or closed.
const PATIENCE: Duration = Duration::from_secs(20 * 60);

/// Opens a region to an account, or closes it. It stays as it is when this is destroyed.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_account_region", keep, timeouts(create = "20m", update = "20m"))]
pub struct AccountRegion {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The account, of the organization, when it is not the provider's.
    #[attr(force_new, validate = validate::matches(r"^\d{12}$", "be the number of an account"))]
    pub account_id: Auto<String>,
    /// Whether the region is open.
    pub enabled: bool,
    /// How AWS puts it: `ENABLED`, `ENABLED_BY_DEFAULT`, `DISABLED`.
    pub opt_status: Computed<String>,
    /// The region.
    #[attr(force_new)]
    pub region_name: String,
}

impl AccountRegion {
    async fn status(&self, aws: &Aws) -> Result<String, Error> {
        let about = object([("RegionName", Some(self.region_name.as_str()))]);
        let found = call(aws, "GetRegionOptStatus", other(&self.account_id), about).await?;
        Ok(text(&found, "/RegionOptStatus"))
    }

    /// Opens or closes the region, where it is not so, and waits.
    async fn put(self, aws: &Aws, timeout: Duration) -> Result<Self, Error> {
        let is_so = |status: &str| match self.enabled {
            true => matches!(status, "ENABLED" | "ENABLED_BY_DEFAULT"),
            false => status == "DISABLED",
        };
        let now = self.status(aws).await?;
        if !is_so(&now) {
            let name = if self.enabled { "EnableRegion" } else { "DisableRegion" };
            let about = object([("RegionName", Some(self.region_name.as_str()))]);
            call(aws, name, other(&self.account_id), about).await?;
        }
        let what =
            format!("region {} to be {}", self.region_name, if self.enabled { "open" } else { "closed" });
        let status = wait_until(&what, timeout, || async {
            let status = self.status(aws).await?;
            Ok(if is_so(&status) { Poll::Ready(status) } else { Poll::Pending(status) })
        })
        .await?;
        Ok(self.with(status))
    }

    fn with(self, status: String) -> Self {
        let region = &self.region_name;
        let id = other(&self.account_id)
            .map_or_else(|| format!(",{region}"), |account| format!("{account},{region}"));
        Self {
            id: id.trim_start_matches(',').into(),
            account_id: self.account_id.0.unwrap_or_default().into(),
            enabled: matches!(status.as_str(), "ENABLED" | "ENABLED_BY_DEFAULT" | "ENABLING"),
            opt_status: status.into(),
            ..self
        }
    }
}

#[async_trait]
impl Resource for AccountRegion {
    type Client = Aws;

    /// What is so already stays.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.put(aws, cx.timeout_or(PATIENCE)).await?)
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let read = |state: Self| async move {
            let status = state.status(aws).await?;
            Ok(Some(state.with(status)))
        };
        join_all(states.into_iter().map(read)).await
    }

    async fn update(aws: &Aws, _: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.put(aws, cx.timeout_or(PATIENCE)).await?)
    }

    /// The region stays as it is.
    async fn delete(_: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        Ok(())
    }

    const PART: bool = true;

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let (mut all, mut next) = (Vec::new(), String::new());
        loop {
            let mut about = object([("NextToken", Some(next.as_str()))]);
            about.insert("MaxResults".into(), 50.into());
            let page = call(aws, "ListRegions", None, about).await?;
            for region in page.pointer("/Regions").and_then(Json::as_array).into_iter().flatten() {
                let region_name = text(region, "/RegionName");
                all.push(Self { region_name, ..Self::default() }.with(text(region, "/RegionOptStatus")));
            }
            next = text(&page, "/NextToken");
            if next.is_empty() {
                return Ok(Some(all));
            }
        }
    }

    /// The region, after the account and a comma when it is another one.
    fn import(id: &str) -> Result<Attributes, Error> {
        let id = id.replace(',', "/");
        let (account, region) = split(&id);
        Ok(vec![("account_id", Value::from(account)), ("region_name", Value::from(region))])
    }
}
