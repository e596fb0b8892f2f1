//! Files: the only place of this crate that reads them, and the environment.

use super::Want::{Any, Bool, Set, String as Text};
use super::{Call, CallError, Function, Param, Returns, bad_argument, function, param};
use crate::template_file;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use regex::Regex;
use std::path::{Component, Path, PathBuf};
use terrane_value::{Type, Value};

const PATH: &[Param] = &[param("path", Text).marked()];
const PLAIN: &[Param] = &[param("path", Text)];
const TEXT: Returns = Returns::Is(Text);

pub(super) const TABLE: &[Function] = &[
    function("abspath", PLAIN, TEXT, |c| {
        let path = std::path::absolute(resolved(c, c.str(0))).map_err(|e| e.to_string())?;
        Ok(Value::string(clean(&path)))
    })
    .doc("An absolute path.", "abspath(\"/a/../b\")", "\"/b\""),
    function("basename", PLAIN, TEXT, |c| Ok(Value::string(base_name(c.str(0))))).doc(
        "The last part of a path.",
        "basename(\"a/b.txt\")",
        "\"b.txt\"",
    ),
    function("dirname", PLAIN, TEXT, |c| Ok(Value::string(dir_name(c.str(0))))).doc(
        "A path without its last part.",
        "dirname(\"a/b.txt\")",
        "\"a\"",
    ),
    function("file", PATH, TEXT, file).doc(
        "The content of a file as text.",
        "can(file(\"no-such-file\"))",
        "false",
    ),
    function("filebase64", PATH, TEXT, |c| {
        Ok(Value::string(STANDARD.encode(contents(c)?)).with_marks(c.args[0].marks()))
    })
    .doc("The content of a file in Base64.", "can(filebase64(\"no-such-file\"))", "false"),
    function("fileexists", PATH, Returns::Is(Bool), fileexists).doc(
        "Whether there is a file at a path.",
        "fileexists(\"no-such-file\")",
        "false",
    ),
    function("fileset", &[param("path", Text), param("pattern", Text)], Returns::Is(Set(&Text)), fileset)
        .doc(
            "The files in a directory whose path matches a pattern with *, ?, ** and {a,b}.",
            "length(fileset(\".\", \"no-such-*.file\"))",
            "0",
        ),
    function("pathexpand", PLAIN, TEXT, pathexpand).doc(
        "A path with a leading ~ replaced by the home directory.",
        "pathexpand(\"/etc/hosts\")",
        "\"/etc/hosts\"",
    ),
    function(
        "templatefile",
        &[param("path", Text).marked(), param("vars", Any)],
        Returns::Is(Any),
        templatefile,
    )
    .nullable()
    .doc(
        "The text of a template file with these variables.",
        "can(templatefile(\"no-such-file\", {}))",
        "false",
    ),
    function("templatestring", &[param("template", Text), param("vars", Any)], TEXT, templatestring).doc(
        "A template that is a value, with these variables.",
        "templatestring({ t = \"$${a}-x\" }.t, { a = 1 })",
        "\"1-x\"",
    ),
];

/// The home directory of the user.
fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").filter(|h| !h.is_empty()).map(PathBuf::from)
}

fn expand_home(path: &str) -> String {
    match (path.strip_prefix('~'), home()) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            clean(&home.join(rest.trim_start_matches('/')))
        }
        _ => path.to_owned(),
    }
}

/// Where a path of the configuration is on disk.
fn resolved(call: &Call<'_>, path: &str) -> PathBuf {
    let base = &call.context.base_dir;
    let path = expand_home(path);
    if base.as_os_str().is_empty() { PathBuf::from(path) } else { base.join(path) }
}

/// A path without `.`, `..` and doubled separators, by its text alone.
fn clean(path: &Path) -> String {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => {
                parts.pop();
            }
            (part, _) => parts.push(part),
        }
    }
    let cleaned: PathBuf = parts.iter().collect();
    if cleaned.as_os_str().is_empty() { ".".into() } else { cleaned.to_string_lossy().into_owned() }
}

fn base_name(path: &str) -> String {
    if path.is_empty() {
        return ".".into();
    }
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() { "/".into() } else { trimmed.rsplit('/').next().unwrap_or(trimmed).into() }
}

fn dir_name(path: &str) -> String {
    match path.rfind('/') {
        Some(at) => clean(Path::new(&path[..=at])),
        None => ".".into(),
    }
}

/// The path argument for messages.
fn shown(call: &Call<'_>) -> String {
    if call.args[0].marks().is_sensitive() {
        "(sensitive value)".into()
    } else {
        format!("{:?}", call.str(0))
    }
}

/// The content of the file that the first argument names.
pub(super) fn contents(call: &Call<'_>) -> Result<Vec<u8>, CallError> {
    let path = resolved(call, call.str(0));
    std::fs::read(&path).map_err(|e| {
        if e.kind() == std::io::ErrorKind::NotFound {
            return bad_argument(
                0,
                format!(
                    "no file exists at {}; this function works only with files that are distributed as part of \
                     the configuration source code, so if this file will be created by a resource in this \
                     configuration you must instead obtain this result from an attribute of that resource",
                    shown(call)
                ),
            );
        }
        if path.is_dir() {
            return bad_argument(0, format!("{} is a directory, not a file", shown(call)));
        }
        bad_argument(0, format!("failed to read {}: {e}", shown(call)))
    })
}

fn text(call: &Call<'_>) -> Result<String, CallError> {
    String::from_utf8(contents(call)?).map_err(|_| {
        CallError::Other(format!(
            "contents of {} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded \
             contents or the other file functions (e.g. filemd5, filesha256) to obtain file hashing results \
             instead",
            shown(call)
        ))
    })
}

fn file(call: &Call<'_>) -> Result<Value, CallError> {
    Ok(Value::string(text(call)?).with_marks(call.args[0].marks()))
}

fn fileexists(call: &Call<'_>) -> Result<Value, CallError> {
    let path = resolved(call, call.str(0));
    let answer = match std::fs::metadata(&path) {
        Ok(found) if found.is_dir() => {
            return Err(format!("{} is a directory, not a file", shown(call)).into());
        }
        Ok(found) => found.is_file(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => false,
        Err(e) => return Err(format!("failed to stat {}: {e}", shown(call)).into()),
    };
    Ok(Value::from(answer).with_marks(call.args[0].marks()))
}

fn templatefile(call: &Call<'_>) -> Result<Value, CallError> {
    let text = text(call)?;
    let value = template_file::render(call, call.str(0), &text)?;
    Ok(value.with_marks(call.args[0].marks()))
}

fn templatestring(call: &Call<'_>) -> Result<Value, CallError> {
    let value = template_file::render(call, "<templatestring argument>", call.str(0))?;
    if value.is_null() {
        return Err("the template result is null".into());
    }
    terrane_value::convert(&value, &Type::String).map_err(|e| format!("invalid template result: {e}").into())
}

fn fileset(call: &Call<'_>) -> Result<Value, CallError> {
    let root = resolved(call, call.str(0));
    let pattern = &below(&root, call.str(1));
    let glob = glob(pattern)
        .ok_or_else(|| format!("failed to glob pattern {pattern:?}: syntax error in pattern"))?;
    // What comes before the first wildcard need not be searched.
    let fixed: Vec<&str> =
        pattern.split('/').take_while(|part| !part.contains(['*', '?', '[', '{', '\\'])).collect();
    let below =
        if fixed.len() == pattern.split('/').count() { &fixed[..fixed.len() - 1] } else { &fixed[..] };
    let prefix = below.join("/");
    let depth = if pattern.contains("**") { usize::MAX } else { pattern.split('/').count() - below.len() };
    let mut found = Vec::new();
    walk(&root.join(&prefix), &prefix, depth, &mut |path| {
        if glob.is_match(path) {
            found.push(Value::string(clean(Path::new(path))));
        }
    });
    Ok(Value::set(Type::String, found))
}

/// Calls `visit` with the path, `prefix` first, of each file at most `depth` levels down.
fn walk(directory: &Path, prefix: &str, depth: usize, visit: &mut dyn FnMut(&str)) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let path = match prefix {
            "" => name.to_string_lossy().into_owned(),
            prefix => format!("{prefix}/{}", name.to_string_lossy()),
        };
        let Ok(kind) = std::fs::metadata(entry.path()) else { continue };
        if kind.is_file() {
            visit(&path);
        } else if kind.is_dir() && depth > 1 && prefix.len() < 4096 {
            // A link to a directory above would lead around for ever.
            let is_link = entry.file_type().is_ok_and(|t| t.is_symlink());
            if !is_link || depth != usize::MAX {
                walk(&entry.path(), &path, depth.saturating_sub(usize::from(depth != usize::MAX)), visit);
            }
        }
    }
}

/// A pattern for paths in a directory without `.`, and without `..` as far as it leads back into the directory.
fn below(root: &Path, pattern: &str) -> String {
    let root = PathBuf::from(clean(root));
    let whole = clean(&root.join(pattern.trim_start_matches('/')));
    if root == Path::new(".") {
        return whole;
    }
    let up = root.components().take_while(|c| matches!(c, Component::Normal(_))).count();
    for (n, above) in root.ancestors().enumerate() {
        match Path::new(&whole).strip_prefix(above) {
            Ok(rest) if n <= up || root.is_absolute() => {
                return format!("{}{}", "../".repeat(n), rest.to_string_lossy());
            }
            _ => {}
        }
    }
    clean(Path::new(pattern))
}

/// A path pattern as a regular expression.
fn glob(pattern: &str) -> Option<Regex> {
    let mut regex = String::from("^");
    let mut rest = pattern;
    let mut alternatives = 0;
    let mut before = None;
    while let Some(c) = rest.chars().next() {
        // Two stars are any number of directories only where they are a whole part of the path.
        if before.is_none_or(|c| matches!(c, '/' | '{' | ',')) {
            if let Some(after) = rest.strip_prefix("**/") {
                regex.push_str("(?:.*/)?");
                rest = after;
                continue;
            }
            if let Some(after) = rest.strip_prefix("**")
                && (after.is_empty() || after.starts_with([',', '}']))
            {
                regex.push_str(".*");
                rest = after;
                continue;
            }
        }
        before = Some(c);
        rest = &rest[c.len_utf8()..];
        match c {
            '*' => regex.push_str("[^/]*"),
            '?' => regex.push_str("[^/]"),
            '{' => {
                alternatives += 1;
                regex.push_str("(?:");
            }
            '}' if alternatives > 0 => {
                alternatives -= 1;
                regex.push(')');
            }
            ',' if alternatives > 0 => regex.push('|'),
            '[' => {
                let (class, after) = class(rest)?;
                regex.push_str(&class);
                rest = after;
            }
            '\\' => {
                let escaped = rest.chars().next()?;
                regex.push_str(&regex::escape(&escaped.to_string()));
                rest = &rest[escaped.len_utf8()..];
            }
            c => regex.push_str(&regex::escape(&c.to_string())),
        }
    }
    regex.push('$');
    if alternatives > 0 {
        return None;
    }
    Regex::new(&regex).ok()
}

/// A class of characters after its bracket as a regular expression, and what follows it.
fn class(text: &str) -> Option<(String, &str)> {
    let mut chars = text.chars();
    let mut regex = String::from("[");
    if let Some(after) = text.strip_prefix(['^', '!']) {
        regex.push('^');
        chars = after.chars();
    }
    let member = |chars: &mut std::str::Chars<'_>| match chars.next()? {
        '\\' => chars.next(),
        '-' | ']' => None,
        c => Some(c),
    };
    loop {
        regex.push_str(&regex::escape(&member(&mut chars)?.to_string()));
        if let Some(after) = chars.as_str().strip_prefix('-') {
            chars = after.chars();
            regex.push('-');
            regex.push_str(&regex::escape(&member(&mut chars)?.to_string()));
        }
        if let Some(after) = chars.as_str().strip_prefix(']') {
            regex.push(']');
            return Some((regex, after));
        }
    }
}

fn pathexpand(call: &Call<'_>) -> Result<Value, CallError> {
    let path = call.str(0);
    if path.starts_with('~') && path.len() > 1 && !path.starts_with("~/") {
        return Err("cannot expand the home directory of another user; write the path out".into());
    }
    Ok(Value::string(expand_home(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_and_split() {
        for (path, base, dir) in [
            ("a/b.txt", "b.txt", "a"),
            ("a/b/", "b", "a/b"),
            ("/", "/", "/"),
            ("", ".", "."),
            ("x", "x", "."),
            ("a//b/../c", "c", "a"),
            ("../x", "x", ".."),
        ] {
            assert_eq!((base_name(path).as_str(), dir_name(path).as_str()), (base, dir), "{path}");
        }
    }

    #[test]
    fn patterns_match_paths() {
        for (pattern, path, want) in [
            ("*.tf", "main.tf", true),
            ("*.tf", "a/main.tf", false),
            ("**/*.tf", "main.tf", true),
            ("**/*.tf", "a/b/main.tf", true),
            ("a/**", "a/b/c", true),
            ("h?llo.{txt,tmpl}", "hello.tmpl", true),
            ("[^a]b", "ab", false),
            ("[a-c]b", "bb", true),
            ("[!a]b", "ab", false),
            ("[\\]&]b", "&b", true),
            ("**.tf", "a/main.tf", false),
            ("**.tf", "main.tf", true),
            ("a**/x", "ab/x", true),
            ("{a/**,b}", "a/b/c", true),
            ("a+b", "a+b", true),
        ] {
            let regex = glob(pattern).unwrap_or_else(|| panic!("{pattern}"));
            assert_eq!(regex.is_match(path), want, "{pattern} {path}");
        }
        assert!(glob("{a").is_none());
        for broken in ["[a", "[a-]", "[-a]", "[]a]", "[]", "[c-a]"] {
            assert!(glob(broken).is_none(), "{broken}");
        }
    }

    #[test]
    fn patterns_are_paths_below_their_directory() {
        for (root, pattern, want) in [
            ("d", "./*/", "*"),
            ("d", "/*", "*"),
            ("d", "../d/*", "*"),
            ("d", "../*.tf", "../*.tf"),
            ("/a/d", "../../x/*", "../../x/*"),
            (".", "d//**/", "d/**"),
            (".", "../*", "../*"),
            ("../m", "../m/*", "*"),
            ("../m", "../../*", "../../*"),
        ] {
            assert_eq!(below(Path::new(root), pattern), want, "{root} {pattern}");
        }
    }
}
