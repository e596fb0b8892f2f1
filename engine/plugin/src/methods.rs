//! The methods of plugin protocols 5 and 6 that are called here.

use crate::handshake::Protocol;

/// A method, which the two protocols may name differently.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Method {
    v5: &'static str,
    v6: &'static str,
    /// Whether a plugin answers without asking anybody else.
    pub(crate) prompt: bool,
}

impl Method {
    /// The method's path in a call.
    pub(crate) fn path(self, protocol: Protocol) -> String {
        match protocol {
            Protocol::V5 => format!("/tfplugin5.Provider/{}", self.v5),
            Protocol::V6 => format!("/tfplugin6.Provider/{}", self.v6),
        }
    }

    /// What messages call it.
    pub(crate) fn name(self, protocol: Protocol) -> &'static str {
        match protocol {
            Protocol::V5 => self.v5,
            Protocol::V6 => self.v6,
        }
    }
}

const fn prompt(v5: &'static str, v6: &'static str) -> Method {
    Method { v5, v6, prompt: true }
}

const fn slow(v5: &'static str, v6: &'static str) -> Method {
    Method { v5, v6, prompt: false }
}

const fn same(name: &'static str) -> Method {
    slow(name, name)
}

pub(crate) const GET_SCHEMA: Method = prompt("GetSchema", "GetProviderSchema");
pub(crate) const GET_IDENTITY_SCHEMAS: Method =
    prompt("GetResourceIdentitySchemas", "GetResourceIdentitySchemas");
pub(crate) const VALIDATE_PROVIDER: Method = prompt("PrepareProviderConfig", "ValidateProviderConfig");
pub(crate) const VALIDATE_RESOURCE: Method = prompt("ValidateResourceTypeConfig", "ValidateResourceConfig");
pub(crate) const VALIDATE_DATA: Method = prompt("ValidateDataSourceConfig", "ValidateDataResourceConfig");
pub(crate) const VALIDATE_EPHEMERAL: Method =
    prompt("ValidateEphemeralResourceConfig", "ValidateEphemeralResourceConfig");
pub(crate) const CALL_FUNCTION: Method = prompt("CallFunction", "CallFunction");
pub(crate) const CONFIGURE: Method = slow("Configure", "ConfigureProvider");
pub(crate) const UPGRADE: Method = same("UpgradeResourceState");
pub(crate) const MOVE: Method = same("MoveResourceState");
pub(crate) const UPGRADE_IDENTITY: Method = same("UpgradeResourceIdentity");
pub(crate) const READ: Method = same("ReadResource");
pub(crate) const PLAN: Method = same("PlanResourceChange");
pub(crate) const APPLY: Method = same("ApplyResourceChange");
pub(crate) const IMPORT: Method = same("ImportResourceState");
pub(crate) const LIST: Method = same("ListResource");
pub(crate) const READ_DATA: Method = same("ReadDataSource");
pub(crate) const OPEN: Method = same("OpenEphemeralResource");
pub(crate) const RENEW: Method = same("RenewEphemeralResource");
pub(crate) const CLOSE: Method = same("CloseEphemeralResource");
pub(crate) const STOP: Method = slow("Stop", "StopProvider");
