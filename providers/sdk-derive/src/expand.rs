//! From a struct to its implementations.

use crate::words::{FieldWords, TypeWords};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Expr, ExprLit, Fields, Ident, Lit, Meta, Type};

/// What a struct becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A resource type.
    Resource,
    /// A data source.
    DataSource,
    /// The content of nested blocks, or an object.
    Block,
}

/// The implementations for `input`.
pub(crate) fn expand(input: &DeriveInput, target: Target) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new_spanned(name, "only a struct has a schema"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(syn::Error::new_spanned(name, "the fields of a struct with a schema must be named"));
    };
    let fields = fields.named.iter().map(FieldCode::new).collect::<syn::Result<Vec<_>>>()?;
    let object = object(name, &docs(&input.attrs), &fields);
    let rest = match target {
        Target::Block => field_impl(name),
        Target::Resource => described(input, &fields, "resource")?,
        Target::DataSource => described(input, &fields, "data_source")?,
    };
    Ok(quote! { #object #rest })
}

/// A field, and what has been read of it.
struct FieldCode {
    ident: Ident,
    key: String,
    ty: Type,
    doc: String,
    words: FieldWords,
}

impl FieldCode {
    fn new(field: &syn::Field) -> syn::Result<FieldCode> {
        let Some(ident) = field.ident.clone() else {
            return Err(syn::Error::new_spanned(field, "fields must be named"));
        };
        let words = FieldWords::parse(field)?;
        let key = match &words.name {
            Some(name) => name.value(),
            None => ident.to_string().trim_start_matches("r#").to_owned(),
        };
        Ok(FieldCode { ident, key, ty: field.ty.clone(), doc: docs(&field.attrs), words })
    }

    /// The statement that adds the field to the `BlockSpec` named `spec`.
    fn spec(&self) -> TokenStream {
        let FieldCode { key, ty, doc, words, .. } = self;
        let FieldWords { force_new, conflicts_with, deprecated, .. } = words;
        let deprecated = deprecated.iter().map(|why| {
            quote! { deprecated = ::std::option::Option::Some(::std::string::String::from(#why)); }
        });
        if words.block {
            let computed = words.computed;
            let min = words.min.iter();
            let max = words.max.iter();
            return quote! {
                let mut nested = <#ty as ::terrane_sdk::BlockField>::spec();
                nested.force_new = #force_new;
                nested.computed = #computed;
                nested.conflicts_with = ::std::vec![#(#conflicts_with),*];
                #(nested.min = #min;)*
                #(nested.max = #max;)*
                #(nested.block.#deprecated)*
                spec.blocks.insert(#key, nested);
            };
        }
        let FieldWords { keep, sensitive, write_only, as_blocks, validate, .. } = words;
        let required = words.required.then(|| {
            quote! { attribute.presence = ::terrane_sdk::Presence::Required; }
        });
        let default = words.default.iter().map(|value| match value {
            Expr::Lit(ExprLit { lit: Lit::Float(_), .. }) => {
                quote! { ::terrane_sdk::Field::to_value(&#value) }
            }
            _ => quote! { ::terrane_sdk::Value::from(#value) },
        });
        let json = words.json.then(|| {
            quote! {
                attribute.validators.push(::std::sync::Arc::new(::terrane_sdk::validate::json));
                attribute.equivalent = ::std::option::Option::Some(::terrane_sdk::json_equivalent);
            }
        });
        let equivalent = words.equivalent.iter();
        quote! {
            let mut attribute = ::terrane_sdk::field::attribute_of::<#ty>();
            attribute.description = ::std::string::String::from(#doc);
            attribute.force_new = #force_new;
            attribute.keep = #keep;
            attribute.sensitive = #sensitive;
            attribute.write_only = #write_only;
            attribute.as_blocks = #as_blocks;
            attribute.conflicts_with = ::std::vec![#(#conflicts_with),*];
            #required
            #(attribute.default = ::std::option::Option::Some(#default);)*
            #(attribute.#deprecated)*
            #json
            #(attribute.equivalent = ::std::option::Option::Some(#equivalent);)*
            #(attribute.validators.push(::std::sync::Arc::new(#validate));)*
            spec.attributes.insert(#key, attribute);
        }
    }

    fn codec(&self) -> TokenStream {
        let ty = &self.ty;
        if self.words.block {
            quote! { <#ty as ::terrane_sdk::BlockField> }
        } else {
            quote! { <#ty as ::terrane_sdk::Field> }
        }
    }

    fn value_type(&self) -> TokenStream {
        let (key, codec) = (&self.key, self.codec());
        quote! { (#key, #codec::ty()) }
    }

    fn decode(&self) -> TokenStream {
        let (ident, key) = (&self.ident, &self.key);
        let read = if self.words.block {
            quote! { ::terrane_sdk::object::block_of }
        } else {
            quote! { ::terrane_sdk::field::field_of }
        };
        quote! { #ident: #read(value, #key)? }
    }

    fn to_value(&self) -> TokenStream {
        let (ident, key, codec) = (&self.ident, &self.key, self.codec());
        quote! { (#key, #codec::to_value(&self.#ident)) }
    }

    fn take_remote(&self) -> Option<TokenStream> {
        let ident = &self.ident;
        let remote = self.words.remote.as_ref().unwrap_or(ident);
        (!self.words.local).then(|| quote! { #ident: ::terrane_sdk::FromRemote::from_remote(remote.#remote) })
    }
}

fn object(name: &Ident, doc: &str, fields: &[FieldCode]) -> TokenStream {
    let specs = fields.iter().map(FieldCode::spec);
    let types = fields.iter().map(FieldCode::value_type);
    let from_value = fields.iter().map(FieldCode::decode);
    let to_value = fields.iter().map(FieldCode::to_value);
    quote! {
        #[automatically_derived]
        impl ::terrane_sdk::Object for #name {
            fn spec() -> ::terrane_sdk::BlockSpec {
                let mut spec = ::terrane_sdk::BlockSpec::default();
                spec.description = ::std::string::String::from(#doc);
                #(#specs)*
                spec
            }

            fn ty() -> ::terrane_sdk::Type {
                static TYPE: ::std::sync::OnceLock<::terrane_sdk::Type> = ::std::sync::OnceLock::new();
                TYPE.get_or_init(|| ::terrane_sdk::Type::object::<&'static str>([#(#types),*])).clone()
            }

            fn from_value(
                value: &::terrane_sdk::Value,
            ) -> ::std::result::Result<Self, ::terrane_sdk::FieldError> {
                ::std::result::Result::Ok(Self { #(#from_value),* })
            }

            fn to_value(&self) -> ::terrane_sdk::Value {
                ::terrane_sdk::Value::object::<&'static str>([#(#to_value),*])
            }
        }
    }
}

/// A block's struct can also be the type of an attribute.
fn field_impl(name: &Ident) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::terrane_sdk::Field for #name {
            const PRESENCE: ::terrane_sdk::Presence = ::terrane_sdk::Presence::Required;

            fn ty() -> ::terrane_sdk::Type {
                <#name as ::terrane_sdk::Object>::ty()
            }

            fn from_value(
                value: &::terrane_sdk::Value,
            ) -> ::std::result::Result<Self, ::terrane_sdk::FieldError> {
                <#name as ::terrane_sdk::Object>::from_value(value)
            }

            fn to_value(&self) -> ::terrane_sdk::Value {
                <#name as ::terrane_sdk::Object>::to_value(self)
            }
        }
    }
}

fn described(input: &DeriveInput, fields: &[FieldCode], attribute: &str) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let words = TypeWords::parse(&input.attrs, attribute)?;
    let Some(type_name) = &words.name else {
        return Err(syn::Error::new_spanned(name, format!("add #[{attribute}(name = \"...\")]")));
    };
    let keep = words.keep;
    let version = words.version.iter();
    let (operations, seconds): (Vec<_>, Vec<_>) = words.timeouts.iter().cloned().unzip();
    let with_remote = words.remote.as_ref().map(|remote| {
        let function = format_ident!("with_remote");
        let fields = fields.iter().filter_map(FieldCode::take_remote);
        quote! {
            impl #name {
                /// Takes over every field that the remote object has.
                #[allow(clippy::needless_update)]
                fn #function(self, remote: #remote) -> Self {
                    Self { #(#fields,)* ..self }
                }
            }
        }
    });
    Ok(quote! {
        #[automatically_derived]
        impl ::terrane_sdk::Described for #name {
            const NAME: &'static str = #type_name;

            fn options() -> ::terrane_sdk::TypeOptions {
                let mut options = ::terrane_sdk::TypeOptions::default();
                options.keep = #keep;
                #(options.version = #version;)*
                #(options.timeouts.#operations =
                    ::std::option::Option::Some(::std::time::Duration::from_secs(#seconds));)*
                options
            }
        }
        #with_remote
    })
}

/// The text of the doc comments.
fn docs(attributes: &[syn::Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_explained() {
        let cases = [
            (
                "#[resource(name = \"a_b\")] struct A { #[attr(forcenew)] id: String }",
                "unknown word `forcenew`, did you mean `force_new`?",
            ),
            (
                "#[resource(name = \"a_b\")] struct A { #[block(sensitive)] id: Vec<B> }",
                "unknown word `sensitive`, expected one of force_new, computed, local, conflicts_with, min, max, \
                 remote, name, deprecated",
            ),
            ("struct A { id: String }", "add #[resource(name = \"...\")]"),
            (
                "#[resource(name = \"a_b\", timeouts(create = \"soon\"))] struct A { id: String }",
                "expected a duration such as \"20m\"",
            ),
            (
                "#[resource(name = \"a_b\", timeout(create = \"20m\"))] struct A { id: String }",
                "unknown word `timeout`, did you mean `timeouts`?",
            ),
            ("enum A { B }", "only a struct has a schema"),
            ("struct A(String);", "the fields of a struct with a schema must be named"),
        ];
        for (source, want) in cases {
            let input: DeriveInput = syn::parse_str(source).expect("the case is a struct");
            let got = expand(&input, Target::Resource).map(|_| ()).map_err(|e| e.to_string());
            assert_eq!(got, Err(want.to_owned()), "{source}");
        }
    }

    #[test]
    fn a_struct_has_the_implementations_of_its_target() {
        let source = "#[resource(name = \"a_b\", remote = api::A)] struct A { #[attr(keep, remote = a_id)] id: String }";
        let input: DeriveInput = syn::parse_str(source).expect("the case is a struct");
        let code = expand(&input, Target::Resource).expect("the case is right").to_string();
        for part in
            ["impl :: terrane_sdk :: Object for A", "impl :: terrane_sdk :: Described for A", "remote . a_id"]
        {
            assert!(code.contains(part), "{part} is missing in {code}");
        }
    }
}
