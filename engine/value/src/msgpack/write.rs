//! Values to MessagePack.

use super::{MAX_PREFIX, MsgpackError, REFINED, key};
use crate::{Kind, Number, Refinement, Type, Value, type_to_json};
use rmp::encode;

/// The value, which must be of type `ty`, as MessagePack. Marks are dropped; unknown values and
/// their refinements are kept.
pub fn to_msgpack(value: &Value, ty: &Type) -> Result<Vec<u8>, MsgpackError> {
    let mut out = Vec::new();
    write(&mut out, value, ty)?;
    Ok(out)
}

fn write(out: &mut Vec<u8>, value: &Value, ty: &Type) -> Result<(), MsgpackError> {
    if *ty == Type::Dynamic {
        let actual = value.ty();
        if actual != Type::Dynamic {
            let json = type_to_json(&actual).to_string();
            encode::write_array_len(out, 2).map_err(failed)?;
            encode::write_bin(out, json.as_bytes()).map_err(failed)?;
            return write(out, value, &actual);
        }
    }
    match (value.kind(), ty) {
        (Kind::Null(_), _) => encode::write_nil(out).map_err(failed)?,
        (Kind::Unknown(_, refinement), _) => write_unknown(out, refinement.as_deref(), ty)?,
        (Kind::Bool(b), Type::Bool) => encode::write_bool(out, *b).map_err(failed)?,
        (Kind::Number(n), Type::Number) => write_number(out, n)?,
        (Kind::String(s), Type::String) => encode::write_str(out, s).map_err(failed)?,
        (Kind::List(_, vs), Type::List(t)) | (Kind::Set(_, vs), Type::Set(t)) => {
            write_array_len(out, vs.len())?;
            vs.iter().try_for_each(|v| write(out, v, t))?;
        }
        (Kind::Tuple(vs), Type::Tuple(ts)) if vs.len() == ts.len() => {
            write_array_len(out, vs.len())?;
            vs.iter().zip(ts.iter()).try_for_each(|(v, t)| write(out, v, t))?;
        }
        (Kind::Map(_, vs), Type::Map(t)) => {
            write_map_len(out, vs.len())?;
            for (k, v) in vs.iter() {
                encode::write_str(out, k).map_err(failed)?;
                write(out, v, t)?;
            }
        }
        (Kind::Object(vs), Type::Object(o)) if vs.keys().eq(o.attributes.keys()) => {
            write_map_len(out, vs.len())?;
            for ((k, v), t) in vs.iter().zip(o.attributes.values()) {
                encode::write_str(out, k).map_err(failed)?;
                write(out, v, t)?;
            }
        }
        _ => return Err(MsgpackError(format!("{ty} is required, not {}", value.ty()))),
    }
    Ok(())
}

/// An integer when it fits 64 bits; else a double when it is exactly one, unless it is an integer that
/// its text has with more precision; else text.
fn write_number(out: &mut Vec<u8>, n: &Number) -> Result<(), MsgpackError> {
    if let Some(i) = n.to_i64() {
        encode::write_sint(out, i).map_err(failed)?;
    } else if let Some(f) = n.to_f64_exact().filter(|_| !(n.is_integer() && n.precision() > DOUBLE_PRECISION))
    {
        encode::write_f64(out, f).map_err(failed)?;
    } else {
        encode::write_str(out, &n.to_string()).map_err(failed)?;
    }
    Ok(())
}

fn write_unknown(out: &mut Vec<u8>, refinement: Option<&Refinement>, ty: &Type) -> Result<(), MsgpackError> {
    let known = refinement.map(|r| r.for_type(ty)).unwrap_or_default();
    let mut entries = Vec::new();
    let mut count = 0;
    let mut entry = |entries: &mut Vec<u8>, key: u64| {
        count += 1;
        encode::write_uint(entries, key).map(drop).map_err(failed)
    };
    if known.not_null && *ty != Type::Dynamic {
        entry(&mut entries, key::IS_NULL)?;
        encode::write_bool(&mut entries, false).map_err(failed)?;
    }
    if let Some(prefix) = known.prefix.as_deref().filter(|p| !p.is_empty()) {
        entry(&mut entries, key::PREFIX)?;
        encode::write_str(&mut entries, shortened(prefix)).map_err(failed)?;
    }
    for (key, bound) in [(key::NUMBER_MIN, &known.number_min), (key::NUMBER_MAX, &known.number_max)] {
        if let Some((n, inclusive)) = bound {
            entry(&mut entries, key)?;
            encode::write_array_len(&mut entries, 2).map_err(failed)?;
            write_number(&mut entries, n)?;
            encode::write_bool(&mut entries, *inclusive).map_err(failed)?;
        }
    }
    for (key, bound) in [(key::LENGTH_MIN, known.length_min), (key::LENGTH_MAX, known.length_max)] {
        // No collection has fewer than no elements.
        if let Some(n) = bound.filter(|n| key != key::LENGTH_MIN || *n > 0) {
            entry(&mut entries, key)?;
            encode::write_uint(&mut entries, n).map_err(failed)?;
        }
    }
    if count == 0 {
        out.extend([0xd4, 0, 0]);
        return Ok(());
    }
    let mut body = Vec::new();
    encode::write_map_len(&mut body, count).map_err(failed)?;
    body.extend(entries);
    let length = u32::try_from(body.len()).map_err(failed)?;
    encode::write_ext_meta(out, length, REFINED).map_err(failed)?;
    out.extend(body);
    Ok(())
}

/// The bits of doubles.
const DOUBLE_PRECISION: u32 = 53;

/// No more of a prefix than readers accept. The last character goes too: what follows could have
/// combined with it.
fn shortened(prefix: &str) -> &str {
    if prefix.len() <= MAX_PREFIX {
        return prefix;
    }
    let end = prefix.char_indices().map(|(i, _)| i).take_while(|i| *i < MAX_PREFIX).last();
    &prefix[..end.unwrap_or(0)]
}

fn write_array_len(out: &mut Vec<u8>, len: usize) -> Result<(), MsgpackError> {
    encode::write_array_len(out, u32::try_from(len).map_err(failed)?).map(drop).map_err(failed)
}

fn write_map_len(out: &mut Vec<u8>, len: usize) -> Result<(), MsgpackError> {
    encode::write_map_len(out, u32::try_from(len).map_err(failed)?).map(drop).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> MsgpackError {
    MsgpackError(error.to_string())
}
