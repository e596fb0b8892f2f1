//! What is attached to an endpoint by a resource of its own: a route table, a subnet or a security
//! group. The endpoint lists them; the pair is the natural key.

use super::remote::{self, PATIENCE};
use crate::Aws;
use crate::client::is_not_found;
use crate::ec2::batch::all_failed;
use crate::ec2::kind::{all, by_ids, find, parts};
use crate::ec2::route::crc32;
use aws_sdk_ec2::operation::modify_vpc_endpoint::builders::ModifyVpcEndpointFluentBuilder as Modify;
use aws_sdk_ec2::types::VpcEndpoint;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Value};

/// An attachment to an endpoint.
pub(super) trait Association: Clone + Send + Sync + 'static {
    /// The attribute that names what is attached.
    const TARGET: &'static str;

    /// The attributes: id, endpoint and what is attached.
    fn parts(&self) -> (&Computed<String>, &str, &str);

    /// The same with an id.
    fn identified(self, id: String) -> Self;

    /// What is attached to an endpoint.
    fn targets(endpoint: &VpcEndpoint) -> Vec<&str>;

    /// The attachment of something to an endpoint.
    fn of(endpoint: String, target: String) -> Self;

    /// Whether the endpoint has it.
    fn is_attached(endpoint: &VpcEndpoint, target: &str) -> bool {
        Self::targets(endpoint).contains(&target)
    }

    /// Says in a call that it is to be attached.
    fn attach(call: Modify, target: &str) -> Modify;

    /// Says in a call that it is to be detached.
    fn detach(call: Modify, target: &str) -> Modify;
}

/// The id that Terraform gives an association.
fn made_id(endpoint: &str, target: &str) -> String {
    format!("a-{endpoint}{}", crc32(target))
}

pub(super) async fn create<A: Association>(aws: &Aws, planned: A, cx: &ApplyContext) -> Result<A, Error> {
    let (_, endpoint, target) = planned.parts();
    let timeout = cx.timeout_or(PATIENCE);
    let now = remote::settled(aws, endpoint, timeout).await?;
    if !A::is_attached(&now, target) {
        remote::modify(aws, endpoint, timeout, |call| A::attach(call, target)).await?;
    }
    let id = made_id(endpoint, target);
    Ok(planned.identified(id))
}

pub(super) async fn read<A: Association>(aws: &Aws, states: Vec<A>) -> Vec<Result<Option<A>, Error>> {
    match by_ids::<VpcEndpoint>(aws, states.iter().map(|s| s.parts().1)).await {
        Ok(found) => (states.into_iter())
            .map(|state| {
                let (_, endpoint, target) = state.parts();
                let there = found.get(endpoint).is_some_and(|e| A::is_attached(e, target));
                let id = made_id(endpoint, target);
                Ok(there.then(|| state.identified(id)))
            })
            .collect(),
        Err(error) => all_failed(states.len(), &error),
    }
}

pub(super) async fn delete<A: Association>(aws: &Aws, state: A, cx: &ApplyContext) -> Result<(), Error> {
    let (_, endpoint, target) = state.parts();
    let timeout = cx.timeout_or(PATIENCE);
    let there = find::<VpcEndpoint>(aws, endpoint).await?;
    if !there.is_some_and(|e| A::is_attached(&e, target)) {
        return Ok(());
    }
    match remote::modify(aws, endpoint, timeout, |call| A::detach(call, target)).await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other.map(|_| ()),
    }
}

/// What is attached to endpoints, but to those that AWS services have made for themselves.
pub(super) async fn list<A: Association>(aws: &Aws) -> Result<Option<Vec<A>>, Error> {
    let mut endpoints = all::<VpcEndpoint>(aws).await?;
    endpoints.retain(|e| e.requester_managed() != Some(true));
    let of = |endpoint: &VpcEndpoint| {
        let id = endpoint.vpc_endpoint_id().unwrap_or_default();
        let object = |target| A::of(id.to_owned(), String::from(target)).identified(made_id(id, target));
        A::targets(endpoint).into_iter().map(object).collect::<Vec<_>>()
    };
    Ok(Some(endpoints.iter().flat_map(of).collect()))
}

pub(super) fn import_id<A: Association>(object: &A) -> Option<String> {
    let (_, endpoint, target) = object.parts();
    Some(format!("{endpoint}/{target}"))
}

/// `ENDPOINT/TARGET`.
pub(super) fn import<A: Association>(id: &str) -> Result<Attributes, Error> {
    let [endpoint, target] = parts(id, '/', ["ENDPOINT-ID", "ID"])?;
    Ok(vec![("vpc_endpoint_id", Value::from(endpoint)), (A::TARGET, Value::from(target))])
}

/// The implementation of `Resource` for an [`Association`], whose attributes all need a new object.
macro_rules! association {
    ($type:ty) => {
        #[terrane_sdk::async_trait]
        impl terrane_sdk::Resource for $type {
            type Client = crate::Aws;

            const PART: bool = true;

            async fn create(
                aws: &crate::Aws,
                planned: Self,
                cx: &terrane_sdk::ApplyContext,
            ) -> Result<Self, terrane_sdk::Failure<Self>> {
                Ok(super::association::create(aws, planned, cx).await?)
            }

            async fn read(
                aws: &crate::Aws,
                states: Vec<Self>,
            ) -> Vec<Result<Option<Self>, terrane_sdk::Error>> {
                super::association::read(aws, states).await
            }

            async fn update(
                _: &crate::Aws,
                prior: Self,
                planned: Self,
                _: &terrane_sdk::ApplyContext,
            ) -> Result<Self, terrane_sdk::Failure<Self>> {
                Ok(Self { id: prior.id, ..planned })
            }

            async fn delete(
                aws: &crate::Aws,
                state: Self,
                cx: &terrane_sdk::ApplyContext,
            ) -> Result<(), terrane_sdk::Error> {
                super::association::delete(aws, state, cx).await
            }

            async fn list(aws: &crate::Aws) -> Result<Option<Vec<Self>>, terrane_sdk::Error> {
                super::association::list(aws).await
            }

            fn import_id(&self) -> Option<String> {
                super::association::import_id(self)
            }

            fn import(id: &str) -> Result<terrane_sdk::Attributes, terrane_sdk::Error> {
                super::association::import::<Self>(id)
            }
        }
    };
}
pub(super) use association;
