//! Data sources of Compute Engine.

mod default_account;
mod image;
mod networks;
mod places;
mod subnetworks;

pub use default_account::DefaultServiceAccountData;
pub use image::ImageData;
pub use networks::{NetworkData, NetworksData};
pub use places::{RegionsData, ZonesData};
pub use subnetworks::{ListedSubnetwork, SecondaryRangeData, SubnetworkData, SubnetworksData};
