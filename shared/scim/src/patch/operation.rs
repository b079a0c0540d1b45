//! One operation of a PATCH (RFC 7644 §3.5.2).

use serde_json::Value;

/// The verb of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// RFC 7644 §3.5.2.1.
    Add,
    /// RFC 7644 §3.5.2.2.
    Remove,
    /// RFC 7644 §3.5.2.3.
    Replace,
}

impl Op {
    /// The name as the RFC spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
        }
    }
}

/// One operation, as sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// The verb.
    pub op: Op,
    /// The path; `None` is the resource itself.
    pub path: Option<String>,
    /// The value. `Some(Value::Null)` is a null that was sent.
    pub value: Option<Value>,
}
