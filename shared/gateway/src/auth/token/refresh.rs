//! Refresh tokens of OAuth (RFC 6749 §1.5): `rr_<directory>_<grant>_<generation>_<seal><checksum>`.
//!
//! Nothing of one is kept but the generation that is good ([`directory::access::oauth::grant`]).

use directory::id::{DirectoryId, GrantId};
use directory::secret::deployment::CHECKSUM;
use directory::secret::seals::{Purpose, Seals};
use secrecy::SecretString;

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
    pub fn sealed(directory: &DirectoryId, grant: &GrantId, generation: u32, seals: &Seals) -> SecretString {
        let text = text(directory, grant, generation);
        let sealed = format!("{text}_{}", seals.seal(Purpose::RefreshToken, &text));
        SecretString::from(seals.deployment().with_checksum(&sealed))
    }

    /// Reads a token of this form; `None` when `text` is not one. The checksum is not verified.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut fields = text.strip_prefix(PREFIX)?.splitn(4, '_');
        let (directory, grant) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        let (generation, end) = (fields.next()?.parse().ok()?, fields.next()?);
        let ours = text == format!("{}_{end}", self::text(&directory, &grant, generation));
        let seal = end.get(..end.len().checked_sub(CHECKSUM)?)?;
        ours.then(|| Self { directory, grant, generation, seal: seal.to_owned() })
    }

    /// Whether it has one of `seals`. Takes the same time wherever seals differ.
    #[must_use]
    pub fn is_genuine(&self, seals: &Seals) -> bool {
        let text = text(&self.directory, &self.grant, self.generation);
        seals.verify(Purpose::RefreshToken, &text, &self.seal)
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
    use directory::secret::deployment::DeploymentSecret;
    use directory::secret::{Secret, Secrets};
    use secrecy::ExposeSecret;

    use super::*;

    fn seals() -> Seals {
        let deployment = DeploymentSecret::parse(&"d".repeat(32)).unwrap();
        Seals::new(deployment, Secrets::of(Secret::random().unwrap()))
    }

    #[test]
    fn only_what_was_sealed_is_genuine() {
        let (directory, grant) = ("acme".parse().unwrap(), "g1".parse().unwrap());
        let seals = seals();
        let sealed = RefreshToken::sealed(&directory, &grant, 7, &seals);
        let good = RefreshToken::parse(sealed.expose_secret()).unwrap();
        assert_eq!((&good.directory, &good.grant, good.generation), (&directory, &grant, 7));
        assert!(good.is_genuine(&seals));
        assert!(!good.is_genuine(&self::seals()));
        let next = sealed.expose_secret().replace("_7_", "_8_");
        assert!(!RefreshToken::parse(&next).unwrap().is_genuine(&seals));
        for text in ["", "rr_", "rr_acme_g1_07_aa", "rr_acme_g1_+7_aa", "rr_acme_g1_7"] {
            assert_eq!(RefreshToken::parse(text), None, "{text}");
        }
    }
}
