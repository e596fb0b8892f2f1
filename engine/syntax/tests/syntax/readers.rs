//! Which texts hcl-edit reads, and that it reads them as the mend does. The tables of the other
//! modules hold the two readers against each other, too.

use crate::{mutation, show};
use proptest::prelude::*;
use std::path::Path;
use std::sync::OnceLock;
use terrane_diagnostics::SourceMap;
use terrane_syntax::Body;
use terrane_syntax::readers::{Form, Tree, by_mend};

/// How many damaged texts are tried.
const CASES: u32 = 1000;

fn read_by_hcl_edit(text: &str, form: Form) -> bool {
    let mut sources = SourceMap::default();
    let file = sources.add("t.tf", text);
    show::readers_agree(&sources, file, form)
}

fn valid(text: &str, form: Form) -> bool {
    let mut sources = SourceMap::default();
    let file = sources.add("t.tf", text);
    by_mend(&sources, file, form).1.is_empty()
}

/// All configuration files of the repository.
fn configurations() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (mut folders, mut files) = (vec![root], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let link = path.is_symlink() || name.starts_with('.') || name == "target";
            if path.is_dir() && !link {
                folders.push(path);
            } else if [".tf", ".tofu", ".hcl", ".tfvars"].iter().any(|end| name.ends_with(end)) {
                files.push((path.display().to_string(), std::fs::read_to_string(&path).expect("text")));
            }
        }
    }
    files
}

#[test]
fn valid_files_are_read_by_hcl_edit() {
    let departing = ["seeds/templates.tf"];
    for (path, text) in configurations() {
        let expected = valid(&text, Form::File) && !departing.iter().any(|end| path.ends_with(end));
        assert_eq!(read_by_hcl_edit(&text, Form::File), expected, "{path}");
    }
    for text in mutation::seeds() {
        for form in [Form::Expression, Form::Template] {
            read_by_hcl_edit(&text, form);
        }
    }
    let cases: serde_json::Value = serde_json::from_str(include_str!("fmt.json")).unwrap();
    let texts = cases.as_array().unwrap().iter().flat_map(|case| [&case["text"], &case["want"]]);
    let read = texts.filter(|text| read_by_hcl_edit(text.as_str().unwrap(), Form::File)).count();
    assert!(read >= 75, "{read}");
}

#[test]
fn ordinary_expressions_are_read_by_hcl_edit() {
    for text in [
        "12345678901234567890.123456789012345678901",
        "- 1.x[2]",
        "1 - -1 - - 1",
        "\"a\\n$${b}${c}\"",
        "\"${~ a ~} b ${\"c\"}\"",
        "<<-EOT\n    a ${b}\n  %{ if c ~}\n   d\n  %{ else }\n e\n  %{ endif ~}\n  EOT",
        "<<EOT\r\na\r\nEOT  \n",
        "a.b.0.c.1[*].c[d].*.e.0[1]",
        "a ? b : c ? d : e",
        "[\n  a\n  + b,\n  c\n]",
        "[for k, v in a : k if v]",
        "{ for k, v in\n a : k => v... if b }",
        "{\n  a = 1, \"b\" = 2 # c\n  (d) : f(e,\n g...)\n}",
        "{ true = 1, e\u{301} = é }",
        "provider::a::b(\n)",
        "( # a\n  b /* c\n */ + /* d */ e\n)",
        " \n a\n",
        "\u{feff}a",
    ] {
        assert!(read_by_hcl_edit(text, Form::Expression), "{text:?}");
    }
    for text in ["", "a\n%{ for x, y in z ~}\n  ${x}\n%{~ endfor }\n", "\u{feff}$${a} ${b}"] {
        assert!(read_by_hcl_edit(text, Form::Template), "{text:?}");
    }
    for text in ["\u{feff}a = 1\r\n", "a b \"c\" {\n  d = 1\n\n  e {}\n}\n// f", "a { b = 1 }"] {
        assert!(read_by_hcl_edit(text, Form::File), "{text:?}");
    }
}

/// Valid texts that hcl-edit rejects or reads as something else.
#[test]
fn what_hcl_edit_cannot_read_is_read_all_the_same() {
    let many_items: String = (0..1100).map(|i| format!("a{i}=1\n")).collect();
    for text in [
        "{ a = 1, a = 2 }",
        &format!("1{}", " + 1".repeat(200)),
        &format!("{}1{}", "(".repeat(80), ")".repeat(80)),
        "\"%{ if a }\\n%{ endif }\"",
        "1e400",
        "[for x in a\n + b : x]",
        "a.01",
        &format!("{{{many_items}}}"),
    ] {
        assert!(valid(text, Form::Expression), "{text:?}");
        assert!(!read_by_hcl_edit(text, Form::Expression), "{text:?}");
    }
}

/// Invalid texts, nearly all of which hcl-edit accepts.
#[test]
fn what_hcl_edit_accepts_wrongly_is_refused() {
    for text in [
        "a = { for = 1 }\n",
        "a = \"\\ud800\"\n",
        "a = \"b\nc\"\n",
        "a = \"%{ if b }\"c%{ endif }\"\n",
        "a = b.\nc\n",
        "a = [b]\n.c\n",
        "a = [b]\n[c]\n",
        "a = [b] +\nc\n",
        "a = f(b)\n? c : d\n",
        "a = f(b) ?\nc : d\n",
        "a = b ? [c]\n: d\n",
        "a = [b] + f\n(c)\n",
        "a = { b = [c] + f\n(d) }\n",
        "a = { b = [c]\n[d] }\n",
        "a = [,]\n",
        "a = [for]\n",
        "a = [for.b]\n",
        "a = [for x iny : x]\n",
        "a = [for x in y : x ifz]\n",
        "a = <<EOT\n%{ ifb }\n%{ endif }\nEOT\n",
        "a = <<EOT\n%{ forb in c }\n%{ endfor }\nEOT\n",
        "a = <<EOT\n%{ for b inc }\n%{ endfor }\nEOT\n",
        "a = <<EOT\n%{ if b }\nEOT\n%{ endif }\nEOT\n",
        "a = [<<EOT\nb\nEOT, c]\n",
        "a = <<EOT\nb\nEOT",
        "a =\r1\n",
    ] {
        assert!(!valid(text, Form::File), "{text:?}");
        assert!(!read_by_hcl_edit(text, Form::File), "{text:?}");
    }
}

/// A large file is given to hcl-edit in parts; names must be distinct across them.
#[test]
fn large_files_are_read_in_parts() {
    let argument =
        |i: usize| format!("a{i} = [\n  {i},\n  \"${{b{i}}}\"\n] # c\n\nb \"c{i}\" {{\n  d = 1\n}}\n");
    let text: String = (0..3000).map(argument).collect();
    assert!(read_by_hcl_edit(&text, Form::File));
    let text = format!("\u{feff}{text}");
    assert!(read_by_hcl_edit(&text, Form::File));
    let again = format!("{text}a1 = 2\n");
    assert!(!read_by_hcl_edit(&again, Form::File));
    assert!(!valid(&again, Form::File));
}

/// An error in the last of many nested chains costs hcl-edit time that doubles with each.
#[test]
fn nested_chains_with_an_error_end() {
    let text = format!("a = {}b !c{}\n", "1 + 1 + (".repeat(60), ")".repeat(60));
    assert!(!read_by_hcl_edit(&text, Form::File));
}

/// Texts for damage: each argument of the seeds alone, since a short text with few departures is
/// what hcl-edit gets to see.
fn short_seeds() -> &'static [String] {
    static SEEDS: OnceLock<Vec<String>> = OnceLock::new();
    SEEDS.get_or_init(read_short_seeds)
}

fn read_short_seeds() -> Vec<String> {
    let mut texts = Vec::new();
    for seed in mutation::seeds() {
        let mut sources = SourceMap::default();
        let file = sources.add("t.tf", seed.as_str());
        if let (Some(Tree::Body(Body::Native(body))), _) = by_mend(&sources, file, Form::File) {
            let spans = body.attributes.iter().map(|a| a.span).chain(body.blocks.iter().map(|b| b.span));
            texts.extend(spans.filter_map(|span| sources.text(span)).map(|text| format!("{text}\n")));
        }
    }
    texts
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) })]

    #[test]
    fn damaged_texts_are_read_alike(
        seed in any::<prop::sample::Index>(),
        damages in prop::collection::vec(mutation::damage(), 0..4),
    ) {
        let seeds = short_seeds();
        let text = mutation::apply(&seeds[seed.index(seeds.len())], &damages);
        read_by_hcl_edit(&text, Form::File);
        read_by_hcl_edit(&text, Form::Template);
        if let Some((_, expression)) = text.split_once('=') {
            read_by_hcl_edit(expression, Form::Expression);
        }
    }
}
