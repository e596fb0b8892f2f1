//! MessagePack to values.

use super::{MAX_REFINED, MsgpackError, REFINED, key};
use crate::{Number, Path, PathStep, Refinement, Type, Value, type_from_json};
use rmp::{Marker, decode};
use std::sync::Arc;

/// Values nested deeper than this are refused: only dynamic types can go that far.
const MAX_DEPTH: usize = 256;

/// The inverse of [`to_msgpack`](super::to_msgpack).
pub fn from_msgpack(bytes: &[u8], ty: &Type) -> Result<Value, MsgpackError> {
    let mut reader = Reader { bytes, path: Vec::new() };
    let value = reader.value(ty)?;
    if reader.bytes.is_empty() { Ok(value) } else { Err(reader.error("unexpected bytes after the value")) }
}

struct Reader<'a> {
    bytes: &'a [u8],
    path: Vec<PathStep>,
}

impl<'a> Reader<'a> {
    fn error(&self, message: impl std::fmt::Display) -> MsgpackError {
        let path = Path(self.path.clone());
        if path.0.is_empty() {
            MsgpackError(message.to_string())
        } else {
            MsgpackError(format!("{path}: {message}"))
        }
    }

    fn marker(&self) -> Result<Marker, MsgpackError> {
        self.bytes.first().map(|b| Marker::from_u8(*b)).ok_or_else(|| self.error("unexpected end"))
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], MsgpackError> {
        let (taken, rest) = self.bytes.split_at_checked(n).ok_or_else(|| self.error("unexpected end"))?;
        self.bytes = rest;
        Ok(taken)
    }

    fn required<T>(&self, ty: &Type) -> Result<T, MsgpackError> {
        Err(self.error(format_args!("{} is required", ty.friendly_name())))
    }

    fn value(&mut self, ty: &Type) -> Result<Value, MsgpackError> {
        if self.path.len() > MAX_DEPTH {
            return Err(self.error("nested too deep"));
        }
        match self.marker()? {
            Marker::Null => {
                self.take(1)?;
                return Ok(Value::null(ty.clone()));
            }
            Marker::FixExt1
            | Marker::FixExt2
            | Marker::FixExt4
            | Marker::FixExt8
            | Marker::FixExt16
            | Marker::Ext8
            | Marker::Ext16
            | Marker::Ext32 => return self.unknown(ty),
            _ => {}
        }
        match ty {
            Type::Dynamic => self.dynamic(),
            Type::Bool => match decode::read_bool(&mut self.bytes) {
                Ok(b) => Ok(Value::from(b)),
                Err(_) => self.required(ty),
            },
            Type::Number => self.number().map(Value::number),
            Type::String => self.text(ty).map(Value::string),
            Type::List(t) => Ok(Value::list(t.without_optional(), self.elements(ty, t)?)),
            Type::Set(t) => Ok(Value::set(t.without_optional(), self.elements(ty, t)?)),
            Type::Tuple(ts) => {
                if self.array_len(ty)? != ts.len() {
                    return Err(self.error(format_args!("a tuple of {} elements is required", ts.len())));
                }
                let elements = ts.iter().enumerate();
                let elements = elements.map(|(i, t)| self.at(PathStep::Index(i as u64), t));
                Ok(Value::tuple(elements.collect::<Result<Vec<_>, _>>()?))
            }
            Type::Map(t) => {
                let mut elements = Vec::new();
                for _ in 0..self.map_len(ty)? {
                    let k = self.key(ty)?;
                    elements.push((k.clone(), self.at(PathStep::Key(k), t)?));
                }
                Ok(Value::map(t.without_optional(), elements))
            }
            Type::Object(o) => {
                let mut attributes = Vec::new();
                for _ in 0..self.map_len(ty)? {
                    let k = self.key(ty)?;
                    // The type's own names are shared by all objects of the type.
                    let Some((k, t)) = o.attributes.get_key_value(&k) else {
                        return Err(self.error(format_args!("unsupported attribute {k:?}")));
                    };
                    attributes.push((k.clone(), self.at(PathStep::Attribute(k.clone()), t)?));
                }
                let value = Value::object(attributes);
                let has = |name: &Arc<str>| value.as_map().is_some_and(|vs| vs.contains_key(name));
                match o.attributes.keys().find(|name| !has(name)) {
                    Some(name) => Err(self.error(format_args!("attribute {name:?} is required"))),
                    None => Ok(value),
                }
            }
        }
    }

    fn at(&mut self, step: PathStep, ty: &Type) -> Result<Value, MsgpackError> {
        self.path.push(step);
        let value = self.value(ty)?;
        self.path.pop();
        Ok(value)
    }

    /// A value that comes with its type.
    fn dynamic(&mut self) -> Result<Value, MsgpackError> {
        if self.array_len(&Type::Dynamic)? != 2 {
            return Err(self.error("a dynamic value must be an array of two elements"));
        }
        let json = match decode::read_bin_len(&mut self.bytes) {
            Ok(len) => self.take(len as usize)?,
            Err(_) => self.text(&Type::String)?.as_bytes(),
        };
        let json = serde_json::from_slice(json).map_err(|e| self.error(e))?;
        let ty = type_from_json(&json).map_err(|e| self.error(e))?;
        // The path grows by this value's own position, so that types in types come to an end.
        self.path.push(PathStep::Index(1));
        let value = self.value(&ty)?;
        self.path.pop();
        Ok(value)
    }

    fn elements(&mut self, ty: &Type, element: &Type) -> Result<Vec<Value>, MsgpackError> {
        let len = self.array_len(ty)?;
        // No room is made in advance: the length may be a lie.
        let mut elements = Vec::new();
        for i in 0..len {
            elements.push(self.at(PathStep::Index(i as u64), element)?);
        }
        Ok(elements)
    }

    fn array_len(&mut self, ty: &Type) -> Result<usize, MsgpackError> {
        match decode::read_array_len(&mut self.bytes) {
            Ok(len) => Ok(len as usize),
            Err(_) => self.required(ty),
        }
    }

    fn map_len(&mut self, ty: &Type) -> Result<usize, MsgpackError> {
        match decode::read_map_len(&mut self.bytes) {
            Ok(len) => Ok(len as usize),
            Err(_) => self.required(ty),
        }
    }

    fn text(&mut self, ty: &Type) -> Result<&'a str, MsgpackError> {
        let Ok(len) = decode::read_str_len(&mut self.bytes) else { return self.required(ty) };
        let bytes = self.take(len as usize)?;
        std::str::from_utf8(bytes).map_err(|_| self.error("text is not valid UTF-8"))
    }

    /// A key in normalisation form C, as all strings are.
    fn key(&mut self, ty: &Type) -> Result<Arc<str>, MsgpackError> {
        match Value::string(self.text(ty)?).kind() {
            crate::Kind::String(s) => Ok(s.clone()),
            _ => self.required(ty),
        }
    }

    fn number(&mut self) -> Result<Number, MsgpackError> {
        let number = match self.marker()? {
            Marker::F32 => decode::read_f32(&mut self.bytes).ok().and_then(|f| Number::from_f64(f.into())),
            Marker::F64 => decode::read_f64(&mut self.bytes).ok().and_then(Number::from_f64),
            Marker::U64 => decode::read_u64(&mut self.bytes).ok().map(Number::from),
            Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => {
                self.text(&Type::Number)?.parse().ok()
            }
            _ => decode::read_int::<i64, _>(&mut self.bytes).ok().map(Number::from),
        };
        number.ok_or_else(|| self.error("a number is required"))
    }

    fn unknown(&mut self, ty: &Type) -> Result<Value, MsgpackError> {
        let meta = decode::read_ext_meta(&mut self.bytes).map_err(|e| self.error(e))?;
        let body = self.take(meta.size as usize)?;
        if body.len() <= 1 {
            return Ok(Value::unknown(ty.clone()));
        }
        if meta.typeid != REFINED {
            return Err(self.error(format_args!("unsupported extension type {}", meta.typeid)));
        }
        if body.len() > MAX_REFINED {
            return Err(self.error("oversize unknown value refinement"));
        }
        if *ty == Type::Dynamic {
            return Ok(Value::UNKNOWN);
        }
        let mut inner = Reader { bytes: body, path: self.path.clone() };
        let mut known = Refinement::default();
        for _ in 0..inner.map_len(ty)? {
            let key: u64 = decode::read_int(&mut inner.bytes)
                .map_err(|_| inner.error("a refinement must have a number as its key"))?;
            match key {
                key::IS_NULL => match inner.value(&Type::Bool)?.as_bool() {
                    Some(true) => return Ok(Value::null(ty.clone())),
                    is_null => known.not_null = is_null == Some(false),
                },
                key::PREFIX => known.prefix = Some(inner.text(&Type::String)?.into()),
                key::NUMBER_MIN => known.number_min = Some(inner.bound()?),
                key::NUMBER_MAX => known.number_max = Some(inner.bound()?),
                key::LENGTH_MIN => known.length_min = Some(inner.length()?),
                key::LENGTH_MAX => known.length_max = Some(inner.length()?),
                other => return Err(inner.error(format_args!("unsupported refinement {other}"))),
            }
        }
        Ok(Value::unknown_refined(ty.without_optional(), known))
    }

    fn bound(&mut self) -> Result<(Number, bool), MsgpackError> {
        if self.array_len(&Type::Number)? != 2 {
            return Err(self.error("a bound must be a number and a bool"));
        }
        let n = self.number()?;
        let inclusive = decode::read_bool(&mut self.bytes)
            .map_err(|_| self.error("a bound must be a number and a bool"))?;
        Ok((n, inclusive))
    }

    fn length(&mut self) -> Result<u64, MsgpackError> {
        decode::read_int(&mut self.bytes).map_err(|_| self.error("a length must be a whole number"))
    }
}
