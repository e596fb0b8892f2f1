//! `aws_vpc_endpoint_policy`: what may be done through an endpoint, apart from the endpoint itself.

use super::remote::{self, PATIENCE};
use crate::Aws;
use crate::client::is_not_found;
use crate::ec2::kind::{all, read_each};
use crate::iam::policy_json;
use aws_sdk_ec2::types;
use terrane_sdk::{ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait};

/// Sets the policy of an endpoint. When it is destroyed, the endpoint lets everything through again.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_endpoint_policy", keep, timeouts(create = "10m", delete = "10m"))]
pub struct EndpointPolicy {
    /// The id of the endpoint.
    pub id: Computed<String>,
    /// What may be done. Unset: everything.
    #[attr(validate = policy_json::valid, equivalent = policy_json::same_meaning)]
    pub policy: Auto<String>,
    /// The endpoint.
    #[attr(force_new)]
    pub vpc_endpoint_id: String,
}

/// Sets the policy, or the one that lets everything through, and reads what there is then.
async fn put(aws: &Aws, planned: EndpointPolicy, cx: &ApplyContext) -> Result<EndpointPolicy, Error> {
    let id = planned.vpc_endpoint_id.as_str();
    let timeout = cx.timeout_or(PATIENCE);
    remote::settled(aws, id, timeout).await?;
    let now = remote::modify(aws, id, timeout, |call| match planned.policy.as_deref() {
        Some(policy) if !policy.is_empty() => call.policy_document(policy),
        _ => call.reset_policy(true),
    })
    .await?;
    Ok(planned.clone().with(now))
}

#[async_trait]
impl Resource for EndpointPolicy {
    type Client = Aws;

    const PART: bool = true;

    /// The endpoint is the natural key: it has one policy.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(put(aws, planned, cx).await?)
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let id = |s: &Self| s.vpc_endpoint_id.clone();
        let known = states.into_iter().map(|s| Self { id: id(&s).into(), ..s }).collect();
        read_each::<types::VpcEndpoint, _>(aws, known, |s| s.id.as_deref(), Self::with).await
    }

    async fn update(aws: &Aws, _: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(put(aws, planned, cx).await?)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let timeout = cx.timeout_or(PATIENCE);
        if crate::ec2::kind::find::<types::VpcEndpoint>(aws, &state.vpc_endpoint_id).await?.is_none() {
            return Ok(());
        }
        match remote::modify(aws, &state.vpc_endpoint_id, timeout, |call| call.reset_policy(true)).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// One for each endpoint.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let mut all = all::<types::VpcEndpoint>(aws).await?;
        all.retain(|e| e.requester_managed() != Some(true));
        let object = |endpoint: types::VpcEndpoint| {
            let vpc_endpoint_id = endpoint.vpc_endpoint_id.clone().unwrap_or_default();
            Self { vpc_endpoint_id, ..Self::default() }.with(endpoint)
        };
        Ok(Some(all.into_iter().map(object).collect()))
    }

    /// The id of the endpoint.
    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("vpc_endpoint_id", Value::from(id))])
    }
}

impl EndpointPolicy {
    fn with(self, remote: types::VpcEndpoint) -> EndpointPolicy {
        let found = remote.policy_document.unwrap_or_default();
        let policy = self.policy.0.filter(|ours| policy_json::same_meaning(ours, &found)).unwrap_or(found);
        EndpointPolicy { id: remote.vpc_endpoint_id.into(), policy: policy.into(), ..self }
    }
}
