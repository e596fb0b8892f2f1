//! What a plan says of who gains and loses access, with both clouds in one configuration.

use crate::google::{on_sandbox, sandbox, send};
use serde_json::json;
use terrane_e2e::{Aws, TestContext};

const CONFIG: &str = r#"
variable "stage" { default = 0 }

provider "aws" { region = "eu-west-1" }
provider "google" { project = "acme-prod" }

data "aws_iam_policy_document" "data" {
  statement {
    actions   = var.stage == 0 ? ["s3:*"] : ["s3:Get*", "s3:List*"]
    resources = ["arn:aws:s3:::data/*"]
  }
}

resource "aws_iam_group" "developers" {
  name = "developers"
}

resource "aws_iam_policy" "data" {
  name   = "data"
  policy = data.aws_iam_policy_document.data.json
}

resource "aws_iam_group_policy_attachment" "data" {
  group      = aws_iam_group.developers.name
  policy_arn = aws_iam_policy.data.arn
}

# Narrower than what the group has at first.
resource "aws_iam_group_policy" "one" {
  count = var.stage
  group = aws_iam_group.developers.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::data/one" }]
  })
}

resource "aws_iam_role" "deploy" {
  name = "deploy"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = var.stage == 0 ? "arn:aws:iam::111122223333:root" : "444455556666" }
    }]
  })
}

resource "google_project_iam_binding" "viewers" {
  project = "acme-prod"
  role    = "roles/viewer"
  members = var.stage == 0 ? ["user:ann@example.com", "user:bob@example.com"] : ["user:bob@example.com"]
}
"#;

#[test]
fn a_plan_says_who_gains_and_loses_what() {
    let (aws, url) = (Aws::start(), sandbox());
    send(
        &url,
        "POST",
        "/v1/projects",
        &json!({"projectId": "acme-prod", "parent": {"type": "organization", "id": "1234"}}),
    );
    let context = on_sandbox(TestContext::with_config(CONFIG).using(&aws), &url);
    context.good(&["init"]);

    // Before anything has an id, references say what is attached.
    context.good(&["plan"]).expect_text(
        "Access that this plan changes:
  account 111122223333
    + sts:AssumeRole on role deploy  # aws_iam_role.deploy
  group developers
    + s3:* on arn:aws:s3:::data/*  # aws_iam_group_policy_attachment.data
  user:ann@example.com",
    );
    context.good(&["apply", "-auto-approve"]);

    context.good(&["plan", "-var=stage=1", "-out=narrower"]).expect_text(
        "Access that this plan changes:
  account 111122223333
    - sts:AssumeRole on role deploy  # aws_iam_role.deploy
  account 444455556666
    + sts:AssumeRole on role deploy  # aws_iam_role.deploy
  group developers
    - s3:* on arn:aws:s3:::data/*; keeps s3:Get*, s3:List*  # aws_iam_policy.data
  user:ann@example.com",
    );
    let shown = context.good(&["show", "narrower"]).stdout;
    assert!(
        shown.contains("    - roles/viewer on project acme-prod  # google_project_iam_binding.viewers"),
        "{shown}"
    );
    assert!(!shown.contains("user:bob@example.com\n    "), "{shown}");
    let document = context.json(&["show", "-json", "narrower"]);
    let changes = document["access_changes"].as_array().expect("changes of access");
    let lost = json!({
        "address": "aws_iam_policy.data", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "change": "lost",
        "who": "group developers", "denied": false, "what": "s3:*", "on": "arn:aws:s3:::data/*", "condition": "",
        "but": [
            {"what": "s3:Get*", "on": "arn:aws:s3:::data/*", "condition": ""},
            {"what": "s3:List*", "on": "arn:aws:s3:::data/*", "condition": ""},
        ],
    });
    assert!(changes.len() == 4 && changes.contains(&lost), "{changes:#?}");

    // What changes nothing of it says nothing of it.
    context.edit(
        "main.tf",
        "resource \"aws_iam_role\" \"deploy\" {",
        "resource \"aws_iam_role\" \"deploy\" {\n  description = \"CI\"",
    );
    let other = context.good(&["plan"]).stdout;
    assert!(other.contains("1 to change") && !other.contains("Access that this plan changes"), "{other}");
}
