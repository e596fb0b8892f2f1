//! What the three kinds of IAM resources do with the policy of their object: a member has a role, a role has
//! exactly these members, the policy is exactly this. The types themselves are made by [`iam_types`].

use super::location::Location;
use super::policy::{self, Condition, Policy, normal};
use crate::Google;
use crate::client::is_not_found;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{Attributes, Error, Object, Value, join_all};

/// Reads the policies that objects are about, each once, and lets `with` find in it what the state says.
pub(crate) async fn read_each<S>(
    google: &Google,
    states: Vec<S>,
    location: impl Fn(&S) -> Result<Location, Error>,
    with: impl Fn(S, Policy) -> Option<S>,
) -> Vec<Result<Option<S>, Error>> {
    let locations: Vec<Result<Location, Error>> = states.iter().map(location).collect();
    let wanted: BTreeMap<String, Location> =
        locations.iter().flatten().map(|l| (l.path.clone(), l.clone())).collect();
    let asked = wanted.into_iter().map(|(path, location)| async move {
        let policy = match policy::read(google, &location).await {
            Ok(policy) => Ok(Some(policy)),
            Err(e) if is_not_found(&e) => Ok(None),
            Err(e) => Err(e),
        };
        (path, policy)
    });
    let policies: BTreeMap<String, Result<Option<Policy>, Error>> =
        join_all(asked).await.into_iter().collect();
    (states.into_iter().zip(locations))
        .map(|(state, location)| match policies.get(&location?.path) {
            Some(Ok(Some(policy))) => Ok(with(state, policy.clone())),
            Some(Err(error)) => Err(error.clone()),
            _ => Ok(None),
        })
        .collect()
}

/// Gives a role to a member.
pub(crate) async fn grant(
    google: &Google,
    location: &Location,
    role: &str,
    member: &str,
    condition: Option<&Condition>,
) -> Result<Policy, Error> {
    policy::edit(google, location, |policy| {
        let mut members = policy.members(role, condition);
        let added = !members.iter().any(|m| policy::same_member(m, member));
        if added {
            members.insert(member.to_owned());
            policy.set(role, condition, members);
        }
        Ok(added)
    })
    .await
}

/// Takes a role from a member.
pub(crate) async fn revoke(
    google: &Google,
    location: &Location,
    role: &str,
    member: &str,
    condition: Option<&Condition>,
) -> Result<(), Error> {
    let revoked = policy::edit(google, location, |policy| {
        let before = policy.members(role, condition);
        let after: BTreeSet<String> =
            before.iter().filter(|m| !policy::same_member(m, member)).cloned().collect();
        let removed = after != before;
        policy.set(role, condition, after);
        Ok(removed)
    });
    match revoked.await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other.map(|_| ()),
    }
}

/// Lets a role have exactly these members.
pub(crate) async fn bind(
    google: &Google,
    location: &Location,
    role: &str,
    members: &BTreeSet<String>,
    condition: Option<&Condition>,
) -> Result<Policy, Error> {
    policy::edit(google, location, |policy| {
        let same = |a: &BTreeSet<String>, b: &BTreeSet<String>| {
            a.iter().map(|m| normal(m)).eq(b.iter().map(|m| normal(m)))
        };
        let changed = !same(&policy.members(role, condition), members);
        policy.set(role, condition, members.clone());
        Ok(changed)
    })
    .await
}

/// Takes a role from everybody.
pub(crate) async fn unbind(
    google: &Google,
    location: &Location,
    role: &str,
    condition: Option<&Condition>,
) -> Result<(), Error> {
    match bind(google, location, role, &BTreeSet::new(), condition).await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other.map(|_| ()),
    }
}

/// Lets the policy be exactly this.
pub(crate) async fn replace(google: &Google, location: &Location, text: &str) -> Result<Policy, Error> {
    let wanted = Policy::from_text(text)?;
    policy::edit(google, location, |policy| {
        let changed = policy.to_text() != wanted.to_text();
        policy.bindings = wanted.bindings.clone();
        policy.audit_configs = wanted.audit_configs.clone();
        Ok(changed)
    })
    .await
}

/// Empties the policy.
pub(crate) async fn clear(google: &Google, location: &Location) -> Result<(), Error> {
    match replace(google, location, "{}").await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other.map(|_| ()),
    }
}

/// The members as they are written in the configuration, where the policy has them in another case.
pub(crate) fn as_written(found: BTreeSet<String>, written: &BTreeSet<String>) -> BTreeSet<String> {
    let write =
        |member: String| written.iter().find(|w| policy::same_member(w, &member)).cloned().unwrap_or(member);
    found.into_iter().map(write).collect()
}

/// The parts of an import id: what it is about, then `wanted` words, then perhaps the title of a condition.
pub(crate) fn import_words<'a>(
    id: &'a str,
    wanted: &'static [&'static str],
) -> Result<(&'a str, Attributes), Error> {
    let mut words = id.split_whitespace();
    let object = words.next().unwrap_or_default();
    let mut attributes = Attributes::new();
    for name in wanted {
        let word = words.next().ok_or_else(|| {
            let form = wanted.join(" ");
            Error::new("Invalid import id", format!("{id:?} is not of the form \"object {form}\"."))
        })?;
        attributes.push((*name, Value::from(word)));
    }
    let title = words.collect::<Vec<_>>().join(" ");
    if !title.is_empty() {
        let condition = Condition { title, ..Condition::default() }.to_value();
        attributes.push(("condition", Value::list(condition.ty(), [condition])));
    }
    Ok((object, attributes))
}

/// The id of a grant.
pub(crate) fn id(object: &str, words: &[&str], condition: Option<&Condition>) -> String {
    let title = condition.map(|c| c.title.as_str());
    std::iter::once(object).chain(words.iter().copied()).chain(title).collect::<Vec<_>>().join("/")
}

/// The three IAM resource types of a kind of objects: what names the object are the `keys`.
macro_rules! iam_types {
    (
        $member:ident $member_name:literal, $binding:ident $binding_name:literal, $policy:ident $policy_name:literal,
        keys: { $($(#[$meta:meta])* $key:ident: $ty:ty,)* },
        locate: |$google:ident, $this:ident| $locate:expr,
        import: |$id:ident| $import:expr
    ) => {
        /// Gives a role to one member, and leaves the others alone.
        #[derive(Clone, Debug, Default, terrane_sdk::Resource)]
        #[resource(name = $member_name, keep)]
        pub struct $member {
            /// Object, role and member.
            pub id: terrane_sdk::Computed<String>,
            $($(#[$meta])* pub $key: $ty,)*
            /// The role.
            #[attr(force_new)]
            pub role: String,
            /// Who gets it: `user:EMAIL`, `group:EMAIL`, `serviceAccount:EMAIL` and others.
            #[attr(force_new, equivalent = $crate::iam::policy::same_member)]
            pub member: String,
            /// When it is had.
            #[block(force_new)]
            pub condition: Option<$crate::iam::policy::Condition>,
            /// The version of the policy.
            pub etag: terrane_sdk::Computed<String>,
        }

        impl $member {
            fn location(&self, $google: &$crate::Google) -> Result<$crate::iam::location::Location, terrane_sdk::Error> {
                let $this = self;
                $locate
            }

            fn with(self, google: &$crate::Google, policy: &$crate::iam::policy::Policy) -> Self {
                let object = self.location(google).map(|l| $crate::iam::location::short(&l.path)).unwrap_or_default();
                let id = $crate::iam::grants::id(&object, &[&self.role, &self.member], self.condition.as_ref());
                Self { id: id.into(), etag: policy.etag.clone().into(), ..self }
            }
        }

        #[terrane_sdk::async_trait]
        impl terrane_sdk::Resource for $member {
            type Client = $crate::Google;

            async fn create(
                google: &$crate::Google,
                planned: Self,
                _: &terrane_sdk::ApplyContext,
            ) -> Result<Self, terrane_sdk::Failure<Self>> {
                let location = planned.location(google)?;
                let condition = planned.condition.as_ref();
                let policy =
                    $crate::iam::grants::grant(google, &location, &planned.role, &planned.member, condition).await?;
                Ok(planned.with(google, &policy))
            }

            async fn read(
                google: &$crate::Google,
                states: Vec<Self>,
            ) -> Vec<Result<Option<Self>, terrane_sdk::Error>> {
                let location = |s: &Self| s.location(google);
                $crate::iam::grants::read_each(google, states, location, |state, policy| {
                    let condition = policy.condition(&state.role, state.condition.as_ref());
                    let members = policy.members(&state.role, condition.as_ref());
                    let granted = members.iter().any(|m| $crate::iam::policy::same_member(m, &state.member));
                    granted.then(|| Self { condition, ..state }.with(google, &policy))
                })
                .await
            }

            async fn update(
                _: &$crate::Google,
                _: Self,
                planned: Self,
                _: &terrane_sdk::ApplyContext,
            ) -> Result<Self, terrane_sdk::Failure<Self>> {
                Ok(planned)
            }

            async fn delete(
                google: &$crate::Google,
                state: Self,
                _: &terrane_sdk::ApplyContext,
            ) -> Result<(), terrane_sdk::Error> {
                let location = state.location(google)?;
                let condition = state.condition.as_ref();
                $crate::iam::grants::revoke(google, &location, &state.role, &state.member, condition).await
            }

            fn import(id: &str) -> Result<terrane_sdk::Attributes, terrane_sdk::Error> {
                let ($id, words) = $crate::iam::grants::import_words(id, &["role", "member"])?;
                let mut attributes: terrane_sdk::Attributes = $import?;
                attributes.extend(words);
                Ok(attributes)
            }
        }

        /// Lets a role have exactly these members: any other is removed.
        #[derive(Clone, Debug, Default, terrane_sdk::Resource)]
        #[resource(name = $binding_name, keep)]
        pub struct $binding {
            /// Object and role.
            pub id: terrane_sdk::Computed<String>,
            $($(#[$meta])* pub $key: $ty,)*
            /// The role.
            #[attr(force_new)]
            pub role: String,
            /// Who has it.
            #[attr(required)]
            pub members: std::collections::BTreeSet<String>,
            /// When it is had.
            #[block(force_new)]
            pub condition: Option<$crate::iam::policy::Condition>,
            /// The version of the policy.
            pub etag: terrane_sdk::Computed<String>,
        }

        impl $binding {
            fn location(&self, $google: &$crate::Google) -> Result<$crate::iam::location::Location, terrane_sdk::Error> {
                let $this = self;
                $locate
            }

            fn with(self, google: &$crate::Google, policy: &$crate::iam::policy::Policy) -> Self {
                let object = self.location(google).map(|l| $crate::iam::location::short(&l.path)).unwrap_or_default();
                let id = $crate::iam::grants::id(&object, &[&self.role], self.condition.as_ref());
                let found = policy.members(&self.role, self.condition.as_ref());
                let members = $crate::iam::grants::as_written(found, &self.members);
                Self { id: id.into(), members, etag: policy.etag.clone().into(), ..self }
            }
        }

        #[terrane_sdk::async_trait]
        impl terrane_sdk::Resource for $binding {
            type Client = $crate::Google;

            async fn create(
                google: &$crate::Google,
                planned: Self,
                _: &terrane_sdk::ApplyContext,
            ) -> Result<Self, terrane_sdk::Failure<Self>> {
                let location = planned.location(google)?;
                let condition = planned.condition.as_ref();
                let policy =
                    $crate::iam::grants::bind(google, &location, &planned.role, &planned.members, condition).await?;
                Ok(planned.with(google, &policy))
            }

            async fn read(
                google: &$crate::Google,
                states: Vec<Self>,
            ) -> Vec<Result<Option<Self>, terrane_sdk::Error>> {
                let location = |s: &Self| s.location(google);
                $crate::iam::grants::read_each(google, states, location, |state, policy| {
                    let condition = policy.condition(&state.role, state.condition.as_ref());
                    let bound = !policy.members(&state.role, condition.as_ref()).is_empty();
                    bound.then(|| Self { condition, ..state }.with(google, &policy))
                })
                .await
            }

            async fn update(
                google: &$crate::Google,
                _: Self,
                planned: Self,
                cx: &terrane_sdk::ApplyContext,
            ) -> Result<Self, terrane_sdk::Failure<Self>> {
                Self::create(google, planned, cx).await
            }

            async fn delete(
                google: &$crate::Google,
                state: Self,
                _: &terrane_sdk::ApplyContext,
            ) -> Result<(), terrane_sdk::Error> {
                let location = state.location(google)?;
                $crate::iam::grants::unbind(google, &location, &state.role, state.condition.as_ref()).await
            }

            fn import(id: &str) -> Result<terrane_sdk::Attributes, terrane_sdk::Error> {
                let ($id, words) = $crate::iam::grants::import_words(id, &["role"])?;
                let mut attributes: terrane_sdk::Attributes = $import?;
                attributes.extend(words);
                Ok(attributes)
            }

            async fn foresee(
                google: &$crate::Google,
                prior: &terrane_sdk::Value,
                planned: &terrane_sdk::Value,
            ) -> terrane_sdk::Diagnostics {
                $crate::iam::foresee::binding::<Self>(google, (prior, planned), |this| {
                    Some((this.location(google).ok()?, this.role.clone(), this.condition.clone()))
                })
                .await
            }

            fn plan(cx: &mut terrane_sdk::PlanContext<'_, $crate::Google>) {
                if cx.changed("members") {
                    cx.set_unknown("etag");
                }
            }
        }

        /// Lets the policy of an object be exactly this: whatever else is in it is removed.
        #[derive(Clone, Debug, Default, terrane_sdk::Resource)]
        #[resource(name = $policy_name, keep)]
        pub struct $policy {
            /// The object.
            pub id: terrane_sdk::Computed<String>,
            $($(#[$meta])* pub $key: $ty,)*
            /// The policy in JSON, as data source `google_iam_policy` makes it.
            #[attr(equivalent = $crate::iam::policy::same_policy)]
            pub policy_data: String,
            /// The version of the policy.
            pub etag: terrane_sdk::Computed<String>,
        }

        impl $policy {
            fn location(&self, $google: &$crate::Google) -> Result<$crate::iam::location::Location, terrane_sdk::Error> {
                let $this = self;
                $locate
            }

            fn with(self, google: &$crate::Google, policy: &$crate::iam::policy::Policy) -> Self {
                let object = self.location(google).map(|l| $crate::iam::location::short(&l.path)).unwrap_or_default();
                Self { id: object.into(), policy_data: policy.to_text(), etag: policy.etag.clone().into(), ..self }
            }
        }

        #[terrane_sdk::async_trait]
        impl terrane_sdk::Resource for $policy {
            type Client = $crate::Google;

            async fn create(
                google: &$crate::Google,
                planned: Self,
                _: &terrane_sdk::ApplyContext,
            ) -> Result<Self, terrane_sdk::Failure<Self>> {
                let location = planned.location(google)?;
                let policy = $crate::iam::grants::replace(google, &location, &planned.policy_data).await?;
                Ok(planned.with(google, &policy))
            }

            async fn read(
                google: &$crate::Google,
                states: Vec<Self>,
            ) -> Vec<Result<Option<Self>, terrane_sdk::Error>> {
                let location = |s: &Self| s.location(google);
                $crate::iam::grants::read_each(google, states, location, |state, policy| {
                    Some(state.with(google, &policy))
                })
                .await
            }

            async fn update(
                google: &$crate::Google,
                _: Self,
                planned: Self,
                cx: &terrane_sdk::ApplyContext,
            ) -> Result<Self, terrane_sdk::Failure<Self>> {
                Self::create(google, planned, cx).await
            }

            async fn delete(
                google: &$crate::Google,
                state: Self,
                _: &terrane_sdk::ApplyContext,
            ) -> Result<(), terrane_sdk::Error> {
                $crate::iam::grants::clear(google, &state.location(google)?).await
            }

            fn import(id: &str) -> Result<terrane_sdk::Attributes, terrane_sdk::Error> {
                let $id = id;
                $import
            }

            async fn foresee(
                google: &$crate::Google,
                _: &terrane_sdk::Value,
                planned: &terrane_sdk::Value,
            ) -> terrane_sdk::Diagnostics {
                $crate::iam::foresee::whole::<Self>(google, planned, |this| this.location(google).ok()).await
            }

            fn plan(cx: &mut terrane_sdk::PlanContext<'_, $crate::Google>) {
                if cx.changed("policy_data") {
                    cx.set_unknown("etag");
                }
            }
        }
    };
}
pub(crate) use iam_types;
