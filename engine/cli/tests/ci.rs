//! What runs tell CI systems, and the workflows in `examples/`.
#![allow(clippy::unwrap_used)]

mod examples;
mod project;

use project::Project;
use serde_json::Value;

const SECRET: &str = r#"
variable "password" {
  type      = string
  sensitive = true
  default   = "hunter2"
}
resource "terraform_data" "a" {
  input = var.password
}
resource "terraform_data" "b" {
  count = 3
  input = "b ${count.index}"
}
"#;

/// A project in `infra/` of a repository, seen by GitHub.
fn on_github(configuration: &str) -> Project {
    let mut project = Project::new(&[("infra/main.tf", configuration)]);
    let top = project.path().canonicalize().unwrap();
    project.variables.push(("GITHUB_WORKSPACE", top.display().to_string()));
    project.variables.push(("GITHUB_STEP_SUMMARY", top.join("summary.md").display().to_string()));
    project
}

fn on_gitlab(configuration: &str) -> Project {
    let mut project = Project::new(&[("infra/main.tf", configuration)]);
    let top = project.path().canonicalize().unwrap();
    project.variables.push(("CI_PROJECT_DIR", top.display().to_string()));
    project
}

fn json(project: &Project, name: &str) -> Value {
    serde_json::from_str(&project.read(name)).unwrap()
}

#[test]
fn github_gets_errors_at_their_lines_and_a_summary_without_secrets() {
    let project = on_github("resource \"terraform_data\" \"a\" {\n  inptu = 1\n}\n");
    let ran = project.run(&["-chdir=infra", "plan", "-ci=github"]);
    assert_eq!(ran.code, 1);
    let start = "::error file=infra/main.tf,line=2,endLine=2,";
    assert!(
        ran.out.lines().any(|l| l.starts_with(start) && l.contains("title=Unsupported argument")),
        "{}",
        ran.out
    );
    assert!(ran.err.contains("Unsupported argument"), "{}", ran.err);
    assert!(project.read("summary.md").contains("**Error: Unsupported argument**"));

    project.write("summary.md", "from before\n");
    project.write("infra/main.tf", SECRET);
    let ran = project.run(&["-chdir=infra", "plan", "-ci=github", "-show-sensitive"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let summary = project.read("summary.md");
    assert!(summary.starts_with("from before\n## Terrane: infra\n"), "{summary}");
    assert!(summary.contains("4 to add") && summary.contains("**Create** (4)"), "{summary}");
    assert!(
        summary.contains("- `terraform_data.b[1]`") && summary.contains("+       input  = \"b 1\""),
        "{summary}"
    );
    assert!(!summary.contains("hunter2") && ran.out.contains("hunter2"), "{summary}");
    assert!(!ran.out.contains("::error"), "{}", ran.out);
}

/// Several runs of one step share what GitHub takes: 1 MiB. The counts are there whatever happens to the plan.
#[test]
fn a_summary_stays_below_what_github_takes() {
    let many = "resource \"terraform_data\" \"many\" {\n  count = 200\n  input = \"${count.index}-${join(\"\", [for n in \
                range(1000) : \"0123456789\"])}\"\n}\n";
    let project = on_github(many);
    for before in ["".to_owned(), "x\n".repeat(400_000)] {
        project.write("summary.md", &before);
        let ran = project.run(&["-chdir=infra", "plan", "-ci=github"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let summary = project.read("summary.md");
        assert!(summary.len() < 1 << 20, "{} bytes", summary.len());
        assert!(
            summary.starts_with(&before) && summary.contains("200 to add"),
            "{}",
            &summary[before.len()..]
        );
        assert!(summary.contains("and 150 more") && summary.contains("more lines do not fit here"));
        assert!(summary.ends_with("</details>\n"), "cut in the middle");
    }
}

#[test]
fn gitlab_gets_reports_and_a_note() {
    let project = on_gitlab(SECRET);
    let ran = project.run(&["-chdir=infra", "plan", "-ci=gitlab"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        json(&project, "terrane-plan.json"),
        serde_json::json!({ "create": 4, "update": 0, "delete": 0 })
    );
    assert_eq!(json(&project, "terrane-codequality.json"), serde_json::json!([]));
    assert!(project.read("terrane-plan.md").contains("**Create** (4)"));

    project.write("infra/main.tf", "resource \"terraform_data\" \"a\" {\n");
    let ran = project.run(&["-chdir=infra", "plan", "-ci=gitlab"]);
    assert_eq!(ran.code, 1);
    let report = json(&project, "terrane-codequality.json");
    assert_eq!(report[0]["location"]["path"], "infra/main.tf");
    assert_eq!(report[0]["severity"], "blocker");
    assert!(!ran.out.contains("::error"), "{}", ran.out);
}

#[test]
fn applying_a_plan_file_tells_what_became_of_it() {
    let project = on_github(SECRET);
    assert_eq!(project.run(&["-chdir=infra", "plan", "-ci=github", "-out=saved"]).code, 0);
    let ran = project.run(&["-chdir=infra", "apply", "-ci=github", "saved"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(project.read("summary.md").contains("Applied: 4 added, 0 changed, 0 destroyed"));
}

#[test]
fn a_plan_is_refused_when_state_or_configuration_moved_since() {
    let project = on_github(SECRET);
    project.write("infra/terraform.tfvars", "password = \"other\"\n");
    assert_eq!(project.run(&["-chdir=infra", "plan", "-out=saved"]).code, 0);
    project.write("infra/main.tf", &format!("{SECRET}# merged meanwhile\n"));
    project.write("infra/more.tf", "resource \"terraform_data\" \"more\" {\n}\n");
    let (code, text) = project.text(&["-chdir=infra", "apply", "-ci=github", "saved"]);
    assert_eq!(code, 1);
    assert!(
        text.contains("Saved plan is stale") && text.contains("- main.tf") && text.contains("- more.tf"),
        "{text}"
    );
    assert!(!text.contains("- terraform.tfvars"), "{text}");
    assert!(!project.path().join("infra/terraform.tfstate").exists());

    // As it was again, it can be applied, once.
    project.write("infra/main.tf", SECRET);
    std::fs::remove_file(project.path().join("infra/more.tf")).unwrap();
    assert_eq!(project.text(&["-chdir=infra", "apply", "-ci=github", "saved"]).0, 0);
    let (code, text) = project.text(&["-chdir=infra", "apply", "-ci=github", "saved"]);
    assert_eq!(code, 1);
    assert!(text.contains("Saved plan is stale"), "{text}");
}

#[test]
fn standard_output_is_for_one_reader() {
    let project = on_github(SECRET);
    let (code, text) = project.text(&["-chdir=infra", "plan", "-ci=github", "-json"]);
    assert_eq!(code, 1, "{text}");
    assert!(project.text(&["-chdir=infra", "plan", "-ci=jenkins"]).1.contains("jenkins"));
    assert_eq!(project.run(&["-chdir=infra", "plan", "-ci=github", "-json-into=log"]).code, 0);
}
