//! XML documents as trees, as far as answers of APIs need them: elements, and the text in them.

use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// Deeper documents are none of AWS's.
const DEPTH: usize = 64;

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    /// The text in it, when there are no elements in it.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The outermost element of a document; none when the document is broken.
    pub(crate) fn parse(document: &str) -> Option<Element> {
        let mut reader = Reader::from_str(document);
        let mut open: Vec<Element> = Vec::new();
        let mut root = None;
        let close = |open: &mut Vec<Element>, root: &mut Option<Element>| {
            let Some(mut done) = open.pop() else { return };
            done.text = done.text.trim().to_owned();
            match open.last_mut() {
                Some(parent) => parent.children.push(done),
                None => *root = root.take().or(Some(done)),
            }
        };
        loop {
            match reader.read_event() {
                Ok(Event::Start(start)) if open.len() < DEPTH => {
                    let name = AsRef::<str>::as_ref(&start.local_name()).to_owned();
                    open.push(Element { name, ..Element::default() });
                }
                Ok(Event::Empty(start)) if open.len() < DEPTH => {
                    let name = AsRef::<str>::as_ref(&start.local_name()).to_owned();
                    open.push(Element { name, ..Element::default() });
                    close(&mut open, &mut root);
                }
                Ok(Event::Text(part)) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&part.xml10_content());
                    }
                }
                Ok(Event::GeneralRef(entity)) => {
                    let name = entity.xml10_content();
                    let Some(element) = open.last_mut() else { continue };
                    if let Ok(Some(character)) = entity.resolve_char_ref() {
                        element.text.push(character);
                    } else if let Some(part) = quick_xml::escape::resolve_predefined_entity(&name) {
                        element.text.push_str(part);
                    }
                }
                Ok(Event::End(_)) => close(&mut open, &mut root),
                Ok(Event::Eof) => return root.filter(|_| open.is_empty()),
                Ok(Event::Start(_) | Event::Empty(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The first element of a name, at any depth.
    pub(crate) fn first(&self, name: &str) -> Option<&Element> {
        match self.name == name {
            true => Some(self),
            false => self.children.iter().find_map(|child| child.first(name)),
        }
    }

    /// The elements right inside of the first one of a name.
    pub(crate) fn list(&self, name: &str) -> &[Element] {
        self.first(name).map(|e| e.children.as_slice()).unwrap_or_default()
    }

    /// The text of the first element of a name; empty when there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.first(name).map(|e| e.text.as_str()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_trees() {
        let document =
            "<?xml version=\"1.0\"?><a:R xmlns:a=\"x\"><L><I><N>1 &amp; 2&#33;</N></I><I/></L><E></E></a:R>";
        let root = Element::parse(document).expect("it is a document");
        assert_eq!(
            (root.name.as_str(), root.get("N"), root.get("E"), root.get("No")),
            ("R", "1 & 2!", "", "")
        );
        assert_eq!(root.list("L").len(), 2);
        assert_eq!(root.list("No").len(), 0);
    }

    #[test]
    fn broken_documents_are_none() {
        for document in ["", "text", "<a>", "<a></b>", &"<a>".repeat(1000)] {
            assert_eq!(Element::parse(document), None, "{document:?}");
        }
    }
}
