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

/// Makes a constant of each method, and [`ALL`] of all of them, so that no test can leave one out.
macro_rules! methods {
    ($($constant:ident = $pace:ident $v5:literal $v6:literal,)*) => {
        $(pub(crate) const $constant: Method = Method { v5: $v5, v6: $v6, prompt: methods!($pace) };)*
        /// All methods that are called.
        #[cfg(test)]
        pub(crate) const ALL: &[Method] = &[$($constant),*];
    };
    (prompt) => { true };
    (slow) => { false };
}

methods! {
    GET_METADATA = prompt "GetMetadata" "GetMetadata",
    GET_SCHEMA = prompt "GetSchema" "GetProviderSchema",
    GET_IDENTITY_SCHEMAS = prompt "GetResourceIdentitySchemas" "GetResourceIdentitySchemas",
    VALIDATE_PROVIDER = prompt "PrepareProviderConfig" "ValidateProviderConfig",
    VALIDATE_RESOURCE = prompt "ValidateResourceTypeConfig" "ValidateResourceConfig",
    VALIDATE_DATA = prompt "ValidateDataSourceConfig" "ValidateDataResourceConfig",
    VALIDATE_EPHEMERAL = prompt "ValidateEphemeralResourceConfig" "ValidateEphemeralResourceConfig",
    VALIDATE_LIST = prompt "ValidateListResourceConfig" "ValidateListResourceConfig",
    CALL_FUNCTION = prompt "CallFunction" "CallFunction",
    CONFIGURE = slow "Configure" "ConfigureProvider",
    UPGRADE = slow "UpgradeResourceState" "UpgradeResourceState",
    MOVE = slow "MoveResourceState" "MoveResourceState",
    UPGRADE_IDENTITY = slow "UpgradeResourceIdentity" "UpgradeResourceIdentity",
    READ = slow "ReadResource" "ReadResource",
    PLAN = slow "PlanResourceChange" "PlanResourceChange",
    APPLY = slow "ApplyResourceChange" "ApplyResourceChange",
    IMPORT = slow "ImportResourceState" "ImportResourceState",
    LIST = slow "ListResource" "ListResource",
    READ_DATA = slow "ReadDataSource" "ReadDataSource",
    OPEN = slow "OpenEphemeralResource" "OpenEphemeralResource",
    RENEW = slow "RenewEphemeralResource" "RenewEphemeralResource",
    CLOSE = slow "CloseEphemeralResource" "CloseEphemeralResource",
    STOP = slow "Stop" "StopProvider",
}
