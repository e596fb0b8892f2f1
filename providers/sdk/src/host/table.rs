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
    const NONE: &str = "?";
    match resource.import(NONE) {
        Ok(attributes) => {
            let names: Vec<String> = (attributes.iter())
                .filter(|(_, value)| value.as_str() == Some(NONE))
                .map(|(name, _)| format!("`{name}`"))
                .collect();
            if names.is_empty() { "whatever the id is".into() } else { format!("the {}", names.join(", ")) }
        }
        Err(error) => {
            let said = error.detail.replace("\"?\" has none of the forms ", "one of the forms ");
            let said = said.replace("\"?\" is not of the form ", "").replace(", got \"?\"", "");
            said.trim_start_matches("Expected ").trim_end_matches('.').to_owned()
        }
    }
}
