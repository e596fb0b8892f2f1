//! `google_logging_project_sink`, `google_logging_folder_sink` and `google_logging_organization_sink`.

use super::remote::{self, BigqueryOptions, Exclusion, Sink};
use crate::Google;
use crate::provider::project_of;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, PlanContext, Resource, Value, async_trait,
};

macro_rules! sink {
    (
        $(#[$doc:meta])* $name:ident $type_name:literal, $extra:ident,
        keys: { $($(#[$meta:meta])* $key:ident: $ty:ty,)* },
        parent: |$google:ident, $this:ident| $parent:expr,
        query: |$asked:ident| $query:expr,
        import: |$holder:ident| $import:expr
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Resource)]
        #[resource(name = $type_name, keep)]
        pub struct $name {
            /// The path of the sink.
            pub id: Computed<String>,
            /// The name of the sink.
            #[attr(force_new)]
            pub name: String,
            $($(#[$meta])* pub $key: $ty,)*
            /// Where entries go: `storage.googleapis.com/BUCKET`, `bigquery.googleapis.com/projects/P/datasets/D`,
            /// `pubsub.googleapis.com/...` or `logging.googleapis.com/...`.
            pub destination: String,
            /// Which entries; all when there is none.
            pub filter: Option<String>,
            /// What the sink is for.
            pub description: Option<String>,
            /// Whether the sink is off.
            pub disabled: Option<bool>,
            /// Entries that are not copied.
            #[block]
            pub exclusions: Vec<Exclusion>,
            /// How entries are written to BigQuery.
            #[block(computed)]
            pub bigquery_options: Option<BigqueryOptions>,
            /// Who writes to the destination, and needs a role there.
            pub writer_identity: Computed<String>,
        }

        #[async_trait]
        impl Resource for $name {
            type Client = Google;

            async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
                let parent = planned.parent(google)?;
                let query = planned.query();
                let made = remote::create(google, &parent, &planned.body(), &query, cx.repeated).await?;
                Ok(planned.with(&parent, made))
            }

            async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
                let parents: Vec<Result<String, Error>> = states.iter().map(|s| s.parent(google)).collect();
                let wanted: Vec<(String, String)> = (states.iter().zip(&parents))
                    .filter_map(|(state, parent)| Some((parent.as_ref().ok()?.clone(), state.name.clone())))
                    .collect();
                let found = remote::look_up(google, wanted).await;
                (states.into_iter().zip(parents))
                    .map(|(state, parent)| {
                        let key = (parent?, state.name.clone());
                        match found.get(&key) {
                            Some(Ok(sink)) => Ok(sink.clone().map(|sink| state.with(&key.0, sink))),
                            Some(Err(error)) => Err(error.clone()),
                            None => Ok(None),
                        }
                    })
                    .collect()
            }

            async fn update(
                google: &Google,
                _: Self,
                planned: Self,
                _: &ApplyContext,
            ) -> Result<Self, Failure<Self>> {
                let parent = planned.parent(google)?;
                let changed = remote::update(google, &parent, &planned.body(), &planned.query()).await?;
                Ok(planned.with(&parent, changed))
            }

            async fn delete(google: &Google, state: Self, _: &ApplyContext) -> Result<(), Error> {
                remote::delete(google, &state.parent(google)?, &state.name).await
            }

            fn import(id: &str) -> Result<Attributes, Error> {
                let (holder, name) = id.split_once("/sinks/").ok_or_else(|| {
                    Error::new("Invalid import id", format!("{id:?} is not of the form \"PARENT/sinks/NAME\"."))
                })?;
                let $holder = crate::names::name_of(holder);
                let mut attributes: Attributes = $import;
                attributes.push(("name", Value::from(name)));
                Ok(attributes)
            }

            fn plan(cx: &mut PlanContext<'_, Google>) {
                if cx.changed("unique_writer_identity") || cx.changed("custom_writer_identity") {
                    cx.set_unknown("writer_identity");
                }
            }
        }

        impl $name {
            /// What the sink is in.
            fn parent(&self, $google: &Google) -> Result<String, Error> {
                let $this = self;
                $parent
            }

            /// What requests say besides the body.
            fn query(&self) -> String {
                let $asked = self;
                $query
            }

            /// The sink as Google is to have it.
            fn body(&self) -> Sink {
                let sink = Sink {
                    name: self.name.clone(),
                    destination: self.destination.clone(),
                    filter: self.filter.clone().unwrap_or_default(),
                    description: self.description.clone().unwrap_or_default(),
                    disabled: self.disabled == Some(true),
                    exclusions: self.exclusions.clone(),
                    bigquery_options: self.bigquery_options.clone(),
                    ..Sink::default()
                };
                self.$extra(sink)
            }

            /// This sink as Google describes it.
            fn with(self, parent: &str, sink: Sink) -> Self {
                let mut state = Self {
                    id: format!("{parent}/sinks/{}", sink.name).into(),
                    destination: sink.destination.clone(),
                    filter: Some(sink.filter.clone()),
                    description: Some(sink.description.clone()),
                    disabled: Some(sink.disabled),
                    exclusions: sink.exclusions.clone(),
                    bigquery_options: sink.bigquery_options.clone(),
                    writer_identity: sink.writer_identity.clone().into(),
                    ..self
                };
                state.take(parent, sink);
                state
            }
        }
    };
}

sink! {
    /// Copies the log entries of a project.
    ProjectSink "google_logging_project_sink", alone,
    keys: {
        /// The project.
        #[attr(force_new)]
        project: Auto<String>,
        /// Whether the sink has a writer of its own.
        #[attr(default = true, local)]
        unique_writer_identity: Option<bool>,
        /// The service account that writes.
        #[attr(local)]
        custom_writer_identity: Option<String>,
    },
    parent: |google, this| Ok(format!("projects/{}", project_of(google, this.project.as_deref())?)),
    query: |this| {
        let own = format!("?uniqueWriterIdentity={}", this.unique_writer_identity != Some(false));
        match &this.custom_writer_identity {
            Some(account) => format!("{own}&customWriterIdentity={account}"),
            None => own,
        }
    },
    import: |holder| vec![("project", Value::from(holder))]
}

sink! {
    /// Copies the log entries of a folder, and perhaps of what is in it.
    FolderSink "google_logging_folder_sink", with_children,
    keys: {
        /// The folder: `folders/1234` or its number.
        #[attr(force_new, equivalent = same_folder)]
        folder: String,
        /// Whether entries of what is in it are copied too.
        #[attr(force_new, default = false)]
        include_children: Option<bool>,
        /// Whether entries that this sink copies reach no sink further in.
        #[attr(default = false)]
        intercept_children: Option<bool>,
    },
    parent: |_google, this| Ok(format!("folders/{}", crate::names::name_of(&this.folder))),
    query: |_this| "?uniqueWriterIdentity=true".to_owned(),
    import: |holder| vec![("folder", Value::from(holder))]
}

sink! {
    /// Copies the log entries of an organization, and perhaps of what is in it.
    OrganizationSink "google_logging_organization_sink", with_children,
    keys: {
        /// The organization's number.
        #[attr(force_new, equivalent = same_folder)]
        org_id: String,
        /// Whether entries of what is in it are copied too.
        #[attr(force_new, default = false)]
        include_children: Option<bool>,
        /// Whether entries that this sink copies reach no sink further in.
        #[attr(default = false)]
        intercept_children: Option<bool>,
    },
    parent: |_google, this| Ok(format!("organizations/{}", crate::names::name_of(&this.org_id))),
    query: |_this| "?uniqueWriterIdentity=true".to_owned(),
    import: |holder| vec![("org_id", Value::from(holder))]
}

fn same_folder(one: &str, other: &str) -> bool {
    crate::names::name_of(one) == crate::names::name_of(other)
}

impl ProjectSink {
    fn alone(&self, sink: Sink) -> Sink {
        sink
    }

    fn take(&mut self, parent: &str, _: Sink) {
        self.project = parent.trim_start_matches("projects/").into();
    }
}

macro_rules! children {
    ($($name:ident),*) => {
        $(impl $name {
            fn with_children(&self, sink: Sink) -> Sink {
                Sink {
                    include_children: self.include_children == Some(true),
                    intercept_children: self.intercept_children == Some(true),
                    ..sink
                }
            }

            fn take(&mut self, _: &str, sink: Sink) {
                self.include_children = Some(sink.include_children);
                self.intercept_children = Some(sink.intercept_children);
            }
        })*
    };
}
children!(FolderSink, OrganizationSink);
