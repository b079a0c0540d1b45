//! Evaluates the parts of a filter that depend on the resource type only: `meta.resourceType
//! eq "User"` matches all users and no groups (RFC 7644 §3.4.2.1).

use serde_json::{Value, json};

use super::bound::{Bound, BoundPath};
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;

/// A filter for the resources of one type.
#[derive(Debug, Clone, PartialEq)]
pub enum Simplified {
    /// It matches all of them.
    All,
    /// It matches those that match this filter, which does not contain the type.
    Some(Bound),
    /// It matches none.
    Nothing,
}

impl Bound {
    /// A filter that always or never matches.
    #[must_use]
    pub fn constant(matches: bool) -> Self {
        if matches { Self::And(Vec::new()) } else { Self::Or(Vec::new()) }
    }

    /// The filter without the parts that the type `kind` decides.
    #[must_use]
    pub fn simplify_for_type(self, kind: &ResourceType) -> Simplified {
        match self {
            Self::And(parts) => join(parts, kind, &Simplified::All, &Simplified::Nothing, Self::And),
            Self::Or(parts) => join(parts, kind, &Simplified::Nothing, &Simplified::All, Self::Or),
            Self::Not(part) => match part.simplify_for_type(kind) {
                Simplified::All => Simplified::Nothing,
                Simplified::Nothing => Simplified::All,
                Simplified::Some(part) => Simplified::Some(Self::Not(Box::new(part))),
            },
            Self::Compare(ref comparison) if is_type(&comparison.path) => self.decided(kind),
            Self::Present(ref path) if is_type(path) => self.decided(kind),
            other => Simplified::Some(other),
        }
    }

    fn decided(&self, kind: &ResourceType) -> Simplified {
        let doc = Doc::from_iter([("meta".to_owned(), json!({ "resourceType": Value::from(&*kind.name) }))]);
        if self.matches(&doc) { Simplified::All } else { Simplified::Nothing }
    }
}

fn is_type(path: &BoundPath) -> bool {
    path.is("meta", Some("resourceType"))
}

/// `neutral` parts have no effect; one `absorbing` part decides the result.
fn join(
    parts: Vec<Bound>,
    kind: &ResourceType,
    neutral: &Simplified,
    absorbing: &Simplified,
    together: fn(Vec<Bound>) -> Bound,
) -> Simplified {
    let mut left = Vec::with_capacity(parts.len());
    for part in parts {
        match part.simplify_for_type(kind) {
            Simplified::Some(part) => left.push(part),
            decided if decided == *absorbing => return decided,
            _ => {}
        }
    }
    match left.pop() {
        None => neutral.clone(),
        Some(only) if left.is_empty() => Simplified::Some(only),
        Some(last) => {
            left.push(last);
            Simplified::Some(together(left))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::filter::compile::compile;

    fn simplified(filter: &str) -> Simplified {
        let kind = ResourceType::user();
        compile(filter, &kind).unwrap().simplify_for_type(&kind)
    }

    fn bound(filter: &str) -> Simplified {
        Simplified::Some(compile(filter, &ResourceType::user()).unwrap())
    }

    #[test]
    fn the_type_decides_what_it_can() {
        for (filter, expected) in [
            ("meta.resourceType eq User", Simplified::All),
            (r#"meta.resourceType eq "Group""#, Simplified::Nothing),
            (r#"meta.resourceType eq "user""#, Simplified::Nothing),
            ("(meta.resourceType eq User) or (meta.resourceType eq Group)", Simplified::All),
            (r#"meta.resourceType ne "Group""#, Simplified::All),
            (r#"not (meta.resourceType eq "User")"#, Simplified::Nothing),
            ("meta.resourceType pr", Simplified::All),
            (r#"meta.resourceType eq "User" and title pr"#, bound("title pr")),
            (r#"meta.resourceType eq "Group" and title pr"#, Simplified::Nothing),
            (r#"meta.resourceType eq "Group" or title pr"#, bound("title pr")),
            (r#"not (meta.resourceType eq "Group" or title pr)"#, bound("not (title pr)")),
            ("title pr and active eq true", bound("title pr and active eq true")),
        ] {
            assert_eq!(simplified(filter), expected, "{filter}");
        }
    }
}
