//! `cargo xtask quickstart`: the life of a small piece of infrastructure in front of the
//! reader's eyes, with the output that Terrane really prints.

use crate::quickstart_google;
use std::path::{Path, PathBuf};
use std::process::Command;
use terrane_xtask::moto::{Moto, client_environment};
use terrane_xtask::{Failure, workspace};

/// What somebody does by hand in the console: a tag, a policy, a membership.
const TAMPER: &str = r#"
import boto3
ec2, iam = boto3.client("ec2"), boto3.client("iam")
vpc = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["quickstart"]}])["Vpcs"][0]["VpcId"]
ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "renamed-by-hand"}])
print(f"ec2: renamed {vpc} to renamed-by-hand")
readonly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
iam.detach_group_policy(GroupName="Operators", PolicyArn=readonly)
print("iam: detached ReadOnlyAccess from the group Operators")
iam.remove_user_from_group(UserName="yuki", GroupName="Operators")
print("iam: removed yuki from the group Operators")
"#;

/// Runs what is asked for: the show at AWS, that at Google Cloud, or one after the other.
pub(crate) fn run(part: Option<&str>) -> Result<(), Failure> {
    match part {
        Some("aws") => run_aws(workspace::build_terrane),
        Some("google") => quickstart_google::run(quickstart_google::build),
        // One program for both, built once.
        None => {
            run_aws(|| {
                let both = ["build", "--package", "terrane-cli", "--package", "terrane-sandbox"];
                workspace::run(workspace::cargo().args(both))?;
                workspace::built("terrane")
            })?;
            quickstart_google::run(|| workspace::built("terrane"))
        }
        Some(other) => Err(format!("quickstart has the parts aws and google, and no {other:?}")),
    }
}

fn run_aws(build: impl FnOnce() -> Result<PathBuf, Failure>) -> Result<(), Failure> {
    let steps = 9;
    let heading = |number: usize, text: &str| println!("\n\x1b[1m=== {number}/{steps}  {text}\x1b[0m\n");

    heading(1, "Build Terrane (the AWS SDK takes some minutes the first time)");
    let program = build()?;

    heading(2, "Start a local AWS endpoint");
    let moto = Moto::start()?;
    println!("moto answers at {}", moto.endpoint());

    let stage = Stage { program, dir: prepare_directory()?, moto };

    heading(3, "Initialise a copy of examples/quickstart");
    stage.terrane(&["init"], 0)?;

    heading(4, "Plan: what would be made");
    stage.terrane(&["plan"], 0)?;

    heading(5, "Apply");
    stage.terrane(&["apply", "-auto-approve"], 0)?;

    heading(6, "Plan again: nothing to do");
    stage.terrane(&["plan", "-detailed-exitcode"], 0)?;

    heading(7, "Somebody changes things behind Terrane's back");
    workspace::run(stage.moto.python().args(["-c", TAMPER]))?;
    println!("\nThe next plan finds it:\n");
    stage.terrane(&["plan", "-detailed-exitcode"], 2)?;

    heading(8, "Apply repairs it");
    stage.terrane(&["apply", "-auto-approve"], 0)?;
    stage.terrane(&["plan", "-detailed-exitcode"], 0)?;

    heading(9, "Destroy everything");
    stage.terrane(&["destroy", "-auto-approve"], 0)?;

    summary(&stage);
    Ok(())
}

/// `cargo xtask moto`: an endpoint for one's own experiments.
pub(crate) fn serve() -> Result<(), Failure> {
    let moto = Moto::start()?;
    println!("A local AWS endpoint is up. In another terminal:\n");
    for (name, value) in client_environment(moto.endpoint()) {
        println!("    export {name}={value}");
    }
    println!("\nCtrl-C ends it.");
    loop {
        std::thread::park();
    }
}

/// Where the show takes place.
struct Stage {
    program: PathBuf,
    dir: PathBuf,
    moto: Moto,
}

impl Stage {
    /// Runs Terrane as the reader would and insists on its exit code.
    fn terrane(&self, args: &[&str], expected: i32) -> Result<(), Failure> {
        let mut command = terrane(&self.program);
        command.args(args).current_dir(&self.dir).envs(client_environment(self.moto.endpoint()));
        show(command, args, expected)
    }
}

/// A command without what the reader has set for other work: credentials, variables, configuration files.
pub(crate) fn terrane(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let theirs = ["TF_", "TERRANE_", "AWS_", "GOOGLE_", "CLOUDSDK_"];
        if name.to_str().is_some_and(|name| theirs.iter().any(|prefix| name.starts_with(prefix))) {
            command.env_remove(name);
        }
    }
    command
}

/// Says what is run and runs it; an error unless it ends with the exit code.
pub(crate) fn show(mut command: Command, args: &[&str], expected: i32) -> Result<(), Failure> {
    let args = args.join(" ");
    println!("$ terrane {args}");
    let status = workspace::status(&mut command)?;
    match status.code() == Some(expected) {
        true => Ok(()),
        false => Err(format!("terrane {args} ended with {status}, expected was exit code {expected}")),
    }
}

fn prepare_directory() -> Result<PathBuf, Failure> {
    let dir = workspace::target().join("quickstart");
    let fresh = || -> std::io::Result<()> {
        if dir.exists() {
            std::fs::remove_dir_all(&dir)?;
        }
        workspace::copy_directory(&workspace::root().join("examples/quickstart"), &dir)
    };
    fresh().map_err(|error| format!("cannot prepare {}: {error}", dir.display()))?;
    Ok(dir)
}

fn summary(stage: &Stage) {
    let shown = |path: &Path| {
        let here = std::env::current_dir().unwrap_or_default();
        path.strip_prefix(here).unwrap_or(path).display().to_string()
    };
    println!(
        "\n\x1b[1m=== Done\x1b[0m

Seen: a plan and an apply against an AWS endpoint, a second plan without changes, three changes
made behind Terrane's back found and repaired, and a destroy.

To go on:
  - read {config}; it is the configuration that was just applied
  - `cargo xtask moto` starts an endpoint to play with; the program is {program}
  - in a directory with your own .tf files: `{program} init`, then `{program} plan`",
        config = shown(&stage.dir),
        program = shown(&stage.program),
    );
}
