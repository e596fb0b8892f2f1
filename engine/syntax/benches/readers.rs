//! How long each reader of native syntax takes for a file of 10,000 resources:
//! `cargo bench -p terrane-syntax`.

use std::time::{Duration, Instant};
use terrane_diagnostics::SourceMap;
use terrane_syntax::parse_file;
use terrane_syntax::readers::{Form, by_hcl_edit, by_mend};

const RESOURCES: usize = 10_000;

/// Resources as people write them: references, templates, objects, a heredoc now and then.
fn text() -> String {
    let resource = |i: usize| {
        let before = i.saturating_sub(1);
        format!(
            r#"# The {i}th resource.
resource "terraform_data" "r{i}" {{
  count = var.enabled && {i} > 1 ? 1 : 0
  input = {{
    name = "name-${{var.prefix}}-{i}"
    tags = merge(local.tags, {{ Index = {i}, "Before" = terraform_data.r{before}[0].id }})
    list = [for k, v in var.map : "${{k}}=${{v}}" if v != null]
  }}

  lifecycle {{
    ignore_changes = [input]
  }}
}}

"#
        )
    };
    (0..RESOURCES).map(resource).collect()
}

/// Time that this thread had a processor for, where the system tells; on a busy machine the time
/// on the clock says little.
fn used() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// The best of several runs.
fn best(mut run: impl FnMut()) -> Duration {
    let times = (0..7).map(|_| {
        let (start, before) = (Instant::now(), used());
        run();
        match (before, used()) {
            (Some(before), Some(after)) => after.saturating_sub(before),
            _ => start.elapsed(),
        }
    });
    times.min().unwrap_or_default()
}

fn main() {
    let mut sources = SourceMap::default();
    let text = text();
    println!("{RESOURCES} resources, {} kB", text.len() / 1000);
    let file = sources.add("main.tf", text.as_str());
    let rows = [
        ("hcl-edit alone, without lowering", best(|| drop(hcl_edit::parser::parse_body(&text)))),
        ("by hcl-edit, lowered", best(|| drop(by_hcl_edit(&sources, file, Form::File)))),
        ("by the mend", best(|| drop(by_mend(&sources, file, Form::File)))),
        ("parse_file", best(|| drop(parse_file(&sources, file)))),
    ];
    for (what, time) in rows {
        println!("{what:34} {:7.1} ms", time.as_secs_f64() * 1e3);
    }
}
