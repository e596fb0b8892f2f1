//! The words that may stand in the attributes of a struct and of its fields.

use syn::meta::ParseNestedMeta;
use syn::{Expr, ExprLit, Ident, Lit, LitInt, LitStr, Meta, Path};
use terrane_diagnostics::nearest;

/// What `#[attr(...)]` or `#[block(...)]` says of a field.
#[derive(Default)]
pub(crate) struct FieldWords {
    /// Whether it is a nested block.
    pub(crate) block: bool,
    /// A change needs a new object.
    pub(crate) force_new: bool,
    /// A computed value survives updates.
    pub(crate) keep: bool,
    /// Not to be shown.
    pub(crate) sensitive: bool,
    /// Given on apply and never stored.
    pub(crate) write_only: bool,
    /// A collection that must be set.
    pub(crate) required: bool,
    /// A list or set of objects that users write as blocks.
    pub(crate) as_blocks: bool,
    /// A JSON text: checked, and compared by meaning.
    pub(crate) json: bool,
    /// Not overwritten by `with_remote`.
    pub(crate) local: bool,
    /// A block that the remote system chooses when there is none.
    pub(crate) computed: bool,
    /// The value when none is set.
    pub(crate) default: Option<Expr>,
    /// Checks: functions from `&Value` to `Result<(), String>`.
    pub(crate) validate: Vec<Expr>,
    /// A function that says whether two texts mean the same.
    pub(crate) equivalent: Option<Expr>,
    /// Attributes or blocks that cannot be set together with it.
    pub(crate) conflicts_with: Vec<LitStr>,
    /// The fewest blocks.
    pub(crate) min: Option<LitInt>,
    /// The most blocks.
    pub(crate) max: Option<LitInt>,
    /// The field of the API's struct, when it has another name.
    pub(crate) remote: Option<Ident>,
    /// The name in the schema, when it is no Rust identifier.
    pub(crate) name: Option<LitStr>,
    /// Why it should not be used any more.
    pub(crate) deprecated: Option<LitStr>,
}

const ATTRIBUTE: &[&str] = &[
    "force_new",
    "keep",
    "sensitive",
    "write_only",
    "required",
    "as_blocks",
    "json",
    "local",
    "default",
    "validate",
    "equivalent",
    "conflicts_with",
    "remote",
    "name",
    "deprecated",
];
const BLOCK: &[&str] =
    &["force_new", "computed", "local", "conflicts_with", "min", "max", "remote", "name", "deprecated"];

impl FieldWords {
    /// Reads the words of a field.
    pub(crate) fn parse(field: &syn::Field) -> syn::Result<FieldWords> {
        let mut words = FieldWords::default();
        for attribute in &field.attrs {
            let is_block = attribute.path().is_ident("block");
            if !is_block && !attribute.path().is_ident("attr") {
                continue;
            }
            words.block |= is_block;
            if matches!(attribute.meta, Meta::Path(_)) {
                continue;
            }
            attribute
                .parse_nested_meta(|meta| words.read(&meta, if is_block { BLOCK } else { ATTRIBUTE }))?;
        }
        Ok(words)
    }

    fn read(&mut self, meta: &ParseNestedMeta<'_>, known: &[&str]) -> syn::Result<()> {
        let word = known_word(meta, known)?;
        match word.as_str() {
            "force_new" => self.force_new = true,
            "keep" => self.keep = true,
            "sensitive" => self.sensitive = true,
            "write_only" => self.write_only = true,
            "required" => self.required = true,
            "as_blocks" => self.as_blocks = true,
            "json" => self.json = true,
            "local" => self.local = true,
            "computed" => self.computed = true,
            "default" => self.default = Some(meta.value()?.parse()?),
            "validate" => self.validate.push(meta.value()?.parse()?),
            "equivalent" => self.equivalent = Some(meta.value()?.parse()?),
            "conflicts_with" => self.conflicts_with.extend(texts(meta.value()?.parse()?)?),
            "min" => self.min = Some(meta.value()?.parse()?),
            "max" => self.max = Some(meta.value()?.parse()?),
            "remote" => self.remote = Some(meta.value()?.parse()?),
            "name" => self.name = Some(meta.value()?.parse()?),
            _ => self.deprecated = Some(meta.value()?.parse()?),
        }
        Ok(())
    }
}

/// What `#[resource(...)]` or `#[data_source(...)]` says of a struct.
#[derive(Default)]
pub(crate) struct TypeWords {
    /// The name that users write.
    pub(crate) name: Option<LitStr>,
    /// The version of the schema.
    pub(crate) version: Option<LitInt>,
    /// The API's struct, for `with_remote`.
    pub(crate) remote: Option<Path>,
    /// All computed values survive updates.
    pub(crate) keep: bool,
    /// The operations that have a timeout, with the default in seconds.
    pub(crate) timeouts: Vec<(Ident, u64)>,
}

const RESOURCE: &[&str] = &["name", "version", "remote", "keep", "timeouts"];
const DATA_SOURCE: &[&str] = &["name", "remote"];

impl TypeWords {
    /// Reads the words of a struct in its attribute `attribute`.
    pub(crate) fn parse(attributes: &[syn::Attribute], attribute: &str) -> syn::Result<TypeWords> {
        let known = if attribute == "resource" { RESOURCE } else { DATA_SOURCE };
        let mut words = TypeWords::default();
        for attribute in attributes.iter().filter(|a| a.path().is_ident(attribute)) {
            attribute.parse_nested_meta(|meta| words.read(&meta, known))?;
        }
        Ok(words)
    }

    fn read(&mut self, meta: &ParseNestedMeta<'_>, known: &[&str]) -> syn::Result<()> {
        match known_word(meta, known)?.as_str() {
            "name" => self.name = Some(meta.value()?.parse()?),
            "version" => self.version = Some(meta.value()?.parse()?),
            "remote" => self.remote = Some(meta.value()?.parse()?),
            "keep" => self.keep = true,
            _ => meta.parse_nested_meta(|operation| {
                known_word(&operation, &["create", "read", "update", "delete"])?;
                let text: LitStr = operation.value()?.parse()?;
                let seconds = seconds(&text.value())
                    .ok_or_else(|| syn::Error::new(text.span(), "expected a duration such as \"20m\""))?;
                self.timeouts.push((operation.path.require_ident()?.clone(), seconds));
                Ok(())
            })?,
        }
        Ok(())
    }
}

/// The word, when it is one of `known`; else an error that suggests the nearest one.
fn known_word(meta: &ParseNestedMeta<'_>, known: &[&str]) -> syn::Result<String> {
    let word = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
    if known.contains(&word.as_str()) {
        return Ok(word);
    }
    Err(meta.error(match nearest(&word, known.iter().copied()) {
        Some(near) => format!("unknown word `{word}`, did you mean `{near}`?"),
        None => format!("unknown word `{word}`, expected one of {}", known.join(", ")),
    }))
}

/// One text, or an array of texts.
fn texts(expression: Expr) -> syn::Result<Vec<LitStr>> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(vec![text]),
        Expr::Array(array) => {
            array.elems.into_iter().map(texts).collect::<syn::Result<Vec<_>>>().map(|t| t.concat())
        }
        other => Err(syn::Error::new_spanned(other, "expected a name in quotes, or an array of names")),
    }
}

/// A whole number of hours, minutes or seconds.
fn seconds(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let factor = match unit {
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        _ => return None,
    };
    Some(number.parse::<u64>().ok()? * factor)
}
