//! `aws_account_primary_contact`: whose an account is.

use super::{call, object, other, text, unless_gone};
use crate::Aws;
use serde_json::{Map, Value as Json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, join_all,
    validate,
};

/// Provides whose an account is. An account always has one: it stays when this is destroyed.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_account_primary_contact", keep)]
pub struct PrimaryContact {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The account, of the organization, when it is not the provider's.
    #[attr(force_new, validate = validate::matches(r"^\d{12}$", "be the number of an account"))]
    pub account_id: Auto<String>,
    /// The first line of the address.
    pub address_line_1: String,
    /// The second line of the address.
    pub address_line_2: Option<String>,
    /// The third line of the address.
    pub address_line_3: Option<String>,
    /// The city.
    pub city: String,
    /// The company.
    pub company_name: Option<String>,
    /// The country, in two letters.
    #[attr(validate = validate::length(2..=2))]
    pub country_code: String,
    /// The district or county.
    pub district_or_county: Option<String>,
    /// The name.
    pub full_name: String,
    /// The number to call.
    pub phone_number: String,
    /// The postal code.
    pub postal_code: String,
    /// The state or region, which some countries need.
    pub state_or_region: Option<String>,
    /// The company's page.
    pub website_url: Option<String>,
}

impl PrimaryContact {
    async fn put(self, aws: &Aws) -> Result<Self, Error> {
        let about = object([
            ("AddressLine1", Some(self.address_line_1.as_str())),
            ("AddressLine2", self.address_line_2.as_deref()),
            ("AddressLine3", self.address_line_3.as_deref()),
            ("City", Some(&self.city)),
            ("CompanyName", self.company_name.as_deref()),
            ("CountryCode", Some(&self.country_code)),
            ("DistrictOrCounty", self.district_or_county.as_deref()),
            ("FullName", Some(&self.full_name)),
            ("PhoneNumber", Some(&self.phone_number)),
            ("PostalCode", Some(&self.postal_code)),
            ("StateOrRegion", self.state_or_region.as_deref()),
            ("WebsiteUrl", self.website_url.as_deref()),
        ]);
        let about = Map::from_iter([("ContactInformation".to_owned(), Json::Object(about))]);
        call(aws, "PutContactInformation", other(&self.account_id), about).await?;
        self.identified(aws).await
    }

    async fn identified(self, aws: &Aws) -> Result<Self, Error> {
        let account = self.account_id.0.clone().unwrap_or_default();
        let id = if account.is_empty() { aws.account().await?.to_string() } else { account.clone() };
        Ok(Self { id: id.into(), account_id: account.into(), ..self })
    }

    fn with(self, found: &Json) -> Self {
        let at = |name: &str| text(found, &format!("/ContactInformation/{name}"));
        let perhaps = |name: &str| Some(at(name)).filter(|t| !t.is_empty());
        Self {
            address_line_1: at("AddressLine1"),
            address_line_2: perhaps("AddressLine2"),
            address_line_3: perhaps("AddressLine3"),
            city: at("City"),
            company_name: perhaps("CompanyName"),
            country_code: at("CountryCode"),
            district_or_county: perhaps("DistrictOrCounty"),
            full_name: at("FullName"),
            phone_number: at("PhoneNumber"),
            postal_code: at("PostalCode"),
            state_or_region: perhaps("StateOrRegion"),
            website_url: perhaps("WebsiteUrl"),
            ..self
        }
    }
}

#[async_trait]
impl Resource for PrimaryContact {
    type Client = Aws;

    /// Writing a contact again changes nothing.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.put(aws).await?)
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let read = |state: Self| async move {
            let found = call(aws, "GetContactInformation", other(&state.account_id), Map::new()).await;
            match unless_gone(found)? {
                Some(found) => state.with(&found).identified(aws).await.map(Some),
                None => Ok(None),
            }
        };
        join_all(states.into_iter().map(read)).await
    }

    async fn update(aws: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.put(aws).await?)
    }

    /// AWS keeps what it was told last.
    async fn delete(_: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        Ok(())
    }

    const PART: bool = true;

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let found = Self::read(aws, vec![Self::default()]).await;
        Ok(Some(found.into_iter().filter_map(Result::transpose).collect::<Result<_, _>>()?))
    }

    /// The account, which is named only when it is not the provider's own.
    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("account_id", Value::from(id))])
    }
}
