//! Reading native bodies by what is expected in them.

use crate::show;
use terrane_diagnostics::SourceMap;
use terrane_syntax::*;

fn content(text: &str) -> (String, String) {
    let schema = BodySchema {
        attributes: vec![("alpha".to_owned(), false), ("need".to_owned(), true)],
        ..BodySchema::new(&[], &[("block", &[]), ("resource", &["type", "name"]), ("one", &["name"])])
    };
    let mut sources = SourceMap::default();
    let file = sources.add("t.tf", text);
    let (body, mut diagnostics) = parse_file(&sources, file);
    let content = diagnostics.take(body.content(&schema));
    let attributes =
        content.attributes.iter().map(|a| format!("{}={}", a.name.name, show::expr_text(&a.expr)));
    let all: Vec<String> = attributes.chain(content.blocks.iter().map(show::block_text)).collect();
    let details: Vec<&str> = diagnostics.iter().map(|d| d.detail.as_str()).collect();
    let problems = show::problems(&sources, &diagnostics);
    (
        all.join(" "),
        if problems.is_empty() { problems } else { format!("{problems}: {}", details.join("; ")) },
    )
}

#[test]
fn bodies_are_read_by_what_is_expected() {
    let table = [
        ("need = 1\nblock {}\nresource a b {}\n", "need=1 block{} resource \"a\" \"b\"{}", ""),
        (
            "",
            "",
            "1:1 '' Missing required argument: The argument \"need\" is required, but no definition was found.",
        ),
        (
            "need = 1\nalpa = 2\n",
            "need=1",
            "2:1 'alpa' Unsupported argument: An argument named \"alpa\" is not expected here. Did you mean \"alpha\"?",
        ),
        (
            "need = 1\nblock = 2\n",
            "need=1",
            "2:1 'block' Unsupported argument: An argument named \"block\" is not expected here. Did you mean to define a block of type \"block\"?",
        ),
        (
            "need = 1\nalpha {}\n",
            "need=1",
            "2:1 'alpha' Unsupported block type: Blocks of type \"alpha\" are not expected here. Did you mean to define argument \"alpha\"? If so, use the equals sign to assign it a value.",
        ),
        (
            "need = 1\nblok {}\n",
            "need=1",
            "2:1 'blok' Unsupported block type: Blocks of type \"blok\" are not expected here. Did you mean \"block\"?",
        ),
        (
            "need = 1\nresource \"a\" {}\n",
            "need=1",
            "2:14 '{' Missing name for resource: All resource blocks must have 2 labels (type, name).",
        ),
        (
            "need = 1\nblock \"a\" {}\n",
            "need=1",
            "2:7 '\"a\"' Extraneous label for block: No labels are expected for block blocks.",
        ),
        (
            "need = 1\none \"a\" \"b\" {}\n",
            "need=1",
            "2:9 '\"b\"' Extraneous label for one: Only 1 labels (name) are expected for one blocks.",
        ),
    ];
    show::check(table.map(|(text, found, problems)| {
        (text.to_owned(), content(text), (found.to_owned(), problems.to_owned()))
    }));
}

#[test]
fn what_is_missing_in_a_block_is_shown_at_its_brace() {
    let mut sources = SourceMap::default();
    let file = sources.add("t.tf", "block \"a\" {\n}\n");
    let (body, _) = parse_file(&sources, file);
    let Body::Native(body) = body else { panic!("native") };
    let block = &body.blocks[0];
    assert_eq!(sources.text(block.body.missing_span()), Some("{"));
    assert_eq!(sources.text(block.header), Some("block \"a\""));
    assert_eq!(sources.text(block.span), Some("block \"a\" {\n}"));
}

#[test]
fn arguments_alone_can_be_asked_for() {
    let mut sources = SourceMap::default();
    let file = sources.add("t.tfvars", "a = 1\nb {}\nc = 2\n");
    let (body, _) = parse_file(&sources, file);
    let (attributes, diagnostics) = body.just_attributes();
    assert_eq!(attributes.len(), 2);
    assert_eq!(show::problems(&sources, &diagnostics), "2:1 'b' Unexpected \"b\" block");
}

#[test]
fn the_rest_can_be_left_for_another_reader() {
    let mut sources = SourceMap::default();
    let file = sources.add("t.tf", "a = 1\nb {}\nc = 2\n");
    let (body, _) = parse_file(&sources, file);
    let (content, diagnostics) = body.partial_content(&BodySchema::new(&["a"], &[]));
    assert!(diagnostics.is_empty());
    assert!(content.attribute("a").is_some());
    let names: Vec<&str> = content.unexpected.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["c", "b"]);
}
