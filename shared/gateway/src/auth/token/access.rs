//! Access tokens of OAuth (RFC 6749 §1.4):
//! `ra_<directory>_<client>[.<grant>]_<times and id>[.<scope>…]_<seal><checksum>`.
//!
//! `ra_[a-z0-9-]{1,36}_[a-z0-9.-]{1,73}_[0-9a-z.]{32,}_[0-9a-f]{72}` is the pattern for
//! scanners that look for leaked secrets. A token says itself when it ends and what it may
//! do; the [seal](directory::secret::seals) proves that we said so. What was taken back since is in the
//! items of the client and the grant.

use directory::id::{ClientId, DirectoryId, GrantId};
use directory::secret::deployment::CHECKSUM;
use directory::secret::seals::{Purpose, Seals};
use secrecy::SecretString;

use super::hex;

/// What an access token begins with.
const PREFIX: &str = "ra_";
/// The digits of a time, of an id and of a seal.
const TIME: usize = 8;
const ID: usize = 16;
const SEAL: usize = 64;

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// The directory that it is for.
    pub directory: DirectoryId,
    /// The client that it was issued to.
    pub client: ClientId,
    /// The grant that it was issued by; none when the client asked on its own behalf.
    pub grant: Option<GrantId>,
    /// Its id: 16 hexadecimal digits.
    pub id: String,
    /// When it was issued, in seconds since 1970.
    pub issued: i64,
    /// When it expires, in seconds since 1970.
    pub expires: i64,
    /// What it may do of what its client may, as OAuth writes it; all of it when empty.
    pub scopes: String,
}

impl AccessToken {
    /// The token as a client is given it, sealed by its directory's seals.
    #[must_use]
    pub fn sealed(&self, seals: &Seals) -> SecretString {
        let text = self.text();
        let sealed = format!("{text}_{}", seals.seal(Purpose::AccessToken, &text));
        SecretString::from(seals.deployment().with_checksum(&sealed))
    }

    fn text(&self) -> String {
        let Self { directory, client, id, issued, expires, .. } = self;
        let grant = self.grant.as_ref().map(|grant| format!(".{grant}")).unwrap_or_default();
        let scopes: String = self.scopes.split_ascii_whitespace().map(|scope| format!(".{scope}")).collect();
        format!("{PREFIX}{directory}_{client}{grant}_{issued:08x}{expires:08x}{id}{scopes}")
    }
}

/// An access token as a client presented it: not verified yet.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim {
    /// What it says.
    pub token: AccessToken,
    seal: String,
}

impl Claim {
    /// Reads a token of this form; `None` when `text` is not one. The checksum is not verified.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.strip_prefix(PREFIX)?.splitn(4, '_');
        let (directory, holder, payload) = (fields.next()?, fields.next()?, fields.next()?);
        let (seal, checksum) = fields.next()?.split_at_checked(SEAL)?;
        let (client, grant) = match holder.split_once('.') {
            Some((client, grant)) => (client, Some(grant)),
            None => (holder, None),
        };
        let (head, scopes) = payload.split_once('.').unwrap_or((payload, ""));
        let (issued, rest) = head.split_at_checked(TIME)?;
        let (expires, id) = rest.split_at_checked(TIME)?;
        let token = AccessToken {
            directory: directory.parse().ok()?,
            client: client.parse().ok()?,
            grant: grant.map(str::parse).transpose().ok()?,
            id: id.to_owned(),
            issued: i64::from_str_radix(issued, 16).ok()?,
            expires: i64::from_str_radix(expires, 16).ok()?,
            scopes: scopes.replace('.', " "),
        };
        let well_formed = id.len() == ID && hex(id) && hex(seal) && checksum.len() == CHECKSUM;
        // What could be written in two ways is not ours.
        let ours = well_formed && text == format!("{}_{seal}{checksum}", token.text());
        ours.then(|| Self { token, seal: seal.to_owned() })
    }

    /// Whether it has one of `seals`, and has not expired at `now`, in seconds since 1970. Takes the
    /// same time wherever seals differ.
    #[must_use]
    pub fn is_genuine(&self, seals: &Seals, now: i64) -> bool {
        seals.verify(Purpose::AccessToken, &self.token.text(), &self.seal) && now < self.token.expires
    }
}

impl std::fmt::Debug for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claim").field("token", &self.token).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::string_slice, reason = "tests")]
mod tests {
    use directory::secret::deployment::DeploymentSecret;
    use directory::secret::{Secret, Secrets};
    use secrecy::ExposeSecret;

    use super::*;

    fn seals() -> Seals {
        let deployment = DeploymentSecret::parse(&"d".repeat(32)).unwrap();
        Seals::new(deployment, Secrets::of(Secret::random().unwrap()))
    }

    fn token(grant: Option<&str>, scopes: &str) -> AccessToken {
        AccessToken {
            directory: "acme".parse().unwrap(),
            client: "c-1".parse().unwrap(),
            grant: grant.map(|grant| grant.parse().unwrap()),
            id: "0123456789abcdef".to_owned(),
            issued: 1_700_000_000,
            expires: 1_700_003_600,
            scopes: scopes.to_owned(),
        }
    }

    #[test]
    fn what_was_sealed_is_read_back_and_believed_until_it_expires() {
        let seals = seals();
        for (grant, scopes) in [(None, ""), (Some("g1"), ""), (None, "read users"), (Some("g1"), "read")] {
            let token = token(grant, scopes);
            let claim = Claim::parse(token.sealed(&seals).expose_secret()).unwrap();
            assert_eq!(claim.token, token);
            assert!(claim.is_genuine(&seals, token.expires - 1));
            assert!(!claim.is_genuine(&seals, token.expires));
            assert!(!claim.is_genuine(&self::seals(), token.issued));
        }
    }

    #[test]
    fn no_character_of_a_token_can_be_another() {
        let seals = seals();
        let good = token(Some("g1"), "read").sealed(&seals).expose_secret().to_owned();
        // What follows is the checksum, whose own test this is not.
        for at in 0..good.len() - CHECKSUM {
            for other in ["0", "a", "F", "_", ".", "é", ""] {
                let changed = format!("{}{other}{}", &good[..at], &good[at + 1..]);
                let opens =
                    Claim::parse(&changed).is_some_and(|claim| claim.is_genuine(&seals, 1_700_000_001));
                assert_eq!(opens, changed == good, "{changed}");
            }
        }
    }

    #[test]
    fn other_texts_are_not_read() {
        for text in ["", "ra_", "ra_a_b_c_d", "rc_acme_c1_00", "ra_acme_c1_ffffffffffffffffffffffffffffffff_"]
        {
            assert_eq!(Claim::parse(text), None, "{text}");
        }
    }
}
