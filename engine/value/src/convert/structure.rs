//! Conversion to collections and objects.

use super::exists::type_of_elements;
use super::{Conversion, ConvertError, elements, mismatch_message};
use crate::ty::ObjectType;
use crate::{Kind, PathStep, Refinement, Type, Value, unify};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Conversion {
    pub(super) fn list(&mut self, value: &Value, element: &Type) -> Result<Value, ConvertError> {
        // How many elements a set with unknown ones has is not known, nor is their order.
        if let Kind::Set(_, vs) = value.kind()
            && vs.len() > 1
            && !value.is_wholly_known()
        {
            let ty = Type::list(self.element_type(value, element)?);
            let refinement = Refinement {
                not_null: true,
                length_min: Some(1),
                length_max: Some(vs.len() as u64),
                ..Refinement::default()
            };
            return Ok(Value::unknown_refined(ty, refinement));
        }
        let (ty, vs) = self.sequence(value, element)?;
        let unified = !matches!(value.kind(), Kind::List(..) | Kind::Set(..));
        let (ty, vs) = self.homogeneous(ty, vs, element, ("list", unified), index_step)?;
        Ok(Value::list(ty, vs))
    }

    pub(super) fn set(&mut self, value: &Value, element: &Type) -> Result<Value, ConvertError> {
        let (ty, vs) = self.sequence(value, element)?;
        // A set could lose elements on the way, and so is never made from a mixture.
        let (ty, vs) = self.homogeneous(ty, vs, element, ("set", false), index_step)?;
        Ok(Value::set(ty, vs))
    }

    /// The elements of a list, set or tuple, converted; and their type.
    fn sequence(&mut self, value: &Value, element: &Type) -> Result<(Type, Vec<Value>), ConvertError> {
        let ty = self.element_type(value, element)?;
        let Some(vs) = elements(value) else {
            return Err(self.mismatch(value, &Type::list(element.clone())));
        };
        let mut converted = Vec::with_capacity(vs.len());
        let constraint = if *element == Type::Dynamic { &ty } else { element };
        for (i, v) in vs.iter().enumerate() {
            converted.push(self.convert_at(PathStep::Index(i as u64), v, constraint)?);
        }
        Ok((ty, converted))
    }

    pub(super) fn map(&mut self, value: &Value, element: &Type) -> Result<Value, ConvertError> {
        let ty = self.element_type(value, element)?;
        let Some(vs) = value.as_map() else {
            return Err(self.mismatch(value, &Type::map(element.clone())));
        };
        let constraint = if *element == Type::Dynamic { &ty } else { element };
        let mut converted = Vec::with_capacity(vs.len());
        for (key, v) in vs {
            converted.push(self.convert_at(PathStep::Key(key.clone()), v, constraint)?);
        }
        let keys: Vec<&Arc<str>> = vs.keys().collect();
        let unified = matches!(value.kind(), Kind::Object(_));
        let step = |i: usize| PathStep::Key(keys[i].clone());
        let (ty, converted) = self.homogeneous(ty, converted, element, ("map", unified), step)?;
        Ok(Value::map(ty, vs.keys().cloned().zip(converted)))
    }

    /// What the constraint on the elements makes of the elements of `value`: itself, or where it
    /// is `any` the one type they have in common.
    fn element_type(&self, value: &Value, element: &Type) -> Result<Type, ConvertError> {
        if *element != Type::Dynamic {
            return Ok(element.without_optional());
        }
        let from = value.ty();
        type_of_elements(&from, true).ok_or_else(|| self.mismatch(value, element))
    }

    /// Elements that were converted to a constraint with `any` in it can differ in type. Those of a
    /// structure, which are to be `unified`, are converted once more, to what they have in common;
    /// those of a collection, which had one type before, may not differ: an empty one among them
    /// has the type of the constraint, and no other.
    fn homogeneous(
        &mut self,
        ty: Type,
        mut vs: Vec<Value>,
        constraint: &Type,
        (kind, unified): (&str, bool),
        step: impl Fn(usize) -> PathStep,
    ) -> Result<(Type, Vec<Value>), ConvertError> {
        if !constraint.has_dynamic() || vs.is_empty() {
            return Ok((ty, vs));
        }
        let types: Vec<Type> = vs.iter().map(Value::ty).collect();
        if types.iter().all(|t| *t == types[0]) {
            return Ok((types[0].clone(), vs));
        }
        let common = match unify(&types) {
            Some(common) if unified => common,
            Some(_) => return Err(self.differing(kind)),
            None => return Err(self.error("cannot find a common base type for all elements")),
        };
        for (i, v) in vs.iter_mut().enumerate() {
            *v = self.convert_at(step(i), v, &common)?;
        }
        // What they have in common can have `any` in it yet, and leave them as they were. In a map,
        // elements without a type of their own get that of the others.
        let lenient = |t: &Type| kind == "map" && *t == Type::Dynamic;
        let mut common = Type::Dynamic;
        for t in vs.iter().map(Value::ty).filter(|t| !lenient(t)) {
            if common != Type::Dynamic && common != t {
                return Err(self.differing(kind));
            }
            common = t;
        }
        for v in &mut vs {
            if v.ty() != common {
                *v = match v.kind() {
                    Kind::Null(_) => Value::null(common.clone()),
                    Kind::Unknown(..) => Value::unknown(common.clone()),
                    _ => return Err(self.differing(kind)),
                }
                .with_marks(v.marks());
            }
        }
        Ok((common, vs))
    }

    fn differing(&self, kind: &str) -> ConvertError {
        self.error(format!("element types must all match for conversion to {kind}"))
    }

    pub(super) fn object(&mut self, value: &Value, to: &ObjectType) -> Result<Value, ConvertError> {
        let mut attributes = BTreeMap::new();
        for (name, ty) in &to.attributes {
            let converted = match value.kind() {
                Kind::Object(vs) => match vs.get(name) {
                    Some(v) => Some(self.convert_at(PathStep::Attribute(name.clone()), v, ty)?),
                    None => None,
                },
                Kind::Map(from, vs) => match vs.get(name) {
                    Some(v) => Some(self.attribute_from_element(name, from, v, ty)?),
                    None => None,
                },
                _ => return Err(self.mismatch(value, &Type::Object(Arc::new(to.clone())))),
            };
            let converted = match converted {
                Some(v) => v,
                None if to.optional.contains(name) => Value::null(ty.clone()),
                None if matches!(value.kind(), Kind::Map(..)) => {
                    let message = format!("map has no element for required attribute {name:?}");
                    return Err(self.error(message));
                }
                None => return Err(self.error(format!("attribute {name:?} is required"))),
            };
            attributes.insert(name.clone(), converted);
        }
        Ok(Value::object(attributes))
    }

    /// An element of a map as an attribute. Where the types do not fit, the conversion was begun
    /// only because the attribute is optional.
    fn attribute_from_element(
        &mut self,
        name: &Arc<str>,
        from: &Type,
        v: &Value,
        ty: &Type,
    ) -> Result<Value, ConvertError> {
        if !super::conversion_exists(from, ty, true) && v.ty() != ty.without_optional() {
            let why = mismatch_message(from, ty);
            return Err(
                self.error(format!("map element type is incompatible with attribute {name:?}: {why}"))
            );
        }
        self.convert_at(PathStep::Key(name.clone()), v, ty)
    }
}

fn index_step(i: usize) -> PathStep {
    PathStep::Index(i as u64)
}
