//! A [`Filter`] read by the rows of a resource type: names become canonical, values get
//! the row's type, and what cannot be asked is refused (RFC 7644 §3.4.2.2).

mod compare;
mod name;
mod site;
#[cfg(test)]
mod tests;

use site::{Site, Source};

use super::ast::{CompareOp, Filter};
use super::error::Error;
use super::operand::Operand;
use super::parse::Place;
use crate::model::attribute::{Attribute, Type};
use crate::model::path::{AttrPath, Target};
use crate::model::resource_type::ResourceType;

/// A filter that can be asked of a resource, or of one element of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// Every part matches.
    And(Vec<Self>),
    /// Some part matches; none does when there are none.
    Or(Vec<Self>),
    /// The part does not match.
    Not(Box<Self>),
    /// Some value of the attribute compares to the operand.
    Compare(Comparison),
    /// The attribute has a value.
    Present(BoundPath),
    /// Some element of the attribute matches.
    Element {
        /// The attribute.
        path: BoundPath,
        /// What one element must satisfy; its paths start at the element.
        filter: Box<Self>,
    },
}

/// An attribute, an operator and a value that go together.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The attribute.
    pub path: BoundPath,
    /// The operator.
    pub op: CompareOp,
    /// The value.
    pub value: Operand,
}

/// An attribute or sub-attribute under its canonical name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundPath {
    /// The URN of the extension in whose object it lies.
    pub extension: Option<String>,
    /// The attribute; inside `[…]` the sub-attribute, counted from the element.
    pub attribute: String,
    /// The sub-attribute.
    pub sub: Option<String>,
    /// The type of the values that it leads to.
    pub kind: Type,
    /// Whether letter case counts among them.
    pub case_exact: bool,
    /// Whether it can lead to more than one.
    pub multi_valued: bool,
}

impl BoundPath {
    /// Whether this is the core attribute `attribute`, or its `sub`.
    #[must_use]
    pub fn is(&self, attribute: &str, sub: Option<&str>) -> bool {
        self.extension.is_none() && self.attribute == attribute && self.sub.as_deref() == sub
    }

    /// `emails.value`, `urn:…:User:department`.
    #[must_use]
    pub fn dotted(&self) -> String {
        let path =
            AttrPath { urn: self.extension.clone(), name: self.attribute.clone(), sub: self.sub.clone() };
        path.to_string()
    }
}

/// Reads `filter` by the rows of `kind`.
///
/// # Errors
/// When an attribute is unknown or secret, or when operator, value and type do not go
/// together. The error names the fragment; [`compile`](super::compile::compile) also
/// knows its place.
pub fn bind(filter: &Filter, kind: &ResourceType) -> Result<Bound, Error> {
    Binder { scope: Scope::Resource(kind), source: None }.bind(filter)
}

/// Reads what stands inside `[…]` by the sub-attribute rows of `attribute`.
///
/// # Errors
/// As [`bind`].
pub fn bind_element(filter: &Filter, attribute: &Attribute) -> Result<Bound, Error> {
    Binder { scope: Scope::Element { row: attribute, asked: false }, source: None }.bind(filter)
}

/// The attribute of `kind` whose values `path` leads to: for sorting.
///
/// # Errors
/// When it is unknown or secret, or made of parts of which none is named or `value`.
pub fn bind_path(path: &AttrPath, kind: &ResourceType) -> Result<BoundPath, Error> {
    let refused = |reason: String| Error::about(&path.to_string(), reason);
    match Scope::Resource(kind).resolve(path).map_err(refused)? {
        Target::Attribute(found) => {
            let found = compare::comparable_part(found).map_err(|refusal| refused(refusal.reason))?;
            Ok(found.into())
        }
        Target::Extension(_) => Err(refused("this is an extension; name one of its attributes".to_owned())),
    }
}

/// [`bind`] for a filter that was parsed from `text`, with the places of its attributes.
pub(super) fn bind_located(
    filter: &Filter,
    kind: &ResourceType,
    text: &str,
    places: &[Place],
) -> Result<Bound, Error> {
    Binder { scope: Scope::Resource(kind), source: Some(Source::new(text, places)) }.bind(filter)
}

/// Whose rows the names are looked up in.
#[derive(Clone, Copy)]
enum Scope<'a> {
    Resource(&'a ResourceType),
    /// An element of this attribute; `asked` in a filter, where not everything may be.
    Element {
        row: &'a Attribute,
        asked: bool,
    },
}

struct Binder<'a> {
    scope: Scope<'a>,
    source: Option<Source<'a>>,
}

impl<'a> Binder<'a> {
    /// Walks the filter in the order of its text, so that attributes and places meet.
    fn bind(&mut self, filter: &Filter) -> Result<Bound, Error> {
        match filter {
            Filter::And(parts) => Ok(Bound::And(self.bind_all(parts)?)),
            Filter::Or(parts) => Ok(Bound::Or(self.bind_all(parts)?)),
            Filter::Not(part) => Ok(Bound::Not(Box::new(self.bind(part)?))),
            Filter::Compare { path, op, value } => {
                let site = self.site();
                let comparison = self.scope.comparison(path, *op, value);
                comparison.map_err(|refusal| site.error(&refusal, path, *op, value))
            }
            Filter::Present(path) => {
                let site = self.site();
                self.scope.presence(path).map_err(|reason| site.error_at_path(reason, path))
            }
            Filter::Element { path, filter } => {
                let site = self.site();
                let elements = self.scope.elements(path);
                let (path, attribute) = elements.map_err(|reason| site.error_at_path(reason, path))?;
                let outer =
                    std::mem::replace(&mut self.scope, Scope::Element { row: attribute, asked: true });
                let filter = self.bind(filter);
                self.scope = outer;
                Ok(Bound::Element { path, filter: Box::new(filter?) })
            }
        }
    }

    /// The place of the next attribute.
    fn site(&mut self) -> Site<'a> {
        Site::new(self.source.as_mut().and_then(Source::next))
    }

    fn bind_all(&mut self, parts: &[Filter]) -> Result<Vec<Bound>, Error> {
        parts.iter().map(|part| self.bind(part)).collect()
    }
}
