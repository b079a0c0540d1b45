//! One member of a group (RFC 7643 §4.2).

/// A member as a client sends it. The id is stored as sent: RFC 7644 does not require that
/// the resource exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The id of the member.
    pub value: String,
    /// `User` or `Group`, if sent.
    pub kind: Option<String>,
    /// The name for display, if sent.
    pub display: Option<String>,
}
