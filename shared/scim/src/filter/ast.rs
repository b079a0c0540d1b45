//! A filter as it was written: names not yet looked up, values not yet read by a row
//! (RFC 7644 §3.4.2.2 figure 1).

use serde_json::Number;

use crate::model::path::AttrPath;

/// A filter expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Every part matches. The parser makes at least two parts, none of them an `And`.
    And(Vec<Self>),
    /// Some part matches. The parser makes at least two parts, none of them an `Or`.
    Or(Vec<Self>),
    /// The part does not match.
    Not(Box<Self>),
    /// The attribute compares to the value.
    Compare {
        /// The attribute.
        path: AttrPath,
        /// The comparison.
        op: CompareOp,
        /// What it is compared with.
        value: Literal,
    },
    /// The attribute has a value: `title pr`.
    Present(AttrPath),
    /// Some element of the attribute matches: `emails[type eq "work"]`.
    ///
    /// `emails[type eq "work"].value eq "x"`, which is not in the RFC's grammar but
    /// which Entra sends, reads as `emails[type eq "work" and value eq "x"]`.
    Element {
        /// The attribute.
        path: AttrPath,
        /// What one element must satisfy; its paths are sub-attributes.
        filter: Box<Self>,
    },
}

/// A PATCH path (RFC 7644 §3.5.2 figure 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The attribute; its `sub` is never set beside a `filter`.
    pub attr: AttrPath,
    /// Which elements: what stands in `[…]`.
    pub filter: Option<Filter>,
    /// Which part of those elements: what stands after `].`.
    pub sub: Option<String>,
}

/// A comparison operator (RFC 7644 §3.4.2.2 table 3, without `pr`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Contains.
    Co,
    /// Starts with.
    Sw,
    /// Ends with.
    Ew,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Ge,
    /// Less than.
    Lt,
    /// Less than or equal.
    Le,
}

impl CompareOp {
    /// Every operator.
    pub const ALL: [Self; 9] =
        [Self::Eq, Self::Ne, Self::Co, Self::Sw, Self::Ew, Self::Gt, Self::Ge, Self::Lt, Self::Le];

    /// The operator spelled `word`, in any letter case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.word().eq_ignore_ascii_case(word))
    }

    /// The operator as the RFC spells it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Co => "co",
            Self::Sw => "sw",
            Self::Ew => "ew",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::Lt => "lt",
            Self::Le => "le",
        }
    }

    /// Whether it asks for an order: `gt`, `ge`, `lt`, `le`.
    #[must_use]
    pub fn is_ordering(self) -> bool {
        matches!(self, Self::Gt | Self::Ge | Self::Lt | Self::Le)
    }

    /// Whether it asks for a part of a text: `co`, `sw`, `ew`.
    #[must_use]
    pub fn is_textual(self) -> bool {
        matches!(self, Self::Co | Self::Sw | Self::Ew)
    }
}

/// A value as it was written.
///
/// A word without quotes is a number or boolean only where it is spelled exactly as
/// JSON would spell it. `007`, `1.50` and `TRUE` stay the text that was sent, since the
/// attribute may be text; against a number or a boolean they are read as one later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// Text, quoted or not.
    Text(String),
    /// A number.
    Number(Number),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`, in any letter case.
    Null,
}
