//! What the calls of providers have cost: `-stats`.

use crate::palette::Palette;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use terrane_provider::Traffic;

/// The calls of all providers as a table, with their sum.
pub fn render_traffic(traffic: &BTreeMap<&str, Vec<Traffic>>, palette: &Palette) -> String {
    let bold = palette.strong;
    let mut out = format!("\n{bold}Requests:{bold:#}\n");
    if traffic.is_empty() {
        out.push_str("\n  No provider has sent any, or none counts them.\n");
        return out;
    }
    let head =
        ["account", "region", "service", "requests", "retries", "throttled", "seconds"].map(str::to_owned);
    for (provider, rows) in traffic {
        let sum = total(rows);
        let lines: Vec<[String; 7]> =
            [head.clone()].into_iter().chain(rows.iter().chain([&sum]).map(cells)).collect();
        let width = |i: usize| lines.iter().map(|line| line[i].chars().count()).max().unwrap_or_default();
        let widths: [usize; 7] = std::array::from_fn(width);
        // Writing to a text cannot fail.
        let _ = writeln!(out, "\n  {provider}");
        for line in &lines {
            let cells = line.iter().enumerate().map(|(i, cell)| match i < 3 {
                true => format!("{cell:<width$}", width = widths[i]),
                false => format!("{cell:>width$}", width = widths[i]),
            });
            let _ = writeln!(out, "    {}", cells.collect::<Vec<_>>().join("  ").trim_end());
        }
    }
    out
}

fn cells(row: &Traffic) -> [String; 7] {
    let account = if row.account.is_empty() { "-" } else { &row.account };
    [
        account.to_owned(),
        row.region.clone(),
        row.service.clone(),
        row.requests.to_string(),
        row.retries.to_string(),
        row.throttled.to_string(),
        format!("{:.1}", row.seconds),
    ]
}

fn total(rows: &[Traffic]) -> Traffic {
    let mut sum = Traffic { account: "total".into(), ..Traffic::default() };
    for row in rows {
        sum.requests += row.requests;
        sum.retries += row.retries;
        sum.throttled += row.throttled;
        sum.seconds += row.seconds;
    }
    sum
}

/// The calls of all providers as JSON, a list by provider.
pub(crate) fn traffic_json(traffic: &BTreeMap<&str, Vec<Traffic>>) -> Json {
    let row = |row: &Traffic| {
        json!({
            "account": row.account,
            "region": row.region,
            "service": row.service,
            "requests": row.requests,
            "retries": row.retries,
            "throttled": row.throttled,
            "seconds": row.seconds,
        })
    };
    let rows = |rows: &Vec<Traffic>| Json::Array(rows.iter().map(row).collect());
    traffic.iter().map(|(provider, all)| ((*provider).to_owned(), rows(all))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traffic() -> BTreeMap<&'static str, Vec<Traffic>> {
        let row = |region: &str, service: &str, requests, throttled, seconds| Traffic {
            account: "123456789012".into(),
            region: region.into(),
            service: service.into(),
            requests,
            retries: throttled,
            throttled,
            seconds,
        };
        [("example.org/one", vec![row("eu-west-1", "ec2", 12, 2, 1.25), row("global", "iam", 3, 0, 0.5)])]
            .into()
    }

    #[test]
    fn a_table_has_the_sum() {
        let text = render_traffic(&traffic(), &Palette::plain());
        let want = "
Requests:

  example.org/one
    account       region     service  requests  retries  throttled  seconds
    123456789012  eu-west-1  ec2            12        2          2      1.2
    123456789012  global     iam             3        0          0      0.5
    total                                   15        2          2      1.8
";
        assert_eq!(text, want);
        assert!(render_traffic(&BTreeMap::new(), &Palette::plain()).contains("No provider"));
    }

    #[test]
    fn programs_get_numbers() {
        let json = traffic_json(&traffic());
        assert_eq!(json["example.org/one"][0]["throttled"], 2);
        assert_eq!(json["example.org/one"][1]["service"], "iam");
    }
}
