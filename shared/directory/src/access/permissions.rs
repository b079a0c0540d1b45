//! What a credential may do.

use std::fmt;
use std::str::FromStr;

/// One right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// To see resources.
    Read = 1,
    /// To change resources, and to see what became of them.
    Write = 2,
    /// To do so with users.
    Users = 4,
    /// To do so with groups.
    Groups = 8,
    /// To let an OAuth client in, on its consent page; nothing of SCIM.
    Consent = 16,
}

const ALL: [(Right, &str); 5] = [
    (Right::Read, "read"),
    (Right::Write, "write"),
    (Right::Users, "users"),
    (Right::Groups, "groups"),
    (Right::Consent, "consent"),
];

impl Right {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        ALL.iter().find(|(right, _)| *right == self).map_or("", |(_, name)| name)
    }
}

/// A text that names no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a scope is `read`, `write`, `users`, `groups` or `consent`")]
pub struct InvalidScope;

/// A set of rights. By default all of SCIM, and no consent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Scopes(u8);

const VERBS: u8 = Right::Read as u8 | Right::Write as u8;
const NOUNS: u8 = Right::Users as u8 | Right::Groups as u8;

impl Default for Scopes {
    fn default() -> Self {
        Self(VERBS | NOUNS)
    }
}

impl Scopes {
    /// Whether `right` is among them.
    #[must_use]
    pub fn allow(self, right: Right) -> bool {
        self.0 & right as u8 != 0
    }

    /// Whether they allow anything of SCIM.
    #[must_use]
    pub fn allow_scim(self) -> bool {
        self.0 & VERBS != 0 && self.0 & NOUNS != 0
    }

    /// What both allow.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The names of the rights.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        ALL.into_iter().filter(move |(right, _)| self.allow(*right)).map(|(_, name)| name)
    }
}

impl FromStr for Scopes {
    type Err = InvalidScope;

    /// Reads names with blanks between them. Where some are named but none of `read` and
    /// `write`, both are meant, and likewise of `users` and `groups`: `read` is to read all,
    /// `users` all that can be done with users. Of nothing everything of SCIM is meant.
    fn from_str(text: &str) -> Result<Self, InvalidScope> {
        let mut bits = 0;
        for name in text.split_ascii_whitespace() {
            let (right, _) = ALL.into_iter().find(|(_, known)| *known == name).ok_or(InvalidScope)?;
            bits |= right as u8;
        }
        // Consent alone is nothing of SCIM.
        if bits == Right::Consent as u8 {
            return Ok(Self(bits));
        }
        for dimension in [VERBS, NOUNS] {
            if bits & dimension == 0 {
                bits |= dimension;
            }
        }
        Ok(Self(bits))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().collect::<Vec<_>>().join(" "))
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scopes({self})")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn scopes(text: &str) -> Scopes {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_not_named_of_a_kind_is_not_restricted() {
        for (named, meant) in [
            ("", "read write users groups"),
            ("read", "read users groups"),
            ("users", "read write users"),
            ("write groups", "write groups"),
            ("consent", "consent"),
            ("read consent", "read users groups consent"),
        ] {
            assert_eq!(scopes(named).to_string(), meant);
            assert_eq!(scopes(meant), scopes(named), "what is written reads the same");
        }
        assert_eq!("Read".parse::<Scopes>(), Err(InvalidScope));
        assert_eq!("read,users".parse::<Scopes>(), Err(InvalidScope));
    }

    #[test]
    fn two_sets_allow_what_both_do() {
        let nothing = scopes("read users").and(scopes("write"));
        assert!(!nothing.allow_scim() && !nothing.allow(Right::Read));
        assert_eq!(scopes("users").and(scopes("read")), scopes("read users"));
        let nobody = scopes("users").and(scopes("groups"));
        assert!(nobody.allow(Right::Read) && !nobody.allow_scim());
        assert!(!scopes("consent").allow_scim());
    }
}
