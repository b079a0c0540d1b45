//! The deployment's secret of the servers and functions that tests start.

use directory::Table;
use directory::id::DirectoryId;
use directory::registry::record;
use directory::secret::deployment::DeploymentSecret;
use directory::secret::seals::Seals;

use crate::runtime::block_on;

/// The secret, as `sam local` has it, too (`infra/local/sam-env.json`).
pub const DEPLOYMENT_SECRET: &str = "a-deployment-secret-of-32-characters-and-more";

/// The secret, in the form that functions take.
#[must_use]
pub fn deployment() -> DeploymentSecret {
    DeploymentSecret::parse(DEPLOYMENT_SECRET).expect("a secret")
}

/// The seals of the directory `id`.
#[must_use]
pub fn seals(table: &Table, id: &DirectoryId) -> Seals {
    Seals::new(deployment(), block_on(record::secrets(table, id)).expect("secrets"))
}
