//! A filter as written: names are not looked up yet, and values have no type yet (RFC 7644
//! §3.4.2.2 figure 1).

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
    /// The comparison of the attribute with the value is true.
    Compare {
        /// The attribute.
        path: AttrPath,
        /// The operator.
        op: CompareOp,
        /// The value.
        value: Literal,
    },
    /// The attribute has a value: `title pr`.
    Present(AttrPath),
    /// Some element of the attribute matches: `emails[type eq "work"]`.
    ///
    /// `emails[type eq "work"].value eq "x"`, which Entra sends although it
    /// is not in the RFC's grammar, is read as `emails[type eq "work" and value eq "x"]`.
    Element {
        /// The attribute.
        path: AttrPath,
        /// The filter of one element; its paths are sub-attributes.
        filter: Box<Self>,
    },
}

/// A PATCH path (RFC 7644 §3.5.2 figure 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The attribute. With a `filter` it has no `sub`.
    pub attr: AttrPath,
    /// Which elements: the filter inside `[…]`.
    pub filter: Option<Filter>,
    /// Which part of those elements: the name after `].`.
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

    /// Whether it compares an order: `gt`, `ge`, `lt`, `le`.
    #[must_use]
    pub fn is_ordering(self) -> bool {
        matches!(self, Self::Gt | Self::Ge | Self::Lt | Self::Le)
    }

    /// Whether it compares a part of a text: `co`, `sw`, `ew`.
    #[must_use]
    pub fn is_textual(self) -> bool {
        matches!(self, Self::Co | Self::Sw | Self::Ew)
    }
}

/// A value as written.
///
/// A word without quotes is a number or boolean only if it is spelled exactly as in JSON.
/// `007`, `1.50` and `TRUE` stay text, because the attribute may be text; compared with a
/// number or a boolean, they are read as one later.
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
