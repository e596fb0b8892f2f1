//! A provider driven as the engine drives it, with what every resource type must keep: an object reads
//! back as it was made and then needs no change, plans come true, a second delete is no error. What is
//! not so panics: this is for tests.

use super::object;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use terrane_provider::{
    ApplyRequest, Client, OperationToken, PlanRequest, PlanResponse, Private, Provider, ReadObject,
};
use terrane_schema::{Block, proposed_new};
use terrane_value::{Type, Value, to_json};

/// A configured provider.
pub struct Driver {
    /// The provider.
    pub provider: Arc<dyn Provider>,
    /// Its connection.
    pub client: Arc<dyn Client>,
    tokens: AtomicU64,
}

/// What a change turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A new object.
    Create,
    /// A change of the object.
    Update,
    /// A new object in its place.
    Replace,
    /// No change.
    Nothing,
}

impl Driver {
    /// Configures a provider; `config` may leave out what is not set.
    pub async fn open(provider: Arc<dyn Provider>, config: &Json) -> Driver {
        let config = object(&provider.schema().provider.block, config).expect("the configuration is valid");
        let problems = provider.validate_provider(&config);
        assert!(!problems.has_errors(), "{problems:?}");
        let client = provider.configure(&config).await.expect("the provider can be configured");
        Driver { provider, client, tokens: AtomicU64::new(0) }
    }

    /// The schema of a resource type.
    pub fn block(&self, type_name: &str) -> Block {
        self.provider.schema().resources[type_name].block.clone()
    }

    /// A token of its own.
    pub fn token(&self) -> OperationToken {
        let n = self.tokens.fetch_add(1, Ordering::Relaxed);
        OperationToken(format!("{}-{n}", std::process::id()).into())
    }

    /// A configuration from JSON in which anything may be left out.
    pub fn config(&self, type_name: &str, json: &Json) -> Value {
        let block = self.block(type_name);
        let mut json = json.clone();
        complete_attributes(&mut json, &block);
        let config = object(&block, &json).unwrap_or_else(|e| panic!("{type_name} {json}: {e}"));
        let problems = self.provider.validate_resource(type_name, &config);
        assert!(!problems.has_errors(), "{type_name} {json}: {problems:?}");
        config
    }

    /// The summaries of what is wrong with a configuration.
    pub fn problems(&self, type_name: &str, json: &Json) -> Vec<String> {
        let block = self.block(type_name);
        let mut json = json.clone();
        complete_attributes(&mut json, &block);
        let config = object(&block, &json).unwrap_or_else(|e| panic!("{type_name} {json}: {e}"));
        let problems = self.provider.validate_resource(type_name, &config);
        problems.iter().map(|d| d.summary.to_string()).collect()
    }

    /// What a plan warns of.
    pub async fn warnings(&self, type_name: &str, prior: &Value, json: &Json) -> Vec<String> {
        let response = self.planned(type_name, prior, &self.config(type_name, json)).await;
        response.diagnostics.iter().map(|d| format!("{}: {}", d.summary, d.detail)).collect()
    }

    async fn planned(&self, type_name: &str, prior: &Value, config: &Value) -> PlanResponse {
        let request = PlanRequest {
            type_name: type_name.to_owned(),
            prior: prior.clone(),
            config: config.clone(),
            proposed: proposed_new(&self.block(type_name), prior, config),
            private: Private::from([]),
        };
        self.provider.plan(&self.client, request).await
    }

    /// Plans `config` over `prior`.
    pub async fn plan(&self, type_name: &str, prior: &Value, config: &Value) -> (Action, Value) {
        let response = self.planned(type_name, prior, config).await;
        assert!(!response.diagnostics.has_errors(), "{type_name}: {:?}", response.diagnostics);
        let action = match () {
            () if prior.is_null() => Action::Create,
            () if !response.requires_replace.is_empty() => Action::Replace,
            () if response.planned == *prior => Action::Nothing,
            () => Action::Update,
        };
        (action, response.planned)
    }

    /// Applies a change.
    pub async fn change(
        &self,
        type_name: &str,
        prior: &Value,
        planned: &Value,
        config: &Value,
        token: OperationToken,
        repeated: bool,
    ) -> Value {
        let request = ApplyRequest {
            type_name: type_name.to_owned(),
            prior: prior.clone(),
            config: config.clone(),
            planned: planned.clone(),
            private: Private::from([]),
            token,
            write_only_changed: Vec::new(),
            repeated,
        };
        let response = self.provider.apply(&self.client, request).await;
        assert!(!response.diagnostics.has_errors(), "{type_name}: {:?}", response.diagnostics);
        if !planned.is_null() {
            self.check_promise(type_name, planned, &response.state);
        }
        response.state
    }

    /// What was planned must have come true.
    fn check_promise(&self, type_name: &str, planned: &Value, state: &Value) {
        let broken: Vec<_> = (planned.as_map().into_iter().flatten())
            .filter(|(name, value)| value.is_wholly_known() && state.attribute(name).as_ref() != Some(value))
            .map(|(name, value)| format!("{name}: {value:?} became {:?}", state.attribute(name)))
            .collect();
        assert!(broken.is_empty(), "{type_name} does not keep its plan: {broken:#?}");
        assert!(state.is_wholly_known(), "{type_name}: {state:?}");
    }

    /// Plans and applies, and checks that the object then reads as it is and needs no change.
    pub async fn apply(&self, type_name: &str, prior: &Value, json: Json) -> (Action, Value) {
        let config = self.config(type_name, &json);
        let (action, planned) = self.plan(type_name, prior, &config).await;
        let state = match action {
            Action::Nothing => prior.clone(),
            Action::Replace => {
                self.destroy(type_name, prior).await;
                self.change(type_name, &Value::NULL, &planned, &config, self.token(), false).await
            }
            _ => self.change(type_name, prior, &planned, &config, self.token(), false).await,
        };
        if matches!(action, Action::Create | Action::Replace) {
            self.settled(type_name, &state).await;
        }
        let read = self.read(type_name, &state).await.unwrap_or_else(|| panic!("{type_name} is gone"));
        assert_same(type_name, "read", &state, &read);
        let (again, planned) = self.plan(type_name, &read, &config).await;
        assert_same(type_name, "planned again", &read, &planned);
        assert_eq!(again, Action::Nothing, "{type_name}");
        (action, state)
    }

    /// Creates an object.
    pub async fn create(&self, type_name: &str, json: Json) -> Value {
        let (action, state) = self.apply(type_name, &Value::NULL, json).await;
        assert_eq!(action, Action::Create);
        state
    }

    /// Creates an object, and creates it again as after a crash before the outcome was written
    /// down: the second attempt must find what the first one made.
    pub async fn create_twice(&self, type_name: &str, json: Json) -> Value {
        let config = self.config(type_name, &json);
        let (_, planned) = self.plan(type_name, &Value::NULL, &config).await;
        let token = self.token();
        let first = self.change(type_name, &Value::NULL, &planned, &config, token.clone(), false).await;
        let second = self.change(type_name, &Value::NULL, &planned, &config, token, true).await;
        assert_same(type_name, "created again", &first, &second);
        self.settled(type_name, &second).await;
        second
    }

    /// Says that the creation of `state` is recorded, as the engine does.
    pub async fn settled(&self, type_name: &str, state: &Value) {
        self.provider.settled(&self.client, type_name, state).await;
    }

    /// Reads one object.
    pub async fn read(&self, type_name: &str, state: &Value) -> Option<Value> {
        let mut read = self.read_all(type_name, std::slice::from_ref(state)).await;
        read.pop().flatten()
    }

    /// Reads objects, which must not fail.
    pub async fn read_all(&self, type_name: &str, states: &[Value]) -> Vec<Option<Value>> {
        let objects =
            states.iter().map(|s| ReadObject { state: s.clone(), private: Private::from([]) }).collect();
        let answers = self.provider.read(&self.client, type_name, objects).await;
        answers
            .into_iter()
            .map(|a| a.unwrap_or_else(|e| panic!("{type_name}: {e:?}")).map(|r| r.state))
            .collect()
    }

    /// Deletes an object, twice: the second time it is gone already.
    pub async fn destroy(&self, type_name: &str, state: &Value) {
        let null = Value::null(state.ty());
        for _ in 0..2 {
            self.change(type_name, state, &null, &Value::NULL, self.token(), false).await;
        }
        assert!(self.read(type_name, state).await.is_none(), "{type_name} is still there");
    }

    /// Imports an object and reads it, and checks that it is `state` but for `unknown` names.
    pub async fn import(&self, type_name: &str, id: &str, state: &Value, unknown: &[&str]) {
        let imported = (self.provider.import(&self.client, type_name, id).await)
            .unwrap_or_else(|e| panic!("{type_name} {id}: {e:?}"));
        let [imported] = &imported[..] else { panic!("{type_name} {id}: {imported:?}") };
        let object = ReadObject { state: imported.state.clone(), private: imported.private.clone() };
        let mut read = self.provider.read(&self.client, type_name, vec![object]).await;
        let read = read.pop().and_then(Result::ok).flatten().unwrap_or_else(|| panic!("{id} is not found"));
        let ignore =
            |value: &Value| unknown.iter().fold(value.clone(), |v, name| v.with_attribute(name, Value::NULL));
        assert_same(type_name, "imported", &ignore(state), &ignore(&read.state));
    }

    /// Reads a data source.
    pub async fn read_data(
        &self,
        type_name: &str,
        json: Json,
    ) -> Result<Value, terrane_diagnostics::Diagnostics> {
        let block = self.provider.schema().data_sources[type_name].block.clone();
        let config = object(&block, &json).unwrap_or_else(|e| panic!("{type_name} {json}: {e}"));
        self.provider.read_data(&self.client, type_name, config).await
    }

    /// Deletes an object that must stay: what is wrong.
    pub async fn refused_deletion(&self, type_name: &str, state: &Value) -> String {
        let request = ApplyRequest {
            type_name: type_name.to_owned(),
            prior: state.clone(),
            config: Value::NULL,
            planned: Value::null(state.ty()),
            private: Private::from([]),
            token: self.token(),
            write_only_changed: Vec::new(),
            repeated: false,
        };
        problems(&self.provider.apply(&self.client, request).await.diagnostics)
    }

    /// Creates an object; what is wrong when that fails.
    pub async fn attempt(&self, type_name: &str, planned: &Value, config: &Value) -> Result<Value, String> {
        let request = ApplyRequest {
            type_name: type_name.to_owned(),
            prior: Value::NULL,
            config: config.clone(),
            planned: planned.clone(),
            private: Private::from([]),
            token: self.token(),
            write_only_changed: Vec::new(),
            repeated: false,
        };
        let response = self.provider.apply(&self.client, request).await;
        match response.diagnostics.has_errors() {
            true => Err(problems(&response.diagnostics)),
            false => Ok(response.state),
        }
    }

    /// Creates an object that cannot be made: what is wrong.
    pub async fn refusal(&self, type_name: &str, json: Json) -> String {
        let config = self.config(type_name, &json);
        let (_, planned) = self.plan(type_name, &Value::NULL, &config).await;
        match self.attempt(type_name, &planned, &config).await {
            Err(problems) => problems,
            Ok(_) => panic!("{type_name} {json} was made"),
        }
    }
}

/// The texts of what is wrong, which something must be.
fn problems(diagnostics: &terrane_diagnostics::Diagnostics) -> String {
    assert!(diagnostics.has_errors(), "it was done");
    let texts = diagnostics.iter().map(|d| format!("{}: {}", d.summary, d.detail));
    texts.collect::<Vec<_>>().join("\n")
}

/// Fails with the attributes that differ.
pub fn assert_same(type_name: &str, what: &str, one: &Value, other: &Value) {
    let names: BTreeSet<_> = (one.as_map().into_iter().flatten())
        .chain(other.as_map().into_iter().flatten())
        .map(|(name, _)| name.clone())
        .collect();
    let differences: Vec<_> = (names.iter())
        .filter(|n| one.attribute(n) != other.attribute(n))
        .map(|n| format!("{n}: {:?} is {what} as {:?}", one.attribute(n), other.attribute(n)))
        .collect();
    assert!(differences.is_empty(), "{type_name}: {differences:#?}");
}

/// The text of an attribute.
pub fn text(state: &Value, name: &str) -> String {
    let value = state.attribute(name).unwrap_or(Value::NULL);
    value.as_str().unwrap_or_else(|| panic!("{name} is {value:?}")).to_owned()
}

/// An attribute as JSON.
pub fn get(state: &Value, name: &str) -> Json {
    to_json(&state.attribute(name).unwrap_or(Value::NULL)).expect("state is known")
}

/// Adds what is left out of objects in attributes that are written as blocks. What is left out of
/// blocks proper is added elsewhere.
fn complete_attributes(json: &mut Json, block: &Block) {
    let ty = block.implied_type();
    let Type::Object(ty) = ty else { return };
    for name in block.attributes.keys() {
        if let (Some(value), Some(ty)) = (json.get_mut(&**name), ty.attributes.get(name)) {
            complete(value, ty);
        }
    }
}

fn complete(json: &mut Json, ty: &Type) {
    match (json, ty) {
        (Json::Object(object), Type::Object(ty)) => {
            for (name, ty) in &ty.attributes {
                if let Some(value) = object.get_mut(&**name) {
                    complete(value, ty);
                }
            }
        }
        (Json::Array(elements), Type::List(ty) | Type::Set(ty)) => {
            for element in elements {
                if let (Json::Object(object), Type::Object(ty)) = (&mut *element, &**ty) {
                    for name in ty.attributes.keys() {
                        object.entry(name.to_string()).or_insert(Json::Null);
                    }
                }
                complete(element, ty);
            }
        }
        _ => {}
    }
}
