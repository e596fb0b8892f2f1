//! A provider that keeps notes: files in a directory, one a note. Written with the crate `tf-provider`, which speaks protocol 6 in its own
//! way, so that Terrane is tried against something it did not write.

mod fault;
mod function;
mod note;
mod search;
mod store;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use tf_provider::schema::{Attribute, AttributeConstraint, AttributeType, Block, Description, Schema};
use tf_provider::value::{Value, ValueString};
use tf_provider::{
    AttributePath, Diagnostics, DynamicDataSource, DynamicFunction, DynamicResource, Provider, map,
};

/// The configuration of the provider: where the notes are.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Config<'a> {
    #[serde(borrow = "'a")]
    directory: ValueString<'a>,
}

#[derive(Default)]
struct Notes {
    store: store::Store,
}

#[async_trait]
impl Provider for Notes {
    type Config<'a> = Config<'a>;
    type MetaState<'a> = Value<note::Meta<'a>>;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(Schema {
            version: 1,
            block: Block {
                description: Description::plain("Notes in a directory"),
                attributes: map! {
                    "directory" => Attribute {
                        attr_type: AttributeType::String,
                        description: Description::plain("Where the notes are"),
                        constraint: AttributeConstraint::Required,
                        ..Default::default()
                    },
                },
                ..Default::default()
            },
        })
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Config<'a>) -> Option<()> {
        fault::at("ValidateProviderConfig").await;
        if config.directory.as_deref_option() == Some("") {
            diags.error_short("A directory has a name", AttributePath::new("directory"));
        }
        Some(())
    }

    async fn configure<'a>(
        &self,
        diags: &mut Diagnostics,
        _version: String,
        config: Config<'a>,
    ) -> Option<()> {
        fault::at("ConfigureProvider").await;
        match config.directory.as_deref_option() {
            Some(directory) => self.store.open(directory),
            None => diags.error_short("The directory is not known", AttributePath::new("directory")),
        }
        Some(())
    }

    fn meta_schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(Schema {
            version: 1,
            block: Block {
                attributes: map! {
                    "module" => Attribute {
                        attr_type: AttributeType::String,
                        description: Description::plain("What the module calls itself"),
                        constraint: AttributeConstraint::Optional,
                        ..Default::default()
                    },
                },
                ..Default::default()
            },
        })
    }

    fn get_resources(&self, _: &mut Diagnostics) -> Option<HashMap<String, Box<dyn DynamicResource>>> {
        Some(map! { "note" => note::Note::new(self.store.clone()) })
    }

    fn get_data_sources(&self, _: &mut Diagnostics) -> Option<HashMap<String, Box<dyn DynamicDataSource>>> {
        Some(map! { "search" => search::Search::new(self.store.clone()) })
    }

    fn get_functions(&self, _: &mut Diagnostics) -> Option<HashMap<String, Box<dyn DynamicFunction>>> {
        Some(map! { "slug" => function::Slug, "longest" => function::Longest })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    tf_provider::serve("notes", Notes::default()).await
}
