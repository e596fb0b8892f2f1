//! `providers lock` and `providers mirror`: packages for machines of any kind, without installing them.

use super::install::{LOCK_FILE, constraints, implied_mirrors, needed, read_lock};
use crate::context::{Context, Exit, Outcome, Problems};
use crate::modules::surroundings;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use terrane_address::{Constraint, ProviderAddress};
use terrane_config::Config;
use terrane_install::{
    Installation, InstalledProvider, LockFile, LockedProvider, Method, Patterns, Place, ProviderInstaller,
    ProviderRequest, describe_mirror, platform,
};

/// Adds the checksums of packages for `platforms` (this one when there are none) to the lock file. Packages
/// come from one place only: registries, unless a mirror is wanted. Native providers are locked as well, for
/// Terraform, when they are asked for by name or are in the file already.
pub(crate) fn lock(
    context: &Context,
    config: &Config,
    platforms: &[String],
    from: Place,
    only: &[String],
) -> Outcome {
    let lock = read_lock(context)?;
    let mut requests = requests(context, config, &lock, only)?;
    for request in &mut requests {
        if let Some(locked) = &mut request.locked {
            // Hashes of archives are for all platforms, the others only for those that were seen.
            locked.hashes.retain(|hash| hash.starts_with("zh:"));
        }
    }
    let installation = Installation {
        methods: vec![Method { place: from, patterns: Patterns::default() }],
        ..Installation::default()
    };
    let mut new = lock.clone();
    let fetched = fetch(
        context,
        &installation,
        platforms,
        &requests,
        None,
        &mut |platform, request, package| {
            let before =
                lock.providers.get(&request.address).filter(|locked| locked.version == package.version);
            let entry = new.providers.entry(request.address.clone()).and_modify(|locked| {
                if locked.version != package.version {
                    locked.hashes.clear();
                }
            });
            let locked = entry.or_insert_with(|| LockedProvider {
                version: package.version.clone(),
                constraints: String::new(),
                hashes: BTreeSet::new(),
            });
            locked.version = package.version.clone();
            locked.constraints = constraints(request);
            locked.hashes.extend(package.hashes.iter().cloned());
            let what = match before {
                None => {
                    "This was a new provider and the checksums for this platform are now tracked in the lock file"
                }
                Some(before) if package.hashes.is_subset(&before.hashes) => {
                    "All checksums for this platform were already tracked in the lock file"
                }
                Some(_) => "Additional checksums for this platform are now tracked in the lock file",
            };
            context
                .output
                .line(&format!("- Obtained {} checksums for {platform}; {what}", request.address.short()));
        },
    );
    fetched?;
    if new == lock {
        context.output.line("\nSuccess! Terrane has validated the lock file and found no need for changes.");
        return Ok(Exit::Success);
    }
    context
        .environment
        .replace(Path::new(LOCK_FILE), new.render().as_bytes())
        .map_err(|e| Problems::new("Failed to write dependency lock file", format!("{LOCK_FILE}: {e}.")))?;
    context.output.line("\nSuccess! Terrane has updated the lock file.");
    context.output.line("\nReview the changes in .terraform.lock.hcl and then commit to your\nversion control system to retain the new checksums.");
    Ok(Exit::Success)
}

/// Keeps the archives of all plugins for `platforms` (this one when there are none) in `dir`, in the versions that
/// the lock file names, and describes what is there.
pub(crate) fn mirror(context: &Context, config: &Config, platforms: &[String], dir: &Path) -> Outcome {
    let lock = read_lock(context)?;
    let mut requests = requests(context, config, &lock, &[])?;
    for request in &mut requests {
        if let Some(locked) = &mut request.locked {
            let zips = |hash: &String| hash.starts_with("zh:");
            if platforms.iter().any(|wanted| *wanted != platform()) {
                locked.hashes.retain(zips);
            }
        }
    }
    let installation = surroundings(context).cli.installation.clone().unwrap_or_default();
    fetch(context, &installation, platforms, &requests, Some(dir), &mut |_, _, _| {})?;
    for request in &requests {
        describe_mirror(dir, &request.address)?;
    }
    Ok(Exit::Success)
}

/// What to fetch: the plugins that the configuration needs, or those of them that are named.
fn requests(
    context: &Context,
    config: &Config,
    lock: &LockFile,
    only: &[String],
) -> Result<Vec<ProviderRequest>, Problems> {
    let mut needed: BTreeMap<ProviderAddress, Vec<String>> = needed(&[config]);
    needed.retain(|address, _| !address.is_builtin());
    let mut named = BTreeSet::new();
    for name in only {
        let address: ProviderAddress = name.parse().map_err(|e| {
            Problems::new("Invalid provider argument", format!("The provider {name:?}: {e}."))
        })?;
        if !needed.contains_key(&address) {
            return Err(Problems::new(
                "Invalid provider argument",
                format!("The provider {} is not required by the current configuration.", address.short()),
            ));
        }
        named.insert(address);
    }
    let native = super::native(context, &super::installation(context));
    let wanted = |address: &ProviderAddress| match named.is_empty() {
        true => native.get(address).is_none() || lock.providers.contains_key(address),
        false => named.contains(address),
    };
    for address in needed.keys().filter(|address| named.is_empty() && !wanted(address)) {
        let short = address.short();
        context.output.line(&format!("- {short} is part of Terrane, which needs no package of it"));
    }
    Ok(needed
        .into_iter()
        .filter(|(address, _)| wanted(address))
        .map(|(address, versions)| {
            let constraints: Vec<Constraint> = versions.iter().filter_map(|v| v.parse().ok()).collect();
            let locked = lock.providers.get(&address).cloned();
            ProviderRequest { address, constraints, locked }
        })
        .collect())
}

/// Fetches packages for every platform and tells `each` of them. They are unpacked, to see that they are
/// whole, and only the archives are kept, in the directory `archives`.
fn fetch(
    context: &Context,
    installation: &Installation,
    platforms: &[String],
    requests: &[ProviderRequest],
    archives: Option<&Path>,
    each: &mut dyn FnMut(&str, &ProviderRequest, &InstalledProvider),
) -> Result<(), Problems> {
    let failed = |e: std::io::Error| Problems::new("Cannot fetch packages", format!("{e}."));
    let surroundings = surroundings(context);
    let this = [platform()];
    let platforms = if platforms.is_empty() { &this } else { platforms };
    let mut requests = requests.to_vec();
    for platform in platforms {
        let is_one = platform.split_once('_').is_some_and(|(os, arch)| !os.is_empty() && !arch.is_empty());
        if !is_one || !platform.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(Problems::new(
                "Invalid platform",
                format!(
                    "{platform:?} is not a platform: it has an operating system and an architecture, as in linux_amd64."
                ),
            ));
        }
        for request in &mut requests {
            let room = tempfile::tempdir().map_err(failed)?;
            let implied = implied_mirrors(&context.environment);
            let installer =
                ProviderInstaller::new(&surroundings, room.path().to_owned(), installation, &implied, None)
                    .for_platform(platform);
            let installer = match archives {
                Some(dir) => installer.keeping_archives(dir),
                None => installer,
            };
            let address = request.address.short();
            let package = context.block_on(installer.install(request))?;
            let by =
                package.signed_by.as_ref().map_or("unauthenticated".into(), |by| format!("signed by {by}"));
            context.output.line(&format!("- Retrieved {address} {} for {platform} ({by})", package.version));
            each(platform, request, &package);
            // The other platforms get the same version.
            let hashes: BTreeSet<String> = match &request.locked {
                Some(locked) => locked.hashes.clone(),
                None => package.hashes.iter().filter(|_| package.signed_by.is_some()).cloned().collect(),
            };
            let constraints = String::new();
            request.locked = Some(LockedProvider { version: package.version.clone(), constraints, hashes });
        }
    }
    Ok(())
}
