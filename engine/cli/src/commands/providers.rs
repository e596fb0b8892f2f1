//! `providers`

use crate::arguments::VariableArgs;
use crate::context::{Context, Exit, Outcome, Problems};
use clap::{Args, ValueEnum};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use terrane_address::{ModulePath, ProviderAddress};
use terrane_backend::StateManager;
use terrane_config::{Config, Constraint};
use terrane_install::Place;
use terrane_provider::Schemas;

/// Show the providers required for this configuration.
///
/// Prints a tree of modules in the referenced configuration annotated with their provider
/// requirements. With "schema", prints the schemas of all providers that the configuration uses.
///
/// "lock" adds the checksums of packages for other platforms to the lock file, and "mirror" keeps packages in
/// a directory from which other machines can install them.
#[derive(Args)]
pub(crate) struct ProvidersArgs {
    /// Print schemas in JSON, the only form there is.
    #[arg(long)]
    json: bool,
    /// A platform to lock or mirror packages for, such as linux_amd64; this one without. May be repeated.
    #[arg(long, value_name = "OS_ARCH")]
    platform: Vec<String>,
    /// Lock what the mirror in this directory has, in place of the registries.
    #[arg(long, value_name = "DIR", conflicts_with = "net_mirror")]
    fs_mirror: Option<String>,
    /// Lock what the mirror at this URL has, in place of the registries.
    #[arg(long, value_name = "URL")]
    net_mirror: Option<String>,
    /// What to do instead of showing the tree.
    #[arg(value_name = "schema|lock|mirror")]
    subject: Option<Subject>,
    /// The directory to mirror to; or the providers to lock, all without.
    #[arg(value_name = "DIR|PROVIDER")]
    rest: Vec<String>,
    #[command(flatten)]
    variables: VariableArgs,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Subject {
    Schema,
    Lock,
    Mirror,
}

pub(crate) fn run(args: &ProvidersArgs, context: &mut Context) -> Outcome {
    let is = |subject| args.subject == Some(subject);
    let packages = is(Subject::Lock) || is(Subject::Mirror);
    let mirrors = args.fs_mirror.is_some() || args.net_mirror.is_some();
    let misplaced = (args.json && args.subject.is_some() && packages)
        || (!args.platform.is_empty() && !packages)
        || (!args.rest.is_empty() && !packages)
        || (mirrors && !is(Subject::Lock));
    if misplaced {
        return Err(Problems::new(
            "Invalid arguments",
            "Of the options of \"providers\", -json is for \"schema\", -platform for \"lock\" and \"mirror\", \
             -fs-mirror and -net-mirror for \"lock\".",
        ));
    }
    match args.subject {
        None => tree(context),
        Some(Subject::Lock) => {
            let from = match (&args.fs_mirror, &args.net_mirror) {
                (Some(dir), _) => Place::Filesystem(dir.into()),
                (None, Some(url)) => Place::Network(url.clone()),
                (None, None) => Place::Direct,
            };
            let config = context.load_config()?;
            crate::providers::lock(context, &config, &args.platform, from, &args.rest)
        }
        Some(Subject::Mirror) => match &args.rest[..] {
            [dir] => {
                let config = context.load_config()?;
                crate::providers::mirror(context, &config, &args.platform, dir.as_ref())
            }
            _ => Err(Problems::new(
                "No output directory specified",
                "The \"providers mirror\" command takes one argument: the directory to put packages into.",
            )),
        },
        Some(Subject::Schema) if args.json => schemas(context),
        Some(Subject::Schema) => Err(Problems::new(
            "The -json flag is required",
            "The \"providers schema\" command prints JSON only, and requires the -json flag.",
        )),
    }
}

fn schemas(context: &Context) -> Outcome {
    let config = context.load_config()?;
    let providers = crate::providers::of(context, &config)?;
    let used: BTreeSet<ProviderAddress> =
        config.modules.keys().flat_map(|path| requirements(&config, path).into_keys()).collect();
    let mut schemas = Schemas::default();
    for address in used {
        if let Some(provider) = providers.get(&address) {
            schemas.insert(&address, provider.schema());
        }
    }
    context.output.line(&terrane_view::providers_schema_json(&schemas).to_string());
    Ok(Exit::Success)
}

fn tree(context: &Context) -> Outcome {
    let config = context.load_config()?;
    let mut text = String::from("\nProviders required by configuration:\n.\n");
    module(&config, &ModulePath::root(), "", &mut text);
    text.push('\n');
    let storage = crate::backend::storage(context, &Default::default())?;
    let state = context.block_on(StateManager::open(storage)).map_err(crate::backend::open_failed)?.state();
    let used: BTreeSet<String> = state.resources.values().map(|r| r.provider.provider.to_string()).collect();
    if !used.is_empty() {
        text.push_str("Providers required by state:\n\n");
        used.iter().for_each(|address| {
            let _ = writeln!(text, "    provider[{address}]\n");
        });
    }
    context.output.print(&text);
    Ok(Exit::Success)
}

/// The providers that a module itself needs, with all version constraints.
pub(crate) fn requirements(config: &Config, path: &ModulePath) -> BTreeMap<ProviderAddress, Vec<String>> {
    let mut found = BTreeMap::new();
    let Some(module) = config.module(path) else { return found };
    for required in module.required_providers.values() {
        let versions = found.entry(required.source.clone()).or_insert_with(Vec::new);
        versions.extend(required.versions.iter().map(|(text, _)| {
            text.parse::<Constraint>().map_or_else(|_| text.clone(), |constraint| constraint.to_string())
        }));
    }
    for (local_name, _) in module.providers.keys() {
        found.entry(module.provider_address(local_name)).or_default();
    }
    for resource in module.resources.values() {
        found.entry(module.provider_address(&resource.provider.local_name)).or_default();
    }
    found
}

fn module(config: &Config, path: &ModulePath, indent: &str, out: &mut String) {
    let Some(found) = config.module(path) else { return };
    let requirements = requirements(config, path);
    let count = requirements.len() + found.calls.len();
    let branch =
        |index: usize| if index + 1 == count { ("└── ", "    ") } else { ("├── ", "│   ") };
    for (index, (address, versions)) in requirements.iter().enumerate() {
        let versions = if versions.is_empty() { String::new() } else { format!(" {}", versions.join(", ")) };
        let _ = writeln!(out, "{indent}{}provider[{address}]{versions}", branch(index).0);
    }
    for (index, name) in found.calls.keys().enumerate() {
        let (head, tail) = branch(requirements.len() + index);
        let _ = writeln!(out, "{indent}{head}module.{name}");
        module(config, &path.child(name.clone()), &format!("{indent}{tail}"), out);
    }
}
