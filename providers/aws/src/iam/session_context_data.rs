//! Data source `aws_iam_session_context`: the role behind an assumed role.

use crate::Aws;
use terrane_sdk::{Computed, DataSource, Error, Value, async_trait};

use super::{not_found, unless_gone};

/// Finds the role from which a session was made. What is no session of a role stands for itself.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_session_context")]
pub struct SessionContextData {
    /// The ARN asked about.
    pub id: Computed<String>,
    /// The ARN of an assumed role, as `aws_caller_identity` gives it.
    #[attr(validate = valid_arn)]
    pub arn: String,
    /// The ARN of the role.
    pub issuer_arn: Computed<String>,
    /// The unique id that AWS gave the role.
    pub issuer_id: Computed<String>,
    /// The role's name.
    pub issuer_name: Computed<String>,
    /// The name of the session.
    pub session_name: Computed<String>,
}

fn valid_arn(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some(arn) if !arn.starts_with("arn:") || arn.split(':').count() < 6 => {
            Err(format!("must be an ARN, got {arn:?}."))
        }
        _ => Ok(()),
    }
}

/// Names of role and session in the ARN of an assumed role. The role's path is not in it.
fn session(arn: &str) -> Option<(&str, &str)> {
    let mut parts = arn.splitn(6, ':').skip(2);
    if parts.next() != Some("sts") {
        return None;
    }
    let rest = parts.nth(2)?.strip_prefix("assumed-role/")?;
    let (role, session) = rest.rsplit_once('/')?;
    Some((role.rsplit('/').next().unwrap_or(role), session))
}

#[async_trait]
impl DataSource for SessionContextData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let id = config.arn.clone().into();
        let Some((role, session)) = session(&config.arn) else {
            return Ok(SessionContextData {
                id,
                issuer_arn: config.arn.clone().into(),
                issuer_id: "".into(),
                issuer_name: "".into(),
                session_name: "".into(),
                ..config
            });
        };
        let call = aws.iam().get_role().role_name(role).send();
        let found = unless_gone(aws.call("iam:GetRole", call).await)?.and_then(|answer| answer.role);
        let missing = || aws.here(not_found("role", role).operation("iam:GetRole"));
        let found = found.ok_or_else(missing)?;
        Ok(SessionContextData {
            id,
            issuer_arn: found.arn.into(),
            issuer_id: found.role_id.into(),
            issuer_name: found.role_name.into(),
            session_name: session.to_owned().into(),
            ..config
        })
    }
}

#[cfg(test)]
mod tests {
    use super::session;

    #[test]
    fn sessions_are_taken_apart() {
        for (arn, want) in [
            ("arn:aws:sts::123456789012:assumed-role/Admin/me", Some(("Admin", "me"))),
            ("arn:aws-cn:sts::123456789012:assumed-role/a/Admin/me@x", Some(("Admin", "me@x"))),
            ("arn:aws:iam::123456789012:user/me", None),
            ("arn:aws:sts::123456789012:federated-user/me", None),
            ("not an arn", None),
        ] {
            assert_eq!(session(arn), want, "{arn}");
        }
    }
}
