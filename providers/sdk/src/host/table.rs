//! The tables of a provider's types, with their complete schemas.

use crate::data_source::AnyDataSource;
use crate::ephemeral::AnyEphemeral;
use crate::plan::TIMEOUTS;
use crate::resource::AnyResource;
use crate::spec::{AttributeSpec, BlockSpec, NestedSpec, Presence};
use crate::{NativeProvider, ProviderDefinition, TypeKind, TypeOptions};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_schema::Nesting;
use terrane_value::Type;

pub(crate) struct ResourceEntry<C> {
    pub(crate) resource: Arc<dyn AnyResource<C>>,
    pub(crate) options: TypeOptions,
    pub(crate) spec: BlockSpec,
    /// The API that serves it.
    pub(crate) api: &'static str,
}

pub(crate) struct DataSourceEntry<C> {
    pub(crate) data_source: Arc<dyn AnyDataSource<C>>,
    pub(crate) spec: BlockSpec,
}

pub(crate) struct EphemeralEntry<C> {
    pub(crate) ephemeral: Arc<dyn AnyEphemeral<C>>,
    pub(crate) spec: BlockSpec,
}

pub(crate) fn ephemeral_resources<D: ProviderDefinition>(
    definition: &D,
) -> BTreeMap<&'static str, EphemeralEntry<D::Client>> {
    let entry = |ephemeral: Arc<dyn AnyEphemeral<D::Client>>| {
        let spec = ephemeral.spec();
        (ephemeral.name(), EphemeralEntry { ephemeral, spec })
    };
    definition.ephemeral_resources().into_iter().map(|e| entry(e.0)).collect()
}

pub(crate) fn resources<D: ProviderDefinition>(
    definition: &D,
) -> BTreeMap<&'static str, ResourceEntry<D::Client>> {
    let entry = |resource: Arc<dyn AnyResource<D::Client>>, api| {
        let (options, mut spec) = described(&*resource);
        definition.extend(TypeKind::Resource, resource.name(), &mut spec);
        (resource.name(), ResourceEntry { resource, options, spec, api })
    };
    definition.resources().into_iter().map(|r| entry(r.0, r.1)).collect()
}

pub(crate) fn data_sources<D: ProviderDefinition>(
    definition: &D,
) -> BTreeMap<&'static str, DataSourceEntry<D::Client>> {
    let entry = |data_source: Arc<dyn AnyDataSource<D::Client>>| {
        let mut spec = data_source.spec();
        definition.extend(TypeKind::DataSource, data_source.name(), &mut spec);
        (data_source.name(), DataSourceEntry { data_source, spec })
    };
    definition.data_sources().into_iter().map(|d| entry(d.0)).collect()
}

/// The options and schema of a type by itself.
pub(crate) fn described<C>(resource: &dyn AnyResource<C>) -> (TypeOptions, BlockSpec) {
    let (options, mut spec) = (resource.options(), resource.spec());
    if options.keep {
        spec.keep_all();
    }
    let timeouts: BTreeMap<_, _> = (options.timeouts.named())
        .map(|(name, _)| (name, AttributeSpec::new(Type::String, Presence::Optional)))
        .collect();
    if !timeouts.is_empty() {
        let nested = NestedSpec {
            nesting: Nesting::Single,
            min: 0,
            max: 0,
            force_new: false,
            computed: false,
            conflicts_with: Vec::new(),
            block: BlockSpec { attributes: timeouts, ..BlockSpec::default() },
        };
        spec.blocks.insert(TIMEOUTS, nested);
    }
    (options, spec)
}

/// A resource type as people read about it.
pub(crate) struct DescribedResource<'a> {
    pub(crate) name: &'static str,
    pub(crate) spec: &'a BlockSpec,
    /// How an import id looks, in Markdown.
    pub(crate) import: String,
}

impl<D: ProviderDefinition> NativeProvider<D> {
    /// The provider's own configuration.
    pub(crate) fn configuration(&self) -> &BlockSpec {
        &self.tables().configuration
    }

    /// All resource types by name.
    pub(crate) fn described_resources(&self) -> impl Iterator<Item = DescribedResource<'_>> {
        self.tables().resources.iter().map(|(name, entry)| DescribedResource {
            name,
            spec: &entry.spec,
            import: import_form(&*entry.resource),
        })
    }

    /// All data sources by name.
    pub(crate) fn described_data_sources(&self) -> impl Iterator<Item = (&'static str, &BlockSpec)> {
        self.tables().data_sources.iter().map(|(name, entry)| (*name, &entry.spec))
    }
}

/// How an import id looks: the attribute that it is, or what is said of an id that is none.
fn import_form<C>(resource: &dyn AnyResource<C>) -> String {
    // What is no id at all tells all forms; what could be a short one tells the attribute.
    let (short, long) = ("ID", ["ID"; 15].join("/"));
    match (import_answer(resource, short), import_answer(resource, &long)) {
        (Ok(_), Err(forms)) if forms.starts_with("one of ") => forms,
        (Ok(said), _) | (Err(said), _) => said,
    }
}

/// What becomes of an import with this id: the attributes that are the id, or what is said against it.
fn import_answer<C>(resource: &dyn AnyResource<C>, probe: &str) -> Result<String, String> {
    let error = match resource.import(probe) {
        Ok(attributes) => {
            let whole = attributes.iter().filter(|(_, value)| value.as_str() == Some(probe));
            let names: Vec<&str> = whole.map(|(name, _)| *name).collect();
            // Where the id is an attribute with a name of its own, that says more.
            let name = names.iter().find(|name| **name != "id").or(names.first());
            return Ok(name.map_or_else(|| "any id".into(), |name| format!("the `{name}`")));
        }
        Err(error) => error,
    };
    let quoted = format!("{probe:?}");
    let mut said = error.detail.replace(&format!(", {quoted} or other"), "");
    if error.summary != "Invalid import id" || said.contains("cannot be imported") {
        return Err(format!("none. {}", said.trim_end_matches('.')));
    }
    said = said.replace(&format!("{quoted} has none of the forms "), "one of ");
    for before in ["is not of the form", "is not"] {
        said = said.replace(&format!("{quoted} {before} "), "");
    }
    said = said.replace(&format!(", got {quoted}"), "").replace('"', "`");
    let said = said.trim_start_matches("Expected ").trim_end_matches('.');
    // What is wrong with this very id does not matter.
    let said = said.split(": it has").next().unwrap_or(said);
    let words = said.split(' ').map(|word| {
        let form = word.trim_end_matches([',', ':']);
        let shouted = form.contains(['-', '_', ':', '/', ',', '|']) && form.len() > 3;
        match shouted && !form.contains(|c: char| c.is_lowercase() || c == '`') {
            true => format!("`{form}`{}", &word[form.len()..]),
            false => word.to_owned(),
        }
    });
    Err(words.collect::<Vec<_>>().join(" "))
}
