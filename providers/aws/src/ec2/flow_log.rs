//! `aws_flow_log`: a record of the traffic of a VPC, subnet, network interface or gateway.

use super::batch::{PAGE, pages};
use super::kind::{created, delete, int, kind, read_each, set, visible};
use super::operation::{creation_tags, find_made, finish};
use super::tagging::{tag_map, update_tags};
use crate::Aws;
use crate::client::{PROPAGATION, is_not_found, retry_while};
use crate::tags::Tags;
use aws_sdk_ec2::types::{
    self, DestinationFileFormat, DestinationOptionsRequest, FlowLogsResourceType, LogDestinationType,
    ResourceType, TagFieldSpecificationRequest, TaggableResourceType, TrafficType,
};
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Auto, Block, Computed, Diagnostic, Diagnostics, Error, Failure, Resource, Value,
    async_trait, validate,
};

kind!(types::FlowLog, "flow log", Some("flow-log-id"), flow_log_id, |aws, filters| {
    let call = aws.ec2().describe_flow_logs().set_filter(filters).max_results(PAGE);
    pages!(aws, "ec2:DescribeFlowLogs", call)
});

/// Provides a flow log.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_flow_log", keep)]
pub struct FlowLog {
    /// The id of the flow log.
    pub id: Computed<String>,
    /// The ARN of the flow log.
    pub arn: Computed<String>,
    /// The role that delivers to another account.
    #[attr(force_new)]
    pub deliver_cross_account_role: Option<String>,
    /// How files are written to S3.
    #[block(force_new, computed, max = 1)]
    pub destination_options: Vec<DestinationOptions>,
    /// The network interface to watch.
    #[attr(force_new)]
    pub eni_id: Option<String>,
    /// The role that writes to CloudWatch Logs.
    #[attr(force_new)]
    pub iam_role_arn: Option<String>,
    /// The ARN of the log group, bucket or delivery stream to write to.
    #[attr(force_new, equivalent = same_destination)]
    pub log_destination: Auto<String>,
    /// Where to write: `cloud-watch-logs`, `s3` or `kinesis-data-firehose`.
    #[attr(force_new, default = "cloud-watch-logs",
           validate = validate::one_of(&["cloud-watch-logs", "s3", "kinesis-data-firehose"]))]
    pub log_destination_type: Option<String>,
    /// The fields of a record.
    #[attr(force_new)]
    pub log_format: Auto<String>,
    /// How many seconds a record sums up: 60 or 600.
    #[attr(force_new, default = 600, validate = interval)]
    pub max_aggregation_interval: Option<i64>,
    /// The regional NAT gateway to watch.
    #[attr(force_new)]
    pub regional_nat_gateway_id: Option<String>,
    /// The subnet to watch.
    #[attr(force_new)]
    pub subnet_id: Option<String>,
    /// Tags of resources that become fields of a record.
    #[block(force_new)]
    pub tag_field_specification: BTreeSet<TagField>,
    /// Which traffic: `ACCEPT`, `REJECT` or `ALL`.
    #[attr(force_new, validate = validate::one_of(&["ACCEPT", "REJECT", "ALL"]))]
    pub traffic_type: Option<String>,
    /// The attachment of a transit gateway to watch.
    #[attr(force_new)]
    pub transit_gateway_attachment_id: Option<String>,
    /// The transit gateway to watch.
    #[attr(force_new)]
    pub transit_gateway_id: Option<String>,
    /// The VPC to watch.
    #[attr(force_new)]
    pub vpc_id: Option<String>,
    /// The tags of the flow log.
    pub tags: Tags,
}

/// How files are written to S3.
#[derive(Clone, Debug, PartialEq, Eq, Block)]
pub struct DestinationOptions {
    /// `plain-text` or `parquet`.
    #[attr(force_new, default = "plain-text", validate = validate::one_of(&["plain-text", "parquet"]))]
    pub file_format: Option<String>,
    /// Whether prefixes are such as Hive reads.
    #[attr(force_new, default = false)]
    pub hive_compatible_partitions: Option<bool>,
    /// Whether each hour has a prefix of its own.
    #[attr(force_new, default = false)]
    pub per_hour_partition: Option<bool>,
}

/// Tags of one type of resources that become fields of a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct TagField {
    /// The type of resources.
    pub resource_type: String,
    /// The keys of the tags.
    #[attr(required)]
    pub tag_keys: Vec<String>,
}

fn interval(value: &Value) -> Result<(), String> {
    match value.as_number().and_then(|n| n.to_i64()) {
        None | Some(60 | 600) => Ok(()),
        Some(n) => Err(format!("expected 60 or 600, got {n}.")),
    }
}

/// The ARN of a log group may end in `:*`.
fn same_destination(a: &str, b: &str) -> bool {
    a.trim_end_matches(":*") == b.trim_end_matches(":*")
}

const WATCHED: [(&str, FlowLogsResourceType); 6] = [
    ("eni_id", FlowLogsResourceType::NetworkInterface),
    ("regional_nat_gateway_id", FlowLogsResourceType::RegionalNatGateway),
    ("subnet_id", FlowLogsResourceType::Subnet),
    ("transit_gateway_attachment_id", FlowLogsResourceType::TransitGatewayAttachment),
    ("transit_gateway_id", FlowLogsResourceType::TransitGateway),
    ("vpc_id", FlowLogsResourceType::Vpc),
];

#[async_trait]
impl Resource for FlowLog {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = FlowLog { id: id.as_str().into(), ..planned };
        match visible(aws, &id).await {
            Ok(remote) => {
                let account = aws.account().await.map_err(|e| Failure::partial(e, started.clone()))?;
                Ok(started.with(aws, &account, remote))
            }
            Err(e) => Err(Failure::partial(aws.here(e), started)),
        }
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        match aws.account().await {
            Ok(account) => {
                let with = |state: Self, remote| state.with(aws, &account, remote);
                read_each(aws, states, |s| s.id.as_deref(), with).await
            }
            Err(error) => super::batch::all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?;
        update_tags(aws, id, &prior.tags, &planned.tags).await?;
        let account = aws.account().await?;
        Ok(planned.with(aws, &account, visible(aws, id).await?))
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let call = || async {
            let call = aws.ec2().delete_flow_logs().flow_log_ids(id).send();
            let answer = aws.call("ec2:DeleteFlowLogs", call).await?;
            refused("ec2:DeleteFlowLogs", answer.unsuccessful())
        };
        delete(PROPAGATION, call).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let all = super::kind::all::<types::FlowLog>(aws).await?;
        Ok(Some(all.into_iter().map(|l| Self::default().with(aws, &account, l)).collect()))
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        super::route::one_of(config, &WATCHED.map(|(name, _)| name), "resource to watch", diagnostics);
        let unset = |name: &str| config.attribute(name).is_none_or(|v| v.is_null());
        let gateway = ["transit_gateway_id", "transit_gateway_attachment_id"];
        if unset("traffic_type") && gateway.iter().all(|n| unset(n)) {
            let detail = "traffic_type can be left out only for transit gateways and their attachments.";
            diagnostics.push(Diagnostic::error("Missing type of traffic", detail));
        }
    }
}

/// The first of the failures that the calls for several flow logs report in a successful answer.
fn refused(operation: &str, unsuccessful: &[types::UnsuccessfulItem]) -> Result<(), Error> {
    let Some(error) = unsuccessful.first().and_then(|u| u.error()) else { return Ok(()) };
    let summary = format!("{} failed", operation.trim_start_matches("ec2:"));
    let detail = error.message().unwrap_or("AWS gives no reason.");
    Err(Error::new(summary, detail).operation(operation).code(error.code().unwrap_or_default()))
}

async fn create(aws: &Aws, planned: &FlowLog, cx: &ApplyContext) -> Result<String, Error> {
    let (resource, kind) = planned.watched();
    let options = planned.destination_options.first().map(|o| {
        DestinationOptionsRequest::builder()
            .set_file_format(o.file_format.as_deref().map(DestinationFileFormat::from))
            .set_hive_compatible_partitions(o.hive_compatible_partitions)
            .set_per_hour_partition(o.per_hour_partition)
            .build()
    });
    let fields: Vec<_> = (planned.tag_field_specification.iter())
        .map(|f| {
            TagFieldSpecificationRequest::builder()
                .resource_type(TaggableResourceType::from(f.resource_type.as_str()))
                .set_tag_keys(Some(f.tag_keys.clone()))
                .build()
        })
        .collect();
    // For a transit gateway EC2 takes neither a type of traffic nor another interval than 60.
    let call = (aws.ec2().create_flow_logs())
        .client_token(cx.token.to_string())
        .resource_ids(resource)
        .resource_type(kind)
        .set_traffic_type(planned.traffic_type.as_deref().map(TrafficType::from))
        .set_log_destination_type(planned.log_destination_type.as_deref().map(LogDestinationType::from))
        .set_log_destination(set(planned.log_destination.as_deref().map(|d| d.trim_end_matches(":*"))))
        .set_log_format(set(planned.log_format.as_deref()))
        .set_deliver_logs_permission_arn(planned.iam_role_arn.clone())
        .set_deliver_cross_account_role(planned.deliver_cross_account_role.clone())
        .set_max_aggregation_interval(int(planned.max_aggregation_interval))
        .set_destination_options(options)
        .set_tag_field_specifications((!fields.is_empty()).then_some(fields))
        .tag_specifications(creation_tags(ResourceType::VpcFlowLog, &planned.tags, cx));
    let create = || async {
        let made = aws.call("ec2:CreateFlowLogs", call.clone().send()).await?;
        refused("ec2:CreateFlowLogs", made.unsuccessful())?;
        created("ec2:CreateFlowLogs", made.flow_log_ids.and_then(|ids| ids.into_iter().next()))
    };
    // A role may just have been made, and the service not be able to assume it yet.
    let early = |e: &Error| {
        is_not_found(e)
            || e.has_code(&["InvalidParameter"]) && e.detail.contains("Unable to assume given IAM role")
    };
    retry_while(super::NEW_PARENT, early, create).await
}

impl FlowLog {
    /// What is watched, and its kind.
    fn watched(&self) -> (String, FlowLogsResourceType) {
        let ids = [
            &self.eni_id,
            &self.regional_nat_gateway_id,
            &self.subnet_id,
            &self.transit_gateway_attachment_id,
            &self.transit_gateway_id,
            &self.vpc_id,
        ];
        let found = ids.iter().zip(WATCHED).find_map(|(id, (_, kind))| Some((set(id.as_deref())?, kind)));
        found.unwrap_or((String::new(), FlowLogsResourceType::Vpc))
    }

    /// This object as EC2 describes it.
    fn with(self, aws: &Aws, account: &str, remote: types::FlowLog) -> FlowLog {
        let id = remote.flow_log_id.clone().unwrap_or_default();
        let resource = remote.resource_id.clone().unwrap_or_default();
        let of = |prefix: &str| resource.starts_with(prefix).then(|| resource.clone());
        // Older flow logs name their group instead of its ARN.
        let group = remote.log_group_name.as_ref().map(|group| {
            format!("arn:{}:logs:{}:{account}:log-group:{group}", aws.partition(), aws.region())
        });
        let destination = remote.log_destination.filter(|d| !d.is_empty()).or(group);
        let options = remote.destination_options.map(|o| DestinationOptions {
            file_format: o.file_format.map(|f| f.as_str().to_owned()),
            hive_compatible_partitions: o.hive_compatible_partitions,
            per_hour_partition: o.per_hour_partition,
        });
        let fields = remote.tag_field_specifications.unwrap_or_default().into_iter();
        FlowLog {
            arn: aws.ec2_arn(account, &format!("vpc-flow-log/{id}")).into(),
            deliver_cross_account_role: remote.deliver_cross_account_role,
            destination_options: options.into_iter().collect(),
            eni_id: of("eni-"),
            iam_role_arn: remote.deliver_logs_permission_arn,
            log_destination: destination.into(),
            log_destination_type: remote.log_destination_type.map(|t| t.as_str().to_owned()),
            log_format: remote.log_format.into(),
            max_aggregation_interval: remote.max_aggregation_interval.map(i64::from),
            regional_nat_gateway_id: of("nat-"),
            subnet_id: of("subnet-"),
            tag_field_specification: fields
                .map(|f| TagField {
                    resource_type: f.resource_type.map(|t| t.as_str().to_owned()).unwrap_or_default(),
                    tag_keys: f.tag_keys.unwrap_or_default(),
                })
                .collect(),
            traffic_type: remote.traffic_type.map(|t| t.as_str().to_owned()),
            transit_gateway_attachment_id: of("tgw-attach-"),
            transit_gateway_id: if resource.starts_with("tgw-attach-") { None } else { of("tgw-") },
            vpc_id: of("vpc-"),
            tags: tag_map(remote.tags),
            id: id.into(),
        }
    }
}
