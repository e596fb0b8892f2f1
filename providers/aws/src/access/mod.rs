//! Who may do what: what policies, and what attaches them, mean.

mod lists;

use crate::iam::policy_json::root_account;
use std::collections::BTreeMap;
use terrane_sdk::Value;
use terrane_sdk::provider::{Access, AccessObject, Given, Grant};
use terrane_sdk::serde_json::{self, Value as Json};

/// What can be told of access.
pub(crate) const ACCESS: Access = Access { concerns, given };

/// Of an action in a statement no more grants than this are told.
const MOST: usize = 2000;

fn concerns(type_name: &str) -> bool {
    matches!(
        type_name,
        "aws_cloudwatch_log_resource_policy"
            | "aws_iam_group_membership"
            | "aws_iam_group_policy"
            | "aws_iam_group_policy_attachment"
            | "aws_iam_policy"
            | "aws_iam_policy_attachment"
            | "aws_iam_role"
            | "aws_iam_role_policy"
            | "aws_iam_role_policy_attachment"
            | "aws_iam_user_group_membership"
            | "aws_iam_user_policy"
            | "aws_iam_user_policy_attachment"
            | "aws_kms_grant"
            | "aws_kms_key"
            | "aws_organizations_policy"
            | "aws_organizations_policy_attachment"
            | "aws_s3_bucket"
            | "aws_s3_bucket_acl"
            | "aws_s3_bucket_policy"
            | "aws_sns_topic_policy"
            | "aws_sqs_queue_policy"
    )
}

fn given(objects: &[AccessObject<'_>]) -> Vec<Given> {
    let policies = Policies::of(objects);
    let mut found = Vec::new();
    for (n, object) in objects.iter().enumerate().filter(|(_, object)| !object.value.is_null()) {
        let mut to = Giving { found: &mut found, by: vec![n] };
        let holder = |attribute: &str, kind: &str| named(object, attribute, kind);
        let document = || attribute(&object.value, "policy");
        match object.type_name {
            "aws_iam_group_policy" => to.document(&holder("group", "group"), &document()),
            "aws_iam_role_policy" => to.document(&holder("role", "role"), &document()),
            "aws_iam_user_policy" => to.document(&holder("user", "user"), &document()),
            "aws_iam_group_policy_attachment" => policies.attach(to, n, object, &[holder("group", "group")]),
            "aws_iam_role_policy_attachment" => policies.attach(to, n, object, &[holder("role", "role")]),
            "aws_iam_user_policy_attachment" => policies.attach(to, n, object, &[holder("user", "user")]),
            "aws_iam_policy_attachment" => {
                let mut holders = listed(object, "groups", "group");
                holders.extend(listed(object, "roles", "role"));
                holders.extend(listed(object, "users", "user"));
                policies.attach(to, n, object, &holders);
            }
            "aws_iam_group_membership" => {
                let group = holder("group", "group");
                for user in listed(object, "users", "user") {
                    to.all_of(&user, &group);
                }
            }
            "aws_iam_user_group_membership" => {
                let user = holder("user", "user");
                for group in listed(object, "groups", "group") {
                    to.all_of(&user, &group);
                }
            }
            "aws_iam_role" => {
                let role = holder("name", "role");
                let trust = attribute(&object.value, "assume_role_policy");
                to.resource(&trust, &role, object.address);
                let inline = attribute(&object.value, "inline_policy");
                for policy in inline.as_slice().unwrap_or_default() {
                    let document = attribute(policy, "policy");
                    if !document.is_null() {
                        to.document(&role, &document);
                    }
                }
            }
            "aws_s3_bucket_policy" | "aws_sns_topic_policy" | "aws_sqs_queue_policy" => {
                to.resource(&document(), "", object.address);
            }
            "aws_s3_bucket" | "aws_s3_bucket_acl" => {
                let bucket = holder("bucket", "bucket");
                for (who, action) in lists::given(&object.value) {
                    to.one(&who, Some(action.to_owned()), &bucket);
                }
                // What nobody has set is not known of a new bucket.
                if document().is_known() {
                    to.resource(&document(), "", object.address);
                }
            }
            "aws_cloudwatch_log_resource_policy" => {
                to.resource(&attribute(&object.value, "policy_document"), "", object.address);
            }
            // Without a policy of its own, a key has one that AWS makes.
            "aws_kms_key" if document().is_known() => {
                to.resource(&document(), object.address, object.address)
            }
            "aws_kms_grant" => {
                let key = attribute(&object.value, "key_id");
                let key = key.as_str().map_or_else(|| object.address.to_owned(), |id| format!("key {id}"));
                for operation in texts(object, "operations") {
                    to.one(
                        &named(object, "grantee_principal", ""),
                        operation.map(|o| format!("kms:{o}")),
                        &key,
                    );
                }
            }
            "aws_organizations_policy_attachment" => {
                policies.attach(to, n, object, &[holder("target_id", "everybody in")]);
            }
            _ => {}
        }
    }
    found
}

/// Managed policies among the objects.
struct Policies {
    /// By ARN or id, as far as it is known.
    by_id: BTreeMap<String, usize>,
    documents: BTreeMap<usize, (Value, bool)>,
}

impl Policies {
    fn of(objects: &[AccessObject<'_>]) -> Policies {
        let mut policies = Policies { by_id: BTreeMap::new(), documents: BTreeMap::new() };
        for (n, object) in objects.iter().enumerate().filter(|(_, object)| !object.value.is_null()) {
            let (id, document, limits) = match object.type_name {
                "aws_iam_policy" => ("arn", "policy", false),
                "aws_organizations_policy" => ("id", "content", true),
                _ => continue,
            };
            if let Some(id) = object.value.attribute(id).as_ref().and_then(Value::as_str) {
                policies.by_id.insert(id.to_owned(), n);
            }
            policies.documents.insert(n, (attribute(&object.value, document), limits));
        }
        policies
    }

    /// The policy that an object attaches: by its id or, while that is not known, by what the object refers to.
    fn attached(&self, object: &AccessObject<'_>, id: &Value) -> Option<usize> {
        match id.as_str() {
            Some(id) => self.by_id.get(id).copied(),
            None => {
                let mut referred = object.refers_to.iter().filter(|n| self.documents.contains_key(n));
                referred.next().filter(|_| referred.next().is_none()).copied()
            }
        }
    }

    fn attach(&self, mut to: Giving<'_>, n: usize, object: &AccessObject<'_>, holders: &[String]) {
        let id = object.value.attribute("policy_arn").or_else(|| object.value.attribute("policy_id"));
        let id = id.unwrap_or(Value::NULL);
        let attached = self.attached(object, &id).and_then(|at| Some((at, self.documents.get(&at)?)));
        if let Some((at, (document, limits))) = attached {
            to.by = vec![n, at];
            for who in holders {
                match limits {
                    true => to.limits(who, document),
                    false => to.document(who, document),
                }
            }
            return;
        }
        // What the policies of organizations allow gives nobody anything.
        if object.type_name != "aws_organizations_policy_attachment" {
            for who in holders {
                to.one(who, id.as_str().map(|id| format!("all that {id} says")), "");
            }
        }
    }
}

/// Who gets what by which objects.
struct Giving<'a> {
    found: &'a mut Vec<Given>,
    by: Vec<usize>,
}

impl Giving<'_> {
    fn push(&mut self, grant: Grant) {
        self.found.push(Given { grant, by: self.by.clone() });
    }

    fn one(&mut self, who: &str, what: Option<String>, on: &str) {
        let (who, on) = (who.to_owned(), on.to_owned());
        self.push(Grant { who, denied: false, what, on, condition: String::new() });
    }

    fn all_of(&mut self, user: &str, group: &str) {
        self.one(user, Some(format!("all that {group} may")), "");
    }

    /// What a policy says of somebody.
    fn document(&mut self, who: &str, document: &Value) {
        self.said(document, who, |statement, what| {
            let on = statement.resources.iter().map(move |on| (who.to_owned(), what.clone(), on.clone()));
            on.collect()
        });
    }

    /// What a policy of an organization denies; what it allows gives nobody anything.
    fn limits(&mut self, who: &str, document: &Value) {
        let before = self.found.len();
        self.document(who, document);
        let added = self.found.split_off(before);
        self.found.extend(added.into_iter().filter(|g| g.grant.denied || g.grant.what.is_none()));
    }

    /// What a policy of an object says of those whom it names. `object` is its name, where the policy does not say it.
    fn resource(&mut self, document: &Value, object: &str, address: &str) {
        self.said(document, &format!("those whom {address} names"), |statement, what| {
            let mut all = Vec::new();
            for who in &statement.principals {
                for on in &statement.resources {
                    let on = if object.is_empty() { on } else { object };
                    all.push((who.clone(), what.clone(), on.to_owned()));
                }
            }
            all
        });
    }

    fn said(
        &mut self,
        document: &Value,
        unknown: &str,
        each: impl Fn(&Statement, &String) -> Vec<(String, String, String)>,
    ) {
        let Some(text) = document.as_str() else {
            if !document.is_known() {
                self.one(unknown, None, "");
            }
            return;
        };
        for statement in statements(text) {
            let all = statement.actions.iter().flat_map(|what| each(&statement, what).into_iter().take(MOST));
            for (who, what, on) in all {
                let (denied, condition) = (statement.denied, statement.condition.clone());
                self.push(Grant { who, denied, what: Some(what), on, condition });
            }
        }
    }
}

/// A statement of a policy. What excepts something is told in words.
struct Statement {
    denied: bool,
    principals: Vec<String>,
    actions: Vec<String>,
    resources: Vec<String>,
    condition: String,
}

fn statements(text: &str) -> Vec<Statement> {
    let Ok(policy) = serde_json::from_str::<Json>(text) else { return Vec::new() };
    list(policy.get("Statement").unwrap_or(&Json::Null)).into_iter().map(statement).collect()
}

fn statement(said: &Json) -> Statement {
    let listed = |name: &str| {
        let but =
            said.get(format!("Not{name}")).map(|but| vec![format!("all but {}", words(but).join(", "))]);
        said.get(name).map(words).or(but).unwrap_or_else(|| vec!["*".to_owned()])
    };
    let condition = match said.get("Condition").and_then(Json::as_object) {
        Some(tests) => {
            let test = |(test, keys): (&String, &Json)| {
                let keys = keys.as_object().into_iter().flatten();
                let key =
                    |(key, values): (&String, &Json)| format!("{key} {test} {}", words(values).join(" or "));
                keys.map(key).collect::<Vec<_>>()
            };
            tests.iter().flat_map(test).collect::<Vec<_>>().join(" and ")
        }
        None => String::new(),
    };
    let principals = match (said.get("Principal"), said.get("NotPrincipal")) {
        (Some(principals), _) => principals_of(principals),
        (None, Some(but)) => vec![format!("all but {}", principals_of(but).join(", "))],
        (None, None) => Vec::new(),
    };
    Statement {
        denied: said.get("Effect").and_then(Json::as_str) == Some("Deny"),
        principals,
        actions: listed("Action"),
        resources: listed("Resource"),
        condition,
    }
}

fn principals_of(principals: &Json) -> Vec<String> {
    let Some(kinds) = principals.as_object() else {
        return words(principals).iter().map(|id| principal("AWS", id)).collect();
    };
    kinds.iter().flat_map(|(kind, ids)| words(ids).into_iter().map(move |id| principal(kind, &id))).collect()
}

fn principal(kind: &str, id: &str) -> String {
    let account = root_account(id).unwrap_or(id);
    match kind {
        _ if id == "*" => "everybody".to_owned(),
        "AWS" if account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) => {
            format!("account {account}")
        }
        "AWS" => id.to_owned(),
        kind => format!("{} {id}", kind.to_lowercase()),
    }
}

fn list(value: &Json) -> Vec<&Json> {
    match value {
        Json::Array(values) => values.iter().collect(),
        Json::Null => Vec::new(),
        one => vec![one],
    }
}

fn words(value: &Json) -> Vec<String> {
    list(value).into_iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect()
}

fn attribute(object: &Value, name: &str) -> Value {
    object.attribute(name).unwrap_or(Value::NULL)
}

/// Somebody by an attribute with a name; by the object where that is not known.
fn named(object: &AccessObject<'_>, attribute: &str, kind: &str) -> String {
    match object.value.attribute(attribute).as_ref().and_then(Value::as_str) {
        Some(name) => format!("{kind} {name}").trim_start().to_owned(),
        None => format!("{kind} of {}", object.address).trim_start().to_owned(),
    }
}

/// Those in a list or set of names, where they are known.
fn listed(object: &AccessObject<'_>, attribute: &str, kind: &str) -> Vec<String> {
    texts(object, attribute).into_iter().flatten().map(|name| format!("{kind} {name}")).collect()
}

fn texts(object: &AccessObject<'_>, name: &str) -> Vec<Option<String>> {
    let value = attribute(&object.value, name);
    value.as_slice().unwrap_or_default().iter().map(|v| v.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::{concerns, given};
    use terrane_sdk::provider::AccessObject;
    use terrane_sdk::{Type, Value};

    fn object(type_name: &'static str, attributes: &[(&str, Value)]) -> AccessObject<'static> {
        assert!(concerns(type_name), "{type_name}");
        let value = Value::object(attributes.iter().map(|(name, value)| (*name, value.clone())));
        AccessObject { type_name, address: "the.one", value, refers_to: &[] }
    }

    fn told(objects: &[AccessObject<'_>]) -> Vec<String> {
        let line = |given: terrane_sdk::provider::Given| {
            let grant = given.grant;
            let what = grant.what.unwrap_or_else(|| "?".to_owned());
            let verb = if grant.denied { "never" } else { "may" };
            format!("{:?} {} {verb} {what} on {:?} if {:?}", given.by, grant.who, grant.on, grant.condition)
        };
        given(objects).into_iter().map(line).collect()
    }

    const READING: &str = r#"{"Statement": {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "arn:aws:s3:::a/*"}}"#;

    #[test]
    fn policies_of_identities_and_what_attaches_them() {
        let arn = "arn:aws:iam::123456789012:policy/reading";
        let policy = object("aws_iam_policy", &[("arn", arn.into()), ("policy", READING.into())]);
        let known = object(
            "aws_iam_group_policy_attachment",
            &[("group", "devs".into()), ("policy_arn", arn.into())],
        );
        let aws = "arn:aws:iam::aws:policy/ReadOnlyAccess";
        let other =
            object("aws_iam_role_policy_attachment", &[("role", "ci".into()), ("policy_arn", aws.into())]);
        assert_eq!(
            told(&[policy, known, other]),
            [
                "[1, 0] group devs may s3:Get* on \"arn:aws:s3:::a/*\" if \"\"",
                "[1, 0] group devs may s3:List* on \"arn:aws:s3:::a/*\" if \"\"",
                "[2] role ci may all that arn:aws:iam::aws:policy/ReadOnlyAccess says on \"\" if \"\"",
            ]
        );

        // Before the policy has an ARN, the reference says which one it is.
        let unknown = || Value::unknown(Type::String);
        let policy = object("aws_iam_policy", &[("arn", unknown()), ("policy", READING.into())]);
        let attachment =
            object("aws_iam_user_policy_attachment", &[("user", "ann".into()), ("policy_arn", unknown())]);
        let attachment = AccessObject { refers_to: &[0], ..attachment };
        assert_eq!(
            told(&[policy, attachment.clone()])[0],
            "[1, 0] user ann may s3:Get* on \"arn:aws:s3:::a/*\" if \"\""
        );
        let attachment = AccessObject { refers_to: &[], ..attachment };
        assert_eq!(told(&[attachment]), ["[0] user ann may ? on \"\" if \"\""]);

        let inline = object("aws_iam_user_policy", &[("user", "ann".into()), ("policy", unknown())]);
        assert_eq!(told(&[inline]), ["[0] user ann may ? on \"\" if \"\""]);
    }

    #[test]
    fn members_of_groups_may_what_these_may() {
        let users = Value::set(Type::String, ["ann", "bob"].map(Value::from));
        let membership = object("aws_iam_group_membership", &[("group", "devs".into()), ("users", users)]);
        assert_eq!(
            told(&[membership]),
            [
                "[0] user ann may all that group devs may on \"\" if \"\"",
                "[0] user bob may all that group devs may on \"\" if \"\""
            ]
        );
    }

    #[test]
    fn policies_of_objects_name_those_whom_they_let_in() {
        let text = r#"{"Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "sts:AssumeRole",
             "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#;
        let role = object("aws_iam_role", &[("name", "ops".into()), ("assume_role_policy", text.into())]);
        assert_eq!(
            told(&[role]),
            [
                "[0] account 123456789012 may sts:AssumeRole on \"role ops\" if \"aws:MultiFactorAuthPresent Bool true\"",
                "[0] service ec2.amazonaws.com may sts:AssumeRole on \"role ops\" if \"\""
            ]
        );

        let text = r#"{"Statement": [{"Effect": "Deny", "Principal": "*", "NotAction": "s3:GetObject", "Resource": ["a", "b"]}]}"#;
        let bucket = object("aws_s3_bucket_policy", &[("bucket", "x".into()), ("policy", text.into())]);
        assert_eq!(
            told(&[bucket]),
            [
                "[0] everybody never all but s3:GetObject on \"a\" if \"\"",
                "[0] everybody never all but s3:GetObject on \"b\" if \"\""
            ]
        );

        let text = r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]}"#;
        let key = object("aws_kms_key", &[("policy", text.into())]);
        assert_eq!(told(&[key]), ["[0] everybody may kms:* on \"the.one\" if \"\""]);
        let key = object("aws_kms_key", &[("policy", Value::unknown(Type::String))]);
        assert!(told(&[key]).is_empty());
    }

    #[test]
    fn lists_of_buckets_name_others_than_the_owner() {
        let listed = |type_name, attributes: &[(&str, Value)]| {
            let bucket = [("bucket", Value::from("logs"))];
            told(&[object(type_name, &[&bucket[..], attributes].concat())])
        };
        let everybody = [
            "[0] everybody may s3:ListBucket on \"bucket logs\" if \"\"",
            "[0] everybody may s3:ListBucketMultipartUploads on \"bucket logs\" if \"\"",
            "[0] everybody may s3:ListBucketVersions on \"bucket logs\" if \"\"",
        ];
        let unknown = ("policy", Value::unknown(Type::String));
        assert_eq!(listed("aws_s3_bucket", &[("acl", "public-read".into()), unknown.clone()]), everybody);
        assert_eq!(listed("aws_s3_bucket_acl", &[("acl", "private".into())]), [""; 0]);

        let texts = |values: &[&str]| Value::tuple(values.iter().map(|value| Value::from(*value)));
        let group = Value::from("http://acs.amazonaws.com/groups/s3/LogDelivery");
        let grant = Value::object([("uri", group), ("permissions", texts(&["WRITE", "READ_ACP"]))]);
        assert_eq!(
            listed("aws_s3_bucket", &[("acl", Value::NULL), ("grant", Value::tuple([grant])), unknown]),
            [
                "[0] log delivery of S3 may s3:PutObject on \"bucket logs\" if \"\"",
                "[0] log delivery of S3 may s3:GetBucketAcl on \"bucket logs\" if \"\"",
            ]
        );

        let to = |id: &str| {
            let grantee = Value::object([("id", Value::from(id))]);
            Value::object([("grantee", Value::tuple([grantee])), ("permission", "FULL_CONTROL".into())])
        };
        let owner = Value::tuple([Value::object([("id", Value::from("us"))])]);
        let policy = Value::object([("owner", owner), ("grant", Value::tuple([to("us"), to("them")]))]);
        let lines = listed("aws_s3_bucket_acl", &[("access_control_policy", Value::tuple([policy]))]);
        assert_eq!(lines.len(), 6);
        let them = |line: &String| line.contains("account with canonical id them may s3:");
        assert!(lines.iter().all(them), "{lines:?}");
    }

    #[test]
    fn policies_of_organizations_give_nothing_and_may_deny() {
        let text = r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}"#;
        let policy = object("aws_organizations_policy", &[("id", "p-1".into()), ("content", text.into())]);
        let to = |id: &str| {
            object(
                "aws_organizations_policy_attachment",
                &[("policy_id", id.into()), ("target_id", "ou-1".into())],
            )
        };
        let want = ["[1, 0] everybody in ou-1 never iam:* on \"*\" if \"\""];
        assert_eq!(told(&[policy, to("p-1"), to("p-FullAWSAccess")]), want);
    }

    #[test]
    fn what_is_no_policy_is_passed_over() {
        let odd = ["", "[]", "{\"Statement\": 3}", "{\"Statement\": [{\"Action\": {}}]}"];
        for text in odd {
            let policy = object("aws_iam_user_policy", &[("user", "ann".into()), ("policy", text.into())]);
            assert!(told(&[policy]).iter().all(|line| !line.contains('?')), "{text}");
        }
        assert!(told(&[AccessObject { value: Value::NULL, ..object("aws_iam_role", &[]) }]).is_empty());
    }
}
