//! All stacks of a run: loaded one after the other, read side by side, and put together.

use super::DriftArgs;
use super::stacks::{self, Loaded, RULE_FILE};
use crate::context::{Context, Problems};
use crate::stacks::{find, has_state, name_of};
use std::path::{Path, PathBuf};
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_drift::{
    Limits, Report, Rules, Scanned, Search, StackReport, Window, attribute, managed, managed_twice, places,
    scan, unmanaged,
};

/// How many requests are under way at the same time, over all stacks.
const REQUESTS: usize = 64;

/// What is being read, or could not even be loaded.
enum Running {
    Scan(tokio::task::JoinHandle<Scanned>, SourceMap),
    Failed(Box<StackReport>),
}

/// Looks at everything that the arguments name. An error is one of the whole run.
pub(super) fn look(args: &DriftArgs, context: &Context) -> Result<Report, Problems> {
    let started = context.environment.now();
    let (dirs, alone) = match &args.recursive {
        None => (vec![PathBuf::from(".")], true),
        Some(top) => (find(context, top, has_state)?, false),
    };
    let (mut rules, problems) = shared_rules(args, context, &started)?;
    let limits = Limits::new(args.parallelism, REQUESTS);
    let mut running = Vec::new();
    for dir in dirs {
        let name = name_of(&dir);
        let mine = args.shard.is_none_or(|shard| shard.has(&name));
        // What other shards manage is not unmanaged.
        if !mine && !args.unmanaged {
            continue;
        }
        let fleet = args.recursive.as_deref();
        match stacks::load(context, &dir, &args.variables, fleet) {
            Ok(None) => {}
            Ok(Some(Loaded { stack, rules: own, sources })) => {
                if mine {
                    rules.extend(own);
                }
                let limits = limits.clone();
                let work = context.spawn(async move { scan(stack, mine, &limits).await });
                running.push((mine, Running::Scan(work, sources)));
            }
            Err(problems) if alone => return Err(problems),
            Err(Problems { diagnostics, sources }) => {
                let failed = StackReport::failed(name, diagnostics, sources);
                running.push((mine, Running::Failed(Box::new(failed))));
            }
        }
    }
    let window = args.who.then(|| window(&started, args));
    let mut report = context.block_on(together(args, running, window, &mut rules, &limits));
    report.problems.append(problems);
    report.started = started;
    report.finished = context.environment.now();
    report.shard = args.shard;
    report.expired = rules.expired();
    report.unused = rules.unused();
    Ok(report)
}

async fn together(
    args: &DriftArgs,
    running: Vec<(bool, Running)>,
    window: Option<Window>,
    rules: &mut Rules,
    limits: &Limits,
) -> Report {
    let mut report = Report::default();
    let mut all: Vec<(bool, SourceMap, Scanned)> = Vec::new();
    let mut unknown = Vec::new();
    for (mine, running) in running {
        match running {
            Running::Failed(failed) => {
                unknown.push(failed.name.clone());
                if mine {
                    report.stacks.push(*failed);
                }
            }
            Running::Scan(work, sources) => match work.await {
                Ok(scanned) => all.push((mine, sources, scanned)),
                Err(error) => {
                    let detail = format!("Reading a stack ended with {error}.");
                    report.problems.push(Diagnostic::error("A stack was lost", detail));
                }
            },
        }
    }
    for (mine, _, scanned) in &mut all {
        if *mine {
            rules.judge(&mut scanned.report);
        }
    }
    if let Some(window) = &window {
        let asked = all.iter_mut().map(|(_, _, scanned)| attribute(scanned, window, limits));
        futures::future::join_all(asked).await;
    }
    let mut scanned = Vec::new();
    for (mine, sources, mut one) in all {
        if mine {
            report.stacks.push(StackReport { sources, ..std::mem::take(&mut one.report) });
        }
        scanned.push(one);
    }
    report.stacks.sort_by(|a, b| a.name.cmp(&b.name));
    let fleet = scanned.len() > 1;
    let managed = if fleet || args.unmanaged { managed(&scanned).await } else { Vec::new() };
    if fleet {
        report.problems.append(managed_twice(&managed));
    }
    if args.unmanaged {
        let (places, problems) = places(&scanned, &args.organizations).await;
        report.problems.append(problems);
        let search = Search { types: args.types.clone(), shard: args.shard, window };
        report.accounts = unmanaged(&managed, &places, &search, rules, limits).await;
        if !unknown.is_empty() {
            report.problems.push(Diagnostic::warning(
                "Some states were not read",
                format!(
                    "What these stacks manage may be among the objects that no state has: {}.",
                    unknown.join(", ")
                ),
            ));
        }
    }
    report
}

/// The rules that are about all stacks. Those that are not valid hide nothing, and do not keep anything from being looked at.
fn shared_rules(args: &DriftArgs, context: &Context, today: &str) -> Result<(Rules, Diagnostics), Problems> {
    let mut sources = SourceMap::default();
    let mut problems = Diagnostics::new();
    let mut files: Vec<PathBuf> = Vec::new();
    // The file of a single stack is read with the stack.
    files.extend(args.recursive.iter().map(|top| top.join(RULE_FILE)));
    for path in &args.rules {
        if !context.environment.exists(path) {
            let detail = format!("{} does not exist.", path.display());
            return Err(Problems::new("Failed to read drift rules", detail));
        }
        files.push(path.clone());
    }
    let mut rules = Vec::new();
    for path in files {
        rules.extend(problems.take(stacks::rules(context, Path::new(&path), None, &mut sources)));
    }
    Ok((Rules::new(rules, today), problems))
}

/// The time that audit logs are asked about.
fn window(until: &str, args: &DriftArgs) -> Window {
    let since = until.parse::<jiff::Timestamp>().ok().and_then(|t| t.checked_sub(args.since).ok());
    Window { since: since.map_or_else(|| until.to_owned(), |t| t.to_string()), until: until.to_owned() }
}
