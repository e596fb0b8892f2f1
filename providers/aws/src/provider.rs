//! What is true for all types of the provider: its tables of types, the `region` attribute, and
//! default tags.

use crate::access::ACCESS;
use crate::client::{Aws, Common, Session};
use crate::configuration::{Configuration, validate_configuration};
use crate::tags::Tags;
use crate::{
    account, cloudtrail, cloudwatch, directconnect, discovery, ec2, functions, iam, kms, known_types, logs,
    organizations, ram, s3, sns, sqs, ssm, sts, subnet_groups,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use terrane_sdk::{
    AttributeSpec, BlockSpec, DataSourceType, Diagnostics, Error, Function, NestedSpec, Nesting, PlanContext,
    Presence, ProviderDefinition, ResourceType, Type, TypeKind, Value, async_trait,
    provider::{Access, Account, HistoryEvent, HistoryQuery, Scope, Traffic},
};

/// The provider `hashicorp/aws`.
#[derive(Default)]
pub struct AwsProvider {
    common: Arc<Common>,
    clients: Mutex<BTreeMap<Value, Arc<Aws>>>,
}

impl AwsProvider {
    /// The number of requests sent to AWS so far, retries included.
    pub fn requests_sent(&self) -> u64 {
        self.common.limits.sent()
    }
}

/// Types that are the same in all regions of an account.
fn is_global(kind: TypeKind, type_name: &str) -> bool {
    let global_data = [
        "aws_arn",
        "aws_caller_identity",
        "aws_canonical_user_id",
        "aws_default_tags",
        "aws_partition",
        "aws_regions",
    ];
    let global = [
        "aws_account_",
        "aws_iam_",
        "aws_organizations_",
        "aws_ram_sharing_with_organization",
        "aws_s3_account_public_access_block",
    ];
    // Gateways of Direct Connect are for all regions, but what is associated with them is not.
    type_name == "aws_dx_gateway"
        || global.iter().any(|prefix| type_name.starts_with(prefix))
        || kind == TypeKind::DataSource && global_data.contains(&type_name)
}

/// The region whose trail has what happens to types that are the same in all regions.
fn global_region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => "us-east-1",
    }
}

/// The `timeouts` block of data sources. Where it says nothing, the limits of the AWS SDK count.
fn read_timeout() -> NestedSpec {
    let mut read = AttributeSpec::new(Type::String, Presence::Optional);
    read.description = "How long reading may take, as in `20m`.".into();
    NestedSpec {
        nesting: Nesting::Single,
        min: 0,
        max: 0,
        force_new: false,
        computed: false,
        conflicts_with: Vec::new(),
        block: BlockSpec { attributes: [("read", read)].into(), ..BlockSpec::default() },
    }
}

#[async_trait]
impl ProviderDefinition for AwsProvider {
    type Client = Aws;

    fn configuration(&self) -> BlockSpec {
        Configuration::spec()
    }

    fn meta(&self) -> Option<BlockSpec> {
        let mut name = AttributeSpec::new(Type::list(Type::String), Presence::Optional);
        name.description = "What the module calls itself.".into();
        Some(BlockSpec { attributes: [("user_agent", name)].into(), ..BlockSpec::default() })
    }

    fn access(&self) -> Option<Access> {
        Some(ACCESS)
    }

    fn resources(&self) -> Vec<ResourceType<Aws>> {
        let mut all = ec2::resources();
        all.extend(account::resources());
        all.extend(iam::resources());
        all.extend(cloudtrail::resources());
        all.extend(cloudwatch::resources());
        all.extend(directconnect::resources());
        all.extend(kms::resources());
        all.extend(logs::resources());
        all.extend(organizations::resources());
        all.extend(ram::resources());
        all.extend(s3::resources());
        all.extend(sns::resources());
        all.extend(sqs::resources());
        all.extend(ssm::resources());
        all.extend(subnet_groups::resources());
        all
    }

    fn data_sources(&self) -> Vec<DataSourceType<Aws>> {
        let mut all = ec2::data_sources();
        all.extend(account::data_sources());
        all.extend(iam::data_sources());
        all.extend(cloudtrail::data_sources());
        all.extend(cloudwatch::data_sources());
        all.extend(directconnect::data_sources());
        all.extend(kms::data_sources());
        all.extend(logs::data_sources());
        all.extend(organizations::data_sources());
        all.extend(ram::data_sources());
        all.extend(s3::data_sources());
        all.extend(sns::data_sources());
        all.extend(sqs::data_sources());
        all.extend(ssm::data_sources());
        all.extend(sts::data_sources());
        all
    }

    fn known_types(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        known_types::all()
    }

    fn functions(&self) -> Vec<(&'static str, Function)> {
        functions::all()
    }

    fn validate(&self, config: &Value, diagnostics: &mut Diagnostics) {
        validate_configuration(config, diagnostics);
    }

    async fn configure(&self, config: &Value) -> Result<Arc<Aws>, Diagnostics> {
        let cached = |this: &Self| {
            let clients = this.clients.lock().unwrap_or_else(PoisonError::into_inner);
            clients.get(config).cloned()
        };
        if let Some(client) = cached(self) {
            return Ok(client);
        }
        let client = Session::open(config, self.common.clone()).await?;
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(clients.entry(config.clone()).or_insert(client).clone())
    }

    fn identity(&self, client: &Aws) -> String {
        client.identity()
    }

    fn extend(&self, kind: TypeKind, type_name: &str, spec: &mut BlockSpec) {
        if !is_global(kind, type_name) && !spec.attributes.contains_key("region") {
            let mut region = AttributeSpec::new(Type::String, Presence::OptionalComputed);
            region.keep = true;
            region.description = "The region, when it is not the provider's.".into();
            spec.attributes.insert("region", region);
        }
        // Those of EC2 have it, but for few.
        let without = [
            "aws_ec2_transit_gateway_attachment",
            "aws_ram_resource_share",
            "aws_regions",
            "aws_vpc_security_group_rule",
            "aws_vpc_security_group_rules",
        ]
        .contains(&type_name);
        let filtered = spec.blocks.contains_key("filter") && !without || type_name == "aws_route";
        if kind == TypeKind::DataSource && filtered {
            spec.blocks.insert("timeouts", read_timeout());
        }
        if kind == TypeKind::Resource && spec.attributes.contains_key("tags") {
            // Rules of security groups came later and do not let tags_all be set.
            let presence = match type_name.starts_with("aws_vpc_security_group_") {
                true => Presence::Computed,
                false => Presence::OptionalComputed,
            };
            let mut all = AttributeSpec::new(Type::map(Type::String), presence);
            all.keep = true;
            all.description = "The tags of the object together with the provider's default tags.".into();
            spec.attributes.insert("tags_all", all);
        }
    }

    fn client(&self, _type_name: &str, client: &Arc<Aws>, object: &Value) -> Result<Arc<Aws>, Error> {
        let region = object.attribute("region");
        let region = region.as_ref().and_then(Value::as_str).filter(|r| !r.is_empty());
        Ok(region.map_or_else(|| client.clone(), |region| client.in_region(region)))
    }

    fn plan(&self, cx: &mut PlanContext<'_, Aws>) {
        if cx.has("region") {
            if cx.config("region").is_null() {
                cx.set("region", Value::from(cx.client().region()));
            }
            // Objects from before AWS provider 6 have no region in the state.
            let before = cx.prior("region");
            if before.as_str().is_some_and(|r| !r.is_empty()) && cx.changed("region") {
                cx.force_new("region");
            }
        }
        if cx.has("tags_all") {
            // An object in S3 can do without the provider's default tags.
            let overridden = cx.config("override_provider").as_slice().is_some_and(|o| !o.is_empty());
            let all = match overridden {
                true => cx.client().tags().own(&cx.planned("tags")),
                false => cx.client().tags().all(&cx.planned("tags")),
            };
            cx.set("tags_all", all);
        }
    }

    /// The struct of a type has as `tags` what the object has altogether.
    fn decode(&self, _kind: TypeKind, _type_name: &str, client: &Aws, object: Value) -> Value {
        let Some(all) = object.attribute("tags_all") else { return object };
        match all.is_null() || !all.is_known() {
            false => object.with_attribute("tags", all),
            true => {
                let tags = object.attribute("tags").unwrap_or(Value::NULL);
                object.with_attribute("tags", client.tags().all(&tags))
            }
        }
    }

    fn encode(
        &self,
        kind: TypeKind,
        type_name: &str,
        client: &Aws,
        before: &Value,
        mut object: Value,
    ) -> Value {
        if !is_global(kind, type_name) {
            object = object.with_attribute("region", Value::from(client.region()));
        }
        if kind == TypeKind::Resource
            && let Some(found) = object.attribute("tags")
        {
            let found: Tags = (found.as_map().into_iter().flatten())
                .filter_map(|(k, v)| Some((k.to_string(), v.as_str()?.to_owned())))
                .collect();
            let before = before.attribute("tags").unwrap_or(Value::NULL);
            let (tags, all) = client.tags().split(&before, &found);
            object = object.with_attribute("tags", tags).with_attribute("tags_all", all);
        }
        object
    }

    fn traffic(&self) -> Vec<Traffic> {
        self.common.limits.traffic()
    }

    async fn scope(&self, client: &Aws, type_name: &str, object: Option<&Value>) -> Result<Scope, Error> {
        let own = object.and_then(|object| object.attribute("region"));
        let region = match own.as_ref().and_then(|region| region.as_str()) {
            _ if is_global(TypeKind::Resource, type_name) => "",
            Some(region) if !region.is_empty() => region,
            _ => client.region(),
        };
        Ok(Scope { account: client.account().await?, region: region.into() })
    }

    async fn history(
        &self,
        client: &Arc<Aws>,
        query: &HistoryQuery,
    ) -> Result<Option<Vec<HistoryEvent>>, Error> {
        // What is the same in all regions is changed in one.
        let client = match is_global(TypeKind::Resource, &query.type_name) {
            true => client.in_region(global_region(client.partition())),
            false => client.clone(),
        };
        discovery::history(&client, query).await
    }

    async fn accounts(
        &self,
        client: &Aws,
        config: &Value,
        role: &str,
    ) -> Result<Option<Vec<Account>>, Error> {
        discovery::accounts(client, config, role).await
    }

    /// AWS provider 6 lets the region follow the id: `vpc-1@eu-west-1`.
    fn import(&self, type_name: &str, id: &str) -> Result<(String, Vec<(&'static str, Value)>), Error> {
        if !is_global(TypeKind::Resource, type_name)
            && let Some((id, region)) = id.rsplit_once('@')
        {
            return Ok((id.to_owned(), vec![("region", Value::from(region))]));
        }
        Ok((id.to_owned(), Vec::new()))
    }

    fn found_at(&self, _type_name: &str, client: &Aws, at: &Value, id: &str) -> String {
        let region = at.attribute("region");
        match region.as_ref().and_then(Value::as_str) {
            Some(region) if !region.is_empty() && region != client.region() => format!("{id}@{region}"),
            _ => id.to_owned(),
        }
    }

    fn list_arguments(&self, type_name: &str) -> Option<BlockSpec> {
        // Nothing tells what ties several objects together.
        if ["aws_iam_group_membership", "aws_iam_policy_attachment"].contains(&type_name) {
            return None;
        }
        let mut spec = BlockSpec::default();
        if !is_global(TypeKind::Resource, type_name) {
            let mut region = AttributeSpec::new(Type::String, Presence::Optional);
            region.description = "The region to search, when it is not the provider's.".into();
            spec.attributes.insert("region", region);
        }
        Some(spec)
    }
}
