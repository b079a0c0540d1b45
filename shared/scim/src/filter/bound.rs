//! A filter whose names and values are those of a resource type's rows.

use super::ast::CompareOp;
use super::operand::Operand;
use crate::model::attribute::Type;
use crate::model::path::AttrPath;

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
