//! Who is granted something, in access control lists and for the logs of a bucket.

use aws_sdk_s3::types::{self, Type};
use terrane_sdk::{Block, Error, validate};

use super::remote::{built, text};

/// Who is granted something.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct LogGrantee {
    /// The name of the account, which AWS no longer gives.
    pub display_name: terrane_sdk::Computed<String>,
    /// The address of an account, for the type `AmazonCustomerByEmail`.
    pub email_address: Option<String>,
    /// The canonical id of an account, for the type `CanonicalUser`.
    pub id: Option<String>,
    /// `CanonicalUser`, `AmazonCustomerByEmail` or `Group`.
    #[attr(name = "type", validate = validate::one_of(&["CanonicalUser", "AmazonCustomerByEmail", "Group"]))]
    pub kind: String,
    /// The group, for the type `Group`.
    pub uri: Option<String>,
}

impl LogGrantee {
    pub(super) fn to_remote(&self) -> Result<types::Grantee, Error> {
        built(
            types::Grantee::builder()
                .r#type(Type::from(self.kind.as_str()))
                .set_id(text(&self.id))
                .set_uri(text(&self.uri))
                .set_email_address(text(&self.email_address))
                .build(),
        )
    }

    pub(super) fn from_remote(grantee: types::Grantee) -> LogGrantee {
        LogGrantee {
            display_name: grantee.display_name.unwrap_or_default().into(),
            email_address: grantee.email_address,
            id: grantee.id,
            kind: grantee.r#type.as_str().to_owned(),
            uri: grantee.uri,
        }
    }
}
