//! The state that all handlers share.

use std::sync::Arc;

use directory::Table;
use directory::recent::RecentLists;
use scim::profile::Profiles;

use crate::auth::authenticate::Authenticator;
use crate::auth::deployment::Deployment;
use crate::auth::holders::Holders;
use crate::auth::rate::Rates;
use crate::log::refusals::Refusals;
use crate::settings::Settings;

/// The state of the routers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    /// The table.
    pub table: Table,
    /// The profiles that directories may follow.
    pub profiles: Arc<Profiles>,
    /// How the service is reached.
    pub settings: Arc<Settings>,
    /// The deployment's secret.
    pub deployment: Deployment,
    /// Reads the holders of tokens.
    pub holders: Arc<Holders>,
    /// Verifies tokens.
    pub authenticator: Arc<Authenticator>,
    /// The member lists that groups had when this process last read or changed them.
    pub lists: Arc<RecentLists>,
    /// Counts requests against the directories' rates.
    pub rates: Arc<Rates>,
    /// Notes refused requests for the console.
    pub refusals: Arc<Refusals>,
}

impl App {
    /// An app on `table`, whose directories follow `profiles` and whose tokens are made with the secret
    /// of `deployment`.
    #[must_use]
    pub fn new(
        table: Table,
        profiles: Arc<Profiles>,
        deployment: impl Into<Deployment>,
        settings: Settings,
    ) -> Self {
        let deployment = deployment.into();
        let settings = Arc::new(settings);
        let rates = Rates::new(table.clone(), settings.requests_per_second);
        let refusals = Arc::new(Refusals::new(table.clone()));
        let holders = Arc::new(Holders::new(table.clone()));
        let authenticator = Authenticator::new(
            Arc::clone(&holders),
            Arc::clone(&profiles),
            deployment.clone(),
            Arc::clone(&settings),
        );
        let (authenticator, rates) = (Arc::new(authenticator), Arc::new(rates));
        Self {
            table,
            profiles,
            settings,
            deployment,
            holders,
            authenticator,
            lists: Arc::default(),
            rates,
            refusals,
        }
    }
}
