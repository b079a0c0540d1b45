//! Attribute mappings: which source attribute flows into which target attribute, as the
//! *Mappings* page of Entra has it. Mappings are data; the built-in ones are embedded.

pub mod expression;
pub mod path;
mod read;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::expression::Expression;
use self::path::Path;

/// The names of the built-in mappings.
pub const PROFILES: [&str; 5] = ["standard", "kintone", "chatwork", "workgrid", "clarizen-one"];

/// What flows to one connected system.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Its name, as logs and tables show it.
    pub name: String,
    /// How users flow.
    pub users: Objects,
    /// How groups flow; without it the system has users only.
    pub groups: Option<Objects>,
}

/// How one kind of object flows.
#[derive(Clone, Debug)]
pub struct Objects {
    /// The attributes, in the order of the file.
    pub attributes: Vec<Attribute>,
}

/// One row of a mapping.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Where the value goes.
    pub target: Path,
    /// Where it comes from.
    pub flow: Flow,
    /// Taken when the flow gives no value.
    pub default: Option<Value>,
    /// Matching precedence, 1 first; `None` for what is not matched on.
    pub matching: Option<u32>,
    /// Flows when an object is created, and never again.
    pub create_only: bool,
}

/// Where a value comes from.
#[derive(Clone, Debug)]
pub enum Flow {
    /// An attribute of the source object.
    Direct(String),
    /// Always the same.
    Constant(Value),
    /// Computed.
    Expression(Expression),
}

/// A kind of object, and what belongs to it on the wire.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Kind {
    /// `/Users`
    User,
    /// `/Groups`
    Group,
}

impl Kind {
    /// The path behind the Tenant URL.
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
    /// How objects of this kind flow, if they do.
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

    /// The row whose target is written like this, in any letter case.
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
    /// The value for a source object, whose attributes `source` looks up. Entra sends no
    /// nulls and no empty texts: those are `None`.
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

/// The first of several values, and nothing for what is empty.
fn single(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::Array(values) => values.into_iter().next().and_then(single),
        value => Some(value),
    }
}
