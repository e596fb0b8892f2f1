//! The resource type `notes_note`: a note is a file, called by its title. States of its first version are refused, as the library does:
//! it has no name for what it would hand over to be upgraded.

use crate::fault;
use crate::store::{Attachment, Author, Store, Stored};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::schema::{
    Attribute, AttributeConstraint, AttributeType, Block, Description, NestedBlock, Schema,
};
use tf_provider::value::{Value, ValueList, ValueMap, ValueNumber, ValueString};
use tf_provider::{AttributePath, Diagnostics, Resource, map};

pub struct Note {
    store: Store,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State<'a> {
    #[serde(borrow = "'a")]
    id: ValueString<'a>,
    #[serde(borrow = "'a")]
    title: ValueString<'a>,
    #[serde(borrow = "'a")]
    body: ValueString<'a>,
    #[serde(borrow = "'a")]
    labels: ValueMap<'a, ValueString<'a>>,
    #[serde(borrow = "'a")]
    author: Value<AuthorState<'a>>,
    #[serde(borrow = "'a")]
    attachment: ValueList<AttachmentState<'a>>,
    revision: ValueNumber,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct AuthorState<'a> {
    #[serde(borrow = "'a")]
    name: ValueString<'a>,
    #[serde(borrow = "'a")]
    mail: ValueString<'a>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct AttachmentState<'a> {
    #[serde(borrow = "'a")]
    name: ValueString<'a>,
    size: ValueNumber,
}

/// What a module says of itself, in a `provider_meta` block.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Meta<'a> {
    #[serde(borrow = "'a")]
    module: ValueString<'a>,
}

/// What the engine keeps for the provider without looking into it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Private {
    #[serde(default)]
    planned_by: String,
}

impl Note {
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Writes what was planned. A body of `torn` is written, and then reported as an error; one of `refused` is not even written.
    fn write(
        &self,
        diags: &mut Diagnostics,
        planned: &State<'_>,
        revision: i64,
        meta: &Value<Meta<'_>>,
    ) -> Option<State<'static>> {
        let name = meta.as_ref_option().and_then(|meta| meta.module.as_deref_option());
        let note = Stored { written_for: name.map(str::to_owned), ..planned.to_stored(revision) };
        if note.body == "refused" {
            diags.error("The note is refused", "No note may say that.", AttributePath::new("body"));
            return None;
        }
        if let Err(error) = self.store.write(&note) {
            diags.root_error("The note cannot be written", error.to_string());
            return None;
        }
        if note.body == "torn" {
            diags.error("The note is torn", "It was written, but not well.", AttributePath::new("body"));
        }
        Some(State::from_stored(&note))
    }
}

impl State<'_> {
    fn to_stored(&self, revision: i64) -> Stored {
        let text = |value: &ValueString<'_>| value.as_deref_option().unwrap_or_default().to_owned();
        let optional = |value: &ValueString<'_>| value.as_deref_option().map(str::to_owned);
        Stored {
            title: text(&self.title),
            body: text(&self.body),
            labels: self
                .labels
                .as_ref_option()
                .map(|labels| labels.iter().map(|(name, label)| (name.to_string(), text(label))).collect()),
            author: self
                .author
                .as_ref_option()
                .map(|author| Author { name: text(&author.name), mail: optional(&author.mail) }),
            attachments: self
                .attachment
                .as_ref_option()
                .into_iter()
                .flatten()
                .map(|attachment| {
                    let name = text(&attachment.name);
                    Attachment { size: name.len() as i64, name }
                })
                .collect(),
            revision,
            written_for: None,
        }
    }

    fn from_stored(note: &Stored) -> State<'static> {
        let optional = |text: &Option<String>| ValueString::from(text.clone().map(Into::into));
        State {
            id: note.title.clone().into(),
            title: note.title.clone().into(),
            body: note.body.clone().into(),
            labels: Value::from(note.labels.as_ref().map(|labels| {
                labels.iter().map(|(name, label)| (name.clone().into(), label.clone().into())).collect()
            })),
            author: Value::from(note.author.as_ref().map(|author| AuthorState {
                name: author.name.clone().into(),
                mail: optional(&author.mail),
            })),
            attachment: Value::Value(
                note.attachments
                    .iter()
                    .map(|attachment| AttachmentState {
                        name: attachment.name.clone().into(),
                        size: Value::Value(attachment.size),
                    })
                    .collect(),
            ),
            revision: Value::Value(note.revision),
        }
    }
}

fn attribute(attr_type: AttributeType, constraint: AttributeConstraint, description: &str) -> Attribute {
    Attribute {
        attr_type,
        constraint,
        description: Description::plain(description.to_owned()),
        ..Default::default()
    }
}

#[async_trait]
impl Resource for Note {
    type State<'a> = State<'a>;
    type PrivateState<'a> = Value<Private>;
    type ProviderMetaState<'a> = Value<Meta<'a>>;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        use AttributeConstraint::{Computed, Optional, Required};
        use AttributeType::{Map, Number, Object, String};
        // Not `AttributeSingle`: the library sends those with a type beside the nested one, which Terraform refuses.
        let author = Object(map! { "name" => String, "mail" => String });
        let attachment = Block {
            attributes: map! {
                "name" => attribute(String, Required, "What is attached"),
                "size" => attribute(Number, Computed, "How large it is"),
            },
            description: Description::plain("What is attached, in order"),
            ..Default::default()
        };
        Some(Schema {
            version: 2,
            block: Block {
                version: 2,
                description: Description::plain("A note"),
                attributes: map! {
                    "id" => attribute(String, Computed, "The title"),
                    "title" => attribute(String, Required, "What it is called; another title is another note"),
                    "body" => attribute(String, Required, "What it says"),
                    "labels" => attribute(Map(String.into()), Optional, "Whatever helps to find it"),
                    "author" => attribute(author, Optional, "The writer"),
                    "revision" => attribute(Number, Computed, "How often it was written"),
                },
                blocks: map! { "attachment" => NestedBlock::List(attachment) },
                ..Default::default()
            },
        })
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: State<'a>) -> Option<()> {
        fault::at("ValidateResourceConfig").await;
        if config.title.as_deref_option().is_some_and(|title| title.is_empty() || title.contains('/')) {
            diags.error(
                "Not a title",
                "A title is not empty, and has no slash.",
                AttributePath::new("title"),
            );
        }
        if config.body.as_deref_option() == Some("hm") {
            diags.warning("A short note", "It says hardly anything.", AttributePath::new("body"));
        }
        Some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        state: State<'a>,
        private: Value<Private>,
        _: Value<Meta<'a>>,
    ) -> Option<(State<'a>, Value<Private>)> {
        fault::at("ReadResource").await;
        match self.store.read(state.title.as_deref_option().unwrap_or_default()) {
            Ok(note) => note.map(|note| (State::from_stored(&note), private)),
            Err(error) => {
                diags.root_error("The note cannot be read", error.to_string());
                Some((state, private))
            }
        }
    }

    async fn plan_create<'a>(
        &self,
        _: &mut Diagnostics,
        proposed: State<'a>,
        _config: State<'a>,
        _: Value<Meta<'a>>,
    ) -> Option<(State<'a>, Value<Private>)> {
        fault::at("PlanResourceChange").await;
        let mut planned = proposed;
        planned.id = planned.title.clone();
        planned.revision = Value::Value(1);
        sizes_unknown(&mut planned);
        Some((planned, Value::Value(Private { planned_by: "create".to_owned() })))
    }

    async fn plan_update<'a>(
        &self,
        _: &mut Diagnostics,
        prior: State<'a>,
        proposed: State<'a>,
        _config: State<'a>,
        _private: Value<Private>,
        _: Value<Meta<'a>>,
    ) -> Option<(State<'a>, Value<Private>, Vec<AttributePath>)> {
        fault::at("PlanResourceChange").await;
        let mut planned = proposed;
        let mut replaced_by = Vec::new();
        let revision = prior.revision.as_option().unwrap_or_default();
        if planned.title != prior.title {
            planned.id = planned.title.clone();
            replaced_by.push(AttributePath::new("title"));
        }
        if planned.to_stored(revision) != prior.to_stored(revision) {
            planned.revision = Value::Unknown;
            sizes_unknown(&mut planned);
        }
        if fault::is("PlanResourceChange", "contradict") {
            planned.body = "What nobody asked for".into();
        }
        Some((planned, Value::Value(Private { planned_by: "update".to_owned() }), replaced_by))
    }

    async fn plan_destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: State<'a>,
        private: Value<Private>,
        meta: Value<Meta<'a>>,
    ) -> Option<Value<Private>> {
        if prior.labels.as_ref_option().is_some_and(|labels| labels.contains_key("keep")) {
            let module = meta.as_ref_option().and_then(|meta| meta.module.as_deref_option());
            let who = module.unwrap_or("nobody");
            diags.root_warning(
                "The note was to be kept",
                format!("It has the label `keep`, which {who} knew."),
            );
        }
        Some(private)
    }

    async fn create<'a>(
        &self,
        diags: &mut Diagnostics,
        planned: State<'a>,
        _config: State<'a>,
        private: Value<Private>,
        meta: Value<Meta<'a>>,
    ) -> Option<(State<'a>, Value<Private>)> {
        fault::at("ApplyResourceChange").await;
        self.write(diags, &planned, 1, &meta).map(|state| (state, private))
    }

    async fn update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: State<'a>,
        planned: State<'a>,
        _config: State<'a>,
        private: Value<Private>,
        meta: Value<Meta<'a>>,
    ) -> Option<(State<'a>, Value<Private>)> {
        fault::at("ApplyResourceChange").await;
        let revision = prior.revision.as_option().unwrap_or_default() + 1;
        if fault::is("ApplyResourceChange", "contradict") {
            let other = State { body: "What nobody planned".into(), ..planned };
            return self.write(diags, &other, revision, &meta).map(|state| (state, private));
        }
        self.write(diags, &planned, revision, &meta).map(|state| (state, private))
    }

    async fn destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: State<'a>,
        _private: Value<Private>,
        _: Value<Meta<'a>>,
    ) -> Option<()> {
        fault::at("ApplyResourceChange").await;
        match self.store.remove(prior.title.as_deref_option().unwrap_or_default()) {
            Ok(()) => Some(()),
            Err(error) => {
                diags.root_error("The note cannot be removed", error.to_string());
                None
            }
        }
    }

    async fn import<'a>(&self, diags: &mut Diagnostics, id: String) -> Option<(State<'a>, Value<Private>)> {
        fault::at("ImportResourceState").await;
        match self.store.read(&id) {
            Ok(Some(note)) => Some((State::from_stored(&note), Value::Value(Private::default()))),
            Ok(None) => {
                diags.root_error("No such note", format!("There is no note called {id:?}."));
                None
            }
            Err(error) => {
                diags.root_error("The note cannot be read", error.to_string());
                None
            }
        }
    }
}

/// Nobody knows how large an attachment is until it is written.
fn sizes_unknown(planned: &mut State<'_>) {
    for attachment in planned.attachment.iter_mut().flatten() {
        attachment.size = Value::Unknown;
    }
}
