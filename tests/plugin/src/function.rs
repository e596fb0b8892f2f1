//! The provider's functions: one with an argument, one with any number of them.

use async_trait::async_trait;
use serde::Deserialize;
use tf_provider::schema::{Description, FunctionSchema, Parameter, Type};
use tf_provider::{Diagnostics, Function};

/// `slug(text)`: a text as it can stand in an address.
pub struct Slug;

#[derive(Deserialize)]
pub struct SlugArguments {
    text: String,
}

fn parameter(name: &str) -> Parameter {
    Parameter {
        name: name.into(),
        param_type: Type::String,
        description: Description::plain("Any text"),
        ..Default::default()
    }
}

#[async_trait]
impl Function for Slug {
    type Input<'a> = SlugArguments;
    type Output<'a> = String;

    fn schema(&self, _: &mut Diagnostics) -> Option<FunctionSchema> {
        Some(FunctionSchema {
            parameters: vec![parameter("text")],
            return_type: Type::String,
            summary: "A text as it can stand in an address".into(),
            description: Description::plain("Lower case, and hyphens between the words."),
            ..Default::default()
        })
    }

    async fn call<'a>(&self, diags: &mut Diagnostics, arguments: SlugArguments) -> Option<String> {
        crate::fault::at("CallFunction").await;
        let words: Vec<_> =
            arguments.text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
        if words.is_empty() {
            diags.function_error(0, "there is no word in it");
            return None;
        }
        Some(words.join("-").to_lowercase())
    }
}

/// `longest(texts...)`: the longest of them, the first one of several.
pub struct Longest;

#[async_trait]
impl Function for Longest {
    type Input<'a> = Vec<String>;
    type Output<'a> = String;

    fn schema(&self, _: &mut Diagnostics) -> Option<FunctionSchema> {
        Some(FunctionSchema {
            parameters: Vec::new(),
            variadic: Some(parameter("texts")),
            return_type: Type::String,
            summary: "The longest text".into(),
            description: Description::plain("The first one of those that are longest."),
            ..Default::default()
        })
    }

    async fn call<'a>(&self, _: &mut Diagnostics, texts: Vec<String>) -> Option<String> {
        let longest = texts.iter().map(|text| text.chars().count()).max().unwrap_or_default();
        Some(texts.into_iter().find(|text| text.chars().count() == longest).unwrap_or_default())
    }
}
