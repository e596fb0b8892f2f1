//! IAM policies, the same for every service: etags against lost updates, versions, members and roles that exist.
//! Nothing is enforced by them but the use of shared subnets by clusters.

use crate::call::Call;
use crate::json;
use crate::refusal::Refusal;
use crate::world::{World, etag, short_hash};
use serde_json::{Value, json};

/// What the policies of a service look like on the way.
pub(crate) struct Style {
    /// The `kind` of the policy, where there is one.
    pub(crate) kind: Option<&'static str>,
    /// The `resourceId` of the policy, where there is one.
    pub(crate) resource: Option<String>,
}

impl World {
    /// Answers one of the three methods that every resource with a policy has.
    ///
    /// # Errors
    /// For a policy that Google would not take.
    pub(crate) fn policy(&mut self, call: &Call<'_>, key: &str, style: &Style) -> Result<Value, Refusal> {
        match call.verb() {
            "getIamPolicy" => {
                let asked = call
                    .query
                    .get("options.requestedPolicyVersion")
                    .or(call.query.get("optionsRequestedPolicyVersion"));
                let asked = asked.and_then(|text| text.parse().ok()).or_else(|| {
                    json::at(&call.body, "options.requestedPolicyVersion").and_then(Value::as_u64)
                });
                Ok(self.shown_policy(key, asked.unwrap_or(1), style))
            }
            "setIamPolicy" => {
                let body = call.request()?;
                self.set_policy(key, &body, style)
            }
            _ => {
                let asked: Vec<Value> = match call.body.get("permissions") {
                    Some(Value::Array(list)) => list.clone(),
                    _ => call.query.all("permissions").map(|permission| json!(permission)).collect(),
                };
                let mut answer = json!({});
                if let Some(kind) = call.kind_of_answer() {
                    answer["kind"] = json!(kind);
                }
                if !asked.is_empty() {
                    answer["permissions"] = Value::Array(asked);
                }
                Ok(answer)
            }
        }
    }

    fn shown_policy(&self, key: &str, version: u64, style: &Style) -> Value {
        let mut policy = self.store.policies.get(key).cloned().unwrap_or_else(|| json!({"etag": "ACAB"}));
        if version < 3 {
            // Clients that do not know conditions see roles that nobody would take for the real ones.
            for binding in policy.get_mut("bindings").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(condition) = json::take(binding, "condition") {
                    let name = format!(
                        "{}_withcond_{}",
                        json::string(binding, "role"),
                        short_hash(&condition.to_string())
                    );
                    json::put(binding, "role", name);
                }
            }
            if policy.get("version").is_some() {
                policy["version"] = json!(1);
            }
        }
        decorate(policy, style)
    }

    fn set_policy(&mut self, key: &str, body: &Value, style: &Style) -> Result<Value, Refusal> {
        let mut policy = match body.get("policy") {
            Some(policy) => policy.clone(),
            None if style.kind.is_some() => body.clone(),
            None => {
                let mut plain = json!({});
                for name in ["bindings", "etag"] {
                    if let Some(value) = body.get(name) {
                        plain[name] = value.clone();
                    }
                }
                plain
            }
        };
        let current = self.store.policies.get(key);
        let known = current.map_or_else(|| "ACAB".to_owned(), |current| json::string(current, "etag"));
        // Clients may write the same bytes in the alphabet for URLs.
        let bytes = |etag: &str| etag.trim_end_matches('=').replace('-', "+").replace('_', "/");
        if let Some(given) = json::text(&policy, "etag")
            && bytes(given) != bytes(&known)
        {
            return Err(Refusal::concurrent());
        }
        let conditions =
            json::list(&policy, "bindings").iter().any(|binding| binding.get("condition").is_some());
        if conditions && policy.get("version").and_then(Value::as_u64) != Some(3) {
            return Err(Refusal::invalid(
                "The specified policy has conditions and is not of version 3: set `version` to 3.",
            ));
        }
        for binding in json::list(&policy, "bindings") {
            self.check_binding(binding)?;
        }
        let mut merged: Vec<Value> = Vec::new();
        for binding in json::list(&policy, "bindings") {
            let mut members: Vec<String> =
                json::texts(binding, "members[]").into_iter().map(str::to_owned).collect();
            let same = merged.iter_mut().find(|other| {
                other.get("role") == binding.get("role") && other.get("condition") == binding.get("condition")
            });
            match same {
                Some(other) => {
                    members.extend(json::texts(other, "members[]").into_iter().map(str::to_owned));
                    members.sort();
                    members.dedup();
                    other["members"] = json!(members);
                }
                None if members.is_empty() => {}
                None => {
                    members.sort();
                    members.dedup();
                    let mut binding = binding.clone();
                    binding["members"] = json!(members);
                    merged.push(binding);
                }
            }
        }
        merged.sort_by_key(|binding| json::string(binding, "role"));
        if merged.is_empty() {
            json::take(&mut policy, "bindings");
        } else {
            policy["bindings"] = Value::Array(merged);
        }
        if policy.get("version").and_then(Value::as_u64).unwrap_or(0) == 0 {
            policy["version"] = json!(1);
        }
        for name in ["kind", "resourceId"] {
            json::take(&mut policy, name);
        }
        policy["etag"] = json!(etag(&json!([policy, self.store.number()])));
        self.store.policies.insert(key.to_owned(), policy.clone());
        Ok(decorate(policy, style))
    }

    fn check_binding(&self, binding: &Value) -> Result<(), Refusal> {
        let role = json::string(binding, "role");
        let form =
            regex::Regex::new("^(roles/[A-Za-z0-9_.]+|(projects|organizations)/[^/]+/roles/[A-Za-z0-9_.]+)$");
        if !form.is_ok_and(|form| form.is_match(&role)) {
            return Err(Refusal::invalid(format!("Role {role} is not supported for this resource.")));
        }
        if !role.starts_with("roles/") && !self.store.objects.contains_key(&format!("iam:{role}")) {
            return Err(Refusal::invalid(format!(
                "Role ({role}) does not exist in the resource's hierarchy."
            )));
        }
        for member in json::texts(binding, "members[]") {
            self.check_member(member)?;
        }
        Ok(())
    }

    fn check_member(&self, member: &str) -> Result<(), Refusal> {
        let (kind, name) = member.split_once(':').unwrap_or((member, ""));
        let wrong = || Refusal::invalid(format!("Invalid IAM member \"{member}\"."));
        match kind {
            "allUsers" | "allAuthenticatedUsers" => Ok(()),
            "projectOwner" | "projectEditor" | "projectViewer" | "principal" | "principalSet" | "deleted"
            | "domain"
                if !name.is_empty() =>
            {
                Ok(())
            }
            "serviceAccount" if name.contains(".svc.id.goog[") => Ok(()),
            "user" | "group" | "serviceAccount" => {
                let (_, domain) =
                    name.split_once('@').filter(|(local, _)| !local.is_empty()).ok_or_else(wrong)?;
                let project = domain.strip_suffix(".iam.gserviceaccount.com");
                let ours =
                    project.filter(|project| kind == "serviceAccount" && self.project(project).is_some());
                match ours {
                    Some(project)
                        if !self
                            .store
                            .objects
                            .contains_key(&format!("iam:projects/{project}/serviceAccounts/{name}")) =>
                    {
                        Err(Refusal::invalid(format!("Service account {name} does not exist.")))
                    }
                    _ if domain.contains('.') => Ok(()),
                    _ => Err(wrong()),
                }
            }
            _ => Err(wrong()),
        }
    }

    /// Whether a member has one of some roles on a resource, directly or by what is above it.
    pub(crate) fn has_role(&self, member: &str, roles: &[&str], keys: &[String]) -> bool {
        keys.iter().filter_map(|key| self.store.policies.get(key)).any(|policy| {
            json::list(policy, "bindings").iter().any(|binding| {
                roles.contains(&json::string(binding, "role").as_str())
                    && json::texts(binding, "members[]").contains(&member)
            })
        })
    }
}

fn decorate(mut policy: Value, style: &Style) -> Value {
    if let Some(kind) = style.kind {
        policy["kind"] = json!(kind);
    }
    if let Some(resource) = &style.resource {
        policy["resourceId"] = json!(resource);
    }
    policy
}
