//! A filter for several resource types: a query of the server's root (RFC 7644 §3.4.2.1).

use std::sync::Arc;

use super::ast::{CompareOp, Filter, Literal};
use super::bind::bind_located;
use super::bound::Bound;
use super::error::Error;
use super::parse::{self, SourceSpan};
use crate::model::path::AttrPath;
use crate::model::resource_type::ResourceType;

/// Reads the `filter` parameter of a request for resources of all `kinds`. Returns one filter
/// for each of them, in their order.
///
/// If a type does not have an attribute, the attribute has no value there: `ne` and
/// `eq null` match, and no other comparison. If a type has it, but the comparison does not
/// fit, the filter is refused even if it fits another type: otherwise existing values would
/// be ignored.
///
/// # Errors
/// As [`compile`](super::compile::compile), if the comparison does not fit a type that has
/// the attribute, or no type has it.
pub fn compile_multi_type(text: &str, kinds: &[Arc<ResourceType>]) -> Result<Vec<Bound>, Error> {
    let (filter, spans) = parse::located(text)?;
    MultiType { text, kinds }.bind(&filter, &mut spans.as_slice())
}

struct MultiType<'a> {
    text: &'a str,
    kinds: &'a [Arc<ResourceType>],
}

impl MultiType<'_> {
    /// Takes the spans of the attributes of `filter` from `spans`.
    fn bind(&self, filter: &Filter, spans: &mut &[SourceSpan]) -> Result<Vec<Bound>, Error> {
        match filter {
            Filter::And(parts) => self.bind_all(parts, spans, Bound::And),
            Filter::Or(parts) => self.bind_all(parts, spans, Bound::Or),
            Filter::Not(part) => {
                let part = self.bind(part, spans)?;
                Ok(part.into_iter().map(|part| Bound::Not(Box::new(part))).collect())
            }
            Filter::Compare { path, op, value } => {
                self.bind_part(filter, path, spans, is_true_of_nothing(*op, value))
            }
            Filter::Present(path) | Filter::Element { path, .. } => {
                self.bind_part(filter, path, spans, false)
            }
        }
    }

    /// Binds each part for each type, and joins the parts of each type by `together`.
    fn bind_all(
        &self,
        parts: &[Filter],
        spans: &mut &[SourceSpan],
        together: fn(Vec<Bound>) -> Bound,
    ) -> Result<Vec<Bound>, Error> {
        let mut by_kind = vec![Vec::with_capacity(parts.len()); self.kinds.len()];
        for part in parts {
            for (so_far, bound) in by_kind.iter_mut().zip(self.bind(part, spans)?) {
                so_far.push(bound);
            }
        }
        Ok(by_kind.into_iter().map(together).collect())
    }

    /// A part about one attribute; `absent` is its result for types without the attribute.
    fn bind_part(
        &self,
        part: &Filter,
        path: &AttrPath,
        spans: &mut &[SourceSpan],
        absent: bool,
    ) -> Result<Vec<Bound>, Error> {
        let (own, rest) = spans.split_at_checked(attributes(part)).unwrap_or((&[], spans));
        *spans = rest;
        let (mut bound, mut asked) = (Vec::with_capacity(self.kinds.len()), false);
        for kind in self.kinds {
            match bind_located(part, kind, self.text, own) {
                Ok(of_kind) => {
                    asked = true;
                    bound.push(of_kind);
                }
                // The type has the attribute, so its values must not be ignored. A single
                // type's error lists the attributes that it has.
                Err(refused) if self.kinds.len() == 1 || kind.resolve(path).is_some() => return Err(refused),
                Err(_) => bound.push(Bound::constant(absent)),
            }
        }
        if asked {
            return Ok(bound);
        }
        let reason = "no resource type has an attribute of this name: see `/Schemas`";
        Err(match own.first() {
            Some(span) => Error::at(self.text, span.path.clone(), reason),
            None => Error::about(&path.to_string(), reason),
        })
    }
}

/// How many attributes `filter` names.
fn attributes(filter: &Filter) -> usize {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().map(attributes).sum(),
        Filter::Not(part) => attributes(part),
        Filter::Compare { .. } | Filter::Present(_) => 1,
        Filter::Element { filter, .. } => 1 + attributes(filter),
    }
}

fn is_true_of_nothing(op: CompareOp, value: &Literal) -> bool {
    match op {
        CompareOp::Ne => *value != Literal::Null,
        CompareOp::Eq => *value == Literal::Null,
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn kinds() -> Vec<Arc<ResourceType>> {
        vec![Arc::new(ResourceType::user()), Arc::new(ResourceType::group())]
    }

    /// Whether the filter matches the user, and the group.
    fn asked(filter: &str, user: &Value, group: &Value) -> (bool, bool) {
        let bound = compile_multi_type(filter, &kinds()).unwrap();
        (bound[0].matches(user.as_object().unwrap()), bound[1].matches(group.as_object().unwrap()))
    }

    #[test]
    fn an_attribute_that_a_type_does_not_have_has_no_value_there() {
        let (user, group) = (json!({ "userName": "ana", "displayName": "A" }), json!({ "displayName": "A" }));
        for (filter, expected) in [
            (r#"userName eq "ana""#, (true, false)),
            (r#"userName ne "ana""#, (false, true)),
            ("userName pr", (true, false)),
            ("not (userName pr)", (false, true)),
            ("userName eq null", (false, true)),
            ("userName ne null", (true, false)),
            (r#"displayName sw "a""#, (true, true)),
            (r#"displayName sw "a" and userName pr"#, (true, false)),
            (r#"userName eq "x" or displayName eq "a""#, (true, true)),
            (r#"emails[type eq "work" and value pr] or members pr or userName sw "a""#, (true, false)),
            (r#"not (emails[type eq "work"])"#, (true, true)),
            (r#"urn:ietf:params:scim:schemas:core:2.0:Group:displayName eq "a""#, (false, true)),
        ] {
            assert_eq!(asked(filter, &user, &group), expected, "{filter}");
        }
    }

    #[test]
    fn what_no_type_has_is_refused_at_its_place() {
        for (filter, at) in [
            (r#"userName pr and colour eq "x""#, "character 17 (`colour`)"),
            (r#"emails[type eq "work"] and (members pr or colour pr)"#, "character 43 (`colour`)"),
            ("active gt true", "character 8 (`gt`)"),
            (r#"members[colour eq "x"]"#, "character 9 (`colour`)"),
            ("password pr", "character 1 (`password`)"),
        ] {
            let error = compile_multi_type(filter, &kinds()).unwrap_err();
            assert!(error.to_string().contains(at), "{error}");
        }
    }

    #[test]
    fn what_one_type_has_and_refuses_is_not_absent_there() {
        let mut kinds = kinds();
        let user = Arc::make_mut(&mut kinds[0]);
        let row = user.schema.attributes.iter_mut().find(|row| row.name == "displayName").unwrap();
        row.filterable = false;
        for filter in [
            r#"displayName eq "a""#,
            r#"not (displayName eq "a")"#,
            r#"displayName ne "a""#,
            "displayName pr",
            r#"members pr and displayName sw "a""#,
        ] {
            let error = compile_multi_type(filter, &kinds).unwrap_err();
            assert!(error.to_string().contains("(`displayName`)"), "{error}");
        }
        assert!(compile_multi_type("members pr and userName pr", &kinds).is_ok());
    }
}
