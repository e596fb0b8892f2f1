//! What is true for all types of the provider: its tables of types, `project`, `region` and
//! `zone` of objects that name none, and labels.

use crate::access::ACCESS;
use crate::client::{Google, Limits, is_disabled};
use crate::configuration::{Configuration, endpoints};
use crate::{
    bigquery, client_data, compute, container, dns, iam, kms, known_types, labels, logging, orgpolicy,
    pubsub, resourcemanager, serviceaccounts, storage,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use terrane_sdk::{
    AttributeSpec, BlockSpec, DataSourceType, Diagnostic, Diagnostics, Error, PlanContext, Presence,
    ProviderDefinition, ResourceType, Type, TypeKind, Value, async_trait,
    provider::{Access, Account, HistoryEvent, HistoryQuery, Scope, Traffic},
};

/// The provider `hashicorp/google`.
#[derive(Default)]
pub struct GoogleProvider {
    limits: Arc<Limits>,
    clients: Mutex<BTreeMap<Value, Arc<Google>>>,
}

#[async_trait]
impl ProviderDefinition for GoogleProvider {
    type Client = Google;

    fn configuration(&self) -> BlockSpec {
        Configuration::spec()
    }

    fn meta(&self) -> Option<BlockSpec> {
        let mut name = AttributeSpec::new(Type::String, Presence::Optional);
        name.description = "The module's name.".into();
        Some(BlockSpec { attributes: [("module_name", name)].into(), ..BlockSpec::default() })
    }

    fn access(&self) -> Option<Access> {
        Some(ACCESS)
    }

    fn resources(&self) -> Vec<ResourceType<Google>> {
        let mut all = compute::resources();
        all.extend(bigquery::resources());
        all.extend(container::resources());
        all.extend(dns::resources());
        all.extend(iam::resources());
        all.extend(kms::resources());
        all.extend(logging::resources());
        all.extend(orgpolicy::resources());
        all.extend(pubsub::resources());
        all.extend(resourcemanager::resources());
        all.extend(serviceaccounts::resources());
        all.extend(storage::resources());
        all
    }

    fn data_sources(&self) -> Vec<DataSourceType<Google>> {
        let mut all = compute::data_sources();
        all.extend(client_data::data_sources());
        all.extend(container::data_sources());
        all.extend(iam::data_sources());
        all.extend(resourcemanager::data_sources());
        all.extend(serviceaccounts::data_sources());
        all.extend(storage::data_sources());
        all
    }

    fn known_types(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        (known_types::RESOURCES.to_vec(), known_types::DATA_SOURCES.to_vec())
    }

    /// The lists have what is looked for first; the reference provider has some thousand types.
    fn has_other_types(&self) -> bool {
        true
    }

    fn validate(&self, config: &Value, diagnostics: &mut Diagnostics) {
        for name in endpoints::unused(config) {
            let detail = format!("No type served here calls that service, so {name} changes nothing.");
            diagnostics.push(Diagnostic::warning("Endpoint without effect", detail).on_attribute(name));
        }
    }

    fn imports_defaults(&self) -> bool {
        true
    }

    async fn configure(&self, config: &Value) -> Result<Arc<Google>, Diagnostics> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(config) {
            return Ok(client.clone());
        }
        let client = Google::open(config, self.limits.clone())?;
        clients.insert(config.clone(), client.clone());
        Ok(client)
    }

    fn identity(&self, client: &Google) -> String {
        client.identity()
    }

    fn extend(&self, kind: TypeKind, _: &str, spec: &mut BlockSpec) {
        spec.empty_is_unset();
        // Here an empty text is a value of its own: what is equal is so letter by letter, and what leads to a service of
        // somebody else is of no scheme.
        for name in ["default_collation", "load_balancing_scheme"] {
            if let Some(attribute) = spec.attributes.get_mut(name) {
                attribute.empty_is_unset = false;
            }
        }
        if kind == TypeKind::Resource && LABELS.iter().any(|name| spec.attributes.contains_key(name)) {
            for (name, what) in [
                ("terraform_labels", "The labels of the configuration together with the provider's."),
                ("effective_labels", "All labels that the object has."),
            ] {
                let mut attribute = AttributeSpec::new(Type::map(Type::String), Presence::Computed);
                attribute.keep = true;
                attribute.description = what.into();
                spec.attributes.insert(name, attribute);
            }
        }
    }

    fn plan(&self, cx: &mut PlanContext<'_, Google>) {
        for (name, default) in defaults(cx.client()) {
            if cx.has(name) && cx.config(name).is_null() {
                match default {
                    Some(value) => {
                        cx.set(name, Value::from(value));
                        if cx.changed(name) {
                            cx.force_new(name);
                        }
                    }
                    None if cx.is_create() && cx.planned(name).as_str().is_none() => {
                        let detail = format!(
                            "Neither this {} nor the provider configuration says in which {name} it is to be.",
                            cx.type_name()
                        );
                        cx.error_on(name, format!("Missing {name}"), detail);
                    }
                    None => {}
                }
            }
        }
        if cx.has("terraform_labels") {
            let managed_before = cx.prior("terraform_labels");
            let labels = LABELS.iter().find(|name| cx.has(name)).map_or(Value::NULL, |name| cx.planned(name));
            let planned = cx.client().labels().planned(&labels, &managed_before);
            let effective = labels::effective(&planned, &cx.prior("effective_labels"), &managed_before);
            cx.set("terraform_labels", planned);
            cx.set("effective_labels", effective);
        }
    }

    /// The struct of a type has as `labels` all that the object has, and a project and region always.
    fn decode(&self, kind: TypeKind, _: &str, client: &Google, mut object: Value) -> Value {
        for (name, default) in defaults(client) {
            let unset = object.attribute(name).is_some_and(|v| v.is_null() || !v.is_known());
            if let (true, Some(default)) = (unset, default) {
                object = object.with_attribute(name, Value::from(default));
            }
        }
        match object.attribute("effective_labels") {
            Some(all) if kind == TypeKind::Resource && all.is_known() && !all.is_null() => {
                let labels = labels_of(&object);
                object.with_attribute(labels, all)
            }
            _ => object,
        }
    }

    fn encode(&self, kind: TypeKind, _: &str, client: &Google, before: &Value, object: Value) -> Value {
        let name = labels_of(&object);
        let Some(effective) = object.attribute(name).filter(|_| kind == TypeKind::Resource) else {
            return object;
        };
        let known = |name: &str| before.attribute(name).unwrap_or(Value::NULL);
        // After an import nothing says which labels the configuration has: those that the provider does not give.
        let imported = known("terraform_labels").is_null();
        let labels = match known(name) {
            _ if imported => client.labels().not_given(&effective),
            labels if labels.is_null() => Value::null(Type::map(Type::String)),
            labels => labels::mentioned(&effective, &labels),
        };
        let managed = match imported {
            true => labels::mentioned(&effective, &effective),
            false => labels::mentioned(&effective, &known("terraform_labels")),
        };
        object
            .with_attribute(name, labels)
            .with_attribute("terraform_labels", managed)
            .with_attribute("effective_labels", labels::mentioned(&effective, &effective))
    }

    /// An object is in the project that it names, and lists are of the connection's.
    async fn scope(&self, client: &Google, _: &str, object: Option<&Value>) -> Result<Scope, Error> {
        let named =
            |name: &str| object?.attribute(name)?.as_str().filter(|text| !text.is_empty()).map(Arc::from);
        let account = named("project").or_else(|| client.project().map(Arc::from)).unwrap_or_default();
        let region: Arc<str> =
            ["region", "location", "zone"].iter().find_map(|name| named(name)).unwrap_or_default();
        // It may be given as a URL.
        let region = Arc::from(region.rsplit('/').next().unwrap_or_default());
        Ok(Scope { account, region })
    }

    async fn history(
        &self,
        client: &Arc<Google>,
        query: &HistoryQuery,
    ) -> Result<Option<Vec<HistoryEvent>>, Error> {
        self.entries(client, query).await
    }

    async fn accounts(
        &self,
        client: &Google,
        config: &Value,
        organization: &str,
    ) -> Result<Option<Vec<Account>>, Error> {
        resourcemanager::accounts(client, config, organization).await
    }

    fn has_no_service(&self, error: &Error) -> bool {
        is_disabled(error)
    }

    fn traffic(&self) -> Vec<Traffic> {
        self.limits.traffic()
    }
}

/// What types call their labels; clusters have labels of nodes besides.
const LABELS: [&str; 2] = ["labels", "resource_labels"];

/// What an object calls its labels.
fn labels_of(object: &Value) -> &'static str {
    LABELS.into_iter().find(|name| object.attribute(name).is_some()).unwrap_or(LABELS[0])
}

/// What the provider configuration says for objects that do not.
fn defaults(client: &Google) -> [(&'static str, Option<&str>); 3] {
    [("project", client.project()), ("region", client.region()), ("zone", client.zone())]
}

/// The project that an object is in.
pub(crate) fn project_of<'a>(google: &'a Google, own: Option<&'a str>) -> Result<&'a str, Error> {
    own.or(google.project()).ok_or_else(|| {
        Error::new("Missing project", "Neither the object nor the provider configuration names a project.")
            .attribute("project")
    })
}
