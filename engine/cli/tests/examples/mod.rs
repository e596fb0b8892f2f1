//! The workflows and schedules in `examples/`: their syntax, and that the flags in them exist.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use yaml_rust2::{Yaml, YamlLoader};

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

fn documents(path: &Path) -> Vec<Yaml> {
    let text = std::fs::read_to_string(path).unwrap();
    YamlLoader::load_from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn one(path: &Path) -> Yaml {
    let mut documents = documents(path);
    assert_eq!(documents.len(), 1, "{}", path.display());
    documents.remove(0)
}

fn text<'a>(yaml: &'a Yaml, what: &str) -> &'a str {
    yaml.as_str().unwrap_or_else(|| panic!("{what} is no text: {yaml:?}"))
}

fn keys(yaml: &Yaml) -> Vec<&str> {
    yaml.as_hash().unwrap().keys().map(|key| text(key, "a key")).collect()
}

#[test]
fn workflows_of_github_have_the_parts_that_workflows_have() {
    for name in ["ci/github-actions.yml", "drift-cron/github-actions.yml"] {
        let workflow = one(&directory(name));
        // Unquoted, "on" is a boolean in YAML 1.1 and a text in 1.2, which this parser reads.
        let known = ["name", "on", "concurrency", "permissions", "env", "jobs"];
        assert!(keys(&workflow).iter().all(|key| known.contains(key)), "{name}: {:?}", keys(&workflow));
        let jobs = workflow["jobs"].as_hash().unwrap();
        for (job_name, job) in jobs {
            let job_name = text(job_name, "a job");
            text(&job["runs-on"], "runs-on");
            assert!(job["timeout-minutes"].as_i64().is_some(), "{name}: {job_name}");
            assert_eq!(job["permissions"]["contents"].as_str(), Some("read"), "{name}: {job_name}");
            if let Some(needed) = job["needs"].as_str() {
                assert!(jobs.contains_key(&Yaml::String(needed.to_owned())), "{name}: {needed}");
            }
            for step in job["steps"].as_vec().unwrap() {
                let known = ["name", "id", "uses", "with", "run", "if", "env"];
                assert!(keys(step).iter().all(|key| known.contains(key)), "{name}: {step:?}");
                let (run, uses) = (step["run"].as_str(), step["uses"].as_str());
                assert!(run.is_some() != uses.is_some(), "{name}: {step:?}");
                assert!(uses.is_none_or(|action| action.contains("@v")), "{name}: {step:?}");
            }
        }
    }
}

#[test]
fn the_pipeline_of_gitlab_has_jobs_of_its_stages() {
    let pipeline = one(&directory("ci/gitlab-ci.yml"));
    let stages: Vec<&str> = pipeline["stages"].as_vec().unwrap().iter().map(|s| text(s, "a stage")).collect();
    for job in ["plan", "apply"] {
        assert!(stages.contains(&text(&pipeline[job]["stage"], "stage")), "{job}");
        assert!(!pipeline[job]["script"].as_vec().unwrap().is_empty(), "{job}");
    }
    let reports = &pipeline["plan"]["artifacts"]["reports"];
    assert_eq!(reports["terraform"].as_str(), Some("terrane-plan.json"));
    assert_eq!(reports["codequality"].as_str(), Some("terrane-codequality.json"));
}

#[test]
fn manifests_of_kubernetes_have_the_parts_that_these_kinds_have() {
    let mut found: BTreeMap<String, Yaml> = BTreeMap::new();
    for name in ["kubernetes-cronjob.yaml", "kubernetes-indexed-job.yaml"] {
        let path = directory("drift-cron").join(name);
        for document in documents(&path) {
            text(&document["metadata"]["name"], "metadata.name");
            text(&document["apiVersion"], "apiVersion");
            found.insert(text(&document["kind"], "kind").to_owned(), document);
        }
    }
    let pod = |spec: &Yaml| {
        let pod = spec["template"]["spec"].clone();
        assert_eq!(pod["restartPolicy"].as_str(), Some("Never"));
        let container = &pod["containers"][0];
        assert!(container["securityContext"]["readOnlyRootFilesystem"].as_bool().unwrap());
        assert!(container["resources"]["limits"]["memory"].as_str().is_some());
    };
    let cron = &found["CronJob"]["spec"];
    assert_eq!(text(&cron["schedule"], "schedule").split(' ').count(), 5);
    pod(&cron["jobTemplate"]["spec"]);
    let job = &found["Job"]["spec"];
    assert_eq!(job["completionMode"].as_str(), Some("Indexed"));
    let shards = job["completions"].as_i64().unwrap();
    let line = job["template"]["spec"]["containers"][0]["args"][0].as_str().unwrap();
    assert!(line.contains(&format!("-shard=\"$((JOB_COMPLETION_INDEX + 1))/{shards}\"")), "{line}");
    pod(job);
}

/// What kubectl reads of the manifests is all that is in them: it refuses what has another type, and drops what it does not know.
/// Even its dry run on the client asks a cluster which kinds there are, and a test has no business with whatever cluster a
/// machine is configured for; `set env --local` asks nobody.
#[test]
fn kubectl_reads_all_of_the_manifests() {
    let mut read = 0;
    for name in ["kubernetes-cronjob.yaml", "kubernetes-indexed-job.yaml"] {
        let manifest = std::fs::read_to_string(directory("drift-cron").join(name)).unwrap();
        for part in manifest.split("\n---\n").filter(|part| part.contains("containers:")) {
            let asked = Command::new("kubectl")
                .env("KUBECONFIG", "/dev/null")
                .args(["set", "env", "--local", "-o", "json", "ADDED=1", "-f", "-"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn();
            let Ok(mut kubectl) = asked else {
                println!("skipped: there is no kubectl here to read {name} with");
                return;
            };
            kubectl.stdin.take().unwrap().write_all(part.as_bytes()).unwrap();
            let output = kubectl.wait_with_output().unwrap();
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
            let object = serde_json::from_slice(&output.stdout).unwrap();
            is_read(&YamlLoader::load_from_str(part).unwrap()[0], &object, name);
            read += 1;
        }
    }
    assert_eq!(read, 2);
}

fn is_read(yaml: &Yaml, json: &serde_json::Value, at: &str) {
    match yaml {
        Yaml::Hash(members) => {
            for (key, value) in members {
                let key = text(key, "a key");
                is_read(value, &json[key], &format!("{at}: {key}"));
            }
        }
        Yaml::Array(elements) => {
            assert!(json.as_array().is_some_and(|read| read.len() >= elements.len()), "{at}");
            elements.iter().enumerate().for_each(|(n, element)| is_read(element, &json[n], at));
        }
        Yaml::String(text) => assert_eq!(json.as_str(), Some(text.as_str()), "{at}"),
        Yaml::Integer(number) => assert_eq!(json.as_i64(), Some(*number), "{at}"),
        Yaml::Boolean(is) => assert_eq!(json.as_bool(), Some(*is), "{at}"),
        other => panic!("{at}: {other:?}"),
    }
}

#[test]
fn units_of_systemd_are_what_systemd_takes() {
    for name in ["terrane-drift.service", "terrane-drift.timer"] {
        let path = directory("drift-cron").join(name);
        let unit = std::fs::read_to_string(&path).unwrap();
        for line in unit.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let section = line.starts_with('[') && line.ends_with(']');
            assert!(section || line.contains('='), "{name}: {line}");
        }
        let checked = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path).output();
        match checked {
            // The program need not be installed where this is tested.
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                let about = |line: &&str| line.contains("terrane-drift") && !line.contains("not executable");
                assert_eq!(said.lines().filter(about).collect::<Vec<_>>(), Vec::<&str>::new());
            }
            Err(_) => println!("skipped: there is no systemd-analyze here to check {name} with"),
        }
    }
}

/// Every `terrane` in an example names a command and flags that exist.
#[test]
fn the_flags_in_examples_exist() {
    let mut checked = 0;
    for name in ["ci", "drift-cron"] {
        for entry in std::fs::read_dir(directory(name)).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap().replace("\\\n", " ");
            let text = text.replace(['[', ']', ','], " ");
            for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
                let words: Vec<&str> = line.split_whitespace().collect();
                let Some(at) = words.iter().position(|w| *w == "terrane" || w.ends_with("bin/terrane"))
                else {
                    continue;
                };
                let mut rest = words[at + 1..].iter().skip_while(|word| word.starts_with("-chdir"));
                let Some(command) = rest.next().filter(|c| ["init", "plan", "apply", "drift"].contains(c))
                else {
                    continue;
                };
                let help =
                    Command::new(env!("CARGO_BIN_EXE_terrane")).args([command, "-help"]).output().unwrap();
                let help = String::from_utf8(help.stdout).unwrap();
                for flag in rest.filter(|word| word.starts_with('-')) {
                    let flag = flag.split('=').next().unwrap();
                    let known = help.lines().any(|l| l.trim_start().split(['=', ' ']).next() == Some(flag));
                    assert!(known, "{}: {command} has no {flag}", path.display());
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 15, "only {checked} flags were found");
}

/// The pages that the book names exist.
#[test]
fn the_book_has_its_pages() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    assert!(std::fs::read_to_string(docs.join("book.toml")).unwrap().contains("src = \".\""));
    let summary = std::fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    let pages: Vec<&str> =
        (summary.lines()).filter_map(|line| line.split_once("](")?.1.strip_suffix(')')).collect();
    assert!(pages.len() > 20, "{pages:?}");
    for page in pages {
        assert!(docs.join(page).is_file(), "the book names {page}, which does not exist");
    }
}
