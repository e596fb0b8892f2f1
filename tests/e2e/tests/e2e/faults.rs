//! A bad network and an overloaded service between Terrane and AWS: everything is done in the end,
//! and once.

use terrane_e2e::{Aws, Difference, Fault, Faults, STACK, STACK_SIZE, TestContext, difference, existing};

#[test]
fn one_request_in_ten_goes_wrong() {
    let aws = Aws::start();
    let context = TestContext::with_config(STACK).using(&aws);
    context.good(&["init"]);
    let start = existing(&aws);
    let mut seen = std::collections::BTreeMap::<Fault, usize>::new();
    for (seed, args, done) in [
        (1, &["apply", "-auto-approve"][..], "added"),
        (2, &["apply", "-auto-approve", "-var", "stage=two"], "changed"),
        (3, &["destroy", "-auto-approve"], "destroyed"),
    ] {
        aws.proxy().start_faults(Faults::new(seed, 10));
        let run = context.good(args);
        let faults = aws.proxy().stop_faults().unwrap();
        if done != "changed" {
            run.expect_text(&format!("{STACK_SIZE} {done}"));
        }
        faults.counts.iter().for_each(|(fault, count)| *seen.entry(*fault).or_default() += count);
        assert_eq!(
            difference(&context, &start, &existing(&aws)),
            Difference::default(),
            "{done}: {faults:?}"
        );
        assert!(!context.exists("terraform.tfstate.journal"), "nothing is left to settle");
    }
    assert_eq!(seen.len(), 6, "every fault has happened: {seen:?}");
}

#[test]
fn the_answer_to_every_first_creation_is_lost() {
    let aws = Aws::start();
    let context = TestContext::with_config(STACK).using(&aws);
    context.good(&["init"]);
    let start = existing(&aws);
    for operation in ["CreateVpc", "CreateSubnet", "AllocateAddress", "CreateSecurityGroup", "CreateGroup"] {
        aws.proxy().lose_answer(operation);
    }
    context.good(&["apply", "-auto-approve"]).expect_text(&format!("{STACK_SIZE} added"));
    assert_eq!(difference(&context, &start, &existing(&aws)), Difference::default());
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
}

#[test]
fn credentials_that_expire_in_the_middle_lose_nothing() {
    let aws = Aws::start();
    let context = TestContext::with_config(STACK).using(&aws);
    context.good(&["init"]);
    let start = existing(&aws);
    for (args, passing) in [
        (&["apply", "-auto-approve"][..], 50),
        (&["apply", "-auto-approve", "-var", "stage=two"], 40),
        (&["destroy", "-auto-approve"], 50),
    ] {
        let message = "The security token included in the request is expired";
        aws.proxy().refuse_all(passing, 403, "ExpiredToken", message);
        context.run(args).expect_code(1).expect_text(message);
        aws.proxy().release();
        context.good(args);
        assert_eq!(difference(&context, &start, &existing(&aws)), Difference::default(), "{args:?}");
        assert!(!context.exists("terraform.tfstate.journal"), "nothing is left to settle");
    }
}

const ATTACHMENT: &str = r#"
provider "aws" {
  region = "eu-west-1"
}

variable "made" {
  default = true
}

resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_policy" "app" {
  name = "app"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
  })
}

resource "aws_iam_role_policy_attachment" "app" {
  role       = aws_iam_role.app.name
  policy_arn = var.made ? aws_iam_policy.app.arn : "arn:aws:iam::123456789012:policy/misspelled"
}
"#;

#[test]
fn what_iam_does_not_know_is_waited_for_where_it_was_just_made() {
    let aws = Aws::start();
    let context = TestContext::with_config(ATTACHMENT).using(&aws);
    context.good(&["init"]);
    for _ in 0..3 {
        aws.proxy().refuse(
            "AttachRolePolicy",
            404,
            "NoSuchEntity",
            "The role with name app cannot be found.",
        );
    }
    context.good(&["apply", "-auto-approve"]);
    assert_eq!(aws.proxy().count("AttachRolePolicy"), 4, "it has not heard of the role three times");

    aws.proxy().forget();
    context
        .run(&["apply", "-auto-approve", "-var", "made=false"])
        .expect_code(1)
        .expect_text("policy/misspelled does not exist")
        .expect_text("It was waited for 10 seconds, in case it had just been made.");
    assert!(aws.proxy().count("AttachRolePolicy") > 1, "somebody else might have made it just now");
    context.good(&["apply", "-auto-approve"]);
    context.good(&["destroy", "-auto-approve"]);
}

#[test]
fn an_operation_that_the_endpoint_does_not_know_fails_at_once() {
    let aws = Aws::start();
    let context = TestContext::with_config(
        "provider \"aws\" {\n  region = \"eu-west-1\"\n}\nresource \"aws_vpc\" \"a\" {\n  cidr_block = \"10.0.0.0/16\"\n}\n",
    )
    .using(&aws);
    context.good(&["init"]);
    aws.proxy().answer_with_page("CreateVpc");
    context.run(&["apply", "-auto-approve"]).expect_code(1).expect_text("web page");
    assert_eq!(aws.proxy().count("CreateVpc"), 1, "it is no use to ask again");
    context.good(&["apply", "-auto-approve"]);
}
