//! Data source `aws_account_primary_contact`: whose an account is.

use super::{call, text};
use crate::Aws;
use serde_json::Map;
use terrane_sdk::{Computed, DataSource, Error, async_trait, validate};

/// Whose an account is.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_account_primary_contact")]
pub struct PrimaryContactData {
    /// The account, of the organization, when it is not the provider's.
    #[attr(validate = validate::matches(r"^\d{12}$", "be the number of an account"))]
    pub account_id: Option<String>,
    /// The first line of the address.
    pub address_line_1: Computed<String>,
    /// The second line of the address.
    pub address_line_2: Computed<String>,
    /// The third line of the address.
    pub address_line_3: Computed<String>,
    /// The city.
    pub city: Computed<String>,
    /// The company.
    pub company_name: Computed<String>,
    /// The country, in two letters.
    pub country_code: Computed<String>,
    /// The district or county.
    pub district_or_county: Computed<String>,
    /// The name.
    pub full_name: Computed<String>,
    /// The account.
    pub id: Computed<String>,
    /// The number to call.
    pub phone_number: Computed<String>,
    /// The postal code.
    pub postal_code: Computed<String>,
    /// The state or region.
    pub state_or_region: Computed<String>,
    /// The company's page.
    pub website_url: Computed<String>,
}

#[async_trait]
impl DataSource for PrimaryContactData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let other = config.account_id.as_deref().filter(|a| !a.is_empty());
        let found = call(aws, "GetContactInformation", other, Map::new()).await?;
        let at = |name: &str| text(&found, &format!("/ContactInformation/{name}")).into();
        let account = match other {
            Some(account) => account.to_owned(),
            None => aws.account().await?.to_string(),
        };
        Ok(PrimaryContactData {
            address_line_1: at("AddressLine1"),
            address_line_2: at("AddressLine2"),
            address_line_3: at("AddressLine3"),
            city: at("City"),
            company_name: at("CompanyName"),
            country_code: at("CountryCode"),
            district_or_county: at("DistrictOrCounty"),
            full_name: at("FullName"),
            id: account.into(),
            phone_number: at("PhoneNumber"),
            postal_code: at("PostalCode"),
            state_or_region: at("StateOrRegion"),
            website_url: at("WebsiteUrl"),
            account_id: config.account_id,
        })
    }
}
