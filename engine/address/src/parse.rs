//! Reading addresses from text.

use crate::{
    InstanceKey, Mode, ModuleInstance, ModulePath, ModuleStep, ProviderAddress, ProviderConfigAddress,
    Resource, ResourceAddress, ResourceInstance,
};
use std::str::FromStr;
use std::sync::Arc;

/// Why a text is not an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(pub String);

/// One part between dots, with its key in brackets.
struct Part {
    name: String,
    key: InstanceKey,
}

fn error(text: &str, why: &str) -> AddressError {
    AddressError(format!("{text:?} is not an address: {why}"))
}

fn parts(text: &str) -> Result<Vec<Part>, AddressError> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let valid = name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        if name.is_empty() || !valid {
            return Err(error(text, &format!("a name was expected at {rest:?}")));
        }
        let (key, after) = match after.strip_prefix('[') {
            Some(inner) => key(text, inner)?,
            None => (InstanceKey::None, after),
        };
        found.push(Part { name: name.to_owned(), key });
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(found),
            None => return Err(error(text, &format!("a dot was expected at {after:?}"))),
        }
    }
}

/// Reads `0]...` or `"key"]...` and gives what follows.
fn key<'a>(text: &str, inner: &'a str) -> Result<(InstanceKey, &'a str), AddressError> {
    let Some(quoted) = inner.strip_prefix('"') else {
        let (digits, after) =
            inner.split_once(']').ok_or_else(|| error(text, "a closing bracket is missing"))?;
        let n = digits
            .parse()
            .map_err(|_| error(text, &format!("{digits:?} is neither a number nor a quoted string")))?;
        return Ok((InstanceKey::Int(n), after));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                let after = quoted[at + 1..]
                    .strip_prefix(']')
                    .ok_or_else(|| error(text, "a closing bracket is missing"))?;
                let value = value.replace("$${", "${").replace("%%{", "%{");
                return Ok((InstanceKey::String(value.into()), after));
            }
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 'r')) => value.push('\r'),
                Some((_, 't')) => value.push('\t'),
                Some((_, c)) => value.push(c),
                None => break,
            },
            c => value.push(c),
        }
    }
    Err(error(text, "a closing quote is missing"))
}

/// Splits leading `module.NAME[KEY]` steps off.
fn modules(text: &str, parts: Vec<Part>) -> Result<(Vec<ModuleStep>, Vec<Part>), AddressError> {
    let mut steps = Vec::new();
    let mut rest = parts.into_iter().peekable();
    while rest.next_if(|p| p.name == "module" && p.key == InstanceKey::None).is_some() {
        let call = rest.next().ok_or_else(|| error(text, "a module name must follow \"module\""))?;
        steps.push(ModuleStep { name: call.name.into(), key: call.key });
    }
    Ok((steps, rest.collect()))
}

impl FromStr for ModuleInstance {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<ModuleInstance, AddressError> {
        if text.is_empty() {
            return Ok(ModuleInstance::root());
        }
        match modules(text, parts(text)?)? {
            (steps, rest) if rest.is_empty() => Ok(ModuleInstance(steps.into())),
            (_, rest) => Err(error(text, &format!("{:?} is not part of a module address", rest[0].name))),
        }
    }
}

impl FromStr for ResourceInstance {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<ResourceInstance, AddressError> {
        let (steps, rest) = modules(text, parts(text)?)?;
        let mut rest = rest.into_iter().peekable();
        let mode = if rest.next_if(|p| p.name == "data").is_some() {
            Mode::Data
        } else if rest.next_if(|p| p.name == "ephemeral").is_some() {
            Mode::Ephemeral
        } else {
            Mode::Managed
        };
        match (rest.next(), rest.next(), rest.next()) {
            (Some(Part { name: type_name, key: InstanceKey::None }), Some(Part { name, key }), None) => {
                Ok(ResourceInstance {
                    module: ModuleInstance(steps.into()),
                    resource: Resource { mode, type_name: type_name.into(), name: name.into() },
                    key,
                })
            }
            _ => Err(error(text, "the form is [module.NAME.][data.]TYPE.NAME[KEY]")),
        }
    }
}

impl FromStr for ResourceAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<ResourceAddress, AddressError> {
        let instance: ResourceInstance = text.parse()?;
        if instance.key != InstanceKey::None {
            return Err(error(text, "an instance key is not allowed here"));
        }
        Ok(instance.resource_address())
    }
}

impl FromStr for ProviderConfigAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<ProviderConfigAddress, AddressError> {
        let bad = || error(text, "the form is [module.NAME.]provider[\"HOST/NAMESPACE/TYPE\"][.ALIAS[KEY]]");
        let (module, rest) = match text.find("provider[\"") {
            Some(0) => ("", text),
            Some(at) => (&text[..at - 1], &text[at..]),
            None => return Err(bad()),
        };
        let rest = rest.strip_prefix("provider[\"").ok_or_else(bad)?;
        let (provider, rest) = rest.split_once("\"]").ok_or_else(bad)?;
        let (alias, key): (Option<Arc<str>>, _) = match rest.strip_prefix('.') {
            Some(rest) => {
                let mut rest = parts(rest)?.into_iter();
                match (rest.next(), rest.next()) {
                    (Some(alias), None) => (Some(alias.name.into()), alias.key),
                    _ => return Err(bad()),
                }
            }
            None => match rest.strip_prefix('[') {
                Some(inner) => match key(text, inner)? {
                    (key, "") => (None, key),
                    _ => return Err(bad()),
                },
                None if rest.is_empty() => (None, InstanceKey::None),
                None => return Err(bad()),
            },
        };
        let module: ModuleInstance = module.parse()?;
        let provider: ProviderAddress = provider.parse()?;
        Ok(ProviderConfigAddress { module: ModulePath(module.path().0), provider, alias, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_read_and_print_the_same() {
        for text in [
            "aws_vpc.main",
            "aws_vpc.main[0]",
            "data.aws_ami.base",
            "module.net.aws_subnet.a[\"eu-west-1a\"]",
            "module.net[\"x.y\"].module.b[3].data.aws_vpc.c[\"q\\\"uote\"]",
            "a.b[\"$${x}\"]",
        ] {
            let address: ResourceInstance = text.parse().expect(text);
            assert_eq!(address.to_string(), text);
        }
    }

    #[test]
    fn bad_addresses_are_refused() {
        for text in [
            "",
            "aws_vpc",
            "aws_vpc.",
            "aws_vpc.a[",
            "aws_vpc.a[x]",
            "module.a",
            "a.b.c",
            "a.b[\"x]",
            "a[0].b",
        ] {
            assert!(text.parse::<ResourceInstance>().is_err(), "{text}");
        }
    }

    #[test]
    fn provider_configurations_read_and_print_the_same() {
        for text in [
            "provider[\"registry.terraform.io/hashicorp/aws\"]",
            "provider[\"registry.terraform.io/hashicorp/aws\"].west",
            "module.a.provider[\"terraform.io/builtin/terraform\"]",
            "provider[\"registry.terraform.io/hashicorp/aws\"].by_region[\"eu-west-1\"]",
            "provider[\"registry.terraform.io/hashicorp/aws\"].numbered[3]",
        ] {
            let address: ProviderConfigAddress = text.parse().expect(text);
            assert_eq!(address.to_string(), text);
        }
    }
}
