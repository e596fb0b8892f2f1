//! Values from bytes.

use terrane_value::{Number, Refinement, Type, Value, convert};

/// Texts that functions read as something.
const TEXTS: [&str; 24] = [
    "",
    "a",
    "é",
    "👍🏽",
    "a,b\n1,2",
    "10.0.0.0/8",
    "fd00::/64",
    "2020-02-29T23:59:59Z",
    "1h30m",
    "%s-%d",
    "%[2]q %5.2f",
    "(a)(?P<x>.)?",
    "/a/",
    "{\"a\":[1,null]}",
    "a: &x {b: [c]}\nd: *x",
    "YQ==",
    "H4sIAAAAAAAA",
    "UTF-16LE",
    "${a}",
    "%{ if true }x%{ endif }",
    "ff",
    "\u{0}",
    "99999999999999999999",
    "YYYY-MM-DD'T'hh:mm",
];

/// What is left of the input.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Bytes<'_> {
    /// The next byte; zero behind the end.
    pub(crate) fn next(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    fn text(&mut self) -> String {
        let length = usize::from(self.next() % 32).min(self.0.len());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }

    fn ty(&mut self, depth: u32) -> Type {
        match self.next() % if depth == 0 { 4 } else { 9 } {
            0 => Type::Bool,
            1 => Type::Number,
            2 => Type::String,
            3 => Type::Dynamic,
            4 => Type::list(self.ty(depth - 1)),
            5 => Type::set(self.ty(depth - 1)),
            6 => Type::map(self.ty(depth - 1)),
            7 => Type::tuple([self.ty(depth - 1), self.ty(depth - 1)]),
            _ => Type::object([("a", self.ty(depth - 1)), ("b", self.ty(depth - 1))]),
        }
    }

    /// A value with at most `depth` levels.
    pub(crate) fn value(&mut self, depth: u32) -> Value {
        match self.next() % if depth == 0 { 8 } else { 15 } {
            0 => Value::null(self.ty(1)),
            1 => Value::from(self.next().is_multiple_of(2)),
            2 => Value::number(i64::from(self.next() as i8)),
            3 => Value::number(self.text().parse().unwrap_or(Number::ZERO)),
            4 => Value::from(TEXTS[usize::from(self.next()) % TEXTS.len()]),
            5 => Value::string(self.text()),
            6 => Value::unknown(self.ty(2)),
            7 => {
                let text = self.text();
                let prefix = Some(text.as_str().into()).filter(|_| !text.is_empty());
                Value::unknown_refined(Type::String, Refinement { prefix, ..Refinement::not_null() })
            }
            8 => self.value(depth - 1).sensitive(),
            n => {
                let length = self.next() % 5;
                let parts: Vec<Value> = (0..length).map(|_| self.value(depth - 1)).collect();
                let tuple = Value::tuple(parts.clone());
                let names = ["a", "b", "key", "é", ""];
                let object = || Value::object(names.into_iter().zip(parts.clone()));
                match n {
                    9 => convert(&tuple, &Type::list(Type::Dynamic)).unwrap_or(tuple),
                    10 => convert(&tuple, &Type::set(Type::Dynamic)).unwrap_or(tuple),
                    11 => convert(&object(), &Type::map(Type::Dynamic)).unwrap_or_else(|_| object()),
                    12 => object(),
                    _ => tuple,
                }
            }
        }
    }
}
