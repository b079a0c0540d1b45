//! Refresh tokens of OAuth (RFC 6749 §1.5): `rr_<directory>_<grant>_<generation>_<seal>`.
//!
//! Nothing of one is kept but the generation that is good ([`directory::access::oauth::grant`]).

use directory::access::oauth::seal::{Purpose, seal};
use directory::id::{DirectoryId, GrantId};
use directory::secret::Secret;
use secrecy::SecretString;
use subtle::ConstantTimeEq;

const PREFIX: &str = "rr_";

/// A refresh token as a client presented it: not verified yet.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The directory that it is for.
    pub directory: DirectoryId,
    /// The grant that it continues.
    pub grant: GrantId,
    /// Which one of the grant's it is.
    pub generation: u32,
    seal: String,
}

impl RefreshToken {
    /// The token of `grant` and `generation`, as the client is given it.
    #[must_use]
    pub fn sealed(
        directory: &DirectoryId,
        grant: &GrantId,
        generation: u32,
        secret: &Secret,
    ) -> SecretString {
        let text = text(directory, grant, generation);
        SecretString::from(format!("{text}_{}", seal(secret, Purpose::RefreshToken, &text)))
    }

    /// Reads a token of this form; `None` when `text` is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.strip_prefix(PREFIX)?.splitn(4, '_');
        let (directory, grant) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        let (generation, seal) = (fields.next()?.parse().ok()?, fields.next()?);
        let ours = text == format!("{}_{seal}", self::text(&directory, &grant, generation));
        ours.then(|| Self { directory, grant, generation, seal: seal.to_owned() })
    }

    /// Whether it was made with `secret`. Takes the same time wherever seals differ.
    #[must_use]
    pub fn is_genuine(&self, secret: &Secret) -> bool {
        let text = text(&self.directory, &self.grant, self.generation);
        let ours = seal(secret, Purpose::RefreshToken, &text);
        bool::from(ours.as_bytes().ct_eq(self.seal.as_bytes())) && !ours.is_empty()
    }
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshToken").field("grant", &self.grant).finish_non_exhaustive()
    }
}

fn text(directory: &DirectoryId, grant: &GrantId, generation: u32) -> String {
    format!("{PREFIX}{directory}_{grant}_{generation}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn only_what_was_sealed_is_genuine() {
        let (directory, grant) = ("acme".parse().unwrap(), "g1".parse().unwrap());
        let secret = Secret::random().unwrap();
        let sealed = RefreshToken::sealed(&directory, &grant, 7, &secret);
        let good = RefreshToken::parse(sealed.expose_secret()).unwrap();
        assert_eq!((&good.directory, &good.grant, good.generation), (&directory, &grant, 7));
        assert!(good.is_genuine(&secret));
        assert!(!good.is_genuine(&Secret::random().unwrap()));
        let next = sealed.expose_secret().replace("_7_", "_8_");
        assert!(!RefreshToken::parse(&next).unwrap().is_genuine(&secret));
        for text in ["", "rr_", "rr_acme_g1_07_aa", "rr_acme_g1_+7_aa", "rr_acme_g1_7"] {
            assert_eq!(RefreshToken::parse(text), None, "{text}");
        }
    }
}
