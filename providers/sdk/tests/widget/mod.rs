//! A resource type that uses every word, and a provider with an attribute that all types have.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use terrane_provider::{Private, Renewal};
use terrane_sdk::{
    ApplyContext, AttributeSpec, Attributes, Auto, Block, BlockSpec, Computed, DataSource, DataSourceType,
    Diagnostics, Ephemeral, EphemeralType, Error, Failure, NestedSpec, Nesting, PlanContext, Presence,
    ProviderDefinition, Resource, ResourceType, Type, TypeKind, Value, async_trait, data_sources,
    ephemeral_resources, imported, resources, validate,
};

/// A thing for tests.
#[derive(Clone, Debug, Resource)]
#[resource(name = "test_widget", version = 2, timeouts(create = "20m", delete = "1h"))]
pub struct Widget {
    #[attr(keep)]
    pub id: Computed<String>,
    /// Its name.
    #[attr(force_new, validate = validate::length(1..=8))]
    pub name: String,
    #[attr(keep, conflicts_with = "zone_id")]
    pub zone: Auto<String>,
    #[attr(keep)]
    pub zone_id: Auto<String>,
    pub revision: Computed<i64>,
    #[attr(default = 1)]
    pub size: Option<i64>,
    pub note: Option<String>,
    pub enabled: Option<bool>,
    #[attr(json)]
    pub policy: Option<String>,
    #[attr(sensitive, write_only)]
    pub secret: Option<String>,
    #[attr(as_blocks)]
    pub rule: Auto<BTreeSet<Rule>>,
    #[attr(name = "self")]
    pub own: Option<bool>,
    pub tags: BTreeMap<String, String>,
    #[block(max = 2)]
    pub disk: Vec<Disk>,
    #[block]
    pub port: BTreeSet<Port>,
    #[block(computed)]
    pub options: Option<Options>,
}

/// A ticket that is good until it is handed back.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "test_ticket")]
pub struct Ticket {
    /// Who gets it.
    pub holder: String,
    #[attr(sensitive)]
    pub number: Computed<String>,
}

/// A search that finds everything but what takes forever.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "test_search")]
pub struct Search {
    /// What is looked for.
    pub text: String,
    pub found: Computed<String>,
}

#[async_trait]
impl DataSource for Search {
    type Client = Region;

    async fn read(_client: &Region, config: Search) -> Result<Search, Error> {
        match &*config.text {
            "forever" => std::future::pending().await,
            text => Ok(Search { found: text.to_owned().into(), ..config }),
        }
    }
}

/// The block of time-outs that searches have.
fn timeouts() -> NestedSpec {
    let read = AttributeSpec::new(Type::String, Presence::Optional);
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
impl Ephemeral for Ticket {
    type Client = Region;

    async fn open(client: &Region, config: Ticket) -> Result<(Ticket, Renewal), Error> {
        let private = Private::from(config.holder.as_bytes());
        let number = format!("{} of {}", config.holder, client.name).into();
        let renew_after = Some(std::time::Duration::from_secs(60));
        Ok((Ticket { number, ..config }, Renewal { private, renew_after }))
    }

    async fn close(_client: &Region, private: &Private) -> Result<(), Error> {
        match &**private {
            b"a" => Ok(()),
            _ => Err(Error::new("Not handed back", "Nobody else had one.")),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Rule {
    pub cidr: Option<String>,
    pub from: i64,
    pub groups: BTreeSet<String>,
}

#[derive(Clone, Debug, Block)]
pub struct Disk {
    #[attr(force_new)]
    pub kind: Option<String>,
    pub size: i64,
    #[attr(keep)]
    pub device: Computed<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Port {
    pub number: i64,
    #[attr(default = "tcp")]
    pub protocol: Option<String>,
    pub uid: Computed<String>,
}

#[derive(Clone, Debug, Block)]
pub struct Options {
    pub mode: Auto<String>,
}

/// A region, with what is to go wrong.
#[derive(Default)]
pub struct Region {
    pub name: String,
    pub fail: bool,
}

#[async_trait]
impl Resource for Widget {
    type Client = Region;

    async fn create(region: &Region, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let seconds = cx.timeout.map(|t| t.as_secs());
        let made = Widget {
            id: format!("{}/{}", region.name, planned.name).into(),
            zone: planned.zone.0.unwrap_or_else(|| "z1".to_owned()).into(),
            zone_id: planned.zone_id.0.unwrap_or_else(|| "zid".to_owned()).into(),
            revision: 1.into(),
            note: planned.note.or(Some(String::new())),
            enabled: planned.enabled.or(Some(false)),
            policy: planned.policy.map(|p| p.replace(' ', "")),
            rule: planned.rule.0.unwrap_or_default().into(),
            port: planned.port.into_iter().map(|p| Port { uid: "u".into(), ..p }).collect(),
            disk: planned.disk.into_iter().map(|d| Disk { device: "sda".into(), ..d }).collect(),
            options: Some(Options { mode: format!("{seconds:?} {:?}", cx.write_only("secret")).into() }),
            ..planned
        };
        if region.fail {
            return Err(Failure::partial(Error::new("creating widget", "It broke.").code("Broken"), made));
        }
        Ok(made)
    }

    async fn read(region: &Region, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let count = states.len() as i64;
        let read = |state: Self| {
            if state.id.as_deref() == Some("gone") {
                return Ok(None);
            }
            if region.name.is_empty() {
                return Err(Error::new("reading widget", "No region."));
            }
            Ok(Some(Widget { revision: count.into(), enabled: Some(false), ..state }))
        };
        states.into_iter().map(read).collect()
    }

    const PART: bool = true;

    async fn list(region: &Region) -> Result<Option<Vec<Self>>, Error> {
        Ok(Some(imported(region, ["here".to_owned(), "gone".to_owned()]).await?))
    }

    async fn update(_: &Region, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let revision = prior.revision.known()? + 1;
        Ok(Widget { revision: revision.into(), ..planned })
    }

    async fn delete(region: &Region, _: Self, _: &ApplyContext) -> Result<(), Error> {
        if region.fail { Err(Error::new("deleting widget", "It is in use.")) } else { Ok(()) }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("name", Value::from("imported"))])
    }

    fn plan(cx: &mut PlanContext<'_, Region>) {
        if cx.changed("size") && cx.prior("note").as_str() == Some("fixed") {
            cx.force_new("size");
        }
    }
}

/// The provider: every type has a `region`, which the struct knows nothing of.
pub struct Definition;

#[async_trait]
impl ProviderDefinition for Definition {
    type Client = Region;

    fn configuration(&self) -> BlockSpec {
        BlockSpec::default()
    }

    fn resources(&self) -> Vec<ResourceType<Region>> {
        resources![Widget]
    }

    fn data_sources(&self) -> Vec<DataSourceType<Region>> {
        data_sources![Search]
    }

    fn ephemeral_resources(&self) -> Vec<EphemeralType<Region>> {
        ephemeral_resources![Ticket]
    }

    async fn configure(&self, _: &Value) -> Result<Arc<Region>, Diagnostics> {
        Ok(Arc::new(Region { name: "eu".to_owned(), fail: false }))
    }

    fn extend(&self, kind: TypeKind, _: &str, spec: &mut BlockSpec) {
        if kind == TypeKind::DataSource {
            spec.blocks.insert("timeouts", timeouts());
        }
        let mut region = terrane_sdk::field::attribute_of::<Auto<String>>();
        region.force_new = true;
        spec.attributes.insert("region", region);
    }

    fn client(&self, _: &str, client: &Arc<Region>, object: &Value) -> Result<Arc<Region>, Error> {
        match object.attribute("region").as_ref().and_then(Value::as_str) {
            Some(name) if name != client.name => {
                Ok(Arc::new(Region { name: name.to_owned(), fail: client.fail }))
            }
            _ => Ok(client.clone()),
        }
    }

    fn plan(&self, cx: &mut PlanContext<'_, Region>) {
        if cx.config("region").is_null() {
            cx.set("region", Value::from(cx.client().name.as_str()));
        }
    }

    fn encode(&self, _: TypeKind, _: &str, client: &Region, _: &Value, object: Value) -> Value {
        object.with_attribute("region", Value::from(client.name.as_str()))
    }
}
