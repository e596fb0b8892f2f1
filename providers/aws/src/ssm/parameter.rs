//! `aws_ssm_parameter`: a value under a name.

use crate::Aws;
use crate::tags::{Tags, difference};
use aws_sdk_ssm::types::{
    Parameter as Value_, ParameterMetadata, ParameterTier, ParameterType, ResourceTypeForTagging, Tag,
};
use futures::future::try_join;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Diagnostic, Diagnostics, Error, Failure, PlanContext, Resource,
    Value, async_trait, join_all, validate,
};

use super::parameters::{self, metadata, values};
use super::unless_gone;

/// The key that encrypts secure strings when none is chosen.
const OWN_KEY: &str = "alias/aws/ssm";

/// Provides a value under a name.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ssm_parameter", keep)]
pub struct Parameter {
    /// The name of the parameter.
    pub id: Computed<String>,
    /// The pattern that values must match.
    #[attr(validate = validate::length(0..=1024))]
    pub allowed_pattern: Option<String>,
    /// The ARN of the parameter.
    pub arn: Auto<String>,
    /// What kind of text it is: `text`, or `aws:ec2:image` for the id of an image.
    #[attr(validate = validate::one_of(&["text", "aws:ec2:image", "aws:ssm:integration"]))]
    pub data_type: Auto<String>,
    /// What the parameter is for.
    #[attr(validate = validate::length(0..=1024))]
    pub description: Option<String>,
    /// Whether there is a value that is not kept in the state.
    pub has_value_wo: Computed<bool>,
    /// The value, shown in plans; not for secure strings.
    #[attr(conflicts_with = ["value", "value_wo"])]
    pub insecure_value: Auto<String>,
    /// The key that encrypts a secure string.
    pub key_id: Auto<String>,
    /// The name of the parameter.
    #[attr(force_new, validate = validate::length(1..=2048))]
    pub name: String,
    /// Whether a parameter that exists already is taken over.
    pub overwrite: Option<bool>,
    /// The tags of the parameter.
    pub tags: Tags,
    /// `Standard`, `Advanced` or `Intelligent-Tiering`.
    #[attr(validate = validate::one_of(&["Standard", "Advanced", "Intelligent-Tiering"]))]
    pub tier: Auto<String>,
    /// `String`, `StringList` or `SecureString`.
    #[attr(name = "type", validate = validate::one_of(&["String", "StringList", "SecureString"]))]
    pub kind: String,
    /// The value, not shown.
    #[attr(sensitive, conflicts_with = ["insecure_value", "value_wo"])]
    pub value: Auto<String>,
    /// The value, not shown and not kept in the state.
    #[attr(sensitive, write_only, conflicts_with = ["insecure_value", "value"])]
    pub value_wo: Option<String>,
    /// A number to change when `value_wo` does.
    pub value_wo_version: Option<i64>,
    /// How often the value was set.
    pub version: Computed<i64>,
}

impl Parameter {
    fn is_secure(&self) -> bool {
        self.kind == "SecureString"
    }

    fn with_remote(self, value: Value_, about: Option<&ParameterMetadata>, tags: Tags) -> Parameter {
        let hidden = self.has_value_wo.0 == Some(true);
        let kind = value.r#type.map(|t| t.as_str().to_owned()).unwrap_or_default();
        let open = self.insecure_value.as_deref().is_some_and(|v| !v.is_empty()) && kind != "SecureString";
        let text = value.value.unwrap_or_default();
        let nothing = || Auto::from(String::new());
        let tier = about.and_then(|a| a.tier.as_ref()).map(|t| t.as_str().to_owned());
        // Parameters in intelligent tiering are told to be in one of the other two.
        let tier =
            if self.tier.as_deref() == Some("Intelligent-Tiering") { self.tier.0.clone() } else { tier };
        Parameter {
            id: self.name.as_str().into(),
            allowed_pattern: about.and_then(|a| a.allowed_pattern.clone()),
            arn: value.arn.or(self.arn.0).into(),
            data_type: value.data_type.or_else(|| Some("text".into())).into(),
            description: about.and_then(|a| a.description.clone()),
            has_value_wo: hidden.into(),
            insecure_value: if open && !hidden { text.clone().into() } else { nothing() },
            key_id: about.and_then(|a| a.key_id.clone()).unwrap_or_default().into(),
            kind,
            tags,
            tier: tier.unwrap_or_else(|| "Standard".into()).into(),
            value: if open || hidden { nothing() } else { text.into() },
            version: value.version.into(),
            ..self
        }
    }

    /// Whether there is a parameter with this value already.
    async fn is_written(&self, aws: &Aws) -> Result<bool, Error> {
        let found = values(aws, std::slice::from_ref(&self.name)).await?.remove(&self.name);
        let set = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
        let wanted = set(&self.value.0).or(set(&self.insecure_value.0));
        Ok(found.is_some_and(|f| wanted.is_some() && f.value == wanted))
    }

    async fn put(&self, aws: &Aws, cx: &ApplyContext, overwrite: bool, new: bool) -> Result<(), Error> {
        let set = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
        let value = match cx.write_only("value_wo") {
            Some(value) => value,
            None => set(&self.value.0).or(set(&self.insecure_value.0)).unwrap_or_default(),
        };
        let tags = (self.tags.iter().map(|(k, v)| Tag::builder().key(k).value(v).build()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| Error::new("Invalid tags", format!("{e}.")).attribute("tags"))?;
        // Tags come with a new parameter only: AWS takes none together with overwrite.
        let tags = Some(tags).filter(|t| new && !overwrite && !t.is_empty());
        // What is left out of a change stays as it is.
        let clearable = |text: &Option<String>| set(text).or_else(|| (!new).then(String::new));
        let call = (aws.ssm().put_parameter().name(&self.name))
            .value(value)
            .r#type(ParameterType::from(self.kind.as_str()))
            .overwrite(overwrite)
            .set_allowed_pattern(clearable(&self.allowed_pattern))
            .set_data_type(set(&self.data_type.0))
            .set_description(clearable(&self.description))
            .set_key_id(set(&self.key_id.0).filter(|_| self.is_secure()))
            .set_tags(tags)
            .set_tier(set(&self.tier.0).as_deref().map(ParameterTier::from));
        aws.call("ssm:PutParameter", call.send()).await.map(|_| ())
    }

    async fn change_tags(aws: &Aws, name: &str, before: &Tags, after: &Tags) -> Result<(), Error> {
        let (set, removed) = difference(before, after);
        let kind = ResourceTypeForTagging::Parameter;
        if !removed.is_empty() {
            let call = aws.ssm().remove_tags_from_resource().resource_type(kind.clone()).resource_id(name);
            aws.call("ssm:RemoveTagsFromResource", call.set_tag_keys(Some(removed)).send()).await?;
        }
        if !set.is_empty() {
            let tags = (set.iter().map(|(k, v)| Tag::builder().key(k).value(v).build()))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|e| Error::new("Invalid tags", format!("{e}.")).attribute("tags"))?;
            let call = aws.ssm().add_tags_to_resource().resource_type(kind).resource_id(name);
            aws.call("ssm:AddTagsToResource", call.set_tags(Some(tags)).send()).await?;
        }
        Ok(())
    }

    async fn read_back(self, aws: &Aws) -> Result<Parameter, Error> {
        let names = [self.name.clone()];
        let (mut values, about) = try_join(values(aws, &names), metadata(aws, &names)).await?;
        let missing = || Error::new("The parameter is gone", "It vanished while it was read back.");
        let value = values.remove(&self.name).ok_or_else(missing)?;
        let tags = self.tags.clone();
        let about = about.get(&self.name).cloned();
        Ok(self.with_remote(value, about.as_ref(), tags))
    }
}

#[async_trait]
impl Resource for Parameter {
    type Client = Aws;

    async fn create(aws: &Aws, mut planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        planned.has_value_wo = cx.write_only("value_wo").is_some().into();
        let overwrite = planned.overwrite == Some(true) || cx.repeated;
        // A repeat finds what the first attempt has written, or writes it once more.
        if !(cx.repeated && planned.is_written(aws).await?) {
            planned.put(aws, cx, overwrite, true).await?;
        }
        let started = Parameter { id: planned.name.as_str().into(), ..planned.clone() };
        let complete = async {
            if overwrite {
                let before = aws.tags().managed(parameters::tags(aws, &planned.name).await?);
                Self::change_tags(aws, &planned.name, &before, &planned.tags).await?;
            }
            planned.read_back(aws).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let names: Vec<String> = states.iter().filter_map(|s| s.id.0.clone()).collect();
        let found = try_join(values(aws, &names), metadata(aws, &names)).await;
        let (values, about) = match found {
            Ok(found) => found,
            Err(error) => return states.iter().map(|_| Err(error.clone())).collect(),
        };
        // Tags are told for one parameter at a time.
        join_all(states.into_iter().map(|state| {
            let name = state.id.0.clone().unwrap_or_default();
            let (value, about) = (values.get(&name).cloned(), about.get(&name));
            async move {
                let Some(value) = value else { return Ok(None) };
                let tags = parameters::tags(aws, &name).await?;
                Ok(Some(Self { name, ..state }.with_remote(value, about, tags)))
            }
        }))
        .await
    }

    async fn update(
        aws: &Aws,
        prior: Self,
        mut planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        planned.has_value_wo = cx.write_only("value_wo").is_some().into();
        let content = |p: &Self| {
            (
                [
                    p.value.0.clone(),
                    p.insecure_value.0.clone(),
                    p.description.clone(),
                    p.allowed_pattern.clone(),
                ],
                [p.key_id.0.clone(), p.data_type.0.clone(), p.tier.0.clone(), Some(p.kind.clone())],
                (p.value_wo_version, p.has_value_wo.0),
            )
        };
        let mut before = content(&prior);
        // What AWS chooses is unknown in a plan, and no reason to write anything.
        let after = content(&planned);
        for (before, after) in
            before.0.iter_mut().zip(&after.0).take(2).chain(before.1.iter_mut().zip(&after.1))
        {
            if after.is_none() {
                *before = None;
            }
        }
        if before != after || cx.has_changed("value_wo") {
            planned.put(aws, cx, true, false).await?;
        }
        Self::change_tags(aws, &planned.name, &prior.tags, &planned.tags).await?;
        Ok(planned.read_back(aws).await?)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.ssm().delete_parameter().name(state.id.known()?).send();
        unless_gone(aws.call("ssm:DeleteParameter", call).await).map(|_| ())
    }

    /// Names and kinds: values are not asked for.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let found = |about: ParameterMetadata| {
            let name = about.name?;
            Some(Self {
                id: name.as_str().into(),
                arn: about.arn.into(),
                kind: about.r#type.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
                name,
                ..Self::default()
            })
        };
        Ok(Some(parameters::described(aws, None).await?.into_iter().filter_map(found).collect()))
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("name", Value::from(id))])
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let get = |name: &str| config.attribute(name).unwrap_or(Value::NULL);
        if ["value", "insecure_value", "value_wo"].iter().all(|name| get(name).is_null()) {
            let detail = "Set one of value, insecure_value and value_wo.";
            diagnostics.push(Diagnostic::error("A parameter needs a value", detail));
        }
        if get("type").as_str() == Some("SecureString") && !get("insecure_value").is_null() {
            let detail = "A secure string is not shown: use value or value_wo.";
            let problem = Diagnostic::error("insecure_value is for others than SecureString", detail);
            diagnostics.push(problem.on_attribute("insecure_value"));
        }
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        // Where one of the values is given, the others are empty.
        for name in ["value", "insecure_value"] {
            if cx.config(name).is_null() {
                cx.set(name, Value::from(""));
            }
        }
        let hidden = !cx.config("value_wo").is_null();
        cx.set("has_value_wo", Value::from(hidden));
        let secure = cx.planned("type").as_str() == Some("SecureString");
        if secure && cx.config("key_id").is_null() && cx.is_create() {
            cx.set("key_id", Value::from(OWN_KEY));
        }
        // An advanced parameter becomes a standard one only by being made anew.
        if cx.prior("tier").as_str() == Some("Advanced") && cx.planned("tier").as_str() == Some("Standard") {
            cx.force_new("tier");
        }
        if cx.is_changed() && !cx.is_create() {
            cx.set_unknown("version");
        }
    }
}
