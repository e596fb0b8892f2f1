//! The provider as the engine drives it, against the endpoint under test.

use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use terrane_provider::{ApplyRequest, Client, OperationToken, PlanRequest, Private, Provider, ReadObject};
use terrane_provider_aws::AwsProvider;
use terrane_schema::{Block, proposed_new};
use terrane_sdk::NativeProvider;
use terrane_sdk::testing::object;
use terrane_value::{Type, Value, to_json};

/// A configured provider.
pub(crate) struct Cloud {
    pub(crate) provider: Arc<NativeProvider<AwsProvider>>,
    pub(crate) client: Arc<dyn Client>,
    pub(crate) endpoint: String,
    tokens: AtomicU64,
}

/// What a change turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Create,
    Update,
    Replace,
    Nothing,
}

impl Cloud {
    /// The cloud at the endpoint that the environment names, in its own region; `None`, with a
    /// word on standard error, when it names none.
    pub(crate) async fn open(region: &str) -> Option<Cloud> {
        Self::open_with(region, json!({})).await
    }

    /// The same with more settings.
    pub(crate) async fn open_with(region: &str, settings: Json) -> Option<Cloud> {
        let Ok(endpoint) = std::env::var("TERRANE_TEST_AWS_ENDPOINT") else {
            eprintln!("skipped: TERRANE_TEST_AWS_ENDPOINT is not set");
            return None;
        };
        Some(Self::open_at(endpoint, region, settings).await)
    }

    /// The cloud at the stub that the environment names, for what moto lacks.
    pub(crate) async fn open_stub(region: &str, settings: Json) -> Option<Cloud> {
        let Ok(endpoint) = std::env::var("TERRANE_TEST_AWS_STUB") else {
            eprintln!("skipped: TERRANE_TEST_AWS_STUB is not set");
            return None;
        };
        Some(Self::open_at(endpoint, region, settings).await)
    }

    /// The cloud at the stub, in an account of its own that a role leads into.
    pub(crate) async fn open_account(region: &str, account: &str) -> Option<Cloud> {
        let role = format!("arn:aws:iam::{account}:role/admin");
        Self::open_stub(region, json!({"assume_role": [{"role_arn": role}]})).await
    }

    async fn open_at(endpoint: String, region: &str, settings: Json) -> Cloud {
        let provider = terrane_provider_aws::provider();
        let mut config = json!({
            "region": region,
            "access_key": "AKIATEST",
            "secret_key": "secret",
            "s3_use_path_style": true,
            "endpoints": [{
                "cloudtrail": endpoint, "cloudwatch": endpoint, "directconnect": endpoint, "ec2": endpoint,
                "iam": endpoint, "kms": endpoint, "logs": endpoint, "organizations": endpoint, "ram": endpoint,
                "s3": endpoint, "sns": endpoint, "sqs": endpoint, "ssm": endpoint, "sts": endpoint,
            }],
        });
        for (key, value) in settings.as_object().expect("settings are an object") {
            config[key] = value.clone();
        }
        let config = object(&provider.schema().provider.block, &config).expect("the configuration is valid");
        assert!(!provider.validate_provider(&config).has_errors());
        let client = provider.configure(&config).await.expect("the provider can be configured");
        Cloud { provider, client, endpoint, tokens: AtomicU64::new(0) }
    }

    pub(crate) fn block(&self, type_name: &str) -> Block {
        self.provider.schema().resources[type_name].block.clone()
    }

    pub(crate) fn token(&self) -> OperationToken {
        let n = self.tokens.fetch_add(1, Ordering::Relaxed);
        OperationToken(format!("{}-{n}", std::process::id()).into())
    }

    /// A configuration from JSON in which anything may be left out.
    pub(crate) fn config(&self, type_name: &str, json: &Json) -> Value {
        let block = self.block(type_name);
        let mut json = json.clone();
        complete_attributes(&mut json, &block);
        let config = object(&block, &json).unwrap_or_else(|e| panic!("{type_name} {json}: {e}"));
        let problems = self.provider.validate_resource(type_name, &config);
        assert!(!problems.has_errors(), "{type_name} {json}: {problems:?}");
        config
    }

    /// The summaries of what is wrong with a configuration.
    pub(crate) fn problems(&self, type_name: &str, json: &Json) -> Vec<String> {
        let block = self.block(type_name);
        let mut json = json.clone();
        complete_attributes(&mut json, &block);
        let config = object(&block, &json).unwrap_or_else(|e| panic!("{type_name} {json}: {e}"));
        let problems = self.provider.validate_resource(type_name, &config);
        problems.iter().map(|d| d.summary.to_string()).collect()
    }

    /// Plans `config` over `prior`.
    pub(crate) async fn plan(&self, type_name: &str, prior: &Value, config: &Value) -> (Action, Value) {
        let response = (self.provider)
            .plan(
                &self.client,
                PlanRequest {
                    type_name: type_name.to_owned(),
                    prior: prior.clone(),
                    config: config.clone(),
                    proposed: proposed_new(&self.block(type_name), prior, config),
                    private: Private::from([]),
                },
            )
            .await;
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
    pub(crate) async fn change(
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
    pub(crate) async fn apply(&self, type_name: &str, prior: &Value, json: Json) -> (Action, Value) {
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
    pub(crate) async fn create(&self, type_name: &str, json: Json) -> Value {
        let (action, state) = self.apply(type_name, &Value::NULL, json).await;
        assert_eq!(action, Action::Create);
        state
    }

    /// Creates an object, and creates it again as after a crash before the outcome was written
    /// down: the second attempt must find what the first one made.
    pub(crate) async fn create_twice(&self, type_name: &str, json: Json) -> Value {
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
    pub(crate) async fn settled(&self, type_name: &str, state: &Value) {
        self.provider.settled(&self.client, type_name, state).await;
    }

    /// Reads one object.
    pub(crate) async fn read(&self, type_name: &str, state: &Value) -> Option<Value> {
        let mut read = self.read_all(type_name, std::slice::from_ref(state)).await;
        read.pop().flatten()
    }

    /// Reads objects, which must not fail.
    pub(crate) async fn read_all(&self, type_name: &str, states: &[Value]) -> Vec<Option<Value>> {
        let objects =
            states.iter().map(|s| ReadObject { state: s.clone(), private: Private::from([]) }).collect();
        let answers = self.provider.read(&self.client, type_name, objects).await;
        answers
            .into_iter()
            .map(|a| a.unwrap_or_else(|e| panic!("{type_name}: {e:?}")).map(|r| r.state))
            .collect()
    }

    /// Deletes an object, twice: the second time it is gone already.
    pub(crate) async fn destroy(&self, type_name: &str, state: &Value) {
        let null = Value::null(state.ty());
        for _ in 0..2 {
            self.change(type_name, state, &null, &Value::NULL, self.token(), false).await;
        }
        assert!(self.read(type_name, state).await.is_none(), "{type_name} is still there");
    }

    /// Imports an object and reads it, and checks that it is `state` but for `unknown` names.
    pub(crate) async fn import(&self, type_name: &str, id: &str, state: &Value, unknown: &[&str]) {
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

    /// The requests sent by `work`.
    pub(crate) async fn requests<T>(&self, work: impl Future<Output = T>) -> (u64, T) {
        let before = self.provider.definition().requests_sent();
        let result = work.await;
        (self.provider.definition().requests_sent() - before, result)
    }
}

/// Fails with the attributes that differ.
pub(crate) fn assert_same(type_name: &str, what: &str, one: &Value, other: &Value) {
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
pub(crate) fn text(state: &Value, name: &str) -> String {
    let value = state.attribute(name).unwrap_or(Value::NULL);
    value.as_str().unwrap_or_else(|| panic!("{name} is {value:?}")).to_owned()
}

/// An attribute as JSON.
pub(crate) fn get(state: &Value, name: &str) -> Json {
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

/// A look at the endpoint past the provider.
impl Cloud {
    fn ec2(&self, region: &str) -> aws_sdk_ec2::Client {
        let credentials = aws_sdk_ec2::config::Credentials::new("AKIATEST", "secret", None, None, "test");
        let config = aws_sdk_ec2::Config::builder()
            .behavior_version_latest()
            .region(aws_sdk_ec2::config::Region::new(region.to_owned()))
            .credentials_provider(credentials)
            .endpoint_url(&self.endpoint)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        aws_sdk_ec2::Client::from_conf(config)
    }

    pub(crate) fn here(&self) -> aws_sdk_ec2::Client {
        let identity = self.client.identity();
        self.ec2(identity.rsplit(' ').next().unwrap_or_default())
    }

    /// Makes a VPC as an operation with this token would.
    pub(crate) async fn create_vpc_with_token(&self, token: &OperationToken) -> String {
        use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};
        let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
        let tags = TagSpecification::builder()
            .resource_type(ResourceType::Vpc)
            .tags(tag("terrane:operation", &token.to_string()))
            .tags(tag("Name", "a"))
            .build();
        let call = self.here().create_vpc().cidr_block("10.0.0.0/16").tag_specifications(tags);
        call.send().await.unwrap().vpc.unwrap().vpc_id.unwrap()
    }

    /// The tags of an object, all of them.
    pub(crate) async fn tags(&self, id: &str) -> Json {
        use aws_sdk_ec2::types::Filter;
        let filter = Filter::builder().name("resource-id").values(id).build();
        let found =
            self.here().describe_tags().filters(filter).send().await.unwrap().tags.unwrap_or_default();
        found
            .into_iter()
            .map(|t| (t.key.unwrap(), Json::from(t.value)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    /// How many marks of operations an object has.
    pub(crate) async fn operation_tags(&self, id: &str) -> usize {
        usize::from(self.tags(id).await.get("terrane:operation").is_some())
    }

    /// Sets a tag.
    pub(crate) async fn tag(&self, id: &str, key: &str, value: &str) {
        let tag = aws_sdk_ec2::types::Tag::builder().key(key).value(value).build();
        self.here().create_tags().resources(id).tags(tag).send().await.unwrap();
    }
}

/// Data sources, and changes that must fail.
impl Cloud {
    /// Reads a data source.
    pub(crate) async fn read_data(
        &self,
        type_name: &str,
        json: Json,
    ) -> Result<Value, terrane_sdk::Diagnostics> {
        let block = self.provider.schema().data_sources[type_name].block.clone();
        let config = object(&block, &json).unwrap_or_else(|e| panic!("{type_name} {json}: {e}"));
        self.provider.read_data(&self.client, type_name, config).await
    }

    /// Creates an object; the summaries and details of what is wrong when that fails.
    pub(crate) async fn attempt(
        &self,
        type_name: &str,
        planned: &Value,
        config: &Value,
    ) -> Result<Value, String> {
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
        if response.diagnostics.has_errors() {
            let texts = response.diagnostics.iter().map(|d| format!("{}: {}", d.summary, d.detail));
            return Err(texts.collect::<Vec<_>>().join("\n"));
        }
        Ok(response.state)
    }

    /// The code with which AWS refuses a repeated create.
    pub(crate) async fn refused(
        &self,
        type_name: &str,
        planned: &Value,
        config: &Value,
        token: OperationToken,
    ) -> Option<String> {
        let request = ApplyRequest {
            type_name: type_name.to_owned(),
            prior: Value::NULL,
            config: config.clone(),
            planned: planned.clone(),
            private: Private::from([]),
            token,
            write_only_changed: Vec::new(),
            repeated: true,
        };
        let response = self.provider.apply(&self.client, request).await;
        let facts = response.diagnostics.iter().flat_map(|d| d.about.clone());
        facts
            .into_iter()
            .find(|(kind, _)| *kind == terrane_sdk::Context::Code)
            .map(|(_, code)| code.to_string())
    }

    /// Makes a network interface.
    pub(crate) async fn create_interface(&self, subnet: &str, address: &str) -> String {
        let call = self.here().create_network_interface().subnet_id(subnet).private_ip_address(address);
        call.send().await.unwrap().network_interface.unwrap().network_interface_id.unwrap()
    }

    /// Deletes a network interface.
    pub(crate) async fn delete_interface(&self, id: &str) {
        self.here().delete_network_interface().network_interface_id(id).send().await.unwrap();
    }
}
