//! `google_iam_policy`: the text of a policy, for resources that take one.

use super::policy::{AuditConfig, AuditLogConfig, Binding, Condition, Policy};
use crate::Google;
use std::collections::BTreeSet;
use terrane_sdk::{Block, Computed, DataSource, Error, async_trait};

/// Makes the text of an IAM policy.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_iam_policy")]
pub struct IamPolicyData {
    /// A checksum of the text.
    pub id: Computed<String>,
    /// Who has which roles.
    #[block]
    pub binding: BTreeSet<BindingBlock>,
    /// Which accesses are logged.
    #[block]
    pub audit_config: BTreeSet<AuditConfigBlock>,
    /// The policy in JSON.
    pub policy_data: Computed<String>,
}

/// Who has a role.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct BindingBlock {
    /// The role.
    pub role: String,
    /// Who has it.
    #[attr(required)]
    pub members: BTreeSet<String>,
    /// When it is had.
    #[block]
    pub condition: Option<Condition>,
}

/// Which accesses to a service are logged.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct AuditConfigBlock {
    /// The service, or `allServices`.
    pub service: String,
    /// Kinds of accesses.
    #[block(min = 1)]
    pub audit_log_configs: BTreeSet<AuditLogConfigBlock>,
}

/// A kind of accesses, and whose are not logged.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct AuditLogConfigBlock {
    /// `ADMIN_READ`, `DATA_READ` or `DATA_WRITE`.
    pub log_type: String,
    /// Whose accesses are not logged.
    pub exempted_members: BTreeSet<String>,
}

#[async_trait]
impl DataSource for IamPolicyData {
    type Client = Google;

    async fn read(_: &Google, config: Self) -> Result<Self, Error> {
        let bindings = config.binding.iter().map(|b| Binding {
            role: b.role.clone(),
            members: b.members.clone(),
            condition: b.condition.clone(),
        });
        let audits = config.audit_config.iter().map(|a| AuditConfig {
            service: a.service.clone(),
            audit_log_configs: (a.audit_log_configs.iter())
                .map(|l| AuditLogConfig {
                    log_type: l.log_type.clone(),
                    exempted_members: l.exempted_members.clone(),
                })
                .collect(),
        });
        let policy =
            Policy { bindings: bindings.collect(), audit_configs: audits.collect(), ..Policy::default() };
        let text = policy.to_text();
        let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, text.as_bytes());
        Ok(Self { id: id.to_string().into(), policy_data: text.into(), ..config })
    }
}
