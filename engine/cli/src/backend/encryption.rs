//! The `encryption` block and `TF_ENCRYPTION`: from the language to names and values.

use super::settings::early_value;
use crate::context::{Context, Problems};
use std::sync::Arc;
use terrane_address::ModulePath;
use terrane_backend::{Cipher, Encryption, EncryptionConfig, EncryptionPart, EncryptionTarget, is_encrypted};
use terrane_config::Config;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_syntax::{Block, Body, BodySchema, Expr, ExprKind, parse_file};

/// How states and plans are encrypted. Made once, so that a key is derived once.
pub(crate) fn encryption(context: &Context) -> Result<&Encryption, Problems> {
    if let Some(encryption) = context.encryption.get() {
        return Ok(encryption);
    }
    let loaded = context.look_at_config();
    // What cannot be read may be the block that says how to encrypt.
    if loaded.0.unread.has_errors() {
        return Err(Problems { diagnostics: loaded.0.unread.clone(), sources: loaded.0.sources.clone() });
    }
    if let Some(none) = no_encryption(context, &loaded.0) {
        return Ok(none);
    }
    let text = context.environment.setting("ENCRYPTION");
    let mut config = loaded.0.clone();
    let mut reader = Reader { context, problems: Diagnostics::new(), read: EncryptionConfig::default() };
    let block = config.module(&ModulePath::root()).and_then(|root| root.encryption.clone());
    if let Some(body) = block {
        reader.body(&config, &body);
    }
    if let Some(text) = text {
        let name = if text.trim_start().starts_with('{') { "TF_ENCRYPTION.json" } else { "TF_ENCRYPTION" };
        let file = config.sources.add(name, text);
        let body = reader.problems.take(parse_file(&config.sources, file));
        reader.body(&config, &body);
    }
    if reader.problems.has_errors() {
        return Err(Problems { diagnostics: reader.problems, sources: config.sources });
    }
    let made = Encryption::new(&reader.read, &context.environment.surroundings())
        .map_err(|e| Problems::new("Invalid encryption configuration", e.0))?;
    Ok(context.encryption.get_or_init(|| made))
}

/// Keeps in mind that nothing is encrypted, if `config` and the environment say so: the configuration need not be loaded again then to
/// know that. Gives what is kept.
pub(crate) fn no_encryption<'c>(context: &'c Context, config: &Config) -> Option<&'c Encryption> {
    let silent = config.module(&ModulePath::root()).is_none_or(|root| root.encryption.is_none())
        && context.environment.setting("ENCRYPTION").is_none();
    silent.then(|| context.encryption.get_or_init(Encryption::default))
}

/// The text of a plan file as it is to be written.
pub(crate) fn encrypt_plan(context: &Context, text: String) -> Result<Vec<u8>, Problems> {
    match &encryption(context)?.plan {
        None => Ok(text.into_bytes()),
        Some(cipher) => context
            .block_on(cipher.encrypt(text.as_bytes()))
            .map_err(|e| Problems::new("Failed to encrypt the plan", format!("{e}."))),
    }
}

/// The content of a file that may be an encrypted plan or state.
pub(crate) fn decrypt_file(context: &Context, bytes: Vec<u8>) -> Result<Vec<u8>, Problems> {
    if !is_encrypted(&bytes) {
        return Ok(bytes);
    }
    let encryption = encryption(context)?;
    let ciphers: Vec<&Arc<Cipher>> = [&encryption.plan, &encryption.state].into_iter().flatten().collect();
    let mut problem = "The configuration has no \"encryption\" block with a method for it.".to_owned();
    for cipher in ciphers {
        match context.block_on(cipher.decrypt(&bytes)) {
            Ok((plain, _)) => return Ok(plain),
            Err(error) => problem = error.to_string(),
        }
    }
    Err(Problems::new("Failed to decrypt the file", problem))
}

struct Reader<'a> {
    context: &'a Context,
    problems: Diagnostics,
    read: EncryptionConfig,
}

impl Reader<'_> {
    /// Takes in a body. What it says replaces what earlier ones have said.
    fn body(&mut self, config: &Config, body: &Body) {
        let labels: &[&str] = &["type", "name"];
        let schema = BodySchema::new(
            &[],
            &[
                ("key_provider", labels),
                ("method", labels),
                ("state", &[]),
                ("plan", &[]),
                ("remote_state_data_sources", &[]),
            ],
        );
        let content = self.problems.take(body.content(&schema));
        for block in &content.blocks {
            let label = |at: usize| block.labels.get(at).map(|l| l.text.to_string()).unwrap_or_default();
            let name = format!("{}.{}", label(0), label(1));
            match &*block.kind.name {
                "key_provider" => {
                    let mut part = self.read.key_providers.remove(&name).unwrap_or_default();
                    self.part(config, block, "chain", &mut part);
                    self.read.key_providers.insert(name, EncryptionPart { kind: label(0), ..part });
                }
                "method" => {
                    let mut part = self.read.methods.remove(&name).unwrap_or_default();
                    self.part(config, block, "keys", &mut part);
                    self.read.methods.insert(name, EncryptionPart { kind: label(0), ..part });
                }
                "state" => self.read.state = Some(self.target(config, block)),
                "plan" => self.read.plan = Some(self.target(config, block)),
                _ => self.remote_states(config, block),
            }
        }
    }

    fn part(&mut self, config: &Config, block: &Block, reference: &str, part: &mut EncryptionPart) {
        let (attributes, blocks) = match &block.body {
            Body::Native(body) => (body.attributes.clone(), body.blocks.as_slice()),
            json => (self.problems.take(json.just_attributes()), &[][..]),
        };
        for attribute in attributes {
            let name = attribute.name.name.to_string();
            if name == reference {
                part.keys = self.reference(&attribute.expr, "key_provider");
            } else if let Some(value) = self.value(config, &attribute.expr) {
                part.values.insert(name, value);
            }
        }
        for inner in blocks {
            let mut object = EncryptionPart::default();
            self.part(config, inner, "", &mut object);
            part.values.insert(inner.kind.name.to_string(), object.values.into());
        }
    }

    fn target(&mut self, config: &Config, block: &Block) -> EncryptionTarget {
        let schema = BodySchema::new(&["method", "enforced"], &[("fallback", &[])]);
        let content = self.problems.take(block.body.content(&schema));
        let method = content.attribute("method").and_then(|a| self.reference(&a.expr, "method"));
        let enforced = content.attribute("enforced").and_then(|a| self.value(config, &a.expr));
        let fallback = content.blocks("fallback").next().map(|inner| Box::new(self.target(config, inner)));
        EncryptionTarget { method, fallback, enforced: enforced.is_some_and(|value| value == true) }
    }

    fn remote_states(&mut self, config: &Config, block: &Block) {
        let schema = BodySchema::new(&[], &[("default", &[]), ("remote_state_data_source", &["name"])]);
        let content = self.problems.take(block.body.content(&schema));
        for inner in &content.blocks {
            let name = inner.labels.first().map(|label| label.text.to_string()).unwrap_or_default();
            let target = self.target(config, inner);
            self.read.remote_states.insert(name, target);
        }
    }

    fn value(&mut self, config: &Config, expr: &Expr) -> Option<serde_json::Value> {
        match early_value(self.context, config, expr) {
            Ok(value) => Some(value),
            Err(problems) => {
                self.problems.append(problems);
                None
            }
        }
    }

    /// `TYPE.NAME` of a reference such as `method.aes_gcm.main`.
    fn reference(&mut self, expr: &Expr, root: &str) -> Option<String> {
        let found = match &expr.kind {
            ExprKind::GetAttr(inner, name) => match &inner.kind {
                ExprKind::GetAttr(inner, kind) => match &inner.kind {
                    ExprKind::Variable(variable) if **variable == *root => {
                        Some(format!("{}.{}", kind.name, name.name))
                    }
                    _ => None,
                },
                _ => None,
            },
            // As JSON has it.
            ExprKind::Literal(value) => value
                .as_str()
                .map(|text| text.trim_start_matches("${").trim_end_matches('}').trim())
                .and_then(|text| text.strip_prefix(root)?.strip_prefix('.'))
                .map(str::to_owned),
            ExprKind::Template(parts) => match parts.as_slice() {
                [terrane_syntax::TemplatePart::Interpolation(inner)] => return self.reference(inner, root),
                _ => None,
            },
            _ => None,
        };
        if found.is_none() {
            let detail = format!("A reference such as {root}.TYPE.NAME is needed here.");
            self.problems.push(Diagnostic::error("Invalid reference", detail).at(expr.span));
        }
        found
    }
}
