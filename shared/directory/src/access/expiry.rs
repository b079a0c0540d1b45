//! What ends is told of in time.

use super::credential::Credential;

/// So many days before its end a credential is warned of.
pub const WARNINGS: [i64; 3] = [7, 30, 60];

const DAY: i64 = 86_400;

impl Credential {
    /// The least of [`WARNINGS`] within which it ends, at `now` in seconds since 1970. None
    /// when it has ended, or was revoked.
    #[must_use]
    pub fn warning(&self, now: i64) -> Option<i64> {
        self.expires.and_then(|end| within(end, now)).filter(|_| self.is_good(now))
    }
}

/// The least of [`WARNINGS`] within which `end` comes, at `now`; none when it has come.
pub(crate) fn within(end: i64, now: i64) -> Option<i64> {
    let left = end.checked_sub(now).filter(|left| *left > 0)?;
    WARNINGS.iter().find(|days| left <= **days * DAY).copied()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::credential::{Credential, Scopes};
    use super::DAY;
    use crate::access::oauth::client::ClientSecret;

    #[test]
    fn sixty_thirty_and_seven_days_before() {
        let mut credential = Credential {
            id: "c1".parse().unwrap(),
            hash: String::new(),
            label: String::new(),
            scopes: Scopes::default(),
            created: String::new(),
            expires: None,
            subject: None,
            used: None,
            revoked: None,
        };
        assert_eq!(credential.warning(0), None);
        for (left, warned) in [
            (61, None),
            (60, Some(60)),
            (31, Some(60)),
            (30, Some(30)),
            (7, Some(7)),
            (1, Some(7)),
            (0, None),
        ] {
            credential.expires = Some(1000 + left * DAY);
            assert_eq!(credential.warning(1000), warned, "{left} days");
        }
        credential.expires = Some(1000 + DAY);
        credential.revoked = Some(String::new());
        assert_eq!(credential.warning(1000), None, "it works no longer anyway");
        assert_eq!(ClientSecret::new("s1", String::new(), "", None).warning(1000), None);
        for (left, warned) in
            [(61, None), (60, Some(60)), (30, Some(30)), (7, Some(7)), (0, None), (-1, None)]
        {
            let secret = ClientSecret::new("s1", String::new(), "", Some(1000 + left * DAY));
            assert_eq!(secret.warning(1000), warned, "{left} days");
        }
    }
}
