//! `aws_ram_principal_association`: who may use what is in a share.

use super::association::association;
use super::{arn, associations};
use terrane_sdk::{Computed, Resource, Value};

/// Lets a principal use what is in a share.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ram_principal_association", keep)]
pub struct PrincipalAssociation {
    /// The ARN of the share and the principal, with a comma between them.
    pub id: Computed<String>,
    /// An account by its id, an organization, a unit, a role or a user by their ARNs, or a service.
    #[attr(force_new, validate = valid_principal)]
    pub principal: String,
    /// The ARN of the share.
    #[attr(force_new, validate = arn("a resource share"))]
    pub resource_share_arn: String,
}

association!(PrincipalAssociation, Principal, principal, "SHARE_ARN,PRINCIPAL");

/// Checks a principal: an account, an ARN, or a service.
fn valid_principal(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some(text)
            if !(associations::is_account(text)
                || arn("a principal")(value).is_ok()
                || text.ends_with(".amazonaws.com")) =>
        {
            Err(format!("must be the id of an account, an ARN or the name of a service, got {text:?}."))
        }
        _ => Ok(()),
    }
}
