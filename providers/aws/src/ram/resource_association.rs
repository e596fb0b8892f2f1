//! `aws_ram_resource_association`: an object in a share.

use super::arn;
use super::association::association;
use terrane_sdk::{Computed, Resource};

/// Puts an object into a share.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ram_resource_association", keep)]
pub struct ResourceAssociation {
    /// The ARN of the share and that of the object, with a comma between them.
    pub id: Computed<String>,
    /// The ARN of the object.
    #[attr(force_new, validate = arn("an object"))]
    pub resource_arn: String,
    /// The ARN of the share.
    #[attr(force_new, validate = arn("a resource share"))]
    pub resource_share_arn: String,
}

association!(ResourceAssociation, Resource, resource_arn, "SHARE_ARN,RESOURCE_ARN");
