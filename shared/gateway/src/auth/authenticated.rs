//! A token's holder and its directory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use directory::access::admission::{Admission, Holder, Principal};
use directory::access::permissions::Scopes;
use directory::id::DirectoryId;
use directory::registry::record::{DirectoryRecord, Record};
use directory::registry::transition::Stage;
use directory::resource::existing::Policy;
use directory::secret::Secrets;
use directory::secret::deployment::DeploymentSecret;
use directory::secret::seals::Seals;
use scim::error::Kind;
use scim::model::profile::Profile;
use scim::profile::transition::with_indexes_of;
use scim::profile::{ProfileError, Profiles};

use super::access::Access;
use super::open::open;
use super::rate;
use crate::http::error::Failure;
use crate::settings::Settings;

/// How long a client should wait for a profile that the service does not know, in seconds.
const RETRY_SECONDS: u64 = 60;

/// A holder and a directory, as they were read.
#[derive(Debug)]
pub(crate) struct Authenticated {
    pub(super) holder: Holder,
    pub(super) secrets: Option<Secrets>,
    pub(super) directory: DirectoryRecord,
    subject: Option<Arc<str>>,
    /// What the directory offers; only where it is open.
    profile: Option<Arc<Profile>>,
    /// Whether a request was asked to record a use since this was read.
    noted: AtomicBool,
}

impl Authenticated {
    pub(super) fn of(admission: Admission) -> Self {
        let Admission { holder, record: Record { directory, secrets } } = admission;
        let subject = match &holder {
            Holder::Credential(credential) => credential.subject.as_deref().map(Arc::from),
            Holder::Client(_) | Holder::Grant(..) => None,
        };
        Self { holder, secrets, directory, subject, profile: None, noted: AtomicBool::new(false) }
    }

    /// Whether a use at `now`, in seconds since 1970, is to be recorded. Clients are noted when they get a token.
    pub(super) fn is_use_due(&self, now: i64) -> bool {
        match &self.holder {
            Holder::Credential(credential) => credential.is_use_due(now),
            Holder::Client(_) | Holder::Grant(..) => false,
        }
    }

    /// Notes that a request records a use. Returns `false` if another one did before.
    pub(super) fn note_use(&self) -> bool {
        !self.noted.swap(true, Ordering::Relaxed)
    }

    /// Whether the directory is open, at this address.
    pub(super) fn admits(&self, settings: &Settings) -> Result<(), Failure> {
        open(&self.directory, settings)
    }

    /// Finds out what the directory offers. It was checked when it was chosen: only a service
    /// that was deployed without a profile in use does not know it.
    pub(super) fn follow(&mut self, profiles: &Profiles) -> Result<(), Failure> {
        let record = &self.directory;
        let unknown = |name: &str, error: ProfileError| {
            tracing::error!(directory = %record.id, %error, "the directory's profile cannot be used");
            // Not the error itself, which names those of other directories.
            let detail = format!(
                "the service does not know the directory's profile `{name}`: its operator has to add it"
            );
            Failure::later(Kind::Unavailable, detail, RETRY_SECONDS)
        };
        let profile = record.asking(&profiles.get(&record.profile).map_err(|e| unknown(&record.profile, e))?);
        self.profile = Some(match &record.transition {
            None => profile,
            Some(transition) => match (profiles.get(&transition.other), transition.stage) {
                (Ok(other), _) => with_indexes_of(&profile, &other),
                // The last one is not needed any more: what it indexes is about to go.
                (Err(_), Stage::Retiring) => profile,
                (Err(error), Stage::Preparing) => return Err(unknown(&transition.other, error)),
            },
        });
        Ok(())
    }

    /// The directory's seals; `None` when it has no secret, so that none of its tokens is valid.
    pub(super) fn seals(&self, deployment: &DeploymentSecret) -> Option<Seals> {
        self.secrets.clone().map(|secrets| Seals::new(deployment.clone(), secrets))
    }

    /// What a request may touch whose token allows `scopes`.
    ///
    /// # Errors
    /// A fault of ours, where the directory has no secret, or it was not found out yet what it offers.
    pub(super) fn access(
        &self,
        directory: DirectoryId,
        principal: &Principal,
        scopes: Scopes,
        deployment: &DeploymentSecret,
    ) -> Result<Access, Failure> {
        Ok(Access {
            directory,
            credential: principal.by(),
            scopes,
            profile: self.profile.clone().ok_or_else(Failure::internal)?,
            subject: self.subject.clone(),
            seals: self.seals(deployment).ok_or_else(Failure::internal)?,
            adopt: Policy::of(&self.directory.settings),
            requests_per_second: rate::own(&self.directory.settings),
            has_security_events: self.directory.token_subscriptions > 0,
        })
    }
}

#[cfg(test)]
impl Authenticated {
    /// The credential `id` of `directory`, whose token has this digest.
    pub(crate) fn credential(directory: &str, id: &str, digest: &str, profile: Arc<Profile>) -> Self {
        use directory::access::credential::{Credential, NewCredential};
        use directory::secret::Secret;
        let (Ok(directory), Ok(id), Ok(secret)) = (directory.parse(), id.parse(), Secret::random()) else {
            unreachable!("ids of tests are ids")
        };
        let credential = Credential::of(&NewCredential::new(id, digest.to_owned(), ""), &secret);
        Self {
            holder: Holder::Credential(credential),
            secrets: Some(Secrets::of(secret)),
            directory: DirectoryRecord::new(directory, "", &profile),
            subject: None,
            profile: Some(profile),
            noted: AtomicBool::new(false),
        }
    }
}
