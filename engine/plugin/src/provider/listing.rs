//! Listings of a plugin's objects: for queries, which say what is wanted, and of all that there is.

use super::{PluginProvider, process};
use crate::messages::identity::{List, Listed, ValidateList};
use crate::messages::{self as wire_types};
use crate::methods::{LIST, VALIDATE_LIST};
use crate::process::CallError;
use crate::wire;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_provider::{Client, ImportedObject, ListRequest, ListedObject, Private, Provider, ReadObject};
use terrane_value::{Type, Value};

impl PluginProvider {
    /// What a plugin says of what its listing is to be told. One that is older than this question says nothing.
    pub(super) fn validated_list(&self, type_name: &str, config: &Value) -> Result<Diagnostics, Diagnostic> {
        let Some(schema) = self.schema.lists.get(type_name) else { return Ok(Diagnostics::new()) };
        let request = ValidateList {
            type_name: type_name.to_owned(),
            config: self.encode(config, &schema.block.implied_type())?,
            include_resource_object: self.encode(&Value::from(false), &Type::Bool)?,
            limit: self.encode(&Value::null(Type::Number), &Type::Number)?,
        };
        let processes = self.processes.clone();
        super::block_on(async move {
            let process = processes.first().await?;
            match process.call::<_, wire_types::Validated>(VALIDATE_LIST, request).await {
                Ok(answer) => Ok(wire::diagnostics(answer.diagnostics)),
                Err(CallError::Unimplemented) => Ok(Diagnostics::new()),
                Err(CallError::Failed(problem)) => Err(problem),
            }
        })?
    }

    /// What a listing finds, with the names that people know the objects by; objects are null where the plugin gives none.
    async fn listed(
        &self,
        client: &Arc<dyn Client>,
        request: &ListRequest,
        config_type: &Type,
    ) -> Result<Vec<(String, ImportedObject)>, Diagnostics> {
        let process = process(client)?;
        let type_name = &request.type_name;
        let ty = self.resource(type_name)?;
        let message = List {
            type_name: type_name.clone(),
            config: self.encode(&request.config, config_type)?,
            include_resource_object: request.include_resource,
            limit: i64::try_from(request.limit).unwrap_or(i64::MAX),
        };
        let listed: Vec<Listed> =
            process.collect(LIST, message).await.map_err(|e| e.required(process, LIST))?;
        let mut objects = Vec::new();
        for Listed { identity, resource_object, diagnostics, display_name } in listed {
            let problems = wire::diagnostics(diagnostics);
            if problems.has_errors() {
                return Err(problems);
            }
            let private = self.kept(type_name, Vec::new(), identity, &Private::default())?;
            let state = self.decode(resource_object, &ty)?;
            objects.push((display_name, ImportedObject { type_name: type_name.clone(), state, private }));
        }
        objects.truncate(usize::try_from(request.limit).unwrap_or(usize::MAX));
        Ok(objects)
    }

    /// The objects that an identity which was listed stands for.
    async fn identified(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        private: &Private,
    ) -> Result<Vec<ImportedObject>, Diagnostics> {
        let Some((identity, schema)) = private.identity.as_ref().zip(self.schema.identities.get(type_name))
        else {
            return Ok(Vec::new());
        };
        let identity = schema.value(identity).map_err(|e| self.unusable("an identity", e))?;
        self.import_by_identity(client, type_name, &identity).await
    }

    /// As [`Provider::query`].
    pub(super) async fn found(
        &self,
        client: &Arc<dyn Client>,
        request: ListRequest,
    ) -> Result<Option<Vec<ListedObject>>, Diagnostics> {
        let Some(schema) = self.schema.lists.get(request.type_name.as_str()) else { return Ok(None) };
        let type_name = &request.type_name;
        let mut found = Vec::new();
        for (display_name, object) in self.listed(client, &request, &schema.block.implied_type()).await? {
            let listed = ListedObject::found(&self.schema, &object);
            let mut state = (!object.state.is_null()).then(|| object.state.clone());
            if request.include_resource && state.is_none() {
                // Some plugins give whole objects only when they read them.
                let imported = self.identified(client, type_name, &object.private).await?;
                let objects = imported.into_iter().map(|o| ReadObject { state: o.state, private: o.private });
                for read in self.read(client, type_name, objects.collect()).await {
                    state = read?.map(|read| read.state).or(state);
                }
                if state.is_none() {
                    // It went away meanwhile.
                    continue;
                }
            }
            let object = state.filter(|_| request.include_resource);
            let display_name = if display_name.is_empty() { listed.display_name } else { display_name };
            found.push(ListedObject { display_name, object, ..listed });
        }
        Ok(Some(found))
    }

    /// As [`Provider::list`]. What a listing must be told is told by `list` blocks only: such types cannot be listed here.
    pub(super) async fn all(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
    ) -> Result<Option<Vec<ImportedObject>>, Diagnostics> {
        let Some(schema) = self.schema.lists.get(type_name) else { return Ok(None) };
        let block = &schema.block;
        let demands = block.attributes.values().any(|attribute| attribute.required)
            || block.blocks.values().any(|nested| nested.min_items > 0);
        if demands {
            return Ok(None);
        }
        let request = ListRequest {
            type_name: type_name.to_owned(),
            config: block.empty_value(),
            include_resource: true,
            limit: u64::MAX,
        };
        let mut objects = Vec::new();
        for (_, object) in self.listed(client, &request, &block.implied_type()).await? {
            match object.state.is_null() {
                false => objects.push(object),
                true => objects.extend(self.identified(client, type_name, &object.private).await?),
            }
        }
        Ok(Some(objects))
    }
}
