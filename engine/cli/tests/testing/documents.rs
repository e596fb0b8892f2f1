//! The forms for programs: JSON lines and the file of results.

use crate::case;
use serde_json::Value as Json;

fn lines(text: &str) -> Vec<Json> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The lines of one type, without what differs from time to time.
fn of_type<'a>(lines: &'a [Json], kind: &str) -> Vec<&'a Json> {
    lines.iter().filter(|line| line["type"] == kind).collect()
}

#[test]
fn events_are_told_as_json() {
    let ran = case("failing").run(&["test", "-json", "-verbose"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert_eq!(ran.err, "");
    let all = lines(&ran.out);
    let first = of_type(&all, "test_abstract")[0];
    assert_eq!(first["@message"], "Found 1 file and 3 run blocks");
    assert_eq!(
        first["test_abstract"],
        serde_json::json!({ "main.tftest.hcl": ["fails", "passes", "breaks"] })
    );
    let states: Vec<&Json> =
        of_type(&all, "test_run").into_iter().map(|line| &line["test_run"]["status"]).collect();
    let expected =
        [Json::Null, "fail".into(), Json::Null, "pass".into(), Json::Null, "error".into(), Json::Null];
    assert_eq!(states, expected.iter().collect::<Vec<_>>());
    let diagnostics = of_type(&all, "diagnostic");
    assert_eq!(diagnostics[0]["@testrun"], "fails");
    assert_eq!(diagnostics[0]["diagnostic"]["summary"], "Test assertion failed");
    assert_eq!(diagnostics[0]["diagnostic"]["snippet"]["values"][0]["traversal"], "output.name");
    let state = of_type(&all, "test_state")[0];
    assert_eq!(state["test_state"]["outputs"]["name"]["value"], "one");
    assert_eq!(state["test_state"]["root_module"]["resources"][0]["values"]["input"], "one");
    let plan = of_type(&all, "test_plan")[0];
    assert_eq!(plan["test_plan"]["resource_changes"][0]["change"]["actions"], serde_json::json!(["update"]));
    let summary = &of_type(&all, "test_summary")[0]["test_summary"];
    let counts =
        serde_json::json!({ "status": "error", "passed": 1, "failed": 1, "errored": 1, "skipped": 0 });
    assert_eq!(*summary, counts);
    let file = of_type(&all, "test_file");
    let progress: Vec<&Json> = file.iter().map(|line| &line["test_file"]["progress"]).collect();
    assert_eq!(progress, ["starting", "teardown", "complete"]);
}

#[test]
fn what_is_left_is_told_as_json() {
    let ran = case("left-behind").run(&["test", "-json"]);
    let all = lines(&ran.out);
    let left = &of_type(&all, "test_cleanup")[0]["test_cleanup"]["failed_resources"];
    assert_eq!(*left, serde_json::json!([{ "instance": "terraform_data.stays" }]));
    assert_eq!(of_type(&all, "test_file")[2]["test_file"]["status"], "error");
}

#[test]
fn results_are_written_for_ci() {
    let project = case("failing");
    let ran = project.run(&["test", "-junit-xml=results.xml"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let text = project.read("results.xml");
    assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"), "{text}");
    let suite = "<testsuite name=\"main.tftest.hcl\" tests=\"3\" skipped=\"0\" failures=\"1\" errors=\"1\">";
    assert!(text.contains(suite), "{text}");
    assert!(
        text.contains("<failure message=\"1 assertion failed: It is one &amp; not &lt;two&gt;.\">"),
        "{text}"
    );
    assert!(text.contains("<error message=\"Encountered an error\"><![CDATA["), "{text}");
    assert!(text.contains("<testcase name=\"passes\" classname=\"main.tftest.hcl\" time=\""), "{text}");
}

#[test]
fn what_was_made_stays_on_request() {
    let ran = case("clean-up").run(&["test", "-no-cleanup", "-filter=a.tftest.hcl"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("Terrane left the following resources after"), "{}", ran.err);
    assert!(ran.err.contains("  - terraform_data.made"), "{}", ran.err);
}

#[test]
fn test_files_are_validated() {
    let project = case("bad-file");
    let (code, text) = project.text(&["validate"]);
    assert!(code == 1 && text.contains("Duplicate \"run\" block names"), "{text}");
    let (code, text) = project.text(&["validate", "-no-tests"]);
    assert_eq!(code, 0, "{text}");
}
