//! The `filter` of lists, in both of Google's languages: comparisons (`name = "x" AND labels.a:*`) and regular
//! expressions (`name eq "x.*"`).

use crate::refusal::Refusal;
use crate::validate::matches;
use serde_json::Value;

/// A filter that was read.
#[derive(Debug)]
pub(crate) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Compare { path: String, operator: String, value: String },
}

impl Filter {
    /// Reads a filter; nothing filters nothing.
    ///
    /// # Errors
    /// When the text is not in either language.
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let mut reader = Reader { tokens: tokens(text)?, at: 0 };
        if reader.tokens.is_empty() {
            return Ok(Self::All(Vec::new()));
        }
        let filter = reader.all()?;
        if reader.at < reader.tokens.len() {
            return Err(unreadable(text));
        }
        Ok(filter)
    }

    /// Whether an object passes.
    pub(crate) fn admits(&self, object: &Value) -> bool {
        match self {
            Self::All(filters) => filters.iter().all(|filter| filter.admits(object)),
            Self::Any(filters) => filters.iter().any(|filter| filter.admits(object)),
            Self::Not(filter) => !filter.admits(object),
            Self::Compare { path, operator, value } => {
                let found = lookup(object, path);
                match operator.as_str() {
                    "!=" => !found.iter().any(|found| found.eq_ignore_ascii_case(value)),
                    "ne" => !found.iter().any(|found| matches(value, found)),
                    _ => found.iter().any(|found| holds(found, operator, value)),
                }
            }
        }
    }
}

fn holds(found: &str, operator: &str, value: &str) -> bool {
    let order = match (found.parse::<f64>(), value.parse::<f64>()) {
        (Ok(found), Ok(value)) => found.partial_cmp(&value),
        _ => Some(found.cmp(value)),
    };
    match operator {
        "=" if value.contains('*') => wildcard(value, found),
        "=" => found.eq_ignore_ascii_case(value),
        "eq" => matches(value, found),
        ":" if value == "*" => true,
        ":" if value.contains('*') => wildcard(value, found),
        ":" => found.to_lowercase().contains(&value.to_lowercase()),
        "<" => order.is_some_and(std::cmp::Ordering::is_lt),
        "<=" => order.is_some_and(std::cmp::Ordering::is_le),
        ">" => order.is_some_and(std::cmp::Ordering::is_gt),
        ">=" => order.is_some_and(std::cmp::Ordering::is_ge),
        _ => false,
    }
}

fn wildcard(pattern: &str, text: &str) -> bool {
    let pattern: Vec<String> = pattern.split('*').map(regex::escape).collect();
    matches(&format!("(?i){}", pattern.join(".*")), text)
}

/// All texts at a path; a path goes through lists by itself.
fn lookup(value: &Value, path: &str) -> Vec<String> {
    if let Value::Array(list) = value {
        return list.iter().flat_map(|item| lookup(item, path)).collect();
    }
    if path.is_empty() {
        return match value {
            Value::String(text) => vec![text.clone()],
            Value::Null => Vec::new(),
            other => vec![other.to_string()],
        };
    }
    if let Some(whole) = value.get(path) {
        return lookup(whole, "");
    }
    match path.split_once('.') {
        Some((name, rest)) => value.get(name).map(|inner| lookup(inner, rest)).unwrap_or_default(),
        None => Vec::new(),
    }
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Operator(String),
    Open,
    Close,
}

impl Reader {
    fn all(&mut self) -> Result<Filter, Refusal> {
        let mut parts = vec![self.any()?];
        loop {
            match self.tokens.get(self.at) {
                Some(Token::Word(word)) if word == "AND" => self.at += 1,
                Some(Token::Word(_) | Token::Open | Token::Quoted(_)) => {}
                _ => break,
            }
            parts.push(self.any()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::All(parts) })
    }

    fn any(&mut self) -> Result<Filter, Refusal> {
        let mut parts = vec![self.one()?];
        while self.tokens.get(self.at) == Some(&Token::Word("OR".to_owned())) {
            self.at += 1;
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::Any(parts) })
    }

    fn one(&mut self) -> Result<Filter, Refusal> {
        match self.next() {
            Some(Token::Open) => {
                let inner = self.all()?;
                match self.next() {
                    Some(Token::Close) => Ok(inner),
                    _ => Err(unreadable("a parenthesis that is not closed")),
                }
            }
            Some(Token::Word(word)) if word == "NOT" || word == "-" => Ok(Filter::Not(Box::new(self.one()?))),
            Some(Token::Word(path)) => self.comparison(path),
            _ => Err(unreadable("an expression that stops short")),
        }
    }

    fn comparison(&mut self, path: String) -> Result<Filter, Refusal> {
        let (negated, path) = match path.strip_prefix('-') {
            Some(rest) => (true, rest.to_owned()),
            None => (false, path),
        };
        let operator = match self.next() {
            Some(Token::Operator(operator)) => operator,
            Some(Token::Word(word)) if word == "eq" || word == "ne" => word,
            _ => return Err(unreadable(&path)),
        };
        let first = match self.next() {
            Some(Token::Word(value) | Token::Quoted(value)) => Filter::Compare { path, operator, value },
            Some(Token::Open) => {
                let mut values = Vec::new();
                while let Some(Token::Word(value) | Token::Quoted(value)) = self.next() {
                    if value != "OR" {
                        values.push(Filter::Compare {
                            path: path.clone(),
                            operator: operator.clone(),
                            value,
                        });
                    }
                }
                Filter::Any(values)
            }
            _ => return Err(unreadable(&path)),
        };
        Ok(if negated { Filter::Not(Box::new(first)) } else { first })
    }

    fn next(&mut self) -> Option<Token> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, Refusal> {
    let mut found = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(&next) = rest.peek() {
        match next {
            _ if next.is_whitespace() => drop(rest.next()),
            '(' | ')' => {
                rest.next();
                found.push(if next == '(' { Token::Open } else { Token::Close });
            }
            '"' | '\'' => {
                rest.next();
                let mut quoted = String::new();
                loop {
                    match rest.next() {
                        Some('\\') => quoted.extend(rest.next()),
                        Some(end) if end == next => break,
                        Some(other) => quoted.push(other),
                        None => return Err(unreadable(text)),
                    }
                }
                found.push(Token::Quoted(quoted));
            }
            '=' | '!' | '<' | '>' | ':' => {
                let mut operator = String::new();
                operator.extend(rest.next());
                operator.extend(rest.next_if_eq(&'='));
                found.push(Token::Operator(operator));
            }
            _ => {
                let mut word = String::new();
                while let Some(other) = rest.next_if(|c| !c.is_whitespace() && !"()\"'=!<>:".contains(*c)) {
                    word.push(other);
                }
                // The value of `parent:folders/1` and of times may have further colons in it.
                if matches!(found.last(), Some(Token::Operator(_))) {
                    while let Some(other) = rest.next_if(|c| !c.is_whitespace() && !"()\"'".contains(*c)) {
                        word.push(other);
                    }
                }
                found.push(Token::Word(word));
            }
        }
    }
    Ok(found)
}

fn unreadable(text: &str) -> Refusal {
    Refusal::invalid(format!("Invalid value for field 'filter': '{text}'. Invalid list filter expression."))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn both_languages_are_understood() {
        let object = json!({
            "name": "net-1", "mtu": 1460, "labels": {"env": "prd"}, "rules": [{"port": "22"}],
            "parent": "folders/1", "state": "ACTIVE",
        });
        let table = [
            ("", true),
            ("name eq \"net-.*\"", true),
            ("name eq net", false),
            ("name ne .*1", false),
            ("(name eq \".*(^net-1$).*\")", true),
            ("name = net-1 AND mtu > 1400", true),
            ("(name = \"net-1\") (mtu = 1500)", false),
            ("name = x OR labels.env:*", true),
            ("labels.other:*", false),
            ("NOT name:net", false),
            ("-name:net", false),
            ("rules.port = 22", true),
            ("parent:folders/1 state:ACTIVE", true),
            ("name = net*", true),
            ("state:(DELETED OR ACTIVE)", true),
        ];
        for (text, expected) in table {
            assert_eq!(Filter::parse(text).unwrap().admits(&object), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for text in ["name", "name =", "(name = a", "name \"a", "= b", "name = a )"] {
            assert!(Filter::parse(text).is_err(), "{text}");
        }
    }
}
