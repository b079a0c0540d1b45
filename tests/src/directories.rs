//! Directories that tests write to the table themselves.

use directory::Table;
use directory::access::credential;
use directory::registry::record::{self, DirectoryRecord};
use gateway::auth::token::Token;
use scim::model::profile::Profile;
use secrecy::ExposeSecret;

use crate::deployment::deployment;
use crate::names::unique;
use crate::runtime::block_on;

/// The record of a new directory with `profile`.
#[must_use]
pub fn record(profile: &Profile) -> DirectoryRecord {
    let id = format!("test-{}", unique()).parse().expect("a directory id");
    DirectoryRecord::new(id, "test", profile)
}

/// Puts `directory` into `store`, with a credential; its token.
#[must_use]
pub fn put(table: &Table, directory: &DirectoryRecord) -> String {
    let (token, credential) = Token::mint(&directory.id, &deployment()).expect("a token");
    block_on(async {
        record::create(table, directory).await.expect("a directory");
        credential::create(table, &directory.id, &credential).await.expect("a credential");
    });
    token.expose_secret().to_owned()
}
