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

impl Member {
    /// Takes over the `type` and the `display` of `sent`, the same member as a client sends it again.
    /// What it leaves out stays.
    pub fn update(&mut self, sent: &Self) {
        for (known, sent) in [(&mut self.kind, &sent.kind), (&mut self.display, &sent.display)] {
            if sent.is_some() {
                known.clone_from(sent);
            }
        }
    }
}
