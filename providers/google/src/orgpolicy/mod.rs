//! Organization policies: `google_org_policy_policy`, what a constraint forbids in a project, folder or organization.

use crate::Google;
use crate::client::{Request, is_not_found, is_taken};
use crate::mirror::Mirror;
use crate::names::same_reference;
use http::Method;
use terrane_sdk::serde_json::{self, Value as Json};
use terrane_sdk::{
    ApplyContext, Attributes, Block, Computed, Error, Failure, Object, PlanContext, Resource, ResourceType,
    Value, async_trait, join_all, resources, validate,
};

/// The resource types.
pub(crate) fn resources() -> Vec<ResourceType<Google>> {
    resources![Policy]
}

/// What the API calls otherwise, or not at all.
const NAMES: Mirror = Mirror(&[
    ("id", ""),
    ("parent", ""),
    ("name", ""),
    ("allow_all", "?allowAll"),
    ("deny_all", "?denyAll"),
    ("enforce", "?enforce"),
]);

/// Provides what a constraint forbids in a project, folder or organization.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_org_policy_policy", keep, timeouts(create = "20m", update = "20m", delete = "20m"))]
pub struct Policy {
    /// The path of the policy.
    pub id: Computed<String>,
    /// The path of the policy: `projects/p/policies/gcp.resourceLocations`.
    #[attr(force_new, equivalent = same_reference)]
    pub name: String,
    /// What the policy is for: `projects/p`, `folders/1` or `organizations/1`.
    #[attr(force_new)]
    pub parent: String,
    /// What would be forbidden: it is logged only.
    #[block]
    pub dry_run_spec: Option<Spec>,
    /// What is forbidden.
    #[block]
    pub spec: Option<Spec>,
    /// What the policy changes with.
    pub etag: Computed<String>,
}

/// What is forbidden.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Spec {
    /// Whether what is said above counts too.
    pub inherit_from_parent: Option<bool>,
    /// Whether the constraint's own default counts again.
    pub reset: Option<bool>,
    /// What is forbidden, and when.
    #[block]
    pub rules: Vec<Rule>,
    /// What it changes with.
    pub etag: Computed<String>,
    /// When it was changed.
    pub update_time: Computed<String>,
}

/// What is forbidden, and when.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Rule {
    /// Whether everything is allowed.
    #[attr(validate = validate::one_of(&["TRUE", "FALSE"]))]
    pub allow_all: Option<String>,
    /// Whether everything is forbidden.
    #[attr(validate = validate::one_of(&["TRUE", "FALSE"]))]
    pub deny_all: Option<String>,
    /// Whether a constraint that is on or off is on.
    #[attr(validate = validate::one_of(&["TRUE", "FALSE"]))]
    pub enforce: Option<String>,
    /// What a constraint with parameters is told, in JSON.
    #[attr(json)]
    pub parameters: Option<String>,
    /// For which objects.
    #[block]
    pub condition: Option<Condition>,
    /// Single values.
    #[block]
    pub values: Option<Values>,
}

/// For which objects a rule is.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Condition {
    /// What it is for.
    pub description: Option<String>,
    /// The condition, in the Common Expression Language.
    pub expression: Option<String>,
    /// Where it stands.
    pub location: Option<String>,
    /// Its name.
    pub title: Option<String>,
}

/// Single values that are allowed or forbidden.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Values {
    /// Those that are allowed.
    pub allowed_values: Vec<String>,
    /// Those that are forbidden.
    pub denied_values: Vec<String>,
}

async fn call(
    google: &Google,
    verb: &str,
    method: Method,
    path: &str,
    body: Option<Json>,
) -> Result<Json, Error> {
    let operation = format!("orgpolicy.policies.{verb}");
    let idempotent = method != Method::POST;
    let path = format!("v2/{path}");
    google
        .send(Request { operation: &operation, method, endpoint: "org_policy", path, body, idempotent })
        .await
}

#[async_trait]
impl Resource for Policy {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (parent, path) = (planned.parent.clone(), planned.path());
        let made =
            match call(google, "create", Method::POST, &format!("{parent}/policies"), Some(planned.body()))
                .await
            {
                Err(e) if cx.repeated && is_taken(&e) => {
                    call(google, "get", Method::GET, &path, None).await?
                }
                other => other?,
            };
        Ok(planned.with(&made)?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // Few objects have more than a handful of policies, and a list has what is inherited too.
        join_all(states.into_iter().map(|state| async move {
            match call(google, "get", Method::GET, &state.path(), None).await {
                Ok(policy) => state.with(&policy).map(Some),
                Err(e) if is_not_found(&e) => Ok(None),
                Err(e) => Err(e),
            }
        }))
        .await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        _: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let path = format!("{}?updateMask=*", prior.path());
        let changed = call(google, "patch", Method::PATCH, &path, Some(planned.body())).await?;
        Ok(planned.with(&changed)?)
    }

    async fn delete(google: &Google, state: Self, _: &ApplyContext) -> Result<(), Error> {
        match call(google, "delete", Method::DELETE, &state.path(), None).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        match id.split_once("/policies/") {
            Some((parent, constraint)) if !constraint.is_empty() => {
                Ok(vec![("parent", Value::from(parent)), ("name", Value::from(id))])
            }
            _ => {
                let detail = format!("{id:?} is not of the form \"projects/PROJECT/policies/CONSTRAINT\".");
                Err(Error::new("Invalid import id", detail))
            }
        }
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if cx.is_create() || !cx.is_changed() {
            return;
        }
        cx.set_unknown("etag");
        for name in ["spec", "dry_run_spec"] {
            let planned = cx.planned(name);
            let (true, Some([block])) = (cx.changed(name), planned.as_slice()) else { continue };
            let unknown = || Value::unknown(terrane_sdk::Type::String);
            let block = block.with_attribute("etag", unknown()).with_attribute("update_time", unknown());
            cx.set(name, Value::list(block.ty(), [block]));
        }
    }
}

impl Policy {
    fn path(&self) -> String {
        match self.name.contains('/') {
            true => self.name.clone(),
            false => format!("{}/policies/{}", self.parent, self.name),
        }
    }

    /// The policy as Google is to have it.
    fn body(&self) -> Json {
        let mut body = NAMES.body("", &<Policy as Object>::spec(), &self.to_value());
        body["name"] = self.path().into();
        for name in ["spec", "dryRunSpec"] {
            for rule in body.get_mut(name).and_then(|s| s["rules"].as_array_mut()).into_iter().flatten() {
                // The API has parameters as an object.
                if let Some(text) = rule["parameters"].as_str() {
                    rule["parameters"] = serde_json::from_str(text).unwrap_or(Json::Null);
                }
                if let Some(fields) = rule.as_object_mut() {
                    fields.retain(|_, value| !value.is_null());
                }
            }
            if let Some(fields) = body.get_mut(name).and_then(Json::as_object_mut) {
                fields.retain(|_, value| !value.is_null());
            }
        }
        body
    }

    /// This policy as Google describes it.
    fn with(self, remote: &Json) -> Result<Policy, Error> {
        let mut remote = remote.clone();
        for name in ["spec", "dryRunSpec"] {
            for rule in remote.get_mut(name).and_then(|s| s["rules"].as_array_mut()).into_iter().flatten() {
                if rule["parameters"].is_object() {
                    rule["parameters"] = rule["parameters"].to_string().into();
                }
            }
        }
        let before = self.to_value();
        let mut seen = Policy::from_value(&NAMES.object("", &<Policy as Object>::spec(), &remote, &before))?;
        seen.id = self.path().into();
        seen.etag = remote["etag"].as_str().unwrap_or_default().into();
        Ok(seen)
    }
}
