//! The provider `hashicorp/google`, native: the resource types, attribute names and import ids
//! of Google provider 6.50, on the official Google Cloud crates.
