//! The difference between two values as a tree, ready to be written.

/// What becomes of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Nothing.
    Same,
    /// It is new.
    Add,
    /// It goes.
    Remove,
    /// It changes.
    Change,
}

/// A part of an object and what becomes of it.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// What becomes of it.
    pub(crate) mark: Mark,
    /// How it looks.
    pub(crate) body: Body,
    /// Whether its change needs a new object.
    pub(crate) forces: bool,
    /// What is said of it beside its value.
    pub(crate) note: Option<Note>,
}

/// A remark on a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// It becomes sensitive (whether its value stays the same).
    BecomesSensitive(bool),
    /// It is no longer sensitive (whether its value stays the same).
    NoLongerSensitive(bool),
    /// A short remark that follows the opening.
    Remark(String),
}

/// How a part looks.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// A literal that fits a line.
    Leaf(String),
    /// One literal that becomes another.
    Turns(String, String),
    /// A value that must not be shown.
    Redacted,
    /// Lines of a text.
    Text(Vec<Line>),
    /// A document in a string, with the function that writes such; the flag: only its spelling changes.
    Document(&'static str, Box<Node>, bool),
    /// Elements in order.
    Sequence(Vec<Item>),
    /// Named entries.
    Entries(Vec<Entry>),
    /// A value that becomes one of another form.
    Becomes(Box<Node>, Box<Node>),
}

/// A line of a text.
#[derive(Clone, Debug)]
pub(crate) enum Line {
    /// A line.
    Text(Mark, String),
    /// So many lines; the noun they go by.
    Hidden(usize, &'static str),
}

/// An element of a sequence.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// An element.
    Node(Node),
    /// So many elements; the noun they go by.
    Hidden(usize, &'static str),
}

/// An entry of an object or map.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    /// A name as written, and its value.
    Node(String, Node),
    /// So many entries that do not change; the noun they go by.
    Hidden(usize, &'static str),
}

/// What becomes of a block.
#[derive(Clone, Debug)]
pub(crate) struct BlockNode {
    /// What becomes of it.
    pub(crate) mark: Mark,
    /// Whether its change needs a new object.
    pub(crate) forces: bool,
    /// Whether its content must not be shown.
    pub(crate) redacted: bool,
    /// Its attributes.
    pub(crate) attributes: Vec<Entry>,
    /// Its nested blocks, those of one type together.
    pub(crate) groups: Vec<Group>,
    /// How many nested blocks do not change.
    pub(crate) hidden_blocks: usize,
}

/// The blocks of one type.
#[derive(Clone, Debug)]
pub(crate) enum Group {
    /// Each with its header: `ingress`, `setting "a"`.
    Blocks(Vec<(String, BlockNode)>),
    /// Not known before apply.
    Unknown(String, Mark, bool),
}

impl Node {
    /// A part without anything special.
    pub(crate) fn new(mark: Mark, body: Body) -> Node {
        Node { mark, body, forces: false, note: None }
    }

    /// A literal.
    pub(crate) fn leaf(mark: Mark, text: impl Into<String>) -> Node {
        Node::new(mark, Body::Leaf(text.into()))
    }

    /// The same part, forcing a replacement if `forces`.
    pub(crate) fn forcing(mut self, forces: bool) -> Node {
        self.forces |= forces;
        self
    }
}
