//! A filter whose names and values are those of a resource type's rows.

use super::ast::CompareOp;
use super::operand::Operand;
use crate::model::attribute::Type;
use crate::model::path::AttrPath;

/// A filter that can be evaluated for a resource, or for one element of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// Every part matches.
    And(Vec<Self>),
    /// Some part matches. Without parts it never matches.
    Or(Vec<Self>),
    /// The part does not match.
    Not(Box<Self>),
    /// The comparison is true for some value of the attribute.
    Compare(Comparison),
    /// The attribute has a value.
    Present(BoundPath),
    /// Some element of the attribute matches.
    Element {
        /// The attribute.
        path: BoundPath,
        /// The filter of one element; its paths start at the element.
        filter: Box<Self>,
    },
}

/// An attribute, an operator and a value that fit.
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
    /// The URN of the extension to which it belongs.
    pub extension: Option<String>,
    /// The attribute; inside `[…]` the sub-attribute of the element.
    pub attribute: String,
    /// The sub-attribute.
    pub sub: Option<String>,
    /// The type of its values.
    pub kind: Type,
    /// Whether letter case is significant in them.
    pub case_exact: bool,
    /// Whether there can be several values.
    pub multi_valued: bool,
}

impl BoundPath {
    /// Whether this is the core attribute `attribute`, or its `sub`.
    #[must_use]
    pub fn is(&self, attribute: &str, sub: Option<&str>) -> bool {
        self.extension.is_none() && self.attribute == attribute && self.sub.as_deref() == sub
    }

    /// The path as text: `emails.value`, `urn:…:User:department`.
    #[must_use]
    pub fn dotted(&self) -> String {
        let path =
            AttrPath { urn: self.extension.clone(), name: self.attribute.clone(), sub: self.sub.clone() };
        path.to_string()
    }
}
