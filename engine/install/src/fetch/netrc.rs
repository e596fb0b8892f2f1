//! `.netrc`: user names and passwords by host.

use crate::surroundings::Surroundings;
use std::path::PathBuf;

/// The user name and password for `host`, from the file that `NETRC` names or `~/.netrc`.
pub(super) fn credentials(surroundings: &Surroundings, host: &str) -> Option<(String, String)> {
    let named = surroundings.variable("NETRC").map(PathBuf::from);
    let path = named.or_else(|| surroundings.in_home(if cfg!(windows) { "_netrc" } else { ".netrc" }))?;
    find(&std::fs::read_to_string(path).ok()?, host)
}

/// The entry of `host`, or else the one named `default`.
fn find(text: &str, host: &str) -> Option<(String, String)> {
    let words =
        text.lines().filter(|line| !line.trim_start().starts_with('#')).flat_map(str::split_whitespace);
    let mut words = words.peekable();
    let (mut found, mut applies) = ((None, None), false);
    while let Some(word) = words.next() {
        match word {
            "machine" => {
                if applies {
                    break;
                }
                applies = words.next() == Some(host);
            }
            "default" => {
                if applies {
                    break;
                }
                applies = true;
            }
            "login" | "password" | "account" => {
                let value = words.next();
                match word {
                    "login" if applies => found.0 = value,
                    "password" if applies => found.1 = value,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    Some((found.0?.to_owned(), found.1.unwrap_or_default().to_owned()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::find;

    #[test]
    fn entries_are_found() {
        let text = "# comment\nmachine a.example login me password p1\nmachine b.example\n  login you\n  password p2\n";
        let of =
            |text: &str, host: &str| find(text, host).map(|(user, password)| format!("{user}/{password}"));
        assert_eq!(of(text, "a.example").as_deref(), Some("me/p1"));
        assert_eq!(of(text, "b.example").as_deref(), Some("you/p2"));
        assert_eq!(of(text, "c.example"), None);
        assert_eq!(
            of(&format!("{text}default login any password p3"), "c.example").as_deref(),
            Some("any/p3")
        );
    }
}
