//! Types as `type(...)` shows them: structures over several lines.

use terrane_value::Type;

/// The type as text, its nested types indented.
pub(super) fn render(ty: &Type) -> String {
    match ty {
        Type::Dynamic => "dynamic".into(),
        Type::Bool => "bool".into(),
        Type::Number => "number".into(),
        Type::String => "string".into(),
        Type::List(t) => collection("list", t),
        Type::Set(t) => collection("set", t),
        Type::Map(t) => collection("map", t),
        Type::Tuple(types) if types.is_empty() => "tuple([])".into(),
        Type::Tuple(types) => {
            let lines: String = types.iter().map(|t| format!("    {},\n", indented(t))).collect();
            format!("tuple([\n{lines}])")
        }
        Type::Object(o) if o.attributes.is_empty() => "object({})".into(),
        Type::Object(o) => {
            let line = |(name, t): (&std::sync::Arc<str>, &Type)| format!("    {name}: {},\n", indented(t));
            let lines: String = o.attributes.iter().map(line).collect();
            format!("object({{\n{lines}}})")
        }
    }
}

fn collection(name: &str, element: &Type) -> String {
    match element {
        Type::Tuple(_) | Type::Object(_) => format!("{name}(\n    {},\n)", indented(element)),
        _ => format!("{name}({})", render(element)),
    }
}

fn indented(ty: &Type) -> String {
    render(ty).replace('\n', "\n    ")
}

#[cfg(test)]
mod tests {
    use super::render;
    use terrane_value::Type;

    #[test]
    fn structures_go_over_lines_and_the_rest_does_not() {
        let object = Type::object([("a", Type::Number), ("b", Type::tuple([Type::Bool]))]);
        assert_eq!(render(&Type::map(Type::list(Type::String))), "map(list(string))");
        assert_eq!(
            render(&Type::set(object)),
            "set(\n    object({\n        a: number,\n        b: tuple([\n            bool,\n        ]),\n    }),\n)"
        );
        assert_eq!(render(&Type::tuple([])), "tuple([])");
        let none = Type::list(Type::list(Type::object([("", Type::Bool); 0])));
        assert_eq!(render(&none), "list(list(\n    object({}),\n))");
    }
}
