//! The data source `notes_search`: the titles of the notes that begin with something.

use crate::note::Meta;
use crate::store::Store;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::schema::{Attribute, AttributeConstraint, AttributeType, Block, Description, Schema};
use tf_provider::value::{Value, ValueList, ValueString};
use tf_provider::{AttributePath, DataSource, Diagnostics, map};

pub struct Search {
    store: Store,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct State<'a> {
    #[serde(borrow = "'a")]
    prefix: ValueString<'a>,
    #[serde(borrow = "'a")]
    titles: ValueList<ValueString<'a>>,
}

impl Search {
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl DataSource for Search {
    type State<'a> = State<'a>;
    type ProviderMetaState<'a> = Value<Meta<'a>>;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(Schema {
            version: 1,
            block: Block {
                description: Description::plain("Titles of notes"),
                attributes: map! {
                    "prefix" => Attribute {
                        attr_type: AttributeType::String,
                        description: Description::plain("What they begin with"),
                        constraint: AttributeConstraint::Optional,
                        ..Default::default()
                    },
                    "titles" => Attribute {
                        attr_type: AttributeType::List(AttributeType::String.into()),
                        description: Description::plain("In order"),
                        constraint: AttributeConstraint::Computed,
                        ..Default::default()
                    },
                },
                ..Default::default()
            },
        })
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        config: State<'a>,
        _: Value<Meta<'a>>,
    ) -> Option<State<'a>> {
        crate::fault::at("ReadDataSource").await;
        let prefix = config.prefix.as_deref_option().unwrap_or_default();
        match self.store.titles() {
            Ok(mut titles) => {
                titles.retain(|title| title.starts_with(prefix));
                let titles = titles.into_iter().map(ValueString::from).collect::<Vec<_>>();
                Some(State { titles: titles.into(), ..config })
            }
            Err(error) => {
                diags.error("The notes cannot be listed", error.to_string(), AttributePath::new("prefix"));
                None
            }
        }
    }
}
