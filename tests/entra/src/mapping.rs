//! Attribute mappings: which source attribute flows into which target attribute, as on Entra's
//! *Mappings* page. Mappings are data; the built-in ones are embedded.

pub mod expression;
pub mod path;
mod read;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::expression::Expression;
use self::path::Path;

/// The names of the built-in mappings.
pub const PROFILES: [&str; 5] = ["standard", "kintone", "chatwork", "workgrid", "clarizen-one"];

/// The mapping for one connected system.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Its name in logs and tables.
    pub name: String,
    /// The mapping of users.
    pub users: Objects,
    /// The mapping of groups; `None` when the system has only users.
    pub groups: Option<Objects>,
}

/// The mapping of one kind of object.
#[derive(Clone, Debug)]
pub struct Objects {
    /// The attributes, in the order of the file.
    pub attributes: Vec<Attribute>,
}

/// One row of a mapping.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The target of the value.
    pub target: Path,
    /// The source of the value.
    pub flow: Flow,
    /// The value when the flow gives none.
    pub default: Option<Value>,
    /// Matching precedence, 1 first; `None` for an attribute that is not used for matching.
    pub matching: Option<u32>,
    /// Sent only when an object is created.
    pub create_only: bool,
}

/// The source of a value.
#[derive(Clone, Debug)]
pub enum Flow {
    /// An attribute of the source object.
    Direct(String),
    /// Always the same.
    Constant(Value),
    /// Computed.
    Expression(Expression),
}

/// A kind of object, and its names in SCIM.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Kind {
    /// `/Users`
    User,
    /// `/Groups`
    Group,
}

impl Kind {
    /// The path, relative to the Tenant URL.
    #[must_use]
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
        }
    }

    /// `User` or `Group`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// The URN of the core schema.
    #[must_use]
    pub fn schema(self) -> &'static str {
        match self {
            Self::User => "urn:ietf:params:scim:schemas:core:2.0:User",
            Self::Group => "urn:ietf:params:scim:schemas:core:2.0:Group",
        }
    }
}

impl Mapping {
    /// The mapping of this kind of object, if there is one.
    #[must_use]
    pub fn of(&self, kind: Kind) -> Option<&Objects> {
        match kind {
            Kind::User => Some(&self.users),
            Kind::Group => self.groups.as_ref(),
        }
    }
}

impl Objects {
    /// The matching attributes, in order of precedence.
    #[must_use]
    pub fn matching(&self) -> Vec<&Attribute> {
        let mut rows: Vec<&Attribute> = self.attributes.iter().filter(|row| row.matching.is_some()).collect();
        rows.sort_by_key(|row| row.matching);
        rows
    }

    /// The row with this target, in any letter case.
    #[must_use]
    pub fn target(&self, text: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|row| row.target.text().eq_ignore_ascii_case(text))
    }

    /// The row of a reference attribute: `manager` or `members`.
    #[must_use]
    pub fn reference(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|row| row.target.is_reference() && row.target.attribute() == name)
    }

    /// The rows that hold plain values.
    pub fn values(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().filter(|row| !row.target.is_reference())
    }
}

impl Attribute {
    /// The value for a source object; `source` looks up its attributes. Entra sends no nulls
    /// and no empty texts: those are `None`.
    #[must_use]
    pub fn value(&self, source: &dyn Fn(&str) -> Option<Value>) -> Option<Value> {
        let value = match &self.flow {
            Flow::Direct(name) => source(name),
            Flow::Constant(value) => Some(value.clone()),
            Flow::Expression(expression) => expression.value(source),
        };
        value.and_then(single).or_else(|| self.default.clone())
    }
}

/// The first of several values; `None` for an empty one.
fn single(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::Array(values) => values.into_iter().next().and_then(single),
        value => Some(value),
    }
}
