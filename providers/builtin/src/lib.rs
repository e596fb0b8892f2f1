//! The provider that is always there: `terraform.io/builtin/terraform`, with the resource type
//! `terraform_data` and the data source `terraform_remote_state`.
//!
//! Its values are of any type, so it implements the engine's trait itself instead of deriving
//! typed structs.

mod data;
mod remote_state;

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use terrane_sdk::async_trait;
use terrane_sdk::provider::{
    ApplyRequest, ApplyResponse, Client, ImportedObject, MoveRequest, PlanRequest, PlanResponse, Provider,
    ProviderSchema, ReadObject, ReadResponse,
};
use terrane_sdk::schema::{Attribute, AttributeType};
use terrane_sdk::{Diagnostic, Diagnostics, Type, Value};

/// The address under which the provider is known.
pub const ADDRESS: &str = "terraform.io/builtin/terraform";

pub use remote_state::StateReader;

/// The provider.
#[derive(Clone)]
pub struct Builtin {
    reader: Arc<dyn StateReader>,
}

impl Builtin {
    /// The provider, which reads states through `reader`.
    pub fn new(reader: Arc<dyn StateReader>) -> Builtin {
        Builtin { reader }
    }
}

struct NoClient;

impl Client for NoClient {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[async_trait]
impl Provider for Builtin {
    fn schema(&self) -> Arc<ProviderSchema> {
        static SCHEMA: LazyLock<Arc<ProviderSchema>> = LazyLock::new(|| {
            Arc::new(ProviderSchema {
                resources: BTreeMap::from([(Arc::from(data::NAME), data::schema().into())]),
                data_sources: BTreeMap::from([(
                    Arc::from(remote_state::NAME),
                    remote_state::schema().into(),
                )]),
                ..ProviderSchema::default()
            })
        });
        SCHEMA.clone()
    }

    fn validate_data_source(&self, type_name: &str, config: &Value) -> Diagnostics {
        match type_name {
            remote_state::NAME => remote_state::validate(config, &*self.reader),
            _ => unknown("data source", type_name).into(),
        }
    }

    async fn configure(&self, _: &Value) -> Result<Arc<dyn Client>, Diagnostics> {
        Ok(Arc::new(NoClient))
    }

    async fn move_state(&self, request: MoveRequest) -> Result<Option<ReadResponse>, Diagnostics> {
        data::moved(&request)
    }

    async fn read(
        &self,
        _: &Arc<dyn Client>,
        _: &str,
        objects: Vec<ReadObject>,
    ) -> Vec<Result<Option<ReadResponse>, Diagnostics>> {
        let same = |o: ReadObject| Ok(Some(ReadResponse { state: o.state, private: o.private }));
        objects.into_iter().map(same).collect()
    }

    async fn plan(&self, _: &Arc<dyn Client>, request: PlanRequest) -> PlanResponse {
        data::plan(request)
    }

    async fn apply(&self, _: &Arc<dyn Client>, request: ApplyRequest) -> ApplyResponse {
        data::apply(request)
    }

    async fn import(
        &self,
        _: &Arc<dyn Client>,
        type_name: &str,
        id: &str,
    ) -> Result<Vec<ImportedObject>, Diagnostics> {
        if type_name != data::NAME {
            return Err(unknown("resource type", type_name).into());
        }
        Ok(vec![data::import(id)])
    }

    async fn read_data(
        &self,
        _: &Arc<dyn Client>,
        type_name: &str,
        config: Value,
    ) -> Result<Value, Diagnostics> {
        match type_name {
            remote_state::NAME => remote_state::read(config, &*self.reader).await.map_err(Diagnostics::from),
            _ => Err(unknown("data source", type_name).into()),
        }
    }
}

fn unknown(kind: &str, name: &str) -> Diagnostic {
    Diagnostic::error(format!("Unknown {kind}"), format!("The provider {ADDRESS} has no {kind} {name:?}."))
}

/// An attribute with flags `r`equired, `o`ptional and `c`omputed.
fn attribute(ty: Type, flags: &str, description: &str) -> Attribute {
    Attribute {
        ty: AttributeType::Plain(ty),
        required: flags.contains('r'),
        optional: flags.contains('o'),
        computed: flags.contains('c'),
        sensitive: false,
        write_only: false,
        description: description.to_owned(),
        deprecated: None,
    }
}
