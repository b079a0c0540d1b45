//! What a credential allows: rights, and sets of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Read resources.
    Read = 1,
    /// Change resources, and read the changed resource in the response.
    Write = 2,
    /// The above, with users.
    Users = 4,
    /// The above, with groups.
    Groups = 8,
    /// Allow access to an OAuth client on its consent page. Nothing of SCIM.
    Consent = 16,
    /// Read the directory's events. Nothing of SCIM.
    Events = 32,
}

const ALL: [(Right, &str); 6] = [
    (Right::Read, "read"),
    (Right::Write, "write"),
    (Right::Users, "users"),
    (Right::Groups, "groups"),
    (Right::Consent, "consent"),
    (Right::Events, "events"),
];

impl Right {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        ALL.iter().find(|(right, _)| *right == self).map_or("", |(_, name)| name)
    }
}

/// A text that is not the name of a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a scope is `read`, `write`, `users`, `groups`, `consent` or `events`")]
pub struct InvalidScope;

/// A set of rights. By default all of SCIM, without consent and events. Stored as
/// [`Display`](fmt::Display) writes it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Scopes(u8);

const VERBS: u8 = Right::Read as u8 | Right::Write as u8;
const NOUNS: u8 = Right::Users as u8 | Right::Groups as u8;
const OTHERS: u8 = Right::Consent as u8 | Right::Events as u8;

impl Default for Scopes {
    fn default() -> Self {
        Self(VERBS | NOUNS)
    }
}

impl Scopes {
    /// Whether `right` is in the set.
    #[must_use]
    pub fn allow(self, right: Right) -> bool {
        self.0 & right as u8 != 0
    }

    /// Whether it is all of SCIM and nothing else: it is not stored then.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the set allows anything of SCIM.
    #[must_use]
    pub fn allow_scim(self) -> bool {
        self.0 & VERBS != 0 && self.0 & NOUNS != 0
    }

    /// The rights that are in both sets.
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

    /// Reads names separated by spaces. Without `read` and `write`, both are in the set; without `users`
    /// and `groups`, both are. So `read` allows to read all resources, `users` allows everything with
    /// users, and the empty text allows all of SCIM.
    fn from_str(text: &str) -> Result<Self, InvalidScope> {
        let mut bits = 0;
        for name in text.split_ascii_whitespace() {
            let (right, _) = ALL.into_iter().find(|(_, known)| *known == name).ok_or(InvalidScope)?;
            bits |= right as u8;
        }
        // `consent` and `events` alone allow nothing of SCIM.
        if bits != 0 && bits & !OTHERS == 0 {
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

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
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
    fn a_kind_without_a_named_right_is_not_restricted() {
        for (named, meant) in [
            ("", "read write users groups"),
            ("read", "read users groups"),
            ("users", "read write users"),
            ("write groups", "write groups"),
            ("consent", "consent"),
            ("read consent", "read users groups consent"),
            ("events", "events"),
            ("consent events", "consent events"),
            ("users events", "read write users events"),
        ] {
            assert_eq!(scopes(named).to_string(), meant);
            assert_eq!(scopes(meant), scopes(named), "what is written is read back");
        }
        assert_eq!("Read".parse::<Scopes>(), Err(InvalidScope));
        assert_eq!("read,users".parse::<Scopes>(), Err(InvalidScope));
    }

    #[test]
    fn two_sets_allow_what_each_of_them_allows() {
        let nothing = scopes("read users").and(scopes("write"));
        assert!(!nothing.allow_scim() && !nothing.allow(Right::Read));
        assert_eq!(scopes("users").and(scopes("read")), scopes("read users"));
        let neither = scopes("users").and(scopes("groups"));
        assert!(neither.allow(Right::Read) && !neither.allow_scim());
        assert!(!scopes("consent").allow_scim() && !scopes("events").allow_scim());
        assert!(!Scopes::default().allow(Right::Events));
    }
}
