//! Addresses without the secrets in them, for messages.

/// Parameters of queries that are secret, in lower case.
const SECRET: [&str; 14] = [
    "sshkey",
    "aws_access_key_id",
    "aws_access_key_secret",
    "aws_access_token",
    "x-amz-signature",
    "x-amz-credential",
    "x-amz-security-token",
    "x-goog-signature",
    "x-goog-credential",
    "signature",
    "sig",
    "token",
    "access_token",
    "private_token",
];

/// `text`, in which passwords in URLs and secret parameters of queries are replaced by `redacted`.
pub fn redact(text: &str) -> String {
    parameters(&passwords(text))
}

/// `//user:password@host` becomes `//user:redacted@host`, and `//token@host` `//redacted@host`
/// unless it is a plain user name of `ssh`.
fn passwords(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '>'))
            .unwrap_or(after.len());
        let authority = &after[..end];
        match authority.rsplit_once('@') {
            Some((user, host)) => {
                match user.split_once(':') {
                    Some((name, _)) => {
                        out.push_str(name);
                        out.push_str(":redacted");
                    }
                    None if before.ends_with("ssh://") || user == "git" => out.push_str(user),
                    None => out.push_str("redacted"),
                }
                out.push('@');
                out.push_str(host);
            }
            None => out.push_str(authority),
        }
        rest = &after[end..];
    }
    out + rest
}

fn parameters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['?', '&']) {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        let end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '&' | '#' | '"' | '\'' | '<' | '>'))
            .unwrap_or(after.len());
        let parameter = &after[..end];
        match parameter.split_once('=') {
            Some((name, _)) if SECRET.contains(&&*name.to_lowercase()) => {
                out.push_str(name);
                out.push_str("=redacted");
            }
            _ => out.push_str(parameter),
        }
        rest = &after[end..];
    }
    out + rest
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::redact;

    #[test]
    fn secrets_are_replaced() {
        for (text, want) in [
            ("git::https://u:p@e.com/x.git?ref=v1", "git::https://u:redacted@e.com/x.git?ref=v1"),
            ("https://token@e.com/x", "https://redacted@e.com/x"),
            ("ssh://git@e.com/x?sshkey=QUJD&ref=a", "ssh://git@e.com/x?sshkey=redacted&ref=a"),
            (
                "fatal: 'https://a:b@c/d' and https://e:f@g",
                "fatal: 'https://a:redacted@c/d' and https://e:redacted@g",
            ),
            ("https://u:p/w@e.com/", "https://u:p/w@e.com/"),
            ("https://b/x?X-Amz-Signature=abc&y=1", "https://b/x?X-Amz-Signature=redacted&y=1"),
            ("no address at all: a@b", "no address at all: a@b"),
        ] {
            assert_eq!(redact(text), want);
        }
    }
}
