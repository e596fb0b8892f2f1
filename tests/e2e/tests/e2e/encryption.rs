//! The `encryption` block: states, plans and keys from AWS; and states that other configurations read.

use serde_json::Value;
use terrane_e2e::TestContext;
use terrane_xtask::moto::{Moto, client_environment};

const BLOCK: &str = r#"
variable "passphrase" {}

terraform {
  encryption {
    key_provider "pbkdf2" "main" {
      passphrase = var.passphrase
      iterations = 200000
    }
    method "aes_gcm" "main" {
      keys = key_provider.pbkdf2.main
    }
    method "unencrypted" "none" {}
    state {
      method = method.aes_gcm.main
      fallback {
        method = method.unencrypted.none
      }
    }
    plan {
      method   = method.aes_gcm.main
      enforced = true
    }
  }
}
"#;

const RESOURCE: &str = "resource \"terraform_data\" \"one\" {\n  input = \"hunter2\"\n}\noutput \"word\" {\n  value = terraform_data.one.output\n}\n";

#[test]
fn states_and_plans_are_encrypted_and_only_the_key_opens_them() {
    let context = TestContext::with_config(RESOURCE);
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    assert!(context.read("terraform.tfstate").contains("hunter2"));

    context.write("encryption.tf", BLOCK);
    context.write("key.auto.tfvars", "passphrase = \"correct horse battery\"\n");
    context.good(&["apply", "-auto-approve"]);
    let encrypted = context.read("terraform.tfstate");
    assert!(
        !encrypted.contains("hunter2") && encrypted.contains("\"encryption_version\":\"v0\""),
        "{encrypted}"
    );
    assert_eq!(context.good(&["output", "-raw", "word"]).stdout.trim(), "hunter2");
    assert!(context.json(&["state", "pull"])["resources"].is_array());

    context.edit("main.tf", "hunter2", "hunter3");
    context.good(&["plan", "-out=saved"]);
    assert!(!context.read("saved").contains("hunter"));
    context.good(&["show", "saved"]).expect_text("hunter3");
    context.good(&["apply", "saved"]);
    assert_eq!(context.good(&["output", "-raw", "word"]).stdout.trim(), "hunter3");

    let before = context.read("terraform.tfstate");
    context.write("plain.json", &context.good(&["state", "pull"]).stdout);
    context.write("key.auto.tfvars", "passphrase = \"wrong horse battery\"\n");
    for command in [&["plan"][..], &["apply", "-auto-approve"], &["apply", "saved"], &["state", "list"]] {
        context.run(command).expect_code(1).expect_text("could not be decrypted by any method");
    }
    context.write("encryption.tf", "variable \"passphrase\" {}\n");
    context.run(&["plan"]).expect_code(1).expect_text("The state is encrypted");
    assert_eq!(context.read("terraform.tfstate"), before);
    // Whether a file that cannot be read says how to encrypt is not known, so nothing is written.
    context.write("encryption.tf", &BLOCK.replace("enforced = true", "enforced ="));
    for command in [&["state", "push", "-force", "plain.json"][..], &["state", "rm", "x.y"], &["plan"]] {
        context.run(command).expect_code(1).expect_text("encryption.tf line");
    }
    assert_eq!(context.read("terraform.tfstate"), before);
    context
        .write("encryption.tf", &BLOCK.replace("key_provider.pbkdf2.main\n", "key_provider.pbkdf2.other\n"));
    context.run(&["plan"]).expect_code(1).expect_text("there is no key_provider.pbkdf2.other");
    context.write("encryption.tf", &BLOCK.replace("200000", "2000"));
    context.run(&["plan"]).expect_code(1).expect_text("dangerously low");
}

#[test]
fn the_environment_can_say_how_to_encrypt() {
    let block = "key_provider \"pbkdf2\" \"a\" {\n  passphrase = \"from the environment\"\n  iterations = 200000\n}\n\
                 method \"aes_gcm\" \"a\" {\n  keys = key_provider.pbkdf2.a\n}\nstate {\n  method = method.aes_gcm.a\n}\n\
                 remote_state_data_sources {\n  default {\n    method = method.aes_gcm.a\n  }\n}\n";
    let first = TestContext::with_config(RESOURCE).env("TF_ENCRYPTION", block);
    first.good(&["init"]);
    first.good(&["apply", "-auto-approve"]);
    assert!(!first.read("terraform.tfstate").contains("hunter2"));

    let path = first.path().join("terraform.tfstate");
    let reading = format!(
        "data \"terraform_remote_state\" \"first\" {{\n  backend = \"local\"\n  config = {{\n    path = \"{}\"\n  }}\n}}\n\
         output \"word\" {{\n  value = data.terraform_remote_state.first.outputs.word\n}}\n",
        path.display()
    );
    let second = TestContext::with_config(&reading).env("TF_ENCRYPTION", block);
    second.good(&["init"]);
    second.good(&["apply", "-auto-approve"]);
    assert_eq!(second.good(&["output", "-raw", "word"]).stdout.trim(), "hunter2");
    let without = TestContext::with_config(&reading);
    without.good(&["init"]);
    without.run(&["plan"]).expect_code(1).expect_text("the state is encrypted");
}

#[test]
fn keys_come_from_aws_and_states_of_buckets_are_read_by_others() {
    let moto = Moto::start().unwrap_or_else(|error| panic!("{error}"));
    let script = "import boto3\n\
        boto3.client('s3').create_bucket(Bucket='states', CreateBucketConfiguration={'LocationConstraint': 'eu-west-1'})\n\
        print(boto3.client('kms').create_key()['KeyMetadata']['KeyId'])";
    let output = moto.python().args(["-c", script]).output().expect("Python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let key = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    let encryption = format!(
        "terraform {{\n  backend \"s3\" {{\n    bucket = \"states\"\n    key = \"a\"\n    use_path_style = true\n  }}\n  \
         encryption {{\n    key_provider \"aws_kms\" \"main\" {{\n      kms_key_id = \"{key}\"\n      key_spec = \"AES_256\"\n    \
         }}\n    method \"aes_gcm\" \"main\" {{\n      keys = key_provider.aws_kms.main\n    }}\n    state {{\n      \
         method   = method.aes_gcm.main\n      enforced = true\n    }}\n    remote_state_data_sources {{\n      default {{\n        \
         method = method.aes_gcm.main\n      }}\n    }}\n  }}\n}}\n"
    );
    let context = |config: &str| {
        let mut context = TestContext::with_config(config);
        for (name, value) in client_environment(moto.endpoint()) {
            context = context.env(name, &value);
        }
        context
    };
    let first = context(&format!("{encryption}{RESOURCE}"));
    first.good(&["init"]);
    first.good(&["apply", "-auto-approve"]);
    first.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    let read = "import boto3\nprint(boto3.client('s3').get_object(Bucket='states', Key='a')['Body'].read().decode())";
    let output = moto.python().args(["-c", read]).output().expect("Python runs");
    let stored: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(stored["meta"]["key_provider.aws_kms.main"].is_string(), "{stored}");

    let second = context(&format!(
        "{}data \"terraform_remote_state\" \"a\" {{\n  backend = \"s3\"\n  config = {{\n    bucket = \"states\"\n    key = \"a\"\n    \
         region = \"eu-west-1\"\n    use_path_style = true\n  }}\n}}\noutput \"word\" {{\n  value = \
         data.terraform_remote_state.a.outputs.word\n}}\n",
        encryption.replace("key = \"a\"", "key = \"b\"")
    ));
    second.good(&["init"]);
    second.good(&["apply", "-auto-approve"]);
    assert_eq!(second.good(&["output", "-raw", "word"]).stdout.trim(), "hunter2");
    second.edit("main.tf", "key = \"a\"\n    region", "key = \"c\"\n    region");
    second.run(&["plan"]).expect_code(1).expect_text("Unable to find remote state");
}
