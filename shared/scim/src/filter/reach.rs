//! What of a filter the resource type alone decides: `meta.resourceType eq "User"` is a
//! question about all users or about none (RFC 7644 §3.4.2.1).

use serde_json::{Value, json};

use super::bind::{Bound, BoundPath};
use crate::model::doc::Doc;
use crate::model::resource_type::ResourceType;

/// Which resources of a type a filter can match.
#[derive(Debug, Clone, PartialEq)]
pub enum Reach {
    /// Every one.
    All,
    /// Those that match this filter, in which nothing is decided already.
    Some(Bound),
    /// None.
    Nothing,
}

impl Bound {
    /// A filter that matches everything, or nothing.
    #[must_use]
    pub fn constant(matches: bool) -> Self {
        if matches { Self::And(Vec::new()) } else { Self::Or(Vec::new()) }
    }

    /// What is left to ask of resources of `kind`.
    #[must_use]
    pub fn reach(self, kind: &ResourceType) -> Reach {
        match self {
            Self::And(parts) => join(parts, kind, &Reach::All, &Reach::Nothing, Self::And),
            Self::Or(parts) => join(parts, kind, &Reach::Nothing, &Reach::All, Self::Or),
            Self::Not(part) => match part.reach(kind) {
                Reach::All => Reach::Nothing,
                Reach::Nothing => Reach::All,
                Reach::Some(part) => Reach::Some(Self::Not(Box::new(part))),
            },
            Self::Compare(ref comparison) if is_type(&comparison.path) => self.decided(kind),
            Self::Present(ref path) if is_type(path) => self.decided(kind),
            other => Reach::Some(other),
        }
    }

    fn decided(&self, kind: &ResourceType) -> Reach {
        let doc = Doc::from_iter([("meta".to_owned(), json!({ "resourceType": Value::from(&*kind.name) }))]);
        if self.matches(&doc) { Reach::All } else { Reach::Nothing }
    }
}

fn is_type(path: &BoundPath) -> bool {
    path.is("meta", Some("resourceType"))
}

/// `neutral` changes nothing among the parts; one `absorbing` decides for all.
fn join(
    parts: Vec<Bound>,
    kind: &ResourceType,
    neutral: &Reach,
    absorbing: &Reach,
    together: fn(Vec<Bound>) -> Bound,
) -> Reach {
    let mut left = Vec::with_capacity(parts.len());
    for part in parts {
        match part.reach(kind) {
            Reach::Some(part) => left.push(part),
            decided if decided == *absorbing => return decided,
            _ => {}
        }
    }
    match left.pop() {
        None => neutral.clone(),
        Some(only) if left.is_empty() => Reach::Some(only),
        Some(last) => {
            left.push(last);
            Reach::Some(together(left))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::filter::compile::compile;

    fn reach(filter: &str) -> Reach {
        let kind = ResourceType::user();
        compile(filter, &kind).unwrap().reach(&kind)
    }

    fn bound(filter: &str) -> Reach {
        Reach::Some(compile(filter, &ResourceType::user()).unwrap())
    }

    #[test]
    fn the_type_decides_what_it_can() {
        for (filter, expected) in [
            ("meta.resourceType eq User", Reach::All),
            (r#"meta.resourceType eq "Group""#, Reach::Nothing),
            (r#"meta.resourceType eq "user""#, Reach::Nothing),
            ("(meta.resourceType eq User) or (meta.resourceType eq Group)", Reach::All),
            (r#"meta.resourceType ne "Group""#, Reach::All),
            (r#"not (meta.resourceType eq "User")"#, Reach::Nothing),
            ("meta.resourceType pr", Reach::All),
            (r#"meta.resourceType eq "User" and title pr"#, bound("title pr")),
            (r#"meta.resourceType eq "Group" and title pr"#, Reach::Nothing),
            (r#"meta.resourceType eq "Group" or title pr"#, bound("title pr")),
            (r#"not (meta.resourceType eq "Group" or title pr)"#, bound("not (title pr)")),
            ("title pr and active eq true", bound("title pr and active eq true")),
        ] {
            assert_eq!(reach(filter), expected, "{filter}");
        }
    }
}
