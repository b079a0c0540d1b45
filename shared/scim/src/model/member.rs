//! One member of a group (RFC 7643 §4.2).

/// A member as a client names it. Ids are kept as sent: RFC 7644 does not ask that the
/// resource exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The id of the member.
    pub value: String,
    /// `User` or `Group`, when sent.
    pub kind: Option<String>,
    /// The name for display, when sent.
    pub display: Option<String>,
}
