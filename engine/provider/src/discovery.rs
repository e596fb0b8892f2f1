//! What is asked about objects that nobody planned: where they are, who changed them, and in which
//! accounts there may be more. All of it only reads.

use std::sync::Arc;
use terrane_value::Value;

/// Where the objects of a type are: what one call of [`crate::Provider::list`] sees.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// The account or project; empty when it is not known.
    pub account: Arc<str>,
    /// The region; empty for types that are the same in all regions of an account.
    pub region: Arc<str>,
}

/// The account and, where there is one, the region: `123456789012 eu-west-1`.
impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.account.is_empty(), self.region.is_empty()) {
            (_, true) => f.write_str(&self.account),
            (true, false) => f.write_str(&self.region),
            (false, false) => write!(f, "{} {}", self.account, self.region),
        }
    }
}

/// A question after the changes of one object.
#[derive(Clone, Debug)]
pub struct HistoryQuery {
    /// The resource type.
    pub type_name: Arc<str>,
    /// The object as it is, or as it was when it is gone.
    pub object: Value,
    /// From when, RFC 3339 in UTC.
    pub since: String,
    /// Until when, RFC 3339 in UTC.
    pub until: String,
}

/// A call that changed an object, as the cloud's audit log has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryEvent {
    /// When, RFC 3339 in UTC.
    pub time: String,
    /// What was called: `ec2:ModifyVpcAttribute`.
    pub operation: String,
    /// Who called: the ARN of a user or assumed role, or an e-mail address.
    pub principal: String,
    /// The address that the call came from, or the service that made it.
    pub source_address: Option<String>,
    /// The program, as it names itself: the user agent.
    pub tool: Option<String>,
    /// The id of the request.
    pub request_id: Option<String>,
    /// Why the call failed, when it did.
    pub error: Option<String>,
}

/// An account of the organisation that a client is part of.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// The provider configuration that reaches it.
    pub config: Value,
}
