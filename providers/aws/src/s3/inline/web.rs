//! `cors_rule` and `website`: what browsers see of a bucket.

use crate::Aws;
use crate::s3::bucket::Bucket;
use crate::s3::bucket_cors_configuration as cors;
use crate::s3::bucket_website::{BucketWebsite, ErrorDocument, IndexDocument, RedirectAll};
use crate::s3::part::BucketPart;
use crate::s3::remote::{built, int};
use aws_sdk_s3::types;
use terrane_sdk::{Block, Error, async_trait};

use super::{Inline, blocks, set};

blocks! {
    "A rule for web pages of other origins." CorsRule {
        allowed_headers: Vec<String>,
        #[attr(required)] allowed_methods: Vec<String>,
        #[attr(required)] allowed_origins: Vec<String>,
        expose_headers: Vec<String>,
        max_age_seconds: Option<i64>,
    }
    "A web site." Website {
        error_document: Option<String>,
        index_document: Option<String>,
        #[attr(conflicts_with = ["error_document", "index_document", "routing_rules"])]
        redirect_all_requests_to: Option<String>,
        #[attr(json)] routing_rules: Option<String>,
    }
}

/// The rules of a bucket in their order, which `aws_s3_bucket_cors_configuration` does not keep.
#[derive(Clone, Debug, Default, Block)]
pub(super) struct Cors {
    pub(super) bucket: String,
    #[block]
    pub(super) rules: Vec<CorsRule>,
}

impl CorsRule {
    fn to_remote(&self) -> Result<types::CorsRule, Error> {
        let list = |list: &Vec<String>| Some(list.clone()).filter(|list| !list.is_empty());
        built(
            types::CorsRule::builder()
                .set_allowed_headers(list(&self.allowed_headers))
                .set_allowed_methods(Some(self.allowed_methods.clone()))
                .set_allowed_origins(Some(self.allowed_origins.clone()))
                .set_expose_headers(list(&self.expose_headers))
                .set_max_age_seconds(int(self.max_age_seconds.filter(|seconds| *seconds > 0))?)
                .build(),
        )
    }

    fn from_remote(rule: types::CorsRule) -> CorsRule {
        CorsRule {
            allowed_headers: rule.allowed_headers.unwrap_or_default(),
            allowed_methods: rule.allowed_methods,
            allowed_origins: rule.allowed_origins,
            expose_headers: rule.expose_headers.unwrap_or_default(),
            max_age_seconds: rule.max_age_seconds.map(i64::from),
        }
    }
}

#[async_trait]
impl BucketPart for Cors {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        let rules = self.rules.iter().map(CorsRule::to_remote).collect::<Result<Vec<_>, _>>()?;
        cors::put(aws, &self.bucket, None, rules).await?;
        Ok(self)
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let found = cors::get(aws, &self.bucket, None).await?;
        let rules = |rules: Vec<_>| rules.into_iter().map(CorsRule::from_remote).collect();
        Ok(found.map(|found| Self { rules: rules(found), ..self }))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        cors::remove(aws, &self.bucket, None).await
    }
}

#[async_trait]
impl Inline for Cors {
    fn of_bucket(bucket: String) -> Self {
        Cors { bucket, ..Cors::default() }
    }

    fn said_by(bucket: &Bucket) -> Option<Self> {
        let rules = Some(bucket.cors_rule.clone()).filter(|rules| !rules.is_empty())?;
        Some(Cors { bucket: bucket.id.0.clone()?, rules })
    }

    fn tell(found: Option<Self>, bucket: &mut Bucket) {
        bucket.cors_rule = found.map(|found| found.rules).unwrap_or_default();
    }
}

/// A host to which all requests are sent on, with or without a protocol before it.
fn redirect(to: String) -> RedirectAll {
    match to.split_once("://") {
        Some((protocol, host)) => {
            RedirectAll { host_name: host.to_owned(), protocol: Some(protocol.to_owned()) }
        }
        None => RedirectAll { host_name: to, protocol: None },
    }
}

#[async_trait]
impl Inline for BucketWebsite {
    fn of_bucket(bucket: String) -> Self {
        BucketWebsite { bucket, ..BucketWebsite::default() }
    }

    fn said_by(bucket: &Bucket) -> Option<Self> {
        let website = bucket.website.first()?;
        Some(BucketWebsite {
            error_document: set(website.error_document.as_ref()).map(|key| ErrorDocument { key }),
            index_document: set(website.index_document.as_ref()).map(|suffix| IndexDocument { suffix }),
            redirect_all_requests_to: set(website.redirect_all_requests_to.as_ref()).map(redirect),
            routing_rules: set(website.routing_rules.as_ref()).into(),
            ..Self::of_bucket(bucket.id.0.clone()?)
        })
    }

    fn tell(found: Option<Self>, bucket: &mut Bucket) {
        bucket.website_domain =
            found.as_ref().and_then(|f| f.website_domain.0.clone()).unwrap_or_default().into();
        bucket.website_endpoint =
            found.as_ref().and_then(|f| f.website_endpoint.0.clone()).unwrap_or_default().into();
        let website = |found: BucketWebsite| Website {
            error_document: found.error_document.map(|document| document.key),
            index_document: found.index_document.map(|document| document.suffix),
            redirect_all_requests_to: found.redirect_all_requests_to.map(|to| match to.protocol {
                Some(protocol) => format!("{protocol}://{}", to.host_name),
                None => to.host_name,
            }),
            routing_rules: set(found.routing_rules.get()),
        };
        bucket.website = found.map(website).into_iter().collect();
    }
}
