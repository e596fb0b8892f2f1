//! A project: a configuration with its providers and the values of its variables.

use crate::arguments::VariableArgs;
use crate::context::{Context, Problems};
use crate::{providers, variables, workspace};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use terrane_address::ModulePath;
use terrane_config::{Config, Files, ListBlock, load_queries};
use terrane_diagnostics::{Diagnostics, SourceMap};
use terrane_evaluate::{
    Evaluator, Inputs, RawVariable, VariableSource, given_values, root_variables, root_variables_in_part,
};
use terrane_lang::FunctionContext;
use terrane_plan::{Plan, WriteOnlyKey};
use terrane_provider::{Providers, Schemas};
use terrane_value::Value;

/// Values as they were given for variables.
type Given = BTreeMap<Arc<str>, RawVariable>;

/// The values of variables.
type Values = BTreeMap<Arc<str>, Value>;

/// A configuration that is ready to be evaluated.
pub(crate) struct Project {
    pub(crate) config: Config,
    pub(crate) providers: Providers,
    pub(crate) schemas: Schemas,
    pub(crate) variables: BTreeMap<Arc<str>, Value>,
    /// The key under which changes of write-only values are seen.
    pub(crate) write_only_key: Option<WriteOnlyKey>,
    /// The variables that were given a value.
    pub(crate) given: BTreeSet<Arc<str>>,
    /// Values as they were given, where the type of the variable makes them others.
    pub(crate) as_given: BTreeMap<Arc<str>, Value>,
    pub(crate) workspace: String,
    working_dir: String,
}

/// What an evaluator is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A plan: what changes from call to call (`timestamp()`) is unknown.
    Plan,
    /// Applying, or a look at what is: everything has a value.
    Apply,
    /// Validation: nothing is known.
    Validate,
}

impl Project {
    /// The project in the working directory. Values that are missing are asked for when `ask` is
    /// set and somebody is there to answer.
    pub(crate) fn load(context: &Context, arguments: &VariableArgs, ask: bool) -> Result<Project, Problems> {
        Project::load_with(context, arguments, ask, root_variables)
    }

    /// The project in the working directory, where variables without a value are not known.
    pub(crate) fn load_in_part(context: &Context, arguments: &VariableArgs) -> Result<Project, Problems> {
        Project::load_with(context, arguments, false, root_variables_in_part)
    }

    fn load_with(
        context: &Context,
        arguments: &VariableArgs,
        ask: bool,
        values: fn(&Config, &Given, &mut SourceMap) -> (Values, Diagnostics),
    ) -> Result<Project, Problems> {
        Project::of_config(context, context.take_config(), arguments, ask, values)
    }

    /// The project in the working directory with what its query files add, and their `list` blocks.
    pub(crate) fn with_queries(
        context: &Context,
        arguments: &VariableArgs,
    ) -> Result<(Project, Vec<ListBlock>), Problems> {
        let (mut config, mut problems) = context.take_config();
        let mut lists = Vec::new();
        if !problems.has_errors() {
            lists = problems.take(load_queries(&context.environment, Path::new("."), &mut config));
        }
        let project = Project::of_config(context, (config, problems), arguments, true, root_variables)?;
        Ok((project, lists))
    }

    fn of_config(
        context: &Context,
        loaded: (Config, Diagnostics),
        arguments: &VariableArgs,
        ask: bool,
        values: fn(&Config, &Given, &mut SourceMap) -> (Values, Diagnostics),
    ) -> Result<Project, Problems> {
        let config = checked_config(context, loaded)?;
        let mut project = Project::new(context, config)?;
        let mut sources = project.config.sources.clone();
        let (mut given, mut problems) = variables::given(&context.environment, arguments, &mut sources);
        if ask && context.environment.can_ask() {
            ask_for_missing(context, &project.config, &mut given);
        }
        project.given = given.keys().cloned().collect();
        if !problems.has_errors() {
            project.variables = problems.take(values(&project.config, &given, &mut sources));
            project.as_given = given_values(&project.config, &given, &project.variables);
        }
        project.config.sources = sources;
        project.finish(context, problems)
    }

    /// The project in the working directory, to look at what its state has: nothing is asked for and
    /// nothing is written.
    pub(crate) fn to_look(context: &Context, arguments: &VariableArgs) -> Result<Project, Problems> {
        let config = checked_config(context, context.take_config())?;
        let mut project = Project::new(context, config)?;
        let mut sources = project.config.sources.clone();
        let (given, mut problems) = variables::given(&context.environment, arguments, &mut sources);
        if !problems.has_errors() {
            project.variables = problems.take(root_variables(&project.config, &given, &mut sources));
        }
        project.config.sources = sources;
        match problems.has_errors() {
            true => Err(project.problems(problems)),
            false => Ok(project),
        }
    }

    /// The project that a plan file has: its configuration and the values of its variables, to
    /// look at.
    pub(crate) fn from_snapshot(
        context: &Context,
        files: &dyn Files,
        variables: BTreeMap<Arc<str>, Value>,
    ) -> Result<Project, Problems> {
        let config = checked_config(context, crate::modules::load_snapshot(context, files, &variables))?;
        Ok(Project { variables, ..Project::new(context, config)? })
    }

    /// The project that a plan file has, to apply it: the values of ephemeral variables, which are
    /// not in the file, come from where they always do.
    pub(crate) fn of_plan(
        context: &Context,
        files: &dyn Files,
        plan: &Plan,
        arguments: &VariableArgs,
    ) -> Result<Project, Problems> {
        let config = checked_config(context, crate::modules::load_snapshot(context, files, &plan.variables))?;
        let mut project = Project::new(context, config)?;
        let mut sources = project.config.sources.clone();
        let (given, mut problems) = variables::given(&context.environment, arguments, &mut sources);
        let Plan { variables, apply_variables: needed, .. } = plan;
        let values =
            terrane_evaluate::apply_variables(&project.config, variables, needed, &given, &mut sources);
        project.variables = problems.take(values);
        project.config.sources = sources;
        project.finish(context, problems)
    }

    fn new(context: &Context, config: Config) -> Result<Project, Problems> {
        let providers = providers::of(context, &config)?;
        let schemas = providers.schemas();
        Ok(Project {
            config,
            providers,
            schemas,
            variables: BTreeMap::new(),
            write_only_key: None,
            given: BTreeSet::new(),
            as_given: BTreeMap::new(),
            workspace: workspace::selected(&context.environment),
            working_dir: context.environment.original_dir().display().to_string(),
        })
    }

    fn finish(mut self, context: &Context, problems: Diagnostics) -> Result<Project, Problems> {
        if problems.has_errors() {
            return Err(Problems { diagnostics: problems, sources: self.config.sources });
        }
        context.output.diagnostics(&problems, &self.config.sources);
        self.write_only_key =
            super::write_only_key::load(context, &self.config, &self.providers, &self.schemas)?;
        Ok(self)
    }

    /// A new evaluator. `timestamp` is what `plantimestamp()` gives.
    pub(crate) fn evaluator(&self, timestamp: Option<&str>, purpose: Purpose) -> Evaluator<'_> {
        Evaluator::new(Inputs {
            config: &self.config,
            schemas: &self.schemas,
            variables: self.variables.clone(),
            workspace: self.workspace.clone(),
            working_dir: self.working_dir.clone(),
            functions: FunctionContext {
                base_dir: PathBuf::from("."),
                plan_timestamp: timestamp.map(str::to_owned),
                impure_unknown: purpose != Purpose::Apply,
            },
            validating: purpose == Purpose::Validate,
        })
    }

    /// Problems with the sources they point into.
    pub(crate) fn problems(&self, diagnostics: Diagnostics) -> Problems {
        Problems { diagnostics, sources: self.config.sources.clone() }
    }
}

/// The configuration, with everything checked that needs no values. Warnings are printed.
fn checked_config(context: &Context, loaded: (Config, Diagnostics)) -> Result<Config, Problems> {
    let (config, mut diagnostics) = loaded;
    if !diagnostics.has_errors() {
        diagnostics.append(terrane_config::check(&config));
    }
    if diagnostics.has_errors() {
        return Err(Problems { diagnostics, sources: config.sources });
    }
    context.output.diagnostics(&diagnostics, &config.sources);
    Ok(config)
}

/// Asks for the values of variables that have neither a value nor a default.
fn ask_for_missing(context: &Context, config: &Config, given: &mut BTreeMap<Arc<str>, RawVariable>) {
    let Some(root) = config.module(&ModulePath::root()) else { return };
    for variable in root.variables.values() {
        if variable.default.is_some() || given.contains_key(&variable.name) {
            continue;
        }
        let description = match variable.description.as_deref() {
            Some(text) => format!("  {}\n\n", text.trim_end().replace('\n', "\n  ")),
            None => String::new(),
        };
        context.output.print(&format!("var.{}\n{description}  Enter a value: ", variable.name));
        let answer = match variable.sensitive || variable.ephemeral {
            true => context.environment.read_secret_line(),
            false => context.environment.read_line(),
        };
        let Ok(Some(answer)) = answer else { return };
        context.output.line("");
        let raw = RawVariable { source: VariableSource::Prompt, value: Err(answer) };
        given.insert(variable.name.clone(), raw);
    }
}
