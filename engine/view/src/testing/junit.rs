//! Results in the XML that JUnit made, which CI systems read.

use quick_xml::Writer;
use quick_xml::events::{BytesCData, BytesDecl, Event};
use terrane_diagnostics::{Diagnostic, Look, SourceMap, render_terminal};
use terrane_testing::{RunReport, TestStatus};

/// Columns of diagnostics in the document.
const WIDTH: usize = 78;

/// The results of files and their runs as a document.
pub fn junit_xml(files: &[(String, Vec<RunReport>)]) -> std::io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.create_element("testsuites").write_inner_content(|writer| {
        for (file, runs) in files {
            suite(writer, file, runs)?;
        }
        Ok(())
    })?;
    let text = String::from_utf8(writer.into_inner()).map_err(std::io::Error::other)?;
    Ok(text + "\n")
}

type Xml = Writer<Vec<u8>>;

fn suite(writer: &mut Xml, file: &str, runs: &[RunReport]) -> std::io::Result<()> {
    let count = |status: TestStatus| runs.iter().filter(|run| run.status == status).count().to_string();
    let all = runs.len().to_string();
    let (skipped, failed, errored) =
        (count(TestStatus::Skip), count(TestStatus::Fail), count(TestStatus::Error));
    let attributes =
        [("name", file), ("tests", &all), ("skipped", &skipped), ("failures", &failed), ("errors", &errored)];
    writer.create_element("testsuite").with_attributes(attributes).write_inner_content(|writer| {
        for run in runs {
            case(writer, file, run)?;
        }
        Ok(())
    })?;
    Ok(())
}

fn case(writer: &mut Xml, file: &str, run: &RunReport) -> std::io::Result<()> {
    let mut element =
        writer.create_element("testcase").with_attributes([("name", &*run.name), ("classname", file)]);
    let seconds = run.elapsed.as_secs_f64().to_string();
    if let Some(began) = &run.began {
        element = element.with_attributes([("time", seconds.as_str()), ("timestamp", began)]);
    }
    if run.status == TestStatus::Pass && run.diagnostics.is_empty() {
        element.write_empty()?;
        return Ok(());
    }
    element.write_inner_content(|writer| {
        match run.status {
            TestStatus::Skip => {
                let message = "Testcase skipped due to a previous testcase error";
                let why = run.skipped.as_deref().unwrap_or_default();
                let element = writer.create_element("skipped").with_attribute(("message", message));
                element.write_cdata_content(BytesCData::new(why))?;
            }
            TestStatus::Fail => {
                let failed: Vec<&Diagnostic> = run.diagnostics.iter().filter(|d| d.is_error()).collect();
                let count = failed.len();
                let s = if count == 1 { "" } else { "s" };
                let message = format!("{count} assertion{s} failed{}", said(&failed));
                let element = writer.create_element("failure").with_attribute(("message", message.as_str()));
                element.write_cdata_content(BytesCData::new(text(run, Diagnostic::is_error)))?;
            }
            TestStatus::Error => {
                let element =
                    writer.create_element("error").with_attribute(("message", "Encountered an error"));
                element.write_cdata_content(BytesCData::new(text(run, Diagnostic::is_error)))?;
            }
            TestStatus::Pass => {}
        }
        if run.diagnostics.iter().any(|d| !d.is_error()) {
            let warnings = text(run, |d| !d.is_error());
            writer.create_element("system-err").write_cdata_content(BytesCData::new(warnings))?;
        }
        Ok(())
    })?;
    Ok(())
}

fn said(failed: &[&Diagnostic]) -> String {
    let messages: Vec<&str> = failed.iter().map(|d| d.detail.as_str()).collect();
    if messages.is_empty() { String::new() } else { format!(": {}", messages.join("; ")) }
}

/// The diagnostics of a run as text.
fn text(run: &RunReport, wanted: impl Fn(&Diagnostic) -> bool) -> String {
    let sources: &SourceMap = &run.sources;
    let chosen = run.diagnostics.iter().filter(|d| wanted(d));
    let all: String = chosen.map(|d| render_terminal(d, sources, WIDTH, Look::Plain)).collect();
    // What ends a section ends it early.
    all.replace("]]>", "]] >")
}
