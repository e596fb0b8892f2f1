//! Data sources `aws_dx_location`, a place by its code, and `aws_dx_locations`, the codes of all that belong to the region.

use crate::Aws;
use aws_sdk_directconnect::types::Location;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// A place in which lines to AWS begin.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_dx_location")]
pub struct DxLocation {
    /// How fast its ports are that can encrypt.
    pub available_macsec_port_speeds: Computed<Vec<String>>,
    /// How fast its ports are.
    pub available_port_speeds: Computed<Vec<String>>,
    /// Who provides lines there.
    pub available_providers: Computed<Vec<String>>,
    /// The code of the place.
    pub id: Computed<String>,
    /// The code of the place.
    pub location_code: String,
    /// The name of the place.
    pub location_name: Computed<String>,
}

/// The places of a region in which lines to AWS begin.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_dx_locations")]
pub struct DxLocations {
    /// The region.
    pub id: Computed<String>,
    /// The codes of the places.
    pub location_codes: Computed<Vec<String>>,
}

/// The places of the region; AWS gives them without pages.
async fn all(aws: &Aws) -> Result<Vec<Location>, Error> {
    let call = aws.directconnect().describe_locations().send();
    Ok(aws.call("directconnect:DescribeLocations", call).await?.locations.unwrap_or_default())
}

#[async_trait]
impl DataSource for DxLocation {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let mut all = all(aws).await?.into_iter();
        let Some(found) = all.find(|place| place.location_code() == Some(&*config.location_code)) else {
            let detail = format!(
                "No location of {} has the code {:?}: the data source aws_dx_locations gives all codes.",
                aws.region(),
                config.location_code
            );
            return Err(Error::new("The location does not exist", detail).attribute("location_code"));
        };
        Ok(DxLocation {
            available_macsec_port_speeds: found.available_mac_sec_port_speeds.unwrap_or_default().into(),
            available_port_speeds: found.available_port_speeds.unwrap_or_default().into(),
            available_providers: found.available_providers.unwrap_or_default().into(),
            id: config.location_code.as_str().into(),
            location_name: found.location_name.unwrap_or_default().into(),
            location_code: config.location_code,
        })
    }
}

#[async_trait]
impl DataSource for DxLocations {
    type Client = Aws;

    async fn read(aws: &Aws, _: Self) -> Result<Self, Error> {
        let codes: Vec<String> = all(aws).await?.into_iter().filter_map(|l| l.location_code).collect();
        Ok(DxLocations { id: aws.region().into(), location_codes: codes.into() })
    }
}
