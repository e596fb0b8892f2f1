//! The plugin that tests run: hashicorp/aws 3.39.0, as published.

use crate::{Aws, TestContext};
use std::path::{Path, PathBuf};
use terrane_xtask::python;

/// The version of the plugin.
pub const VERSION: &str = "3.39.0";

const ARCHIVE: &str = "terraform-provider-aws_3.39.0_linux_amd64.zip";

/// The plugin's archive; `None`, with a word on standard error, on machines that it is not for.
pub fn archive() -> Option<PathBuf> {
    let python = python::interpreter().unwrap_or_else(|error| panic!("{error}"));
    let lib = python.parent().and_then(Path::parent).expect("the directory of the environment").join("lib");
    let versions = std::fs::read_dir(&lib).expect("a directory of packages");
    let found = versions
        .map(|entry| {
            entry.expect("an entry").path().join("site-packages/cloudrail/terraform_plugins").join(ARCHIVE)
        })
        .find(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: the plugin is for Linux on x86-64 only");
    }
    found
}

/// A directory that uses the plugin, from a mirror of archives, in place of the native provider.
/// What it installs is shared with other tests.
pub fn context(aws: &Aws, config: &str) -> Option<TestContext> {
    let archive = archive()?;
    let context = TestContext::with_config(config);
    let mirror = context.path().join("mirror/registry.terraform.io/hashicorp/aws");
    std::fs::create_dir_all(&mirror).expect("a directory");
    std::os::unix::fs::symlink(archive, mirror.join(ARCHIVE)).expect("a link");
    context.write(
        "cli.tfrc",
        &format!(
            "provider_installation {{\n  native {{\n    exclude = [\"hashicorp/aws\"]\n  }}\n  filesystem_mirror {{\n    \
             path = \"{}\"\n  }}\n}}\n",
            context.path().join("mirror").display()
        ),
    );
    context.write("provider.tf", &provider(&aws.proxy().endpoint()));
    let configuration = context.path().join("cli.tfrc").display().to_string();
    Some(context.using(aws).env("TF_CLI_CONFIG_FILE", &configuration))
}

fn provider(endpoint: &str) -> String {
    format!(
        r#"
terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "~> 3.39"
    }}
  }}
}}

provider "aws" {{
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  s3_force_path_style         = true
  endpoints {{
    cloudtrail = "{endpoint}"
    ec2        = "{endpoint}"
    iam        = "{endpoint}"
    s3         = "{endpoint}"
    sts        = "{endpoint}"
  }}
}}
"#
    )
}

/// How many plugins whose program has `name` in its name are run by a test that has set `TERRANE_TEST_MARK` to `mark`.
pub fn running(name: &str, mark: &str) -> usize {
    let mark = format!("TERRANE_TEST_MARK={mark}");
    let has = |haystack: &[u8], needle: &str| haystack.windows(needle.len()).any(|w| w == needle.as_bytes());
    let is_plugin = |entry: &std::fs::DirEntry| {
        let command = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
        has(&command, name) && has(&environment, &mark)
    };
    let processes = std::fs::read_dir("/proc").expect("a list of processes").filter_map(Result::ok);
    let numbered = |e: &std::fs::DirEntry| e.file_name().to_string_lossy().parse::<u32>().is_ok();
    processes.filter(numbered).filter(is_plugin).count()
}
