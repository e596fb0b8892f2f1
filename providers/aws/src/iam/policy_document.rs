//! Data source `aws_iam_policy_document`: writes a policy document from blocks and from other
//! documents.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{Block, Computed, DataSource, Error, async_trait, validate};

use super::document::{Document, Statement as DocumentStatement, conditions, principals, texts};

const OLD_VERSION: &str = "2008-10-17";

/// Writes an IAM policy document in JSON.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_policy_document")]
pub struct PolicyDocument {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The document, indented.
    pub json: Computed<String>,
    /// The document without spacing.
    pub minified_json: Computed<String>,
    /// Not used.
    #[attr(deprecated = "Not used", validate = validate::one_of(&[""]))]
    pub override_json: Option<String>,
    /// Documents whose statements replace those of the same sid.
    #[attr(validate = validate::each(validate::json))]
    pub override_policy_documents: Vec<Option<String>>,
    /// The document's id.
    pub policy_id: Option<String>,
    /// Not used.
    #[attr(deprecated = "Not used", validate = validate::one_of(&[""]))]
    pub source_json: Option<String>,
    /// Documents to begin with; sids must be different in all of them.
    #[attr(validate = validate::each(validate::json))]
    pub source_policy_documents: Vec<Option<String>>,
    /// The version of the policy language.
    #[attr(default = "2012-10-17", validate = validate::one_of(&["2008-10-17", "2012-10-17"]))]
    pub version: Option<String>,
    /// The statements.
    #[block]
    pub statement: Vec<Statement>,
}

/// A statement.
#[derive(Clone, Debug, Block)]
pub struct Statement {
    /// The actions that the statement is about.
    pub actions: BTreeSet<String>,
    /// `Allow` or `Deny`.
    #[attr(default = "Allow", validate = validate::one_of(&["Allow", "Deny"]))]
    pub effect: Option<String>,
    /// The statement is about all other actions.
    pub not_actions: BTreeSet<String>,
    /// The statement is about all other resources.
    pub not_resources: BTreeSet<String>,
    /// The ARNs of the resources that the statement is about.
    pub resources: BTreeSet<String>,
    /// The statement's id. Policies of IAM take letters and digits alone, those of buckets and others any text.
    pub sid: Option<String>,
    /// The conditions, all of which must hold.
    #[block]
    pub condition: BTreeSet<Condition>,
    /// The statement applies to all others.
    #[block]
    pub not_principals: BTreeSet<Principals>,
    /// Those to whom the statement applies.
    #[block]
    pub principals: BTreeSet<Principals>,
}

/// A condition under which a statement applies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Condition {
    /// The operator: `StringEquals`.
    pub test: String,
    /// What the variable is compared with.
    #[attr(required)]
    pub values: Vec<String>,
    /// The variable: `aws:SourceVpc`.
    pub variable: String,
}

/// Those to whom a statement applies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Principals {
    /// ARNs, accounts, services or `*`.
    #[attr(required)]
    pub identifiers: BTreeSet<String>,
    /// `AWS`, `Service`, `Federated`, `CanonicalUser` or `*`.
    pub r#type: String,
}

#[async_trait]
impl DataSource for PolicyDocument {
    type Client = Aws;

    async fn read(_: &Aws, config: Self) -> Result<Self, Error> {
        let document = config.document()?;
        let json = document.print(true);
        Ok(PolicyDocument {
            id: crc32(json.as_bytes()).to_string().into(),
            minified_json: document.print(false).into(),
            json: json.into(),
            ..config
        })
    }
}

impl PolicyDocument {
    fn document(&self) -> Result<Document, Error> {
        let mut merged = Document::default();
        let mut sids = BTreeSet::new();
        for (index, text) in texts_of(&self.source_policy_documents) {
            let source = parse("source_policy_documents", index, text)?;
            for statement in source.statements.iter().filter(|s| !s.sid.is_empty()) {
                if !sids.insert(statement.sid.clone()) {
                    let detail = format!(
                        "Source document {index}: the sid {:?} is there twice. Remove it or make it unique.",
                        statement.sid
                    );
                    return Err(problem(detail).attribute("source_policy_documents"));
                }
            }
            merged.merge(source);
        }
        merged.merge(self.own()?);
        for (index, text) in texts_of(&self.override_policy_documents) {
            merged.merge(parse("override_policy_documents", index, text)?);
        }
        Ok(merged)
    }

    /// The document of the blocks.
    fn own(&self) -> Result<Document, Error> {
        let version = self.version.clone().unwrap_or_default();
        let mut document =
            Document { id: self.policy_id.clone().unwrap_or_default(), version, statements: Vec::new() };
        let mut sids = BTreeSet::new();
        for statement in &self.statement {
            let statement = statement.written(&document.version)?;
            if !statement.sid.is_empty() && !sids.insert(statement.sid.clone()) {
                let detail =
                    format!("The sid {:?} is there twice. Remove it or make it unique.", statement.sid);
                return Err(problem(detail).attribute("statement"));
            }
            document.statements.push(statement);
        }
        Ok(document)
    }
}

fn texts_of(documents: &[Option<String>]) -> impl Iterator<Item = (usize, &str)> {
    documents.iter().enumerate().filter_map(|(i, text)| Some((i, text.as_deref()?)))
}

fn parse(attribute: &str, index: usize, text: &str) -> Result<Document, Error> {
    Document::parse(text)
        .map_err(|e| problem(format!("Document {index}: {e}.")).attribute(format!("{attribute}[{index}]")))
}

fn problem(detail: String) -> Error {
    Error::new("Invalid IAM policy document", detail)
}

impl Statement {
    fn written(&self, version: &str) -> Result<DocumentStatement, Error> {
        let with_variables = |texts: Vec<String>| -> Result<Vec<String>, Error> {
            texts.into_iter().map(|text| variables(text, version)).collect()
        };
        let listed = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>();
        let by_kind = |blocks: &BTreeSet<Principals>| -> Result<Vec<_>, Error> {
            blocks.iter().map(|p| Ok((p.r#type.clone(), with_variables(listed(&p.identifiers))?))).collect()
        };
        let mut statement =
            DocumentStatement { sid: self.sid.clone().unwrap_or_default(), ..DocumentStatement::default() };
        statement.set("Effect", self.effect.clone().into());
        statement.set("Action", texts(listed(&self.actions)));
        statement.set("NotAction", texts(listed(&self.not_actions)));
        statement.set("Resource", texts(with_variables(listed(&self.resources))?));
        statement.set("NotResource", texts(with_variables(listed(&self.not_resources))?));
        statement.set("Principal", principals(by_kind(&self.principals)?));
        statement.set("NotPrincipal", principals(by_kind(&self.not_principals)?));
        let all = self.condition.iter();
        let all = all.map(|c| Ok((c.test.clone(), c.variable.clone(), with_variables(c.values.clone())?)));
        statement.set("Condition", conditions(all.collect::<Result<_, Error>>()?));
        Ok(statement)
    }
}

/// Users write AWS's variables as `&{...}`, since `${...}` is an interpolation.
fn variables(text: String, version: &str) -> Result<String, Error> {
    if version == OLD_VERSION && text.contains("&{") {
        return Err(problem(format!("{text:?} has a variable, which version {OLD_VERSION} does not know.")));
    }
    Ok(text.replace("&{", "${"))
}

/// The checksum that makes the id of the document.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};
    use terrane_sdk::{Object, testing};

    fn document(config: Json) -> Result<String, String> {
        let block = PolicyDocument::spec().to_schema();
        let config = testing::object(&block, &config).map_err(|e| e.to_string())?;
        let config = PolicyDocument::from_value(&config).map_err(|e| e.to_string())?;
        config.document().map(|d| d.print(false)).map_err(|e| e.to_string())
    }

    #[test]
    fn the_text_is_what_the_aws_provider_prints() {
        let config = json!({
            "version": "2012-10-17", "policy_id": "id",
            "statement": [{
                "sid": "1", "effect": "Allow", "actions": ["s3:Get*", "s3:Put*"],
                "resources": ["arn:aws:s3:::a/&{aws:username}"],
                "condition": [{ "test": "StringLike", "variable": "s3:prefix", "values": ["b", "a"] }],
                "principals": [
                    { "type": "AWS", "identifiers": ["arn:aws:iam::1:root", "arn:aws:iam::2:root"] },
                    { "type": "Service", "identifiers": ["<x>"] },
                ],
            }],
        });
        let block = PolicyDocument::spec().to_schema();
        let value = testing::object(&block, &config).expect("the case is right");
        let config = PolicyDocument::from_value(&value).expect("the case is right");
        let text = r#"{
  "Version": "2012-10-17",
  "Id": "id",
  "Statement": [
    {
      "Sid": "1",
      "Effect": "Allow",
      "Action": [
        "s3:Put*",
        "s3:Get*"
      ],
      "Resource": "arn:aws:s3:::a/${aws:username}",
      "Principal": {
        "AWS": [
          "arn:aws:iam::2:root",
          "arn:aws:iam::1:root"
        ],
        "Service": "\u003cx\u003e"
      },
      "Condition": {
        "StringLike": {
          "s3:prefix": [
            "b",
            "a"
          ]
        }
      }
    }
  ]
}"#;
        assert_eq!(config.document().map(|d| d.print(true)), Ok(text.to_owned()));
    }

    /// As the module for buckets names who may deliver logs of load balancers.
    #[test]
    fn a_sid_may_be_what_only_policies_of_buckets_take() {
        let printed =
            document(json!({ "statement": [{ "sid": "ELBRegionEu-West-1", "actions": ["s3:PutObject"] }] }));
        assert!(printed.is_ok_and(|text| text.contains(r#""Sid":"ELBRegionEu-West-1""#)));
    }

    #[test]
    fn documents_are_merged_by_sid() {
        let allow = |action: &str| json!({ "effect": "Allow", "actions": [action], "resources": ["*"] });
        let with_sid = |sid: &str, action: &str| {
            let mut statement = allow(action);
            statement["sid"] = sid.into();
            statement
        };
        let printed = |sid: &str, action: &str| {
            let sid = if sid.is_empty() { String::new() } else { format!(r#""Sid":"{sid}","#) };
            format!(r#"{{{sid}"Effect":"Allow","Action":"{action}","Resource":"*"}}"#)
        };
        let whole = |statements: &[String]| {
            format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
        };
        let source = whole(&[printed("", "ec2:*"), printed("A", "s3:*")]);
        let version = "2012-10-17";
        let cases = [
            (
                json!({ "version": version, "source_policy_documents": [source], "statement": [with_sid("A", "iam:*")] }),
                Ok(whole(&[printed("", "ec2:*"), printed("A", "iam:*")])),
            ),
            (
                json!({ "version": version, "override_policy_documents": [source, null], "statement": [with_sid("A", "iam:*")] }),
                Ok(whole(&[printed("A", "s3:*"), printed("", "ec2:*")])),
            ),
            (
                json!({ "version": version, "source_policy_documents": [source, source] }),
                Err("Invalid IAM policy document: Source document 1: the sid \"A\" is there twice. \
                     Remove it or make it unique."
                    .to_owned()),
            ),
            (
                json!({ "version": version, "statement": [with_sid("A", "s3:*"), with_sid("A", "s3:*")] }),
                Err("Invalid IAM policy document: The sid \"A\" is there twice. Remove it or make it unique."
                    .to_owned()),
            ),
            (
                json!({ "version": version, "statement": [{
                    "effect": "Deny", "not_actions": ["a:b"], "not_resources": ["*"],
                    "not_principals": [{ "type": "*", "identifiers": ["*"] }],
                    "condition": [{ "test": "Bool", "variable": "x", "values": ["true"] },
                                  { "test": "Bool", "variable": "y", "values": ["true"] }],
                }] }),
                Ok(whole(&[r#"{"Effect":"Deny","NotAction":"a:b","NotResource":"*","NotPrincipal":"*","Condition":{"Bool":{"x":"true","y":"true"}}}"#.to_owned()])),
            ),
            (
                json!({ "version": version, "source_policy_documents": [
                    r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":["a","b"]},"Condition":{"Bool":{"z":false}}}}"#,
                ] }),
                Ok(whole(&[r#"{"Effect":"Allow","Principal":{"AWS":["b","a"]},"Condition":{"Bool":{"z":"false"}}}"#.to_owned()])),
            ),
            (json!({ "version": version }), Ok(r#"{"Version":"2012-10-17"}"#.to_owned())),
            (
                json!({ "version": "2008-10-17", "statement": [{ "effect": "Allow", "resources": ["&{a}"] }] }),
                Err("Invalid IAM policy document: \"&{a}\" has a variable, which version 2008-10-17 does not know."
                    .to_owned()),
            ),
        ];
        for (config, want) in cases {
            assert_eq!(document(config.clone()), want, "{config}");
        }
    }

    #[test]
    fn ids_are_checksums() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }
}
