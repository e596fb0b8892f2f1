//! The arguments of `aws_s3_bucket` that became resources of their own in AWS provider 4, and that configurations from before
//! still have. Each is short for one of those resources, by whose calls it is put and got.
//!
//! What the configuration leaves out stays as it is, so that nothing is ever removed but a policy that is set to nothing. A
//! refresh asks for what the state holds, and an import for everything.

mod access;
mod lifecycle;
mod replication;
mod settings;
mod web;

pub use access::Grant;
pub use lifecycle::LifecycleRule;
pub use replication::Replication;
pub use settings::{Encryption, Logging, ObjectLock, Versioning};
pub use web::{CorsRule, Website};

use crate::Aws;
use futures::future::BoxFuture;
use terrane_sdk::{ApplyContext, Error, Object, PlanContext, Value, async_trait, join_all};

use super::bucket::Bucket;
use super::bucket_accelerate_configuration::BucketAccelerateConfiguration;
use super::bucket_acl::BucketAcl;
use super::bucket_encryption::BucketEncryption;
use super::bucket_lifecycle::BucketLifecycle;
use super::bucket_logging::BucketLogging;
use super::bucket_object_lock::BucketObjectLock;
use super::bucket_policy::BucketPolicy;
use super::bucket_replication::BucketReplication;
use super::bucket_request_payment::BucketRequestPayment;
use super::bucket_versioning::BucketVersioning;
use super::bucket_website::BucketWebsite;
use super::part::{self, BucketPart};
use web::Cors;

/// A configuration that an argument of the bucket is short for.
#[async_trait]
trait Inline: BucketPart + Object {
    /// The configuration of which nothing is known but the bucket.
    fn of_bucket(name: String) -> Self;

    /// What the bucket says, when it says something.
    fn said_by(bucket: &Bucket) -> Option<Self>;

    /// Lets the bucket say what there is.
    fn tell(found: Option<Self>, bucket: &mut Bucket);

    /// Whether the bucket holds what a refresh has to compare.
    fn is_held(bucket: &Bucket) -> bool {
        Self::said_by(bucket).is_some()
    }

    /// Whether it is as in every new bucket, which an import leaves unsaid.
    fn is_usual(&self) -> bool {
        false
    }

    /// Completes what is put in the place of `before` by what the bucket does not say.
    async fn completed(self, aws: &Aws, before: Option<&Self>) -> Result<Self, Error> {
        let _ = (aws, before);
        Ok(self)
    }
}

/// Puts what the bucket says and `prior`, the bucket as it was, did not.
pub(super) async fn put(
    aws: &Aws,
    prior: Option<&Bucket>,
    bucket: &mut Bucket,
    cx: &ApplyContext,
) -> Result<(), Error> {
    put_one::<BucketPolicy>(aws, prior, bucket, cx).await?;
    put_one::<Cors>(aws, prior, bucket, cx).await?;
    put_one::<BucketWebsite>(aws, prior, bucket, cx).await?;
    // Replication needs versions.
    put_one::<BucketVersioning>(aws, prior, bucket, cx).await?;
    // A list that is known by name was given to a new bucket already.
    if prior.is_some() || !bucket.grant.is_empty() {
        put_one::<BucketAcl>(aws, prior, bucket, cx).await?;
    }
    put_one::<BucketLogging>(aws, prior, bucket, cx).await?;
    put_one::<BucketLifecycle>(aws, prior, bucket, cx).await?;
    put_one::<BucketAccelerateConfiguration>(aws, prior, bucket, cx).await?;
    put_one::<BucketRequestPayment>(aws, prior, bucket, cx).await?;
    put_one::<BucketReplication>(aws, prior, bucket, cx).await?;
    put_one::<BucketEncryption>(aws, prior, bucket, cx).await?;
    put_one::<BucketObjectLock>(aws, prior, bucket, cx).await
}

async fn put_one<P: Inline>(
    aws: &Aws,
    prior: Option<&Bucket>,
    bucket: &mut Bucket,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let before = prior.and_then(P::said_by);
    let Some(wanted) = P::said_by(bucket) else {
        if let Some(before) = before {
            part::delete(aws, before).await?;
        }
        return Ok(());
    };
    if before.as_ref().is_some_and(|before| before.to_value() == wanted.to_value()) {
        return Ok(());
    }
    let put = match prior {
        None => {
            let wanted = wanted.completed(aws, None).await?;
            part::create(aws, wanted, cx).await
        }
        Some(prior) => {
            let nothing = P::of_bucket(prior.id.known()?.clone());
            let found = match before {
                Some(before) => Some(before),
                // Nobody has looked yet what the bucket has.
                None => nothing.clone().get(aws).await?,
            };
            let wanted = wanted.completed(aws, found.as_ref()).await?;
            part::update(aws, found.unwrap_or(nothing), wanted, cx).await
        }
    };
    P::tell(Some(put.map_err(|failure| failure.error)?), bucket);
    Ok(())
}

type Told = Box<dyn FnOnce(&mut Bucket) + Send>;

/// Reads what the bucket says, or everything after an import.
pub(super) async fn read(aws: &Aws, bucket: &mut Bucket, imported: bool) -> Result<(), Error> {
    let now = &*bucket;
    let all: [BoxFuture<'_, Result<Option<Told>, Error>>; 12] = [
        Box::pin(get::<BucketPolicy>(aws, now, imported)),
        Box::pin(get::<Cors>(aws, now, imported)),
        Box::pin(get::<BucketWebsite>(aws, now, imported)),
        Box::pin(get::<BucketVersioning>(aws, now, imported)),
        Box::pin(get::<BucketAcl>(aws, now, imported)),
        Box::pin(get::<BucketLogging>(aws, now, imported)),
        Box::pin(get::<BucketLifecycle>(aws, now, imported)),
        Box::pin(get::<BucketAccelerateConfiguration>(aws, now, imported)),
        Box::pin(get::<BucketRequestPayment>(aws, now, imported)),
        Box::pin(get::<BucketReplication>(aws, now, imported)),
        Box::pin(get::<BucketEncryption>(aws, now, imported)),
        Box::pin(get::<BucketObjectLock>(aws, now, imported)),
    ];
    let all = join_all(all).await;
    for told in all {
        if let Some(tell) = told? {
            tell(bucket);
        }
    }
    Ok(())
}

async fn get<P: Inline>(aws: &Aws, bucket: &Bucket, imported: bool) -> Result<Option<Told>, Error> {
    if !imported && !P::is_held(bucket) {
        return Ok(None);
    }
    let known = match P::said_by(bucket) {
        Some(known) => known,
        None => P::of_bucket(bucket.id.known()?.clone()),
    };
    // What a store or a region does not have, nobody has set.
    let lacking = ["NotImplemented", "XNotImplemented", "MethodNotAllowed", "UnsupportedArgument"];
    match known.get(aws).await {
        Ok(Some(found)) if imported && found.is_usual() => Ok(None),
        Ok(found) => Ok(Some(Box::new(move |bucket: &mut Bucket| P::tell(found, bucket)))),
        Err(error) if imported && error.has_code(&lacking) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a change of the arguments changes besides.
pub(super) fn plan(cx: &mut PlanContext<'_, Aws>) {
    let none = |value: &Value| value.as_slice().is_some_and(<[Value]>::is_empty);
    // Which grants a list stands for that S3 knows by name is known only after apply.
    if cx.changed("acl") && none(&cx.config("grant")) {
        cx.set_unknown("grant");
    }
    if cx.changed("website") && none(&cx.prior("website")) {
        cx.set_unknown("website_domain");
        cx.set_unknown("website_endpoint");
    }
    // Only a new bucket can be given locks.
    let lock = cx.config("object_lock_configuration");
    let lock = lock.as_slice().and_then(|blocks| blocks.first()?.attribute("object_lock_enabled"));
    let locks = lock.is_some_and(|enabled| enabled.as_str() == Some("Enabled"));
    if locks && cx.prior("object_lock_enabled") == Value::FALSE {
        cx.force_new("object_lock_configuration");
    }
}

/// A text that is set to something.
fn set(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}

/// The structs of blocks whose arguments are described with the resource that they are short for.
macro_rules! blocks {
    ($($doc:literal $name:ident { $($(#[$attr:meta])* $field:ident: $ty:ty,)* })*) => {
        $(
            #[doc = $doc]
            #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, terrane_sdk::Block)]
            pub struct $name {
                $(
                    #[doc = "As in the resource of its own."]
                    $(#[$attr])*
                    pub $field: $ty,
                )*
            }
        )*
    };
}
use blocks;
