//! `aws_cloudtrail`: a trail, which writes who did what into a bucket.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use crate::tags::{Tags, difference};
use aws_sdk_cloudtrail::types::{Tag, Trail as Remote};
use futures::future::try_join3;
use std::collections::HashMap;
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, PlanContext, Resource, Value, async_trait, join_all,
    validate,
};

use super::selectors::{AdvancedEventSelector, EventSelector, InsightSelector};

/// ListTags takes so many trails.
const PAGE: usize = 20;

/// Provides a trail.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_cloudtrail", version = 1, keep)]
pub struct Trail {
    /// The ARN of the trail.
    pub id: Computed<String>,
    /// Which events the trail has, field by field.
    #[block(conflicts_with = "event_selector")]
    pub advanced_event_selector: Vec<AdvancedEventSelector>,
    /// The ARN of the trail.
    pub arn: Computed<String>,
    /// The log group that gets the events as well.
    pub cloud_watch_logs_group_arn: Option<String>,
    /// The role with which the log group is written to.
    pub cloud_watch_logs_role_arn: Option<String>,
    /// Whether digests show that no file was changed.
    #[attr(default = false)]
    pub enable_log_file_validation: Option<bool>,
    /// Whether anything is written.
    #[attr(default = true)]
    pub enable_logging: Option<bool>,
    /// Which events the trail has.
    #[block(conflicts_with = "advanced_event_selector", max = 5)]
    pub event_selector: Vec<EventSelector>,
    /// The region in which the trail was made.
    pub home_region: Computed<String>,
    /// Whether events of global services are there.
    #[attr(default = true)]
    pub include_global_service_events: Option<bool>,
    /// What is looked for in the events.
    #[block]
    pub insight_selector: Vec<InsightSelector>,
    /// Whether events of all regions are there.
    #[attr(default = false)]
    pub is_multi_region_trail: Option<bool>,
    /// Whether events of all accounts of the organization are there.
    #[attr(default = false)]
    pub is_organization_trail: Option<bool>,
    /// The ARN of the key to encrypt with.
    pub kms_key_id: Option<String>,
    /// The name of the trail.
    #[attr(force_new, validate = validate::length(3..=128))]
    pub name: String,
    /// The bucket to write to.
    pub s3_bucket_name: String,
    /// What the names of the files begin with.
    #[attr(validate = validate::length(0..=2000))]
    pub s3_key_prefix: Option<String>,
    /// The ARN of the topic that is told of each file.
    pub sns_topic_arn: Computed<String>,
    /// The topic that is told of each file, by name or ARN.
    pub sns_topic_name: Option<String>,
    /// The tags of the trail.
    pub tags: Tags,
}

/// Whether bucket, key, topic or role do not let CloudTrail in yet.
fn is_premature(error: &Error) -> bool {
    let codes = [
        "InsufficientS3BucketPolicyException",
        "InsufficientEncryptionPolicyException",
        "InsufficientSnsTopicPolicyException",
        "S3BucketDoesNotExistException",
        "ConflictException",
    ];
    let role = error
        .has_code(&["InvalidCloudWatchLogsRoleArnException", "InvalidCloudWatchLogsLogGroupArnException"])
        && error.detail.contains("Access denied");
    error.has_code(&codes) || role
}

fn unless_gone<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.has_code(&["TrailNotFoundException", "ResourceNotFoundException"]) => Ok(None),
        Err(error) => Err(error),
    }
}

fn tag_list(tags: &Tags) -> Result<Vec<Tag>, Error> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    let list: Result<Vec<_>, _> = tags.iter().map(tag).collect();
    list.map_err(|e| Error::new("Invalid tags", format!("{e}.")).attribute("tags"))
}

fn text(text: &Option<String>) -> Option<String> {
    text.clone().filter(|t| !t.is_empty())
}

/// The trails with these ARNs or names, as far as they exist, by both.
async fn describe(aws: &Aws, ids: &[String]) -> Result<HashMap<String, Remote>, Error> {
    let call = aws.cloudtrail().describe_trails().set_trail_name_list(Some(ids.to_vec()));
    let found = aws.call("cloudtrail:DescribeTrails", call.send()).await?;
    let mut all = HashMap::new();
    for trail in found.trail_list.unwrap_or_default() {
        all.extend(trail.name.clone().map(|name| (name, trail.clone())));
        all.extend(trail.trail_arn.clone().map(|arn| (arn, trail)));
    }
    Ok(all)
}

/// The tags of trails by ARN.
async fn tags(aws: &Aws, arns: &[String]) -> Result<HashMap<String, Tags>, Error> {
    let mut found = HashMap::new();
    for chunk in arns.chunks(PAGE) {
        let call = aws.cloudtrail().list_tags().set_resource_id_list(Some(chunk.to_vec())).send();
        for resource in aws.call("cloudtrail:ListTags", call).await?.resource_tag_list.unwrap_or_default() {
            let tags = resource.tags_list.unwrap_or_default().into_iter();
            let tags: Tags = tags.map(|t| (t.key, t.value.unwrap_or_default())).collect();
            found.entry(resource.resource_id.unwrap_or_default()).or_insert_with(Tags::new).extend(tags);
        }
    }
    Ok(found)
}

impl Trail {
    /// This trail as it is; `None` when it went meanwhile.
    async fn with_remote(self, aws: &Aws, trail: Remote, tags: Option<Tags>) -> Result<Option<Trail>, Error> {
        let arn = trail.trail_arn.clone().unwrap_or_default();
        let status = async {
            let call = aws.cloudtrail().get_trail_status().name(&arn).send();
            unless_gone(aws.call("cloudtrail:GetTrailStatus", call).await)
        };
        let selectors = async {
            let call = aws.cloudtrail().get_event_selectors().trail_name(&arn).send();
            unless_gone(aws.call("cloudtrail:GetEventSelectors", call).await)
        };
        let insights = async {
            if trail.has_insight_selectors != Some(true) {
                return Ok(None);
            }
            let call = aws.cloudtrail().get_insight_selectors().trail_name(&arn).send();
            match aws.call("cloudtrail:GetInsightSelectors", call).await {
                Err(e) if e.has_code(&["InsightNotEnabledException"]) => Ok(None),
                other => unless_gone(other),
            }
        };
        let (status, selectors, insights) = try_join3(status, selectors, insights).await?;
        let (Some(status), Some(selectors)) = (status, selectors) else { return Ok(None) };
        let mut events: Vec<_> =
            selectors.event_selectors.into_iter().flatten().map(EventSelector::from_remote).collect();
        // What every trail has that nobody chose events for is no choice.
        if self.event_selector.is_empty() && events.iter().all(EventSelector::is_default) {
            events.clear();
        }
        let advanced = selectors.advanced_event_selectors.into_iter().flatten();
        let insights = insights.and_then(|i| i.insight_selectors).into_iter().flatten();
        let topic = match self.sns_topic_name.as_deref() {
            Some(name) if name.starts_with("arn:") => trail.sns_topic_arn.clone(),
            _ => trail.sns_topic_arn.as_deref().map(|a| a.rsplit(':').next().unwrap_or_default().to_owned()),
        };
        Ok(Some(Trail {
            id: arn.as_str().into(),
            advanced_event_selector: advanced.map(AdvancedEventSelector::from_remote).collect(),
            arn: arn.into(),
            cloud_watch_logs_group_arn: trail.cloud_watch_logs_log_group_arn,
            cloud_watch_logs_role_arn: trail.cloud_watch_logs_role_arn,
            enable_log_file_validation: Some(trail.log_file_validation_enabled.unwrap_or_default()),
            enable_logging: Some(status.is_logging.unwrap_or_default()),
            event_selector: events,
            home_region: trail.home_region.unwrap_or_default().into(),
            include_global_service_events: Some(trail.include_global_service_events.unwrap_or_default()),
            insight_selector: insights.filter_map(InsightSelector::from_remote).collect(),
            is_multi_region_trail: Some(trail.is_multi_region_trail.unwrap_or_default()),
            is_organization_trail: Some(trail.is_organization_trail.unwrap_or_default()),
            kms_key_id: trail.kms_key_id,
            name: trail.name.unwrap_or_default(),
            s3_bucket_name: trail.s3_bucket_name.unwrap_or_default(),
            s3_key_prefix: trail.s3_key_prefix,
            sns_topic_arn: trail.sns_topic_arn.unwrap_or_default().into(),
            sns_topic_name: topic,
            tags: tags.unwrap_or(self.tags),
        }))
    }

    async fn read_back(self, aws: &Aws, arn: &str) -> Result<Trail, Error> {
        let missing = || Error::new("The trail is gone", format!("{arn} vanished while it was read back."));
        let trail = describe(aws, &[arn.to_owned()]).await?.remove(arn).ok_or_else(missing)?;
        self.with_remote(aws, trail, None).await?.ok_or_else(missing)
    }

    async fn set_logging(&self, aws: &Aws, arn: &str) -> Result<(), Error> {
        if self.enable_logging != Some(false) {
            let call = aws.cloudtrail().start_logging().name(arn).send();
            return aws.call("cloudtrail:StartLogging", call).await.map(|_| ());
        }
        let call = aws.cloudtrail().stop_logging().name(arn).send();
        aws.call("cloudtrail:StopLogging", call).await.map(|_| ())
    }

    async fn set_events(&self, aws: &Aws, arn: &str) -> Result<(), Error> {
        let call = aws.cloudtrail().put_event_selectors().trail_name(arn);
        let call = match self.advanced_event_selector.is_empty() {
            false => {
                let all = self.advanced_event_selector.iter().map(AdvancedEventSelector::to_remote);
                call.set_advanced_event_selectors(Some(all.collect::<Result<Vec<_>, _>>()?))
            }
            true => {
                let mut all: Vec<_> = self.event_selector.iter().map(EventSelector::to_remote).collect();
                if all.is_empty() {
                    all.push(EventSelector::default().to_remote());
                }
                call.set_event_selectors(Some(all))
            }
        };
        aws.call("cloudtrail:PutEventSelectors", call.send()).await.map(|_| ())
    }

    async fn set_insights(&self, aws: &Aws, arn: &str) -> Result<(), Error> {
        let all = self.insight_selector.iter().map(InsightSelector::to_remote).collect();
        let call = aws.cloudtrail().put_insight_selectors().trail_name(arn).set_insight_selectors(Some(all));
        aws.call("cloudtrail:PutInsightSelectors", call.send()).await.map(|_| ())
    }

    async fn make(&self, aws: &Aws, cx: &ApplyContext) -> Result<String, Error> {
        let tags = tag_list(&self.tags)?;
        let created = retry_while(PROPAGATION, is_premature, || async {
            let call = (aws.cloudtrail().create_trail().name(&self.name))
                .s3_bucket_name(&self.s3_bucket_name)
                .set_s3_key_prefix(text(&self.s3_key_prefix))
                .set_sns_topic_name(text(&self.sns_topic_name))
                .set_cloud_watch_logs_log_group_arn(text(&self.cloud_watch_logs_group_arn))
                .set_cloud_watch_logs_role_arn(text(&self.cloud_watch_logs_role_arn))
                .set_kms_key_id(text(&self.kms_key_id))
                .set_enable_log_file_validation(self.enable_log_file_validation)
                .set_include_global_service_events(self.include_global_service_events)
                .set_is_multi_region_trail(self.is_multi_region_trail)
                .set_is_organization_trail(self.is_organization_trail)
                .set_tags_list(Some(tags.clone()).filter(|t| !t.is_empty()));
            aws.call("cloudtrail:CreateTrail", call.send()).await
        });
        match created.await {
            Err(e) if cx.repeated && e.has_code(&["TrailAlreadyExistsException"]) => {
                let found = describe(aws, std::slice::from_ref(&self.name)).await?.remove(&self.name);
                let same = |t: &Remote| t.s3_bucket_name() == Some(self.s3_bucket_name.as_str());
                found.filter(same).and_then(|t| t.trail_arn).ok_or(e)
            }
            other => Ok(other?.trail_arn.unwrap_or_default()),
        }
    }
}

#[async_trait]
impl Resource for Trail {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let arn = planned.make(aws, cx).await?;
        let started = Trail { id: arn.as_str().into(), arn: arn.as_str().into(), ..planned.clone() };
        let complete = async {
            if !planned.event_selector.is_empty() || !planned.advanced_event_selector.is_empty() {
                planned.set_events(aws, &arn).await?;
            }
            if !planned.insight_selector.is_empty() {
                planned.set_insights(aws, &arn).await?;
            }
            if planned.enable_logging != Some(false) {
                planned.set_logging(aws, &arn).await?;
            }
            planned.read_back(aws, &arn).await
        };
        complete.await.map_err(|e| Failure::partial(e, started))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let ids: Vec<String> = states.iter().filter_map(|s| s.id.0.clone()).collect();
        let described = async {
            let found = describe(aws, &ids).await?;
            let mut arns: Vec<String> =
                ids.iter().filter_map(|id| found.get(id)?.trail_arn.clone()).collect();
            arns.sort();
            arns.dedup();
            Ok::<_, Error>((found, tags(aws, &arns).await?))
        };
        let (found, tags) = match described.await {
            Ok(found) => found,
            Err(error) => return states.iter().map(|_| Err(error.clone())).collect(),
        };
        // Status and selectors are told for one trail at a time.
        join_all(states.into_iter().map(|state| {
            let trail = found.get(state.id.as_deref().unwrap_or_default()).cloned();
            let tags = &tags;
            async move {
                let Some(trail) = trail else { return Ok(None) };
                let own = tags.get(trail.trail_arn().unwrap_or_default()).cloned().unwrap_or_default();
                state.with_remote(aws, trail, Some(own)).await
            }
        }))
        .await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let arn = prior.arn.known()?.clone();
        let settings = |t: &Self| {
            (
                [
                    Some(t.s3_bucket_name.clone()),
                    text(&t.s3_key_prefix),
                    text(&t.sns_topic_name),
                    text(&t.cloud_watch_logs_group_arn),
                    text(&t.cloud_watch_logs_role_arn),
                    text(&t.kms_key_id),
                ],
                [
                    t.enable_log_file_validation,
                    t.include_global_service_events,
                    t.is_multi_region_trail,
                    t.is_organization_trail,
                ],
            )
        };
        if settings(&prior) != settings(&planned) {
            // An empty text takes away what was set.
            let cleared = |before: &Option<String>, after: &Option<String>| match (text(before), text(after))
            {
                (Some(_), None) => Some(String::new()),
                (_, after) => after,
            };
            retry_while(PROPAGATION, is_premature, || async {
                let call = (aws.cloudtrail().update_trail().name(&arn))
                    .s3_bucket_name(&planned.s3_bucket_name)
                    .set_s3_key_prefix(cleared(&prior.s3_key_prefix, &planned.s3_key_prefix))
                    .set_sns_topic_name(cleared(&prior.sns_topic_name, &planned.sns_topic_name))
                    .set_cloud_watch_logs_log_group_arn(cleared(
                        &prior.cloud_watch_logs_group_arn,
                        &planned.cloud_watch_logs_group_arn,
                    ))
                    .set_cloud_watch_logs_role_arn(cleared(
                        &prior.cloud_watch_logs_role_arn,
                        &planned.cloud_watch_logs_role_arn,
                    ))
                    .set_kms_key_id(cleared(&prior.kms_key_id, &planned.kms_key_id))
                    .set_enable_log_file_validation(planned.enable_log_file_validation)
                    .set_include_global_service_events(planned.include_global_service_events)
                    .set_is_multi_region_trail(planned.is_multi_region_trail)
                    .set_is_organization_trail(planned.is_organization_trail);
                aws.call("cloudtrail:UpdateTrail", call.send()).await
            })
            .await?;
        }
        let events = |t: &Self| format!("{:?}{:?}", t.event_selector, t.advanced_event_selector);
        if events(&prior) != events(&planned) {
            planned.set_events(aws, &arn).await?;
        }
        if prior.insight_selector != planned.insight_selector {
            planned.set_insights(aws, &arn).await?;
        }
        if prior.enable_logging != planned.enable_logging {
            planned.set_logging(aws, &arn).await?;
        }
        let (set, removed) = difference(&prior.tags, &planned.tags);
        if !removed.is_empty() {
            let value = |key: &String| prior.tags.get(key).cloned().unwrap_or_default();
            let keys: Tags = removed.into_iter().map(|key| (key.clone(), value(&key))).collect();
            let call = aws.cloudtrail().remove_tags().resource_id(&arn).set_tags_list(Some(tag_list(&keys)?));
            aws.call("cloudtrail:RemoveTags", call.send()).await?;
        }
        if !set.is_empty() {
            let call = aws.cloudtrail().add_tags().resource_id(&arn).set_tags_list(Some(tag_list(&set)?));
            aws.call("cloudtrail:AddTags", call.send()).await?;
        }
        Ok(planned.read_back(aws, &arn).await?)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.cloudtrail().delete_trail().name(state.id.known()?).send();
        unless_gone(aws.call("cloudtrail:DeleteTrail", call).await).map(|_| ())
    }

    /// The trails whose home is this region: others would be found once in each region.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let call = aws.cloudtrail().describe_trails().include_shadow_trails(false).send();
        let all = aws.call("cloudtrail:DescribeTrails", call).await?.trail_list.unwrap_or_default();
        let found = |trail: Remote| {
            let arn = trail.trail_arn?;
            Some(Trail {
                id: arn.as_str().into(),
                arn: arn.into(),
                name: trail.name.unwrap_or_default(),
                s3_bucket_name: trail.s3_bucket_name.unwrap_or_default(),
                ..Trail::default()
            })
        };
        Ok(Some(all.into_iter().filter_map(found).collect()))
    }

    /// The ARN of the trail, or its name.
    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id))])
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("sns_topic_name") {
            cx.set_unknown("sns_topic_arn");
        }
    }
}
