//! Data sources `aws_organizations_organizational_unit`, a unit by its name,
//! `aws_organizations_organizational_units`, all that are directly in something, and
//! `aws_organizations_organizational_unit_descendant_organizational_units`, those in all that is below, too.

use super::organizational_unit::units_of;
use super::tree;
use crate::Aws;
use aws_sdk_organizations::types::OrganizationalUnit;
use terrane_sdk::{Block, Computed, DataSource, Error, async_trait};

/// The unit of a name in a root or unit.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_organizations_organizational_unit")]
pub struct OrganizationalUnitData {
    /// The id of the unit.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// Its name.
    pub name: String,
    /// The root or unit in which it is.
    #[attr(validate = tree::valid_parent)]
    pub parent_id: String,
}

/// The units directly in a root or unit.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_organizations_organizational_units")]
pub struct OrganizationalUnits {
    /// The root or unit.
    pub id: Computed<String>,
    /// The units in it.
    pub children: Computed<Vec<Child>>,
    /// The root or unit.
    #[attr(validate = tree::valid_parent)]
    pub parent_id: String,
}

/// A unit in another.
#[derive(Clone, Debug, Block)]
pub struct Child {
    /// Its ARN.
    pub arn: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// The units in a root or unit and in all units below it.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_organizations_organizational_unit_descendant_organizational_units")]
pub struct DescendantUnits {
    /// The root or unit.
    pub id: Computed<String>,
    /// The units below it, each before what is in it.
    pub children: Computed<Vec<Child>>,
    /// The root or unit.
    #[attr(validate = tree::valid_parent)]
    pub parent_id: String,
}

/// The units in what must exist.
async fn children(aws: &Aws, parent: &str) -> Result<Vec<OrganizationalUnit>, Error> {
    let none = || {
        Error::new(
            "The parent does not exist",
            format!("There is no root or unit {parent} in the organization."),
        )
        .operation("organizations:ListOrganizationalUnitsForParent")
        .attribute("parent_id")
    };
    units_of(aws, parent).await?.ok_or_else(none)
}

impl Child {
    fn of(unit: OrganizationalUnit) -> Child {
        Child {
            arn: unit.arn.unwrap_or_default(),
            id: unit.id.unwrap_or_default(),
            name: unit.name.unwrap_or_default(),
        }
    }
}

#[async_trait]
impl DataSource for DescendantUnits {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let mut units = Vec::new();
        for unit in children(aws, &config.parent_id).await? {
            let id = unit.id.clone().unwrap_or_default();
            units.push(Child::of(unit));
            units.extend(tree::units_below(aws, &id).await?.into_iter().map(Child::of));
        }
        Ok(DescendantUnits { id: config.parent_id.as_str().into(), children: units.into(), ..config })
    }
}

#[async_trait]
impl DataSource for OrganizationalUnitData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let units = children(aws, &config.parent_id).await?;
        let found = units.into_iter().find(|unit| unit.name.as_ref() == Some(&config.name));
        let none = || {
            let detail = format!("{} has no unit {:?} directly in it.", config.parent_id, config.name);
            Error::new("Organizational unit not found", detail)
                .operation("organizations:ListOrganizationalUnitsForParent")
                .attribute("name")
        };
        let unit = found.ok_or_else(none)?;
        Ok(OrganizationalUnitData { id: unit.id.into(), arn: unit.arn.into(), ..config })
    }
}

#[async_trait]
impl DataSource for OrganizationalUnits {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let units = children(aws, &config.parent_id).await?;
        Ok(OrganizationalUnits {
            id: config.parent_id.as_str().into(),
            children: units.into_iter().map(Child::of).collect::<Vec<_>>().into(),
            ..config
        })
    }
}
