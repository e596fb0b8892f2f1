//! The sections of a plan's text.

use super::access::access_section;
use super::block::values;
use super::diff::Context;
use super::resource::{Part, is_silent, legend, resource, symbol};
use super::summary::{parts_summary, plan_summary};
use super::write::Writer;
use crate::palette::paint;
use crate::relevant::relevant_attributes;
use crate::text::{count, rule, wrap};
use crate::{Options, Palette};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use terrane_address::{Mode, ResourceInstance};
use terrane_config::Config;
use terrane_drift::differences;
use terrane_plan::{Action, Counts, Plan, PlanMode, ResourceChange, access_changes};
use terrane_provider::Schemas;
use terrane_schema::Schema;
use terrane_value::{Path, PathStep};

/// A plan of `config` as text, ending with a line end.
pub fn render_plan(
    plan: &Plan,
    config: &Config,
    schemas: &Schemas,
    palette: &Palette,
    options: &Options,
) -> String {
    let view = View { plan, config, schemas, palette, options };
    let mut out = String::new();
    let mut changes: Vec<&Arc<ResourceChange>> = plan.changes.iter().filter(|c| !is_silent(c)).collect();
    // What is read comes before what is made of it.
    changes.sort_by_key(|c| c.address.resource.mode != Mode::Data);
    let outputs = view.outputs();
    let drifted = view.drift(&mut out, changes.is_empty() && outputs.is_empty());
    if plan.mode == PlanMode::RefreshOnly {
        view.refresh_only(&mut out, drifted, &outputs);
        return out;
    }
    if changes.is_empty() && outputs.is_empty() {
        view.no_changes(&mut out, drifted);
        return out;
    }
    if drifted {
        let _ = writeln!(out, "\n{}", rule(options.width));
    }
    view.actions(&mut out, &changes);
    if !outputs.is_empty() {
        out.push_str(&outputs);
        if changes.is_empty() && !plan.errored {
            let _ = writeln!(out, "\n{}", wrap(OUTPUTS_ONLY, options.width));
        }
    }
    view.forgotten(&mut out);
    out
}

/// What is said of a plan that changes outputs alone.
const OUTPUTS_ONLY: &str = "You can apply this plan to save these new output values to the Terrane state, without \
                            changing any real infrastructure.";

/// One change as text, ending with a line end.
pub fn render_change(
    change: &ResourceChange,
    schemas: &Schemas,
    palette: &Palette,
    options: &Options,
) -> String {
    format!("{}\n", of_change(change, Part::Planned(&[]), schemas, palette, options))
}

/// A change that was made outside of Terrane as text, without a line end at its end.
pub(crate) fn drifted(
    change: &ResourceChange,
    schema: &Schema,
    palette: &Palette,
    options: &Options,
) -> String {
    resource(change, Some(schema), Part::Drift, palette, options)
}

fn of_change(
    change: &ResourceChange,
    part: Part<'_>,
    schemas: &Schemas,
    palette: &Palette,
    options: &Options,
) -> String {
    let (mode, type_name) = (change.address.resource.mode, &change.address.resource.type_name);
    let schema = schemas.resource(&change.provider.provider, mode, type_name);
    resource(change, schema, part, palette, options)
}

/// Where an object was another before than after a change.
fn changed_paths(change: &ResourceChange) -> Vec<Path> {
    differences(&change.before, &change.after).into_iter().map(|difference| difference.path).collect()
}

/// Whether one of two paths is in the other.
fn overlap(one: &Path, other: &Path) -> bool {
    one.0.iter().zip(&other.0).all(|(a, b)| a == b)
}

struct View<'a> {
    plan: &'a Plan,
    config: &'a Config,
    schemas: &'a Schemas,
    palette: &'a Palette,
    options: &'a Options,
}

impl View<'_> {
    fn change(&self, change: &ResourceChange, part: Part<'_>) -> String {
        of_change(change, part, self.schemas, self.palette, self.options)
    }

    fn wrap(&self, text: &str) -> String {
        wrap(text, self.options.width)
    }

    /// What was changed outside of Terrane, and whether there was anything to show.
    fn drift(&self, out: &mut String, nothing_else: bool) -> bool {
        let everything = self.plan.mode == PlanMode::RefreshOnly;
        let (shown, other) = match everything {
            true => {
                let all = self.plan.drift.iter();
                let all = all.filter(|c| c.action != Action::NoOp || c.previous_address.is_some());
                (all.map(|c| &**c).collect(), 0)
            }
            false => self.drift_that_matters(),
        };
        if !shown.is_empty() {
            let title = paint(self.palette.strong, "Note: Objects have changed outside of Terrane");
            let text = "Terrane detected the following changes made outside of Terrane since the last \"terrane \
                        apply\" which may have affected this plan:";
            let _ = writeln!(out, "\n{title}\n\n{}", self.wrap(text));
            for change in &shown {
                let _ = writeln!(out, "\n{}", self.change(change, Part::Drift));
            }
        }
        if other > 0 {
            let text = format!(
                "Note: {} changed outside of Terrane in ways that do not affect this plan; \"terrane plan \
                 -refresh-only\" shows them.",
                count(other, "object")
            );
            let _ = writeln!(out, "\n{}", self.wrap(&text));
        }
        if !shown.is_empty() && !everything && !nothing_else {
            let text = "Unless you have made equivalent changes to your configuration, or ignored the relevant \
                        attributes using ignore_changes, the following plan may include actions to undo or \
                        respond to these changes.";
            let _ = writeln!(out, "\n{}", self.wrap(text));
        }
        !shown.is_empty()
    }

    /// The drift that explains something of the plan, and how much there is besides. It does so when the plan changes
    /// what has changed in the object itself, or changes something that was made from it. That nothing became an empty
    /// collection is no drift: many plugins read one for the other. What only the cloud says is not counted.
    fn drift_that_matters(&self) -> (Vec<&ResourceChange>, usize) {
        let planned: BTreeMap<&ResourceInstance, &ResourceChange> =
            self.plan.changes.iter().filter(|c| c.deposed.is_none()).map(|c| (&c.address, &**c)).collect();
        let drift = self.plan.drift.iter().filter(|c| c.action != Action::NoOp);
        let drift: Vec<(&ResourceChange, Vec<Path>)> = (drift.map(|c| (&**c, changed_paths(c))))
            .filter(|(change, paths)| change.action != Action::Update || !paths.is_empty())
            .collect();
        if drift.is_empty() {
            return (Vec::new(), 0);
        }
        let relevant = relevant_attributes(self.plan, self.config, self.schemas);
        let matters = |(change, paths): &(&ResourceChange, Vec<Path>)| {
            let own = planned.get(&change.address);
            let undone = own.is_some_and(|own| {
                !matches!(own.action, Action::Update | Action::NoOp) || {
                    let undone = changed_paths(own);
                    paths.iter().any(|path| undone.iter().any(|other| overlap(path, other)))
                }
            });
            let used = |path: &Path| relevant.iter().any(|r| r.touches(&change.address, path));
            undone || paths.iter().any(used)
        };
        let (shown, other): (Vec<_>, Vec<_>) = drift.into_iter().partition(matters);
        let other = other.iter().filter(|(change, paths)| {
            change.action != Action::Update || paths.iter().any(|path| self.is_configurable(change, path))
        });
        (shown.iter().map(|(change, _)| *change).collect(), other.count())
    }

    /// Whether a configuration can say what is at `path` of an object; what only the cloud says, such as a status or
    /// an etag, changes without anybody changing it.
    fn is_configurable(&self, change: &ResourceChange, path: &Path) -> bool {
        let (mode, type_name) = (change.address.resource.mode, &change.address.resource.type_name);
        let schema = self.schemas.resource(&change.provider.provider, mode, type_name);
        let Some(PathStep::Attribute(name)) = path.0.first() else { return true };
        let attribute = schema.and_then(|schema| schema.block.attributes.get(name));
        attribute.is_none_or(|attribute| attribute.optional || attribute.required)
    }

    fn refresh_only(&self, out: &mut String, drifted: bool, outputs: &str) {
        if !drifted && outputs.is_empty() {
            let title = "No changes. Your infrastructure still matches the configuration.";
            let text = "Terrane has checked that the real remote objects still match the result of your most \
                        recent changes, and found no differences.";
            let _ = writeln!(out, "\n{}\n\n{}", paint(self.palette.success, title), self.wrap(text));
            return;
        }
        if !drifted {
            out.push_str(outputs);
            let _ = writeln!(out, "\n{}", self.wrap(OUTPUTS_ONLY));
            return;
        }
        let text = "This is a refresh-only plan, so Terrane will not take any actions to undo these. If you were \
                    expecting these changes then you can apply this plan to record the updated values in the \
                    Terrane state without changing any remote objects.";
        let _ = writeln!(out, "\n{}", self.wrap(text));
        if !outputs.is_empty() {
            out.push_str(outputs);
        }
    }

    fn no_changes(&self, out: &mut String, drifted: bool) {
        if self.plan.errored {
            let text = "Planning failed. Terrane encountered an error while generating this plan.";
            let _ = writeln!(out, "\n{}", paint(self.palette.error, text));
            return;
        }
        let (title, text) = match self.plan.mode {
            PlanMode::Destroy => (
                "No changes. No objects need to be destroyed.",
                "Either you have not created any objects yet or the existing objects were already deleted \
                 outside of Terrane.",
            ),
            _ if drifted => (
                "No changes. Your infrastructure matches the configuration.",
                "Your configuration already applies the changes detected above, so applying this plan will only \
                 update the Terrane state to include the changes detected above and won't change any real \
                 infrastructure.",
            ),
            _ => (
                "No changes. Your infrastructure matches the configuration.",
                "Terrane has compared your real infrastructure against your configuration and found no \
                 differences, so no changes are needed.",
            ),
        };
        let _ = writeln!(out, "\n{}\n\n{}", paint(self.palette.success, title), self.wrap(text));
    }

    fn actions(&self, out: &mut String, changes: &[&Arc<ResourceChange>]) {
        if changes.is_empty() {
            return;
        }
        let legend = self.legend(changes);
        if !legend.is_empty() {
            let text = "Terrane used the selected providers to generate the following execution plan. Resource \
                        actions are indicated with the following symbols:";
            let _ = writeln!(out, "\n{}\n{legend}", self.wrap(text));
        }
        if self.plan.errored {
            let text = "Terrane planned the following actions, but then encountered a problem:";
            let _ = writeln!(out, "\n{}", paint(self.palette.strong, text));
        } else {
            let text = "Terrane will perform the following actions:";
            let _ = writeln!(out, "\n{}", paint(self.palette.strong, text));
        }
        for change in changes {
            let _ = writeln!(out, "\n{}", self.change(change, Part::Planned(&self.pending(change))));
        }
        let access = access_changes(self.plan, self.schemas);
        out.push_str(&access_section(&access, self.palette));
        let summary = plan_summary(&self.plan.counts());
        let _ = writeln!(out, "\n{}", paint(self.palette.strong, summary));
        self.by_module(out, changes);
    }

    /// What of a data source's dependencies changes, a few of them.
    fn pending(&self, change: &ResourceChange) -> Vec<String> {
        const SHOWN: usize = 3;
        if change.action != Action::Read {
            return Vec::new();
        }
        let changing: BTreeSet<&ResourceInstance> =
            self.plan.changes.iter().filter(|c| c.action != Action::NoOp).map(|c| &c.address).collect();
        let found: Vec<&ResourceInstance> =
            change.dependencies.iter().filter(|d| changing.contains(d)).collect();
        let mut names: Vec<String> = found.iter().take(SHOWN).map(|d| d.to_string()).collect();
        if found.len() > SHOWN {
            names.push(format!("and {} more", found.len() - SHOWN));
        }
        names
    }

    /// In a long plan, what is done in each module that the root module calls.
    fn by_module(&self, out: &mut String, changes: &[&Arc<ResourceChange>]) {
        const LONG: usize = 20;
        let mut modules: BTreeMap<String, Vec<&ResourceChange>> = BTreeMap::new();
        for change in changes {
            let name = match change.address.module.0.first() {
                Some(step) => format!("module.{}", step.name),
                None => "root module".to_owned(),
            };
            modules.entry(name).or_default().push(change);
        }
        if changes.len() <= LONG || modules.len() < 2 {
            return;
        }
        let width = modules.keys().map(String::len).max().unwrap_or(0);
        for (name, changes) in &modules {
            let _ =
                writeln!(out, "  {name:<width$}  {}", parts_summary(&Counts::of(changes.iter().copied())));
        }
    }

    /// The symbols that occur, with their meanings.
    fn legend(&self, changes: &[&Arc<ResourceChange>]) -> String {
        let order = [
            Action::Create,
            Action::Update,
            Action::Delete,
            Action::DeleteThenCreate,
            Action::CreateThenDelete,
            Action::Read,
            Action::Forget,
        ];
        let lines: Vec<String> = (order.into_iter())
            .filter(|action| changes.iter().any(|c| c.action == *action))
            .map(|action| {
                let (symbol, style) = symbol(action, self.palette);
                format!("{} {}", paint(style, format!("{symbol:>3}")), legend(action))
            })
            .collect();
        lines.join("\n")
    }

    /// The section of output changes; empty when there are none.
    fn outputs(&self) -> String {
        let cx =
            Context { requires_replace: &[], show_null: true, show_sensitive: self.options.show_sensitive };
        let changes = self.plan.outputs.iter().filter(|(_, o)| o.action != Action::NoOp).map(|(name, o)| {
            let mark = |v: &terrane_value::Value| {
                if o.sensitive { v.sensitive() } else { v.clone() }
            };
            let before = (o.action != Action::Create).then(|| mark(&o.before));
            let after = (o.action != Action::Delete).then(|| mark(&o.after));
            (name, before, after)
        });
        let entries = values(changes, &cx);
        if entries.is_empty() {
            return String::new();
        }
        let mut lines = Vec::new();
        Writer { palette: self.palette, width: self.options.width }.entries(&entries, 2, true, &mut lines);
        format!("\n{}\n{}\n", paint(self.palette.strong, "Changes to Outputs:"), lines.join("\n"))
    }

    /// A warning about objects that are left behind.
    fn forgotten(&self, out: &mut String) {
        let forgotten: Vec<_> = self.plan.changes.iter().filter(|c| c.action == Action::Forget).collect();
        if forgotten.is_empty() {
            return;
        }
        let title = paint(self.palette.warning, "Warning: Some objects will no longer be managed by Terrane");
        let text = "If you apply this plan, Terrane will discard its tracking information for the following \
                    objects, but it will not delete them:";
        let _ = writeln!(out, "\n{title}\n\n{}", self.wrap(text));
        for change in forgotten {
            let _ = writeln!(out, " - {}", change.address);
        }
        let text = "After applying this plan, Terrane will no longer manage these objects. You will need to import \
                    them into Terrane to manage them again.";
        let _ = writeln!(out, "\n{}", self.wrap(text));
    }
}
