//! Several stacks planned together: one after the other, each after those whose states it reads.

use super::{PlanCommandArgs, write};
use crate::arguments::PlanArgs;
use crate::backend;
use crate::context::{Context, Exit, Outcome, Problems};
use crate::fleet::{Fleet, Outputs, Readings, place};
use crate::run::{Planned, Planner, Purpose, plain};
use crate::stacks::{find, is_root, name_of, within};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use terrane_address::ModulePath;
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_drift::{Limits, Stack, managed, managed_twice, scan};
use terrane_plan::{Action, Plan};
use terrane_provider::Traffic;
use terrane_view::{PlannedStack, render_fleet, render_traffic};

/// How many clients are made at the same time, to see what is managed twice.
const CLIENTS: usize = 64;

/// Plans all stacks below `top`, and shows each plan and what they come to. A stack that cannot be planned keeps others from it only
/// where they read its state.
pub(super) fn run(args: &PlanCommandArgs, context: &mut Context, top: &Path) -> Outcome {
    if args.out.as_ref().is_some_and(|path| path.is_absolute()) {
        let detail =
            "With -recursive, -out is a path in the directory of each stack, and cannot be absolute.";
        return Err(Problems::new("Invalid path of plan files", detail));
    }
    let mut run = Run {
        args,
        // What happens meanwhile is not shown: what is, is whole plans.
        plan: PlanArgs { concise: true, input: false, ..args.plan.clone() },
        context,
        fleet: Arc::default(),
        dirs: BTreeMap::new(),
        done: Vec::new(),
        interrupted: false,
    };
    let mut order = Vec::new();
    for dir in find(context, top, is_root)? {
        order.extend(run.find_place(&dir));
    }
    if order.is_empty() && run.done.is_empty() {
        let detail = format!(
            "{} has no stacks: no directory in it has a backend, a state or a provider configuration.",
            top.display()
        );
        return Err(Problems::new("Stacks not found", detail));
    }
    for place in order {
        run.plan(&place);
    }
    run.finish()
}

/// A run over several stacks.
struct Run<'a> {
    args: &'a PlanCommandArgs,
    plan: PlanArgs,
    context: &'a Context,
    fleet: Arc<Fleet>,
    /// The directories of the stacks, by where their states are.
    dirs: BTreeMap<String, PathBuf>,
    done: Vec<Done>,
    interrupted: bool,
}

/// A stack that was planned, or could not be.
struct Done {
    shown: PlannedStack,
    /// What its state has, once refreshed.
    stack: Option<Stack>,
    traffic: BTreeMap<String, Vec<Traffic>>,
}

/// What came of planning a stack.
struct Attempt {
    changes: bool,
    plan: Plan,
    stack: Stack,
    traffic: BTreeMap<String, Vec<Traffic>>,
}

impl Run<'_> {
    /// Finds out where the state of the stack in a directory is; `None` where there is no stack, or something is wrong with it.
    fn find_place(&mut self, dir: &Path) -> Option<String> {
        let name = name_of(dir);
        let found = within(self.context, dir, |environment| {
            let context = self.context.in_fleet(environment, self.fleet.clone());
            let loaded = context.look_at_config();
            let (config, problems) = &*loaded;
            if problems.has_errors() {
                return Err(Problems { diagnostics: problems.clone(), sources: config.sources.clone() });
            }
            let state = backend::storage_to_look(&context, config)?;
            let root = config.module(&ModulePath::root());
            let says = root.is_some_and(|root| root.backend.is_some() || !root.providers.is_empty());
            let is_kept = |path: PathBuf| context.environment.exists(&path);
            let used = is_kept(context.environment.data_dir()) || is_kept("terraform.tfstate".into());
            Ok((says || used).then(|| place(&context.environment, &*state)))
        });
        match found {
            Ok(None) => None,
            Ok(Some(place)) => match self.fleet.add(&place, &name) {
                Ok(()) => {
                    self.dirs.insert(place.clone(), dir.to_owned());
                    Some(place)
                }
                Err(other) => {
                    let detail = format!(
                        "{name} and {other} have the same state: each would destroy what the other makes."
                    );
                    self.failed(&name, String::new(), Problems::new("Two stacks have one state", detail));
                    None
                }
            },
            Err(problems) => {
                self.failed(&name, String::new(), problems);
                None
            }
        }
    }

    /// Plans the stack whose state is at a place, after those that it reads, unless that was done.
    fn plan(&mut self, place: &str) {
        let Some(dir) = self.dirs.get(place).filter(|_| self.fleet.is_waiting(place)).cloned() else {
            return;
        };
        let name = name_of(&dir);
        loop {
            if self.interrupted {
                return;
            }
            self.fleet.begin(place);
            let (attempt, held) = self.attempt(&dir, &name);
            // What it has made of a state that is not planned yet is forgotten.
            if let Some(first) = self.fleet.wanted().filter(|_| !self.interrupted) {
                self.plan(&first);
                self.fleet.end_attempt();
                continue;
            }
            match attempt {
                Ok(attempt) => self.planned(name, held, attempt),
                Err(problems) => {
                    self.fleet.end(None);
                    self.failed(&name, held, problems);
                }
            }
            return;
        }
    }

    /// Plans a stack with what is known of the others: the plan, and what was to be printed.
    fn attempt(&mut self, dir: &Path, name: &str) -> (Result<Attempt, Problems>, String) {
        let (args, plan_args, fleet) = (self.args, &self.plan, &self.fleet);
        let (mut held, mut interrupted) = (String::new(), false);
        let attempt = within(self.context, dir, |environment| {
            let context = self.context.in_fleet(environment, fleet.clone());
            let attempt = (|| {
                let planner = Planner::new(&context, plan_args, None, false)?;
                let storage = backend::storage_to_look(&context, &planner.project.config)?;
                let manager = backend::opened(&context, storage)?;
                let made = planner.plan(&context, plan_args, manager.state());
                interrupted = made.interrupted;
                let mut planned = planner.shown(&context, plan_args, made.plan, made.problems);
                if let Some(path) = args.out.as_ref().filter(|_| !planned.plan.errored && !fleet.is_held_up())
                {
                    write(&context, &planned, path)?;
                }
                planned.report(&context)?;
                Ok(Attempt::new(name, planned))
            })();
            held = context.output.held();
            attempt
        });
        self.interrupted |= interrupted;
        (attempt, held)
    }

    /// Shows the plan of a stack, and keeps what others need of it.
    fn planned(&mut self, name: String, held: String, attempt: Attempt) {
        let Attempt { changes, plan, stack, traffic } = attempt;
        let outputs: Outputs = (plan.outputs.iter())
            .filter(|(_, output)| output.action != Action::Delete)
            .map(|(name, output)| {
                let value = output.after.clone();
                (name.clone(), if output.sensitive { value.sensitive() } else { value })
            })
            .collect();
        let Readings { planned, around } = self.fleet.end(Some(outputs));
        self.show(&name, &held);
        if !around.is_empty() {
            let detail = format!(
                "{name} reads the outputs of {}, which reads those of {name} in turn. Neither can be planned after the other, so \
                 that {name} was planned with what the state has.",
                around.join(" and of ")
            );
            let warning = Diagnostic::warning("Stacks read each other", detail);
            self.context.output.diagnostics(&warning.into(), &SourceMap::default());
        }
        let shown = PlannedStack { name, counts: Some(plan.counts()), changes, reads: planned };
        self.done.push(Done { shown, stack: Some(stack), traffic });
    }

    fn failed(&mut self, name: &str, held: String, problems: Problems) {
        self.show(name, &held);
        // The other stacks have files of the same names.
        let Problems { diagnostics, sources } = problems;
        let named = |file: &str| match file.starts_with('<') {
            true => file.to_owned(),
            false => plain(&Path::new(name).join(file)).display().to_string(),
        };
        self.context.output.diagnostics(&diagnostics, &sources.renamed(named));
        let shown = PlannedStack { name: name.to_owned(), counts: None, changes: false, reads: Vec::new() };
        self.done.push(Done { shown, stack: None, traffic: BTreeMap::new() });
    }

    /// Prints what belongs to a stack below its name.
    fn show(&self, name: &str, text: &str) {
        let width = match self.context.output.options().width {
            0 => 77,
            width => width,
        };
        let strong = self.context.output.palette().strong;
        let rest = "─".repeat(width.saturating_sub(name.chars().count() + 4).max(2));
        self.context.output.print(&format!("\n{strong}── {name} {rest}{strong:#}\n{text}"));
    }

    /// Shows what all stacks come to.
    fn finish(self) -> Outcome {
        let Run { args, context, done, interrupted, .. } = self;
        let (mut shown, mut stacks) = (Vec::new(), Vec::new());
        let mut traffic: BTreeMap<String, Vec<Traffic>> = BTreeMap::new();
        for one in done {
            shown.push(one.shown);
            stacks.extend(one.stack);
            // Native providers are shared by all stacks, so that the last one knows of all.
            traffic.extend(one.traffic);
        }
        context.output.diagnostics(&twice(context, stacks), &SourceMap::default());
        if args.stats {
            let traffic = traffic.iter().map(|(name, rows)| (name.as_str(), rows.clone())).collect();
            context.output.print(&render_traffic(&traffic, &context.output.palette()));
        }
        context.output.print(&render_fleet(&shown, &context.output.palette()));
        if interrupted {
            let detail = "The stacks that are not listed were not planned. Nothing was changed.";
            return Err(Problems::new("Planning was interrupted", detail));
        }
        let failed: Vec<&str> =
            shown.iter().filter(|stack| stack.counts.is_none()).map(|stack| &*stack.name).collect();
        if !failed.is_empty() {
            let detail = format!(
                "Of {} stacks {} could not be planned: {}.",
                shown.len(),
                failed.len(),
                failed.join(", ")
            );
            return Err(Problems::new("Not all stacks could be planned", detail));
        }
        let changes = shown.iter().any(|stack| stack.changes);
        Ok(if changes && args.detailed_exitcode { Exit::Code(2) } else { Exit::Success })
    }
}

impl Attempt {
    fn new(name: &str, planned: Planned) -> Attempt {
        let Planned { project, plan, .. } = planned;
        let ev = project.evaluator(None, Purpose::Apply);
        let stack = Stack::new(name.to_owned(), &ev, &project.schemas, &project.providers, &plan.prior_state);
        let traffic = project.providers.traffic();
        Attempt {
            changes: plan.has_changes(),
            stack,
            traffic: traffic.into_iter().map(|(name, rows)| (name.to_owned(), rows)).collect(),
            plan,
        }
    }
}

/// Warnings of objects that the states of several stacks have.
fn twice(context: &Context, stacks: Vec<Stack>) -> Diagnostics {
    if stacks.len() < 2 {
        return Diagnostics::new();
    }
    let limits = Limits::new(CLIENTS, CLIENTS);
    context.block_on(async {
        let known = stacks.into_iter().map(|stack| scan(stack, false, &limits));
        let known = futures::future::join_all(known).await;
        managed_twice(&managed(&known).await)
    })
}
