//! An attribute's row: its characteristics (RFC 7643 §2.2, §7).

use serde::Deserialize;

use super::compare::comparable;

/// The data type of an attribute (RFC 7643 §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Type {
    /// Unicode text.
    #[default]
    String,
    /// `true` or `false`.
    Boolean,
    /// A real number.
    Decimal,
    /// A whole number.
    Integer,
    /// An RFC 3339 date and time.
    DateTime,
    /// Base64 text.
    Binary,
    /// A URI.
    Reference,
    /// An object of sub-attributes.
    Complex,
}

/// Whether clients may change an attribute, and when (RFC 7643 §7 `mutability`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mutability {
    /// Only the service writes it. A client's value is ignored.
    ReadOnly,
    /// A client may write it at any time.
    #[default]
    ReadWrite,
    /// A client may write it once.
    Immutable,
    /// A client may write it. It is never returned.
    WriteOnly,
}

/// When an attribute is returned (RFC 7643 §7 `returned`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Returned {
    /// In every response, even if excluded.
    Always,
    /// In no response.
    Never,
    /// Unless excluded.
    #[default]
    Default,
    /// Only if a client asks for it.
    Request,
}

/// Whether resources may share a value (RFC 7643 §7 `uniqueness`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Uniqueness {
    /// Duplicates are allowed.
    #[default]
    None,
    /// No two resources of one directory share the value.
    Server,
    /// No two resources anywhere share the value.
    Global,
}

/// What `canonicalValues` mean for a value that a client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// They are suggestions: any value is accepted.
    Suggested,
    /// For the `type` of list elements: the types that a profile offers. Elements of other
    /// types are ignored, and a PATCH path to one is `invalidPath`.
    Offered,
    /// They are the only values: others are refused.
    Allowed,
}

/// One attribute or sub-attribute, as `/Schemas` publishes it (RFC 7643 §7).
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// The name as RFC 7643 spells it. Clients may use any letter case.
    pub name: String,
    /// The data type.
    pub kind: Type,
    /// Whether the value is an array.
    pub multi_valued: bool,
    /// A sentence that describes it.
    pub description: String,
    /// Whether a resource without it is refused.
    pub required: bool,
    /// Whether letter case counts when values are compared.
    pub case_exact: bool,
    /// Whether people sign in with it: blanks at its edges are trimmed, and characters that
    /// make two names look the same are refused.
    pub sign_in_name: bool,
    /// Whether clients may change it.
    pub mutability: Mutability,
    /// When it is returned.
    pub returned: Returned,
    /// Whether resources may share a value.
    pub uniqueness: Uniqueness,
    /// Its canonical values (RFC 7643 §7).
    pub canonical_values: Vec<String>,
    /// What the canonical values mean for other values.
    pub values: Values,
    /// Whether a filter may use it.
    pub filterable: bool,
    /// For references: the types of their targets.
    pub reference_types: Vec<String>,
    /// For complex attributes: the rows of their parts.
    pub sub_attributes: Vec<Attribute>,
}

impl Attribute {
    /// A readWrite, single-valued, optional attribute of `kind`, returned by default.
    #[must_use]
    pub fn new(kind: Type, name: &str, description: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            multi_valued: false,
            description: description.to_owned(),
            required: false,
            case_exact: false,
            sign_in_name: false,
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            canonical_values: Vec::new(),
            values: Values::Suggested,
            filterable: true,
            reference_types: Vec::new(),
            sub_attributes: Vec::new(),
        }
    }

    /// A [`Type::String`] without significant letter case.
    #[must_use]
    pub fn string(name: &str, description: &str) -> Self {
        Self::new(Type::String, name, description)
    }

    /// A [`Type::Boolean`].
    #[must_use]
    pub fn boolean(name: &str, description: &str) -> Self {
        Self::new(Type::Boolean, name, description)
    }

    /// A [`Type::DateTime`].
    #[must_use]
    pub fn date_time(name: &str, description: &str) -> Self {
        Self::new(Type::DateTime, name, description)
    }

    /// A [`Type::Reference`] to `types` (`User`, `external`, `uri`, …), case-exact
    /// as RFC 7643 §2.3.7 requires.
    #[must_use]
    pub fn reference(name: &str, types: &[&str], description: &str) -> Self {
        let mut row = Self::new(Type::Reference, name, description).exact();
        row.reference_types = types.iter().map(|t| (*t).to_owned()).collect();
        row
    }

    /// A [`Type::Complex`] with these `parts`.
    #[must_use]
    pub fn complex(name: &str, description: &str, parts: Vec<Self>) -> Self {
        let mut row = Self::new(Type::Complex, name, description);
        row.sub_attributes = parts;
        row
    }

    /// Makes the value an array.
    #[must_use]
    pub fn many(mut self) -> Self {
        self.multi_valued = true;
        self
    }

    /// Makes the attribute required.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Makes letter case significant.
    #[must_use]
    pub fn exact(mut self) -> Self {
        self.case_exact = true;
        self
    }

    /// Makes it a name with which people sign in.
    #[must_use]
    pub fn sign_in_name(mut self) -> Self {
        self.sign_in_name = true;
        self
    }

    /// Sets whether clients may change it.
    #[must_use]
    pub fn mutability(mut self, mutability: Mutability) -> Self {
        self.mutability = mutability;
        self
    }

    /// Sets when it is returned.
    #[must_use]
    pub fn returned(mut self, returned: Returned) -> Self {
        self.returned = returned;
        self
    }

    /// Makes it unique within a directory.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.uniqueness = Uniqueness::Server;
        self
    }

    /// Suggests `values`.
    #[must_use]
    pub fn canonical(mut self, values: &[&str]) -> Self {
        self.canonical_values = values.iter().map(|v| (*v).to_owned()).collect();
        self
    }

    /// Whether `text` is one of the canonical values.
    #[must_use]
    pub fn lists(&self, text: &str) -> bool {
        let sent = comparable(text, self.case_exact);
        self.canonical_values.iter().any(|value| comparable(value, self.case_exact) == sent)
    }

    /// Whether the profile offers elements of the type `text`.
    #[must_use]
    pub fn offers(&self, text: &str) -> bool {
        self.sub("type").is_none_or(|types| types.values != Values::Offered || types.lists(text))
    }

    /// The sub-attribute called `name`, in any letter case.
    #[must_use]
    pub fn sub(&self, name: &str) -> Option<&Self> {
        self.sub_attributes.iter().find(|s| s.name.eq_ignore_ascii_case(name))
    }

    /// The sub-attribute `value`, which represents the whole element of a multi-valued or
    /// reference-like complex attribute (RFC 7643 §2.4).
    #[must_use]
    pub fn value_sub(&self) -> Option<&Self> {
        self.sub("value")
    }
}
