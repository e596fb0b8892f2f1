//! `query`

use crate::arguments::{OutputFormatArgs, VariableArgs};
use crate::context::{Context, Exit, Outcome, Problems};
use crate::run::{Project, Purpose, refuse_existing, write_generated, written};
use clap::Args;
use std::path::{Path, PathBuf};
use terrane_query::{FoundObject, Queries, QueryEvent};
use terrane_view::{JsonLines, render_found};

/// Search for objects that exist, to import them.
///
/// Reads the files whose names end in .tfquery.hcl, asks the providers for the objects that match
/// their list blocks, and prints what identifies them. Nothing is changed, and no state is read or
/// written.
#[derive(Args)]
pub(crate) struct QueryArgs {
    /// Write "resource" and "import" blocks for what is found to this file, which must not exist yet.
    /// With -json they are part of the output instead.
    #[arg(long, value_name = "path")]
    generate_config_out: Option<PathBuf>,
    #[command(flatten)]
    format: OutputFormatArgs,
    #[command(flatten)]
    variables: VariableArgs,
}

pub(crate) fn run(args: &QueryArgs, context: &mut Context) -> Outcome {
    if !args.format.json {
        return search(args, context, None);
    }
    let stream = JsonLines::new(Box::new(anstream::stdout()), context.environment.clock());
    stream.version(env!("CARGO_PKG_VERSION"));
    search(args, context, Some(&stream)).map_err(|problems| {
        problems.diagnostics.iter().for_each(|d| stream.diagnostic(d, &problems.sources));
        Problems::default()
    })
}

fn search(args: &QueryArgs, context: &Context, stream: Option<&JsonLines>) -> Outcome {
    let file = args.generate_config_out.as_deref().filter(|_| stream.is_none());
    if let Some(path) = file {
        refuse_existing(context, path)?;
    }
    let (project, lists) = Project::with_queries(context, &args.variables)?;
    if lists.is_empty() {
        return Err(Problems::new(
            "No resources to query",
            "There are no \"list\" blocks here. They stand in files whose names end in \".tfquery.hcl\".",
        ));
    }
    let timestamp = context.environment.now();
    let ev = project.evaluator(Some(&timestamp), Purpose::Apply);
    let queries = Queries {
        lists: &lists,
        schemas: &project.schemas,
        providers: &project.providers,
        generate: args.generate_config_out.is_some(),
    };
    let (mut found, mut limited) = (Vec::new(), Vec::new());
    let problems = context.block_on(terrane_query::query(&ev, &queries, |event| {
        if let Some(stream) = stream {
            stream.query_event(&event);
        }
        match event {
            QueryEvent::Found(object) => found.push(*object),
            QueryEvent::Completed { address, total, limited: true, .. } => limited.push((address, total)),
            _ => {}
        }
    }));
    if stream.is_none() {
        context.output.print(&render_found(&found, &context.output.palette()));
        for (address, total) in &limited {
            context
                .output
                .line(&format!("\n{address} has reached its \"limit\" of {total}: there may be more."));
        }
        if found.is_empty() && !problems.has_errors() {
            context.output.line("Nothing was found.");
        }
    }
    if let Some(path) = file.filter(|_| !found.is_empty()) {
        write(context, &found, path)?;
    }
    if problems.has_errors() {
        return Err(project.problems(problems));
    }
    match stream {
        Some(stream) => problems.iter().for_each(|d| stream.diagnostic(d, &project.config.sources)),
        None => context.output.diagnostics(&problems, &project.config.sources),
    }
    Ok(Exit::Success)
}

/// Writes configuration that imports what was found.
fn write(context: &Context, found: &[FoundObject], path: &Path) -> Result<(), Problems> {
    let blocks = found.iter().filter_map(|object| object.generated.as_ref()).map(|generated| {
        let import = match &*generated.import {
            "" => String::new(),
            import => format!("\n\n{import}"),
        };
        (None, format!("{}{import}", generated.resource))
    });
    write_generated(context, path, blocks)?;
    context.output.line(&format!("\n{}", written(path)));
    Ok(())
}
