//! `aws_account_alternate_contact`: whom AWS writes to about bills, operations or security.

use super::{call, object, other, split, text, unless_gone};
use crate::Aws;
use serde_json::Value as Json;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, join_all,
    validate,
};

use crate::client::{Poll, wait_until};

const KINDS: &[&str] = &["BILLING", "OPERATIONS", "SECURITY"];

/// How long a contact may take to be known everywhere.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Provides whom AWS writes to about a matter.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "aws_account_alternate_contact",
    keep,
    timeouts(create = "5m", update = "5m", delete = "5m")
)]
pub struct AlternateContact {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The account, of the organization, when it is not the provider's.
    #[attr(force_new, validate = validate::matches(r"^\d{12}$", "be the number of an account"))]
    pub account_id: Auto<String>,
    /// The matter: `BILLING`, `OPERATIONS` or `SECURITY`.
    #[attr(force_new, validate = validate::one_of(KINDS))]
    pub alternate_contact_type: String,
    /// The address to write to.
    #[attr(validate = validate::matches(r"^[\w+=,.-]+@[\w.-]+\.[\w]+$", "be an address of mail"))]
    pub email_address: String,
    /// The name.
    #[attr(validate = validate::length(1..=64))]
    pub name: String,
    /// The number to call.
    #[attr(validate = validate::length(1..=25))]
    pub phone_number: String,
    /// What the person is.
    #[attr(validate = validate::length(1..=50))]
    pub title: String,
}

impl AlternateContact {
    async fn get(&self, aws: &Aws) -> Result<Option<Json>, Error> {
        let about = object([("AlternateContactType", Some(self.alternate_contact_type.as_str()))]);
        unless_gone(call(aws, "GetAlternateContact", other(&self.account_id), about).await)
    }

    /// Writes the contact and waits until that is what is read.
    async fn put(self, aws: &Aws, timeout: Duration) -> Result<Self, Error> {
        let about = object([
            ("AlternateContactType", Some(self.alternate_contact_type.as_str())),
            ("EmailAddress", Some(&self.email_address)),
            ("Name", Some(&self.name)),
            ("PhoneNumber", Some(&self.phone_number)),
            ("Title", Some(&self.title)),
        ]);
        call(aws, "PutAlternateContact", other(&self.account_id), about).await?;
        let kind = &self.alternate_contact_type;
        wait_until(&format!("the {kind} contact to be known"), timeout, || async {
            let found = self.get(aws).await?.map(|found| self.clone().with(&found));
            Ok(match found {
                Some(found) if found.email_address == self.email_address && found.title == self.title => {
                    Poll::Ready(())
                }
                Some(_) => Poll::Pending("another".into()),
                None => Poll::Pending("not found".into()),
            })
        })
        .await?;
        Ok(self.identified())
    }

    fn with(self, found: &Json) -> Self {
        let at = |name: &str| text(found, &format!("/AlternateContact/{name}"));
        Self {
            email_address: at("EmailAddress"),
            name: at("Name"),
            phone_number: at("PhoneNumber"),
            title: at("Title"),
            ..self
        }
    }

    fn identified(self) -> Self {
        let kind = &self.alternate_contact_type;
        let id = other(&self.account_id).map_or_else(|| kind.clone(), |account| format!("{account}/{kind}"));
        Self { id: id.into(), account_id: self.account_id.0.unwrap_or_default().into(), ..self }
    }
}

#[async_trait]
impl Resource for AlternateContact {
    type Client = Aws;

    /// Writing a contact again changes nothing.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.put(aws, cx.timeout_or(PATIENCE)).await?)
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let read = |state: Self| async move {
            Ok(state.get(aws).await?.map(|found| state.with(&found).identified()))
        };
        join_all(states.into_iter().map(read)).await
    }

    async fn update(aws: &Aws, _: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.put(aws, cx.timeout_or(PATIENCE)).await?)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let about = object([("AlternateContactType", Some(state.alternate_contact_type.as_str()))]);
        unless_gone(call(aws, "DeleteAlternateContact", other(&state.account_id), about).await).map(drop)
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let one = |kind: &&str| {
            let state = Self { alternate_contact_type: (*kind).to_owned(), ..Self::default() };
            async move {
                let found = state.get(aws).await?;
                Ok::<_, Error>(found.map(|found| state.with(&found).identified()))
            }
        };
        let found = terrane_sdk::try_join_all(KINDS.iter().map(one)).await?;
        Ok(Some(found.into_iter().flatten().collect()))
    }

    /// The matter, after the account and a slash when it is another one.
    fn import(id: &str) -> Result<Attributes, Error> {
        let (account, kind) = split(id);
        Ok(vec![("account_id", Value::from(account)), ("alternate_contact_type", Value::from(kind))])
    }
}
