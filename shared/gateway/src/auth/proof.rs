//! Whether a token is what it says.

use std::sync::LazyLock;

use directory::access::admission::{Holder, Principal};
use directory::access::oauth::client::Client;
use directory::access::permissions::Scopes;
use directory::id::DirectoryId;
use directory::secret::deployment::DeploymentSecret;
use directory::secret::seals::Seals;
use directory::secret::{Secret, Secrets};
use subtle::ConstantTimeEq;

use super::authenticated::Authenticated;
use super::token::access::Claim;
use super::token::{self, Token};

/// What a token claims, and what has to be compared before it is believed.
pub(super) struct Presented {
    pub(super) directory: DirectoryId,
    pub(super) principal: Principal,
    pub(super) proof: Proof,
}

pub(super) enum Proof {
    /// A static token, by its digest.
    Digest(String),
    /// An OAuth access token.
    Sealed(Claim),
}

/// What a token turns out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opened {
    /// It is good, and allows this.
    Yes(Scopes),
    /// It is the token of this holder, and was revoked or has ended.
    Over,
    /// It is no token of this holder.
    No,
}

/// Tokens without a holder are compared with this, so that the response takes as long.
pub(super) static STAND_IN: LazyLock<Option<Secrets>> =
    LazyLock::new(|| Secret::random().ok().map(Secrets::of));
const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl Presented {
    /// What `token` claims; `None` when it has none of the accepted forms, or its checksum is not
    /// that of `deployment`. A token that is not of our form belongs to the directory `foreign`.
    pub(super) fn read(
        token: &str,
        deployment: &DeploymentSecret,
        foreign: Option<&DirectoryId>,
    ) -> Option<Self> {
        let digest = || Proof::Digest(token::hash(token));
        let ours = Some(token).filter(|token| deployment.has_checksum(token));
        if let Some(Token { directory, credential }) = ours.and_then(Token::parse) {
            let principal = Principal::Credential(credential);
            return Some(Self { directory, principal, proof: digest() });
        }
        if let Some(claim) = ours.and_then(Claim::parse) {
            let client = claim.token.client.clone();
            let principal = match claim.token.grant.clone() {
                None => Principal::Client(client),
                Some(id) => Principal::Grant { id, client },
            };
            let directory = claim.token.directory.clone();
            return Some(Self { directory, principal, proof: Proof::Sealed(claim) });
        }
        let directory = foreign.cloned()?;
        let credential = token::foreign_id(&token::hash(token)).ok()?;
        Some(Self { directory, principal: Principal::Credential(credential), proof: digest() })
    }
}

impl Proof {
    /// Whether the token is that of `known` and is good at `now`, in seconds since 1970. Takes the same time
    /// without a holder, and wherever hashes differ.
    pub(super) fn opens(
        &self,
        known: Option<&Authenticated>,
        deployment: &DeploymentSecret,
        now: i64,
    ) -> Opened {
        let own = known.and_then(|known| known.seals(deployment));
        let is_own = own.is_some();
        let stand_in = || STAND_IN.clone().map(|secrets| Seals::new(deployment.clone(), secrets));
        let Some(seals) = own.or_else(stand_in) else { return Opened::No };
        let holder = known.map(|known| &known.holder);
        let (is_genuine, scopes) = match (self, holder) {
            (Self::Digest(digest), holder) => {
                let (hash, scopes) = match holder {
                    Some(Holder::Credential(credential)) => {
                        (credential.hash(), credential.is_valid(now).then_some(credential.scopes))
                    }
                    _ => (NO_HASH, None),
                };
                (bool::from(seals.hashes().keyed(digest).as_bytes().ct_eq(hash.as_bytes())), scopes)
            }
            (Self::Sealed(claim), holder) => {
                let genuine = claim.is_genuine(&seals, now);
                let token = &claim.token;
                let allowed = match holder {
                    Some(Holder::Client(client)) => of_client(client, claim),
                    Some(Holder::Grant(grant, client)) => {
                        let good = grant.is_valid() && !grant.tokens.contains(&token.id, token.issued);
                        let scopes = of_client(client, claim).filter(|_| good);
                        scopes.and_then(|scopes| Some(scopes.and(grant.scopes.parse().ok()?)))
                    }
                    Some(Holder::Credential(_)) | None => None,
                };
                (genuine, allowed)
            }
        };
        // Only with the directory's own secrets.
        match scopes {
            _ if !is_genuine || !is_own => Opened::No,
            Some(scopes) => Opened::Yes(scopes),
            None => Opened::Over,
        }
    }
}

/// What a client's token allows of what the client may do; nothing if the client or the token is
/// revoked, or the token lives longer than the client's tokens do.
fn of_client(client: &Client, claim: &Claim) -> Option<Scopes> {
    let token = &claim.token;
    let longest = i64::from(client.lifetime);
    if client.revoked.is_some()
        || client.tokens.contains(&token.id, token.issued)
        || token.expires.saturating_sub(token.issued) > longest
    {
        return None;
    }
    let (client, token): (Scopes, Scopes) = (client.scopes.parse().ok()?, token.scopes.parse().ok()?);
    Some(client.and(token))
}
