//! What queries have found: lines for people.

use crate::Palette;
use terrane_provider::ImportKey;
use terrane_query::FoundObject;

/// A line for each object: what found it, what identifies it, and what people call it.
pub fn render_found(found: &[FoundObject], palette: &Palette) -> String {
    let key = |object: &FoundObject| match &object.key {
        Some(ImportKey::Id(id)) => format!("id={id}"),
        Some(key @ ImportKey::Identity(_)) => key.to_string(),
        None => "(cannot be identified)".to_owned(),
    };
    let keys: Vec<String> = found.iter().map(key).collect();
    let width =
        |texts: &mut dyn Iterator<Item = &str>| texts.map(|text| text.chars().count()).max().unwrap_or(0);
    let addresses = width(&mut found.iter().map(|object| &*object.address));
    let identities = width(&mut keys.iter().map(|key| &**key));
    let strong = palette.strong;
    let lines = found.iter().zip(&keys).map(|(object, key)| {
        let FoundObject { address, display_name, .. } = object;
        let pad = " ".repeat(addresses - address.chars().count());
        let line = format!("{strong}{address}{strong:#}{pad}   {key:<identities$}   {display_name}");
        format!("{}\n", line.trim_end())
    });
    lines.collect()
}
