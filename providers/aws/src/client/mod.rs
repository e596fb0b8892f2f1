//! Connections to AWS: one [`Aws`] for each region under one set of credentials, sharing
//! transport, limits and what is known of the account. Knows no resource type.

mod base;
mod credentials;
mod denied;
mod error;
mod limit;
mod made;
mod plain;
mod profile;
mod services;
mod session;
mod transport;
mod wait;
mod xml;

pub(crate) use error::{api_error, is_not_found};
pub(crate) use plain::{
    ACCOUNT, ELASTICACHE, RDS, REDSHIFT, Request, S3_CONTROL, S3_EXPRESS_CONTROL, Service, encoded, escaped,
};
pub(crate) use services::called;
pub(crate) use session::Session;
pub(crate) use wait::{PROPAGATION, Poll, retry_while, wait_until};
pub(crate) use xml::Element;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use base::Bases;
use futures::future::BoxFuture;
use limit::Limits;
use made::Made;
use services::Services;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::error::Error as StdError;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use terrane_sdk::Error;

use crate::coalesce::Coalesce;
use crate::tags::TagPolicy;

/// What all connections of the provider share.
#[derive(Default)]
pub(crate) struct Common {
    /// How much may be asked at once.
    pub(crate) limits: Limits,
    made: Made,
    bases: Bases,
}

/// A connection to one region of one account.
///
/// Whether a future may go to another thread depends on all fields of all that it holds, which the compiler looks up again for each of the
/// provider's thousands of futures. What a connection is made of would be hundreds of fields; it is behind a pointer that shows none.
pub struct Aws {
    region: Arc<str>,
    parts: Box<dyn AsRef<Parts> + Send + Sync>,
}

/// What a connection is made of.
struct Parts {
    session: Arc<Session>,
    services: Services,
    /// What joins calls of one kind, by the types that tell the kinds apart.
    joints: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Aws {
    pub(crate) fn new(session: Arc<Session>, region: Arc<str>) -> Aws {
        let parts = Parts { session, services: Services::default(), joints: Mutex::default() };
        Aws { region, parts: Box::new(Box::new(parts)) }
    }

    fn parts(&self) -> &Parts {
        (*self.parts).as_ref()
    }

    fn session(&self) -> &Arc<Session> {
        &self.parts().session
    }

    /// What joins the calls that take `T`s and answer with `U`s, of which there is one kind at
    /// each connection: the look-up of `Vpc`s by id, say.
    pub(crate) fn joint<T, U>(&self) -> Arc<Coalesce<T, U>>
    where
        T: Send + Sync + 'static,
        U: Send + Sync + 'static,
    {
        let mut joints = self.parts().joints.lock().unwrap_or_else(PoisonError::into_inner);
        let joint = joints
            .entry(TypeId::of::<Coalesce<T, U>>())
            .or_insert_with(|| Arc::new(Coalesce::<T, U>::default()))
            .clone();
        drop(joints);
        joint.downcast().unwrap_or_default()
    }

    /// The region's name.
    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// The connection to another region of the same account.
    pub(crate) fn in_region(self: &Arc<Self>, region: &str) -> Arc<Aws> {
        if *self.region == *region { self.clone() } else { self.session().region(region) }
    }

    /// Whether the configuration gives `service` an endpoint other than AWS's.
    pub(crate) fn has_own_endpoint(&self, service: &str) -> bool {
        self.session().endpoint(service).is_some()
    }

    /// The rules of the provider configuration for tags.
    pub(crate) fn tags(&self) -> &TagPolicy {
        self.session().tags()
    }

    /// What this process has made, under all provider configurations.
    pub(crate) fn made(&self) -> &Made {
        self.session().made()
    }

    /// Awaits a call of `operation` (`ec2:CreateSubnet`); its error says where it happened.
    ///
    /// The SDK's futures have huge types. Behind a pointer they are no part of the callers' futures, which the compiler would
    /// otherwise look through again for each of them.
    pub fn call<'a, T, E>(
        &'a self,
        operation: &'a str,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, Error>>
    where
        T: Send + 'a,
        E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let call: BoxFuture<'a, _> = Box::pin(call);
        Box::pin(async move {
            match call.await {
                Ok(answer) => Ok(answer),
                Err(error) => Err(self.explained(operation, api_error(operation, error)).await),
            }
        })
    }

    /// The error of a call, with all that is known about it.
    fn explained<'a>(&'a self, operation: &'a str, mut error: Error) -> BoxFuture<'a, Error> {
        Box::pin(async move {
            if self.session().known_account().is_none() {
                // Whose account it was helps with the error; when that cannot be told, the error is still the first one.
                let _ = self.account().await;
            }
            if denied::is_denied(&error) {
                error = denied::explained(error, operation, self.session().known_caller());
            }
            self.here(error)
        })
    }

    /// `error` with this account and region, as far as they are known.
    pub(crate) fn here(&self, mut error: Error) -> Error {
        error.account = self.session().known_account();
        error.region = Some(self.region.clone());
        error
    }

    /// The account's id; asked for once. Empty when `skip_requesting_account_id` is set.
    pub fn account(&self) -> BoxFuture<'_, Result<Arc<str>, Error>> {
        Box::pin(self.session().account(&self.region))
    }

    /// The part of ARNs that says which AWS this is: `aws`, `aws-cn`, `aws-us-gov`.
    pub fn partition(&self) -> &'static str {
        partition_of(&self.region)
    }

    /// The ARN of an EC2 object: `resource` is `vpc/vpc-1`.
    pub(crate) fn ec2_arn(&self, account: &str, resource: &str) -> String {
        format!("arn:{}:ec2:{}:{account}:{resource}", self.partition(), self.region)
    }

    /// Who and where this is, as far as it is known.
    pub(crate) fn identity(&self) -> String {
        match self.session().known_account() {
            Some(account) => format!("account {account}, region {}", self.region),
            None => format!("region {}", self.region),
        }
    }
}

/// The partition a region is in.
pub(crate) fn partition_of(region: &str) -> &'static str {
    let prefixes = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-iso-", "aws-iso"),
        ("eusc-", "aws-eusc"),
    ];
    prefixes.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, p)| p)
}

/// The domain under which a partition's services are.
pub(crate) fn dns_suffix(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "amazonaws.com.cn",
        "aws-iso" => "c2s.ic.gov",
        "aws-iso-b" => "sc2s.sgov.gov",
        "aws-iso-e" => "cloud.adc-e.uk",
        "aws-iso-f" => "csp.hci.ic.gov",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}
