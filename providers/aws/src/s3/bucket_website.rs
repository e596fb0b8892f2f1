//! `aws_s3_bucket_website_configuration`: a bucket as a web site.

use crate::Aws;
use aws_sdk_s3::operation::get_bucket_website::GetBucketWebsiteOutput as Found;
use aws_sdk_s3::types::{self, Protocol, WebsiteConfiguration};
use terrane_sdk::{Auto, Block, Computed, Error, PlanContext, Resource, Value, async_trait, validate};

use super::part::{self, BucketPart, part_of_bucket};
use super::region::website_domain;
use super::remote::unless;
use super::routing_rule::{self, RoutingRule};

/// Provides a bucket as a web site.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_website_configuration", keep)]
pub struct BucketWebsite {
    /// What the state knows it by: the bucket, and the expected owner.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new, validate = validate::length(1..=63))]
    pub bucket: String,
    /// The page that is shown when something goes wrong.
    #[block(conflicts_with = "redirect_all_requests_to")]
    pub error_document: Option<ErrorDocument>,
    /// The account that must own the bucket.
    #[attr(force_new)]
    pub expected_bucket_owner: Option<String>,
    /// The page that stands for a folder.
    #[block(conflicts_with = "redirect_all_requests_to")]
    pub index_document: Option<IndexDocument>,
    /// The host to which all requests are sent on.
    #[block(conflicts_with = ["error_document", "index_document", "routing_rule", "routing_rules"])]
    pub redirect_all_requests_to: Option<RedirectAll>,
    /// Where some requests are sent on to.
    #[block(computed, conflicts_with = ["redirect_all_requests_to", "routing_rules"])]
    pub routing_rule: Vec<RoutingRule>,
    /// The same as a JSON document in S3's own form.
    #[attr(
        json,
        conflicts_with = ["redirect_all_requests_to", "routing_rule"]
    )]
    pub routing_rules: Auto<String>,
    /// The domain of the web site, for records in Route 53.
    pub website_domain: Computed<String>,
    /// The host name of the web site.
    pub website_endpoint: Computed<String>,
}

/// The page that is shown when something goes wrong.
#[derive(Clone, Debug, Default, Block)]
pub struct ErrorDocument {
    /// The name of the object.
    pub key: String,
}

/// The page that stands for a folder.
#[derive(Clone, Debug, Default, Block)]
pub struct IndexDocument {
    /// Its name within the folder: `index.html`.
    pub suffix: String,
}

/// A host to which all requests are sent on.
#[derive(Clone, Debug, Default, Block)]
pub struct RedirectAll {
    /// Its name.
    pub host_name: String,
    /// `http` or `https`; as in the request when it is not set.
    #[attr(validate = validate::one_of(&["http", "https"]))]
    pub protocol: Option<String>,
}

impl BucketWebsite {
    fn to_remote(&self) -> Result<WebsiteConfiguration, Error> {
        use super::remote::built;
        let error = self.error_document.as_ref().map(|e| types::ErrorDocument::builder().key(&e.key).build());
        let index =
            self.index_document.as_ref().map(|i| types::IndexDocument::builder().suffix(&i.suffix).build());
        let all = self.redirect_all_requests_to.as_ref().map(|r| {
            let protocol = r.protocol.as_deref().filter(|p| !p.is_empty()).map(Protocol::from);
            types::RedirectAllRequestsTo::builder().host_name(&r.host_name).set_protocol(protocol).build()
        });
        let rules = match self.routing_rules.as_deref().filter(|r| !r.is_empty()) {
            Some(json) if self.routing_rule.is_empty() => routing_rule::from_json(json)?,
            _ => self.routing_rule.clone(),
        };
        let rules: Vec<_> = rules.iter().map(RoutingRule::to_remote).collect();
        Ok(WebsiteConfiguration::builder()
            .set_error_document(error.map(built).transpose()?)
            .set_index_document(index.map(built).transpose()?)
            .set_redirect_all_requests_to(all.map(built).transpose()?)
            .set_routing_rules(Some(rules).filter(|r| !r.is_empty()))
            .build())
    }

    fn with_place(self, aws: &Aws) -> BucketWebsite {
        let domain = website_domain(aws.region(), aws.partition());
        BucketWebsite {
            id: part::id(&self.bucket, self.expected_bucket_owner.as_deref()).into(),
            website_endpoint: format!("{}.{domain}", self.bucket).into(),
            website_domain: domain.into(),
            ..self
        }
    }

    fn with_remote(self, found: Found) -> BucketWebsite {
        let rules: Vec<_> = found.routing_rules.into_iter().flatten().map(RoutingRule::from_remote).collect();
        BucketWebsite {
            error_document: found.error_document.map(|e| ErrorDocument { key: e.key }),
            index_document: found.index_document.map(|i| IndexDocument { suffix: i.suffix }),
            redirect_all_requests_to: found.redirect_all_requests_to.map(|r| RedirectAll {
                host_name: r.host_name,
                protocol: r.protocol.map(|p| p.as_str().to_owned()),
            }),
            routing_rules: routing_rule::to_json(&rules).into(),
            routing_rule: rules,
            ..self
        }
    }
}

#[async_trait]
impl BucketPart for BucketWebsite {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        let call = (aws.s3().put_bucket_website().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone())
            .website_configuration(self.to_remote()?);
        aws.call("s3:PutBucketWebsite", call.send()).await?;
        let bucket = self.bucket.clone();
        self.get(aws).await?.ok_or_else(|| {
            Error::new(
                "The web site is gone",
                format!("Bucket {bucket} lost its web site while it was set up."),
            )
        })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = (aws.s3().get_bucket_website().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone());
        let gone = ["NoSuchWebsiteConfiguration"];
        let found = unless(aws.call("s3:GetBucketWebsite", call.send()).await, &gone)?;
        Ok(found.map(|found| self.with_place(aws).with_remote(found)))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        let call = (aws.s3().delete_bucket_website().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone());
        let gone = ["NoSuchWebsiteConfiguration"];
        unless(aws.call("s3:DeleteBucketWebsite", call.send()).await, &gone).map(|_| ())
    }
}

/// Rules are known in two forms, of which one is configured; the other follows.
fn plan(cx: &mut PlanContext<'_, Aws>) {
    let given = |v: Value| !v.is_null() && v.as_slice().is_none_or(|blocks| !blocks.is_empty());
    if cx.changed("routing_rule") && !given(cx.config("routing_rules")) {
        cx.set_unknown("routing_rules");
    }
    if cx.changed("routing_rules") && !given(cx.config("routing_rule")) {
        cx.set_unknown("routing_rule");
    }
}

part_of_bucket!(BucketWebsite, part::import, plan);
