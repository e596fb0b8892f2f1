//! A provider that makes nothing.

use super::{Invention, filled};
use async_trait::async_trait;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_config::During;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_provider::{
    ApplyRequest, ApplyResponse, Client, ImportedObject, Opened, PlanRequest, PlanResponse, Private,
    Provider, ProviderSchema, ReadObject, ReadResponse, Renewal,
};
use terrane_schema::Schema;
use terrane_value::Value;

/// Stands in for a provider: it has the real one's schemas and checks configurations as that one
/// does, and calls nothing else of it.
pub(crate) struct StandIn {
    real: Arc<dyn Provider>,
    /// What is given for types, by whether they are data sources and by name.
    types: BTreeMap<(bool, Arc<str>), Invention>,
    /// What is given for all others.
    others: Invention,
}

impl StandIn {
    pub(crate) fn new(
        real: Arc<dyn Provider>,
        types: BTreeMap<(bool, Arc<str>), Invention>,
        others: Invention,
    ) -> StandIn {
        StandIn { real, types, others }
    }

    fn invention(&self, data: bool, type_name: &str) -> &Invention {
        self.types.get(&(data, type_name.into())).unwrap_or(&self.others)
    }

    fn fill(
        &self,
        schema: &Schema,
        object: &Value,
        invention: &Invention,
        known: bool,
    ) -> Result<Value, Diagnostics> {
        filled(&schema.block, object, invention.given.as_ref(), known).map_err(|reason| {
            Diagnostic::error(
                "Invalid value given by test",
                format!("A value that the test gives for a computed attribute is not of its type: {reason}."),
            )
            .into()
        })
    }
}

/// A connection to nothing.
struct Nowhere;

impl Client for Nowhere {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn unknown_type(type_name: &str) -> Diagnostics {
    Diagnostic::error("Unknown type", format!("The provider that is mocked has no {type_name}.")).into()
}

#[async_trait]
impl Provider for StandIn {
    fn schema(&self) -> Arc<ProviderSchema> {
        self.real.schema()
    }

    fn validate_resource(&self, type_name: &str, config: &Value) -> Diagnostics {
        self.real.validate_resource(type_name, config)
    }

    fn validate_data_source(&self, type_name: &str, config: &Value) -> Diagnostics {
        self.real.validate_data_source(type_name, config)
    }

    fn validate_ephemeral(&self, type_name: &str, config: &Value) -> Diagnostics {
        self.real.validate_ephemeral(type_name, config)
    }

    async fn configure(&self, _config: &Value) -> Result<Arc<dyn Client>, Diagnostics> {
        Ok(Arc::new(Nowhere))
    }

    async fn read(
        &self,
        _client: &Arc<dyn Client>,
        _type_name: &str,
        objects: Vec<ReadObject>,
    ) -> Vec<Result<Option<ReadResponse>, Diagnostics>> {
        let same = |object: ReadObject| ReadResponse { state: object.state, private: object.private };
        objects.into_iter().map(|object| Ok(Some(same(object)))).collect()
    }

    async fn plan(&self, _client: &Arc<dyn Client>, request: PlanRequest) -> PlanResponse {
        let (mut planned, mut diagnostics) = (request.proposed.clone(), Diagnostics::new());
        if request.prior.is_null()
            && let Some(schema) = self.schema().resources.get(&*request.type_name)
        {
            let invention = self.invention(false, &request.type_name);
            match self.fill(schema, &request.proposed, invention, invention.during == During::Plan) {
                Ok(object) => planned = object,
                Err(problems) => diagnostics = problems,
            }
        }
        PlanResponse {
            planned,
            requires_replace: Vec::new(),
            private: request.private,
            legacy_types: false,
            diagnostics,
        }
    }

    async fn apply(&self, _client: &Arc<dyn Client>, request: ApplyRequest) -> ApplyResponse {
        let (mut state, mut diagnostics) = (request.planned.clone(), Diagnostics::new());
        if !request.planned.is_null()
            && let Some(schema) = self.schema().resources.get(&*request.type_name)
        {
            match self.fill(schema, &request.planned, self.invention(false, &request.type_name), true) {
                Ok(object) => state = object,
                Err(problems) => (state, diagnostics) = (request.prior.clone(), problems),
            }
        }
        ApplyResponse { state, private: request.private, legacy_types: false, diagnostics }
    }

    async fn import(
        &self,
        _client: &Arc<dyn Client>,
        type_name: &str,
        id: &str,
    ) -> Result<Vec<ImportedObject>, Diagnostics> {
        let schema = self.schema();
        let schema = schema.resources.get(type_name).ok_or_else(|| unknown_type(type_name))?;
        let object =
            self.fill(schema, &schema.block.empty_value(), self.invention(false, type_name), true)?;
        let state = match schema.block.attributes.contains_key("id") {
            true => object.with_attribute("id", Value::from(id)),
            false => object,
        };
        Ok(vec![ImportedObject { type_name: type_name.to_owned(), state, private: Private::from([]) }])
    }

    async fn read_data(
        &self,
        _client: &Arc<dyn Client>,
        type_name: &str,
        config: Value,
    ) -> Result<Value, Diagnostics> {
        let schema = self.schema();
        let schema = schema.data_sources.get(type_name).ok_or_else(|| unknown_type(type_name))?;
        self.fill(schema, &config, self.invention(true, type_name), true)
    }

    async fn open(
        &self,
        _client: &Arc<dyn Client>,
        type_name: &str,
        config: Value,
    ) -> Result<Opened, Diagnostics> {
        let schema = self.schema();
        let schema = schema.ephemeral.get(type_name).ok_or_else(|| unknown_type(type_name))?;
        let value = self.fill(schema, &config, &Invention::default(), true)?;
        Ok(Opened { value, renewal: Renewal { private: Private::from([]), renew_after: None } })
    }
}
