//! The target of what programs have written: states, values on the wire, types.

use terrane_value::{Type, from_json_with_type, from_msgpack, to_msgpack, type_from_json, type_to_json};

/// Reads a state, and its text as values and types; what is read can be written and read again.
pub fn documents(input: &[u8]) {
    for ty in [Type::Dynamic, Type::list(Type::String), Type::map(Type::Dynamic)] {
        if let Ok(value) = from_msgpack(input, &ty) {
            let written = to_msgpack(&value, &ty).expect("what was read can be written");
            assert_eq!(from_msgpack(&written, &ty).as_ref(), Ok(&value));
        }
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(state) = terrane_state::from_json(text) {
        let written = terrane_state::to_json(&state).expect("what was read can be written");
        let again = terrane_state::from_json(&written).expect("what was written can be read");
        assert_eq!(terrane_state::to_json(&again).as_ref(), Ok(&written));
    }
    if let Ok(journal) = terrane_state::read_journal(input) {
        for entry in journal {
            entry.to_line().expect("what was read can be written");
        }
    }
    let Ok(json) = serde_json::from_str::<serde_json::Value>(text) else { return };
    let value = terrane_value::from_json(&json);
    assert!(value.is_wholly_known());
    if let Ok(ty) = type_from_json(&json) {
        assert_eq!(type_from_json(&type_to_json(&ty)).as_ref(), Ok(&ty));
        let _ = from_json_with_type(&json, &ty);
    }
}
