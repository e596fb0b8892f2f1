//! `aws_cloudwatch_dashboard`: a page of graphs.

use crate::Aws;
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, join_all,
    json_equivalent, validate,
};

use super::unless_gone;

/// Provides a page of graphs.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_cloudwatch_dashboard", keep)]
pub struct Dashboard {
    /// The name of the dashboard.
    pub id: Computed<String>,
    /// The ARN of the dashboard.
    pub dashboard_arn: Computed<String>,
    /// What is on the page, as JSON; compared by meaning.
    #[attr(validate = validate::json, equivalent = json_equivalent)]
    pub dashboard_body: String,
    /// The name of the dashboard.
    #[attr(
        force_new,
        validate = validate::matches(r"^[a-zA-Z0-9_-]{1,255}$", "only have letters, digits, hyphens and underscores")
    )]
    pub dashboard_name: String,
}

impl Dashboard {
    async fn get(self, aws: &Aws) -> Result<Option<Dashboard>, Error> {
        let name = self.id.0.clone().unwrap_or_else(|| self.dashboard_name.clone());
        let call = aws.cloudwatch().get_dashboard().dashboard_name(&name).send();
        let found = unless_gone(aws.call("cloudwatch:GetDashboard", call).await)?;
        Ok(found.map(|found| Dashboard {
            id: name.as_str().into(),
            dashboard_arn: found.dashboard_arn.unwrap_or_default().into(),
            dashboard_body: found.dashboard_body.unwrap_or_default(),
            dashboard_name: name,
        }))
    }

    async fn put(self, aws: &Aws) -> Result<Dashboard, Failure<Dashboard>> {
        let call = aws.cloudwatch().put_dashboard().dashboard_name(&self.dashboard_name);
        let call = call.dashboard_body(&self.dashboard_body).send();
        aws.call("cloudwatch:PutDashboard", call).await?;
        let written = Dashboard { id: self.dashboard_name.as_str().into(), ..self };
        match written.clone().get(aws).await {
            Ok(Some(found)) => Ok(found),
            Ok(None) => {
                let error = Error::new("The dashboard is gone", "It vanished while it was read back.");
                Err(Failure::partial(error, written))
            }
            Err(error) => Err(Failure::partial(error, written)),
        }
    }
}

#[async_trait]
impl Resource for Dashboard {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        planned.put(aws).await
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // A listing does not have the content.
        join_all(states.into_iter().map(|state| state.get(aws))).await
    }

    async fn update(aws: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        planned.put(aws).await
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.cloudwatch().delete_dashboards().dashboard_names(state.id.known()?).send();
        unless_gone(aws.call("cloudwatch:DeleteDashboards", call).await).map(|_| ())
    }

    /// Names alone: a listing does not have the content.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let listed = async {
            let mut names = Vec::new();
            let mut items = aws.cloudwatch().list_dashboards().into_paginator().items().send();
            while let Some(entry) = items.next().await {
                names.extend(entry?.dashboard_name);
            }
            Ok(names)
        };
        let names = aws.call("cloudwatch:ListDashboards", listed).await?;
        let named = |name: String| Dashboard {
            id: name.as_str().into(),
            dashboard_name: name,
            ..Dashboard::default()
        };
        Ok(Some(names.into_iter().map(named).collect()))
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("dashboard_name", Value::from(id))])
    }
}
