//! What all handlers share.

use std::sync::Arc;

use directory::id::DirectoryId;
use directory::store::Store;
use scim::profile::Profiles;

use crate::auth::cache::Cache;
use crate::rate::Rates;

/// How this service is reached and whom it trusts.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What stands before `/scim/v2` in the URLs of answers, such as
    /// `https://scim.example.com`. Without it, each request tells: its Host header,
    /// X-Forwarded-Proto and stage.
    pub base_url: Option<String>,
    /// The directory to which tokens belong that are not of our own form. Only the
    /// local server sets it, so that a test can fix any token.
    pub foreign_tokens: Option<DirectoryId>,
    /// The region that this service serves; directories of another one are refused.
    pub region: Option<String>,
    /// The stage that this service serves; directories of another one are refused.
    pub stage: Option<String>,
    /// Adds `x-rollcall-units: r=…;w=…` to answers: the capacity units consumed. For
    /// the local server and tests.
    pub report_units: bool,
    /// Requests a second that a directory may send where it has no rate of its own; 0 for any
    /// number.
    pub requests_per_second: u32,
}

/// The state of the routers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    /// The table.
    pub store: Store,
    /// What directories may offer.
    pub profiles: Arc<Profiles>,
    /// Holders of tokens that were good a moment ago.
    pub credentials: Arc<Cache>,
    /// How much of the directories' rates is used.
    pub rates: Arc<Rates>,
    /// How the service is reached.
    pub settings: Arc<Settings>,
}

impl App {
    /// An app on `store`, whose directories follow `profiles`.
    #[must_use]
    pub fn new(store: Store, profiles: Arc<Profiles>, settings: Settings) -> Self {
        Self {
            store,
            profiles,
            credentials: Arc::default(),
            rates: Arc::default(),
            settings: Arc::new(settings),
        }
    }
}
