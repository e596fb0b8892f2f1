//! Provisioners: what the configuration says is to be run after a creation or before a deletion. Their
//! kinds belong to the language, so their schemas are here. Knows nothing of how they are run.

mod check;

pub(crate) use check::check;

use crate::evaluator::finish;
use crate::scope::{Each, ModuleScope};
use crate::{Evaluated, Evaluator, Stop};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::{InstanceKey, ResourceInstance};
use terrane_config::{MovedTarget, Provisioner, ProvisionerFailure, ProvisionerWhen};
use terrane_diagnostics::{Diagnostic, Diagnostics, Span, nearest};
use terrane_lang::{Scope, decode_body};
use terrane_schema::{Attribute, AttributeType, Block};
use terrane_syntax::{Body, BodySchema};
use terrane_value::{Type, Value};

/// A provisioner with its arguments evaluated.
#[derive(Clone, Debug)]
pub struct DesiredProvisioner {
    /// The kind: `local-exec`, `remote-exec` or `file`.
    pub kind: Arc<str>,
    /// Its arguments as an object, marked.
    pub config: Value,
    /// How to reach the machine, as an object, marked; everything in it may be null.
    pub connection: Value,
    /// What its failure means.
    pub on_failure: ProvisionerFailure,
    /// The block's header.
    pub span: Span,
}

const KINDS: [&str; 3] = ["file", "local-exec", "remote-exec"];

/// Arguments and blocks of a provisioner that are the language's.
const META_ARGUMENTS: &[&str] = &["when", "on_failure", "connection", "lifecycle"];

impl Evaluator<'_> {
    /// The provisioners of an instance that run `when`, in order; `own` is what `self` means. Where
    /// the configuration no longer has the resource, those of a `removed` block.
    pub fn provisioners(
        &self,
        address: &ResourceInstance,
        when: ProvisionerWhen,
        own: &Value,
    ) -> Evaluated<Vec<DesiredProvisioner>> {
        let (declared, connection) = match self.inputs().config.resource(&address.config()) {
            Some(block) => (&block.provisioners[..], block.connection.as_ref()),
            None => (self.of_removed(address), None),
        };
        let mut wanted = declared.iter().filter(|p| p.when == when).peekable();
        if wanted.peek().is_none() {
            return Ok((Vec::new(), Diagnostics::new()));
        }
        let each = match when {
            ProvisionerWhen::Create => self.expand(&address.resource_address())?.each(&address.key),
            // The instance may not be among those that the configuration has now.
            ProvisionerWhen::Destroy => match &address.key {
                InstanceKey::None => Each::None,
                InstanceKey::Int(index) => Each::Index(*index),
                InstanceKey::String(key) => Each::Pair(key.clone(), Value::UNKNOWN),
            },
        };
        let scope = ModuleScope::new(self, address.module.clone(), each).provisioning(address, own.clone());
        let (mut found, mut warnings) = (Vec::new(), Diagnostics::new());
        for provisioner in wanted {
            let (desired, more) = decode(provisioner, connection, &scope)?;
            found.push(desired);
            warnings.append(more);
        }
        Ok((found, warnings))
    }

    fn of_removed(&self, address: &ResourceInstance) -> &[Provisioner] {
        let is_meant = |from: &MovedTarget, module: &[Arc<str>]| match from {
            MovedTarget::Resource(from) => {
                let place: Vec<_> =
                    module.iter().cloned().chain(from.module.path().0.iter().cloned()).collect();
                place[..] == address.module.path().0[..] && from.resource == address.resource
            }
            MovedTarget::Module(_) => false,
        };
        let modules = self.inputs().config.modules.iter();
        let mut removed = modules.flat_map(|(path, module)| module.removed.iter().map(move |r| (path, r)));
        removed.find(|(path, r)| is_meant(&r.from, &path.0)).map_or(&[], |(_, r)| &r.provisioners)
    }
}

fn decode(
    provisioner: &Provisioner,
    connection: Option<&Body>,
    scope: &dyn Scope,
) -> Evaluated<DesiredProvisioner> {
    let kind = &provisioner.kind;
    let schema = schema(kind).ok_or_else(|| unknown_kind(provisioner))?;
    let (config, mut warnings) = finish(decode_body(&provisioner.body, &schema, META_ARGUMENTS, scope))?;
    let (content, _) = provisioner.body.partial_content(&BodySchema::new(&[], &[("connection", &[])]));
    let own = content.blocks("connection").map(|block| &block.body).next();
    let to = connection_schema();
    let mut connected = to.empty_value();
    for body in connection.into_iter().chain(own) {
        let (value, more) = finish(decode_body(body, &to, &[], scope))?;
        warnings.append(more);
        // The provisioner's own block has the last word on each argument.
        for (name, value) in value.as_map().into_iter().flatten().filter(|(_, v)| !v.is_null()) {
            connected = connected.with_attribute(name, value.clone());
        }
    }
    if connected.attribute("type").and_then(|t| t.unmark().0.as_str().map(|t| t == "winrm")) == Some(true) {
        return Err(Stop::from(
            Diagnostic::error(
                "WinRM is not supported",
                "Terrane reaches machines by SSH only. Windows has an OpenSSH server that can be used instead: set \
                 type = \"ssh\".",
            )
            .at(provisioner.span),
        ));
    }
    let desired = DesiredProvisioner {
        kind: kind.clone(),
        config,
        connection: connected,
        on_failure: provisioner.on_failure,
        span: provisioner.span,
    };
    Ok((desired, warnings))
}

fn unknown_kind(provisioner: &Provisioner) -> Diagnostic {
    let kind = &provisioner.kind;
    let hint = nearest(kind, KINDS.iter().copied()).map(|n| format!(" Did you mean {n:?}?"));
    let detail = format!(
        "There is no provisioner {kind:?}.{} Terrane has local-exec, remote-exec and file.",
        hint.unwrap_or_default()
    );
    Diagnostic::error("Unknown provisioner", detail).at(provisioner.span)
}

fn schema(kind: &str) -> Option<Block> {
    let texts = || Type::list(Type::String);
    Some(match kind {
        "local-exec" => block(
            &["command"],
            &[
                ("interpreter", texts()),
                ("working_dir", Type::String),
                ("environment", Type::map(Type::String)),
                ("quiet", Type::Bool),
            ],
        ),
        "file" => block(&["destination"], &[("source", Type::String), ("content", Type::String)]),
        "remote-exec" => block(&[], &[("inline", texts()), ("script", Type::String), ("scripts", texts())]),
        _ => return None,
    })
}

/// The arguments of a `connection` block, WinRM's included.
fn connection_schema() -> Block {
    let texts = [
        "type",
        "host",
        "user",
        "password",
        "port",
        "timeout",
        "script_path",
        "private_key",
        "certificate",
        "host_key",
        "target_platform",
        "agent_identity",
        "proxy_scheme",
        "proxy_host",
        "proxy_user_name",
        "proxy_user_password",
        "bastion_host",
        "bastion_host_key",
        "bastion_user",
        "bastion_password",
        "bastion_private_key",
        "bastion_certificate",
        "cacert",
    ];
    let numbers = ["proxy_port", "bastion_port"];
    let switches = ["agent", "https", "insecure", "use_ntlm"];
    let optional: Vec<(&str, Type)> = (texts.into_iter().map(|name| (name, Type::String)))
        .chain(numbers.into_iter().map(|name| (name, Type::Number)))
        .chain(switches.into_iter().map(|name| (name, Type::Bool)))
        .collect();
    block(&[], &optional)
}

fn block(required: &[&str], optional: &[(&str, Type)]) -> Block {
    let attribute = |ty: Type, required: bool| Attribute {
        ty: AttributeType::Plain(ty),
        required,
        optional: !required,
        computed: false,
        sensitive: false,
        write_only: false,
        description: String::new(),
        deprecated: None,
    };
    let attributes: BTreeMap<Arc<str>, Attribute> = (required.iter())
        .map(|name| ((*name).into(), attribute(Type::String, true)))
        .chain(optional.iter().map(|(name, ty)| ((*name).into(), attribute(ty.clone(), false))))
        .collect();
    Block { attributes, ..Block::default() }
}
