//! How objects are named and referred to: by name, by a path from `projects/` on, or by a URL. All
//! three mean the same.

use terrane_sdk::{Attributes, Error, Value};

const COMPUTE: &str = "https://www.googleapis.com/compute/v1/";

/// The path from `projects/` on of a URL or path; other text as it is.
pub fn path_of(reference: &str) -> &str {
    reference.find("projects/").map_or(reference, |start| &reference[start..])
}

/// The last part of a path or URL: the object's own name.
pub fn name_of(reference: &str) -> &str {
    reference.rsplit_once('/').map_or(reference, |(_, name)| name)
}

/// Whether two references mean the same object, as far as they say.
pub fn same_reference(one: &str, other: &str) -> bool {
    let (a, b) = (path_of(one), path_of(other));
    a == b || (!a.contains('/') || !b.contains('/')) && name_of(a) == name_of(b)
}

/// The URL of an object of Compute Engine, from its path.
pub fn compute_url(path: &str) -> String {
    match path.starts_with("https://") {
        true => path.to_owned(),
        false => format!("{COMPUTE}{}", path.trim_start_matches('/')),
    }
}

/// The URL of what `reference` names, in `place` (`projects/p/global/networks`) unless it says
/// where it is.
pub fn compute_reference(place: &str, reference: &str) -> String {
    match reference.contains('/') {
        true => compute_url(path_of(reference)),
        false => compute_url(&format!("{place}/{reference}")),
    }
}

/// A text as one part of a path, or as a value in a query.
pub fn escape(name: &str) -> String {
    name.bytes().fold(String::new(), |mut path, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                path.push(char::from(byte))
            }
            _ => path.push_str(&format!("%{byte:02X}")),
        }
        path
    })
}

/// The attributes of an import id by the first of `forms` that fits. A form is a path whose words in
/// braces are attributes: `projects/{project}/global/networks/{name}`.
pub fn parse_id(id: &str, forms: &[&'static str]) -> Result<Attributes, Error> {
    let parts: Vec<&str> = path_of(id).split('/').collect();
    for form in forms {
        let words: Vec<&'static str> = form.split('/').collect();
        if words.len() != parts.len() {
            continue;
        }
        let mut attributes = Attributes::new();
        let fits = words.iter().zip(&parts).all(|(word, part)| {
            match word.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
                Some(name) if !part.is_empty() => {
                    attributes.push((name, Value::from(*part)));
                    true
                }
                Some(_) => false,
                None => word == part,
            }
        });
        if fits {
            return Ok(attributes);
        }
    }
    let known = forms.iter().map(|f| format!("\"{}\"", f.replace(['{', '}'], ""))).collect::<Vec<_>>();
    Err(Error::new("Invalid import id", format!("{id:?} has none of the forms {}.", known.join(", "))))
}

/// Checks a duration as the APIs write it: `86400s`.
pub fn duration(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    let number = text.strip_suffix('s').unwrap_or_default();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let good = match number.split_once('.') {
        Some((whole, rest)) => digits(whole) && digits(rest) && rest.len() <= 9,
        None => digits(number),
    };
    match good {
        true => Ok(()),
        false => Err(format!("{text:?} is no duration in seconds such as \"86400s\".")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_compared_by_what_they_mean() {
        let path = "projects/p/global/networks/n";
        for (one, other, want) in [
            (path, "https://www.googleapis.com/compute/v1/projects/p/global/networks/n", true),
            ("n", path, true),
            ("m", path, false),
            ("projects/q/global/networks/n", path, false),
            ("https://compute.googleapis.com/compute/v1/projects/p/global/networks/n", path, true),
        ] {
            assert_eq!(same_reference(one, other), want, "{one} {other}");
        }
    }

    #[test]
    fn import_ids_have_several_forms() {
        let forms = &["projects/{project}/global/networks/{name}", "{project}/{name}", "{name}"];
        let read = |id| parse_id(id, forms).map(|all| all.len()).map_err(|e| e.detail.clone());
        assert_eq!(read("projects/p/global/networks/n"), Ok(2));
        assert_eq!(read("p/n"), Ok(2));
        assert_eq!(read("n"), Ok(1));
        assert!(read("a/b/c").expect_err("it has no form").contains("\"project/name\""));
    }
}
