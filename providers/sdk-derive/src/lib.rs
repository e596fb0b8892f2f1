//! The derives of the provider SDK: a struct becomes its own schema and codec.
//!
//! What the words in `#[attr(...)]`, `#[block(...)]` and `#[resource(...)]` mean is said at each
//! word in `words.rs`. Nothing here knows what resources do.

mod expand;
mod words;

use expand::Target;
use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a resource type. Needs `#[resource(name = "...")]`; implement
/// `terrane_sdk::Resource` for it.
#[proc_macro_derive(Resource, attributes(resource, attr, block))]
pub fn derive_resource(input: TokenStream) -> TokenStream {
    derive(&parse_macro_input!(input as DeriveInput), Target::Resource)
}

/// Makes a struct a data source. Needs `#[data_source(name = "...")]`; implement
/// `terrane_sdk::DataSource` for it.
#[proc_macro_derive(DataSource, attributes(data_source, attr, block))]
pub fn derive_data_source(input: TokenStream) -> TokenStream {
    derive(&parse_macro_input!(input as DeriveInput), Target::DataSource)
}

/// Makes a struct the content of nested blocks, and the type of object attributes.
#[proc_macro_derive(Block, attributes(attr, block))]
pub fn derive_block(input: TokenStream) -> TokenStream {
    derive(&parse_macro_input!(input as DeriveInput), Target::Block)
}

fn derive(input: &DeriveInput, target: Target) -> TokenStream {
    expand::expand(input, target).unwrap_or_else(|error| error.to_compile_error()).into()
}
