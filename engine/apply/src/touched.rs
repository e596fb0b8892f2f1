//! The end of a run: objects that show what the run did to others are read again, so that the state has them as the run
//! left them. A security group lists its rules and a dataset its members, also when each of these is a resource of its
//! own; without this, the next `drift` would find a change that nobody made outside. With `-refresh=false`, which asks not
//! to read, it is left to the next refresh.

use crate::run::Run;
use futures::stream::{StreamExt, iter};
use serde_json::Value as Json;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use terrane_address::{ConfigResource, Mode, ResourceInstance};
use terrane_diagnostics::Diagnostic;
use terrane_plan::{Operation, RefreshGroups, refresh_group};
use terrane_schema::{Attribute, AttributeType, Block, Nesting};
use terrane_state::{InstanceState, JournalEntry, StateWrite};
use terrane_value::Type;

/// How many groups of objects are read at the same time.
const GROUPS: usize = 10;

impl Run<'_, '_> {
    /// Reads again what other objects of the run belong to. What cannot be read stays as it is: the run has done its
    /// work, and the next plan reads everything.
    pub(crate) async fn read_touched(&mut self) {
        if self.stopped || !self.plan.refreshed {
            return;
        }
        let reads = self.touched_groups().into_groups().filter_map(|group| {
            let provider = self.provider(&group.provider).ok()?;
            // Operations of this run were done with it. No other is made for this.
            let client = self.clients.get(&group.provider)?.clone();
            let client = match &group.module {
                Some(module) => {
                    let (meta, _) = self.ev.provider_meta(module, &group.provider.provider).ok()?;
                    provider.for_module(client, meta)
                }
                None => client,
            };
            let schema =
                self.inputs.schemas.shared(&group.provider.provider, Mode::Managed, &group.type_name)?;
            let schema = schema.clone();
            Some(async move {
                let objects = refresh_group(provider, Some(client), schema.clone(), group).await;
                (schema, objects)
            })
        });
        let reads: Vec<_> = reads.collect();
        let mut writes = Vec::new();
        let mut answers = iter(reads).buffered(GROUPS);
        while let Some((schema, objects)) = answers.next().await {
            for (address, deposed, found) in objects {
                // An object that seems to be gone now may not be seen everywhere yet.
                let Some(found) = found.ok().filter(|found| found.current.is_some()) else { continue };
                if let Ok(Some(object)) = found.renewed(&schema) {
                    let (provider, object) = (found.provider, Arc::new(object));
                    writes.push(StateWrite::Put { address, deposed, provider, object });
                }
            }
        }
        if writes.is_empty() {
            return;
        }
        let entries = writes.iter().cloned().map(JournalEntry::Write).collect();
        if let Err(error) = self.inputs.recorder.record(entries).await {
            self.problems.push(Diagnostic::error("Failed to write the journal", error.0));
            return;
        }
        for write in writes {
            self.state.write(write);
        }
    }

    /// The objects to read, together where they can be read together.
    fn touched_groups(&self) -> RefreshGroups {
        let touched = self.touched();
        let mut groups = RefreshGroups::default();
        for (address, resource, instance) in self.state.instances() {
            let Some(object) = &instance.current else { continue };
            let provider = resource.provider_of(object);
            let type_name = &address.resource.type_name;
            let schema = self.inputs.schemas.resource(&provider.provider, Mode::Managed, type_name);
            let real = self.inputs.providers.stand_in(&address).is_none();
            let shows = || schema.is_some_and(|s| shows_others(&s.block, &object.attributes.json()));
            if !real || !touched.has(&address, instance) || !shows() {
                continue;
            }
            groups.add(self.ev, provider, (&address, None, object), true);
        }
        groups
    }

    fn touched(&self) -> Touched {
        let mut touched = Touched::default();
        for operation in self.schedule.finished().map(|node| &self.graph[node]) {
            match operation {
                Operation::Create(change) | Operation::Update(change) => {
                    touched.instances.extend(change.dependencies.iter().cloned());
                }
                Operation::Delete(change) => {
                    let Some(instance) = self.plan.prior_state.instance(&change.address) else { continue };
                    for object in instance.current.iter().chain(instance.deposed.values()) {
                        touched.resources.extend(object.dependencies.iter().cloned());
                        add_names(&object.attributes.json(), &mut touched.names);
                    }
                }
                Operation::Keep(_) | Operation::AllDeleted(_) | Operation::Forget(_) | Operation::Read(_) => {
                }
            }
        }
        touched
    }
}

/// What the objects that a run made, changed and destroyed are, or were, made from.
#[derive(Default)]
struct Touched {
    instances: BTreeSet<ResourceInstance>,
    /// The resources that deleted objects depended on, and all that these objects named.
    resources: HashSet<ConfigResource>,
    names: HashSet<String>,
}

impl Touched {
    fn has(&self, address: &ResourceInstance, instance: &InstanceState) -> bool {
        if self.instances.contains(address) {
            return true;
        }
        let id =
            || instance.current.as_ref().and_then(|o| o.attributes.json()["id"].as_str().map(str::to_owned));
        self.resources.contains(&address.config()) && id().is_some_and(|id| self.names.contains(&id))
    }
}

/// The strings in a document; of a path also what it leads through.
fn add_names(json: &Json, names: &mut HashSet<String>) {
    match json {
        Json::String(text) => {
            names.extend(text.match_indices('/').map(|(at, _)| text[..at].to_owned()));
            names.insert(text.clone());
        }
        Json::Array(elements) => elements.iter().for_each(|e| add_names(e, names)),
        Json::Object(members) => members.values().for_each(|m| add_names(m, names)),
        _ => {}
    }
}

/// Whether an object can show what others did: by a list or a count that nobody needs to have given, by blocks, of which
/// a schema does not say whether they are computed, or by a place for one name that was left to others and is empty, as
/// an address is before a gateway takes it.
fn shows_others(block: &Block, object: &Json) -> bool {
    let many = |nesting: Nesting| matches!(nesting, Nesting::List | Nesting::Set);
    let counts = |ty: &AttributeType| match ty {
        AttributeType::Plain(ty) => matches!(ty, Type::List(_) | Type::Set(_) | Type::Number),
        AttributeType::Nested(nested) => many(nested.nesting),
    };
    let free = |name: &str, a: &Attribute| {
        let empty = object[name].is_null() || object[name] == "";
        a.optional && empty && matches!(a.ty, AttributeType::Plain(Type::String))
    };
    block.attributes.iter().any(|(name, a)| a.computed && (counts(&a.ty) || free(name, a)))
        || block.blocks.values().any(|nested| many(nested.nesting))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_an_object_names_is_found() {
        let mut names = HashSet::new();
        add_names(&json!({"id": "a/b/c", "list": [{"group": "sg-1"}], "count": 3}), &mut names);
        let mut names: Vec<_> = names.into_iter().collect();
        names.sort();
        assert_eq!(names, ["a", "a/b", "a/b/c", "sg-1"]);
    }
}
