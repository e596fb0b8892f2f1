//! A cloud in memory, and the provider `fake` that serves it.

mod audit;
pub(crate) mod identity;

use crate::schema::cloud_schema;
use async_trait::async_trait;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_provider::{
    Account, ApplyRequest, ApplyResponse, Client, HistoryEvent, HistoryQuery, ImportedObject, ListRequest,
    ListedObject, MoveRequest, Opened, PlanRequest, PlanResponse, Private, Provider, ProviderSchema,
    ReadObject, ReadResponse, Renewal, Scope, query_by_list,
};
use terrane_value::{Path, Type, Value};

/// Objects, what was asked for, and what is to fail. Shared by all clients of the provider.
#[derive(Default)]
pub struct Cloud {
    inner: Mutex<Inner>,
    released: tokio::sync::Notify,
}

#[derive(Default)]
struct Inner {
    schema: Option<Arc<ProviderSchema>>,
    objects: BTreeMap<String, CloudObject>,
    names: Vec<String>,
    calls: Vec<String>,
    failures: Vec<String>,
    late: Vec<(String, Late)>,
    held: Vec<String>,
    /// Whether a call that fails answers with nothing.
    mute: bool,
    plans_deletions: bool,
    /// Tokens that are open, by serial.
    open: BTreeMap<u64, String>,
    counter: u64,
    /// What each operation made.
    made: BTreeMap<String, String>,
    /// What the audit log has, by id.
    audit: Vec<(String, HistoryEvent)>,
    /// The regions that are accounts of the organisation.
    accounts: Vec<String>,
}

/// An object that exists.
#[derive(Clone, Debug, PartialEq)]
pub struct CloudObject {
    /// The region of the client that made it.
    pub region: String,
    /// The token of the client that last made or changed it.
    pub token: Option<String>,
    /// Its attributes.
    pub value: Value,
    /// The secrets that were sent, each time one was: attribute and text.
    pub secrets: Vec<(String, String)>,
}

/// How a call ends that did what it was to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    /// It says that it failed, and what there is now.
    Fails,
    /// Its answer is lost: nobody knows whether anything was done.
    Unanswered,
}

struct Handle {
    region: String,
    token: Option<String>,
}

impl Client for Handle {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn identity(&self) -> String {
        format!("region {}", self.region)
    }
}

impl Cloud {
    /// All objects by id.
    pub fn objects(&self) -> BTreeMap<String, CloudObject> {
        self.lock().objects.clone()
    }

    /// The object with this name.
    pub fn named(&self, name: &str) -> Option<CloudObject> {
        let text = |o: &CloudObject| o.value.attribute("name").and_then(|v| v.as_str().map(str::to_owned));
        self.lock().objects.values().find(|o| text(o).as_deref() == Some(name)).cloned()
    }

    /// Changes an object behind the engine's back.
    pub fn change(&self, id: &str, attribute: &str, value: Value) {
        let mut inner = self.lock();
        let object = inner.objects.get_mut(id).expect("an object with this id");
        object.value = object.value.with_attribute(attribute, value);
    }

    /// Deletes an object behind the engine's back.
    pub fn lose(&self, id: &str) {
        self.lock().objects.remove(id);
    }

    /// Lets an object exist that nobody manages; its id is its name.
    pub fn place(&self, name: &str, region: &str) {
        let schema = self.schema();
        let Some(schema) = schema.resources.get("fake_thing") else { return };
        let value = (schema.block.empty_value())
            .with_attribute("id", Value::string(name))
            .with_attribute("name", Value::string(name));
        let object = CloudObject { region: region.to_owned(), token: None, value, secrets: Vec::new() };
        self.lock().objects.insert(name.to_owned(), object);
    }

    /// Notes in the audit log that `who` called an operation on an object.
    pub fn note(&self, id: &str, operation: &str, who: &str) {
        self.lock().audit.push((id.to_owned(), audit::event(operation, who)));
    }

    /// The regions that are accounts of the organisation.
    pub fn set_accounts(&self, regions: &[&str]) {
        self.lock().accounts = regions.iter().map(|region| (*region).to_owned()).collect();
    }

    /// What `names` of data `fake_lookup` is.
    pub fn set_names(&self, names: &[&str]) {
        self.lock().names = names.iter().map(|n| (*n).to_owned()).collect();
    }

    /// What was asked since the last time this was called: `configure eu`, `read fake_thing 3`,
    /// `plan NAME`, `create NAME`, `update NAME`, `delete NAME`, `data NAME`, `open AUDIENCE`,
    /// `renew AUDIENCE`, `close AUDIENCE`.
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().calls)
    }

    /// What was asked so far, in the same form.
    pub fn calls(&self) -> Vec<String> {
        self.lock().calls.clone()
    }

    /// Wants to be asked what it makes of deletions.
    pub fn plan_deletions(&self) {
        self.lock().plans_deletions = true;
    }

    /// Lets every planning, creation, change and deletion that begins with `call` wait for
    /// [`Cloud::release`].
    pub fn hold(&self, call: &str) {
        self.lock().held.push(call.to_owned());
    }

    /// Lets all go on that is held, now and later.
    pub fn release(&self) {
        self.lock().held.clear();
        self.released.notify_waiters();
    }

    /// Waits as long as `call` is held.
    async fn wait(&self, call: &str) {
        loop {
            let released = self.released.notified();
            if !self.lock().held.iter().any(|h| call.starts_with(h.as_str())) {
                return;
            }
            released.await;
        }
    }

    /// Lets every call fail that begins with `call`, in the form of [`Cloud::take_calls`].
    pub fn fail(&self, call: &str) {
        self.lock().failures.push(call.to_owned());
    }

    /// From now on, a call that fails says nothing of the object, as plugins may do, instead of what it is.
    pub fn be_mute(&self) {
        self.lock().mute = true;
    }

    /// Lets every creation, change and deletion that begins with `call` be done and then end like
    /// this.
    pub fn fail_late(&self, call: &str, late: Late) {
        self.lock().late.push((call.to_owned(), late));
    }

    /// Lets nothing fail any more.
    pub fn heal(&self) {
        let mut inner = self.lock();
        inner.failures.clear();
        inner.late.clear();
    }

    /// The audiences of the ephemeral tokens that are open.
    pub fn open_tokens(&self) -> Vec<String> {
        self.lock().open.values().cloned().collect()
    }

    /// Lets all tokens end, since who had opened them died.
    pub fn expire_tokens(&self) {
        self.lock().open.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a call, and fails when that is wanted.
    fn call(&self, call: String) -> Result<(), Diagnostics> {
        let mut inner = self.lock();
        let fails = inner.failures.iter().any(|f| call.starts_with(f.as_str()));
        inner.calls.push(call.clone());
        if fails {
            return Err(Diagnostic::error("The cloud refused", format!("{call} was to fail.")).into());
        }
        Ok(())
    }

    fn next(&self) -> u64 {
        let mut inner = self.lock();
        inner.counter += 1;
        inner.counter
    }
}

fn handle(client: &Arc<dyn Client>) -> &Handle {
    client.as_any().downcast_ref().expect("a client of this provider")
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.attribute(name)?.as_str().map(str::to_owned)
}

/// An object, which says, if it is a group, who is in it.
fn with_members(objects: &BTreeMap<String, CloudObject>, value: &Value) -> Value {
    if value.attribute("members").is_none() {
        return value.clone();
    }
    let id = text(value, "id");
    let members = objects.values().filter(|o| id.is_some() && text(&o.value, "group") == id);
    let names = members.filter_map(|o| text(&o.value, "name")).map(Value::string);
    value.with_attribute("members", Value::list(Type::String, names))
}

const WRITE_ONLY: [&str; 2] = ["secret_wo", "other_wo"];

#[async_trait]
impl Provider for Cloud {
    fn schema(&self) -> Arc<ProviderSchema> {
        self.lock().schema.get_or_insert_with(|| Arc::new(cloud_schema())).clone()
    }

    async fn configure(&self, config: &Value) -> Result<Arc<dyn Client>, Diagnostics> {
        let region = config.attribute("region").unwrap_or(Value::NULL);
        if !region.is_known() {
            return Err(Diagnostic::error("No region", "The region is not known yet.").into());
        }
        let region = region.as_str().unwrap_or("nowhere").to_owned();
        self.call(format!("configure {region}"))?;
        Ok(Arc::new(Handle { region, token: text(config, "token") }))
    }

    /// Takes over what was a `legacy_thing`, which had a label instead of a name.
    async fn move_state(&self, request: MoveRequest) -> Result<Option<ReadResponse>, Diagnostics> {
        if request.source_type != "legacy_thing" {
            return Ok(None);
        }
        let schema = self.schema();
        let Some(schema) = schema.resources.get(&*request.type_name) else { return Ok(None) };
        let part = |name: &str| request.source[name].as_str().map_or(Value::null(Type::String), Value::from);
        let state = (schema.block.empty_value())
            .with_attribute("id", part("id"))
            .with_attribute("arn", part("arn"))
            .with_attribute("name", part("label"));
        Ok(Some(ReadResponse { state, private: request.source_private }))
    }

    async fn read(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        objects: Vec<ReadObject>,
    ) -> Vec<Result<Option<ReadResponse>, Diagnostics>> {
        let region = &handle(client).region;
        let problem = self.call(format!("read {type_name} {} in {region}", objects.len())).err();
        let inner = self.lock();
        (objects.into_iter())
            .map(|object| {
                if let Some(problem) = &problem {
                    return Err(problem.clone());
                }
                let found = text(&object.state, "id").and_then(|id| inner.objects.get(&id));
                let found = found.filter(|o| o.region == *region);
                Ok(found.map(|o| ReadResponse {
                    state: with_members(&inner.objects, &o.value),
                    private: object.private.with_identity(identity::of(&o.value, region)),
                }))
            })
            .collect()
    }

    async fn plan(&self, client: &Arc<dyn Client>, request: PlanRequest) -> PlanResponse {
        if request.proposed.is_null() {
            let name = text(&request.prior, "name").unwrap_or_default();
            let diagnostics = self.call(format!("plan deletion of {name}")).err().unwrap_or_default();
            let private = Private::from(&br#"{"fake":"deletion"}"#[..]);
            let (planned, requires_replace) = (request.proposed, Vec::new());
            return PlanResponse { planned, requires_replace, private, legacy_types: false, diagnostics };
        }
        let name = text(&request.config, "name").unwrap_or_default();
        let diagnostics = self.call(format!("plan {name}")).err().unwrap_or_default();
        self.wait(&format!("plan {name}")).await;
        let _ = handle(client);
        let mut planned = request.proposed.clone();
        for name in WRITE_ONLY.into_iter().filter(|name| request.proposed.attribute(name).is_some()) {
            planned = planned.with_attribute(name, Value::null(Type::String));
        }
        if request.prior.is_null() {
            for name in ["id", "arn"] {
                planned = planned.with_attribute(name, Value::unknown(Type::String));
            }
            if planned.attribute("members").is_some() {
                planned = planned.with_attribute("members", Value::unknown(Type::list(Type::String)));
            }
        }
        PlanResponse {
            planned,
            requires_replace: vec![Path::root().attribute("kind")],
            private: Private::from(&br#"{"fake":"kept"}"#[..])
                .with_identity(request.private.identity.as_deref().cloned()),
            legacy_types: false,
            diagnostics,
        }
    }

    fn plans_deletions(&self) -> bool {
        self.lock().plans_deletions
    }

    async fn apply(&self, client: &Arc<dyn Client>, request: ApplyRequest) -> ApplyResponse {
        let client = handle(client);
        let source = if request.planned.is_null() { &request.prior } else { &request.planned };
        let name = text(source, "name").unwrap_or_default();
        let verb = match (request.prior.is_null(), request.planned.is_null()) {
            (true, _) => "create",
            (false, true) => "delete",
            (false, false) => "update",
        };
        let answer = |state: Value, diagnostics: Diagnostics| ApplyResponse {
            private: request.private.clone().with_identity(identity::of(&state, &client.region)),
            state,
            legacy_types: false,
            diagnostics,
        };
        if let Err(problems) = self.call(format!("{verb} {name}")) {
            let nothing = self.lock().mute;
            let ty = request.prior.ty();
            return answer(if nothing { Value::null(ty) } else { request.prior.clone() }, problems);
        }
        self.wait(&format!("{verb} {name}")).await;
        let made = self.lock().made.get(&*request.token.0).filter(|_| request.repeated).cloned();
        let new = verb == "create" && made.is_none();
        let id = match verb {
            "create" => made.unwrap_or_else(|| format!("thing-{}", self.next())),
            _ => text(&request.prior, "id").unwrap_or_default(),
        };
        let mut inner = self.lock();
        let call = format!("{verb} {name}");
        let late = inner.late.iter().find(|(late, _)| call.starts_with(late.as_str())).map(|(_, late)| *late);
        let ended = |state: Value| match late {
            None => answer(state, Diagnostics::new()),
            Some(Late::Fails) => answer(
                state,
                Diagnostic::error("The cloud failed", format!("{call} was to fail late.")).into(),
            ),
            Some(Late::Unanswered) => {
                let lost = Diagnostic::error("No answer", format!("The answer to {call} was to get lost."));
                answer(request.prior.clone(), Diagnostic { outcome_unknown: true, ..lost }.into())
            }
        };
        if verb == "create" {
            inner.made.insert(request.token.to_string(), id.clone());
        }
        let elsewhere = inner.objects.get(&id).is_some_and(|o| o.region != client.region);
        if elsewhere || (verb == "update" && !inner.objects.contains_key(&id)) {
            let detail = format!("There is no {id} in region {}.", client.region);
            return answer(request.prior.clone(), Diagnostic::error("Not found", detail).into());
        }
        if verb == "delete" {
            inner.objects.remove(&id);
            return ended(if late == Some(Late::Fails) {
                request.prior.clone()
            } else {
                request.planned.clone()
            });
        }
        let value = (request.planned)
            .with_attribute("arn", Value::string(format!("arn:{}:{id}", client.region)))
            .with_attribute("id", Value::string(&id));
        let value = with_members(&inner.objects, &value);
        let version = |v: &Value| v.attribute("secret_wo_version").unwrap_or(Value::NULL);
        let bumped = version(&request.prior) != version(&request.planned);
        let object = inner.objects.entry(id).or_insert_with(|| CloudObject {
            region: client.region.clone(),
            token: None,
            value: value.clone(),
            secrets: Vec::new(),
        });
        object.value = value.clone();
        object.token = client.token.clone();
        for attribute in WRITE_ONLY {
            let changed = request.write_only_changed.contains(&Path::root().attribute(attribute));
            let Some(secret) = text(&request.config, attribute) else { continue };
            if new || changed || (bumped && attribute == "secret_wo") {
                object.secrets.push((attribute.to_owned(), secret));
            }
        }
        ended(value)
    }

    async fn import(
        &self,
        _client: &Arc<dyn Client>,
        type_name: &str,
        id: &str,
    ) -> Result<Vec<ImportedObject>, Diagnostics> {
        self.call(format!("import {id}"))?;
        let schema = self.schema();
        let Some(schema) = schema.resources.get(type_name) else { return Ok(Vec::new()) };
        let state = schema.block.empty_value().with_attribute("id", Value::string(id));
        Ok(vec![ImportedObject { type_name: type_name.to_owned(), state, private: Private::from([]) }])
    }

    async fn import_by_identity(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        identity: &Value,
    ) -> Result<Vec<ImportedObject>, Diagnostics> {
        let here = &handle(client).region;
        if let Some(region) = text(identity, "region").filter(|region| region != here) {
            let detail = format!("The object is in region {region}, and the provider in {here}.");
            return Err(Diagnostic::error("Wrong region", detail).into());
        }
        self.import(client, type_name, &text(identity, "id").unwrap_or_default()).await
    }

    async fn list(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
    ) -> Result<Option<Vec<ImportedObject>>, Diagnostics> {
        if type_name == "fake_group" {
            return Ok(None);
        }
        let region = &handle(client).region;
        self.call(format!("list {type_name} in {region}"))?;
        Ok(Some(audit::listed(&self.lock().objects, type_name, region)))
    }

    fn validate_list(&self, _type_name: &str, config: &Value) -> Diagnostics {
        if text(config, "prefix").as_deref() != Some("") {
            return Diagnostics::new();
        }
        let detail = "Every name begins with nothing.";
        Diagnostic::error("Useless prefix", detail).on_attribute(Path::root().attribute("prefix")).into()
    }

    async fn query(
        &self,
        client: &Arc<dyn Client>,
        request: ListRequest,
    ) -> Result<Option<Vec<ListedObject>>, Diagnostics> {
        let prefix = text(&request.config, "prefix").unwrap_or_default();
        let (limit, all) = (request.limit, ListRequest { limit: u64::MAX, ..request });
        let found = query_by_list(self, client, all).await?;
        Ok(found.map(|mut found| {
            found.retain(|object| object.display_name.starts_with(&prefix));
            found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            found
        }))
    }

    async fn scope(
        &self,
        client: &Arc<dyn Client>,
        _type_name: &str,
        _object: Option<&Value>,
    ) -> Result<Scope, Diagnostics> {
        Ok(audit::scope(&handle(client).region))
    }

    async fn history(
        &self,
        _client: &Arc<dyn Client>,
        query: &HistoryQuery,
    ) -> Result<Option<Vec<HistoryEvent>>, Diagnostics> {
        let id = text(&query.object, "id").unwrap_or_default();
        self.call(format!("history {id}"))?;
        let inner = self.lock();
        Ok(Some(inner.audit.iter().filter(|(of, _)| *of == id).map(|(_, event)| event.clone()).collect()))
    }

    async fn accounts(
        &self,
        _client: &Arc<dyn Client>,
        config: &Value,
        role: &str,
    ) -> Result<Option<Vec<Account>>, Diagnostics> {
        Ok(Some(audit::accounts(&self.lock().accounts, config, role)))
    }

    async fn read_data(
        &self,
        client: &Arc<dyn Client>,
        _type_name: &str,
        config: Value,
    ) -> Result<Value, Diagnostics> {
        let name = text(&config, "name").unwrap_or_default();
        self.call(format!("data {name}"))?;
        let names = self.lock().names.clone();
        Ok(config
            .with_attribute("id", Value::string(&name))
            .with_attribute("value", Value::string(format!("{name} in {}", handle(client).region)))
            .with_attribute("names", Value::list(Type::String, names.into_iter().map(Value::string))))
    }

    async fn open(
        &self,
        client: &Arc<dyn Client>,
        _type_name: &str,
        config: Value,
    ) -> Result<Opened, Diagnostics> {
        let audience = text(&config, "audience").unwrap_or_default();
        self.call(format!("open {audience}"))?;
        let _ = handle(client);
        let serial = self.next();
        self.lock().open.insert(serial, audience.clone());
        let milliseconds = config.attribute("renew_ms").and_then(|v| v.as_number().and_then(|n| n.to_i64()));
        let renew_after = milliseconds.and_then(|m| u64::try_from(m).ok()).map(Duration::from_millis);
        let value = config
            .with_attribute("value", Value::string(format!("token for {audience}")))
            .with_attribute("serial", Value::number(serial as i64));
        let private = Private::from(format!("{serial} {audience}").as_bytes());
        Ok(Opened { value, renewal: Renewal { private, renew_after } })
    }

    async fn renew(
        &self,
        _client: &Arc<dyn Client>,
        _type_name: &str,
        private: &Private,
    ) -> Result<Renewal, Diagnostics> {
        let (_, audience) = opened(private);
        self.call(format!("renew {audience}"))?;
        Ok(Renewal { private: private.clone(), renew_after: Some(Duration::from_millis(5)) })
    }

    async fn close(&self, _client: &Arc<dyn Client>, _type_name: &str, private: &Private) -> Diagnostics {
        let (serial, audience) = opened(private);
        self.lock().open.remove(&serial);
        self.call(format!("close {audience}")).err().unwrap_or_default()
    }

    fn compares_write_only(&self) -> bool {
        true
    }
}

fn opened(private: &Private) -> (u64, String) {
    let text = std::str::from_utf8(private).unwrap_or_default();
    let (serial, audience) = text.split_once(' ').unwrap_or_default();
    (serial.parse().unwrap_or_default(), audience.to_owned())
}
