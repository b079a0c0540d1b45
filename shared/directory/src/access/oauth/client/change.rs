//! Changing what a client may do.

use super::{Client, Federation, LABEL, LIFETIME_OF, PKCE, REDIRECTS, SCOPES, pkce};
use crate::access::oauth::item;
use crate::access::revocation::{REVOKED, revocation};
use crate::error::Error;
use crate::id::{ClientId, DirectoryId, WriteId};
use crate::keys::{n, s};
use crate::store::{Change, Store, Written};
use table::name;

/// What is to be different; `None` leaves what is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientChange {
    /// What people call it.
    pub label: Option<String>,
    /// What its tokens may do at most.
    pub scopes: Option<String>,
    /// How long its tokens live, in seconds.
    pub lifetime: Option<u32>,
    /// Where an authorization may lead back to.
    pub redirects: Option<Vec<String>>,
    /// Whether PKCE is demanded.
    pub pkce: Option<bool>,
    /// Whose assertions it may show; `Some(None)` for nobody's.
    pub federation: Option<Option<Federation>>,
}

impl Store {
    /// Changes the client `id` of `directory`; answers with what it is now.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, or a revoked one; the table's own.
    pub async fn change_client(
        &self,
        directory: &DirectoryId,
        id: &ClientId,
        change: ClientChange,
    ) -> Result<Client, Error> {
        let mut set = Vec::new();
        let mut remove = Vec::new();
        if let Some(label) = change.label {
            set.push((LABEL, s(label)));
        }
        match change.scopes {
            Some(scopes) if scopes.is_empty() => remove.push(SCOPES),
            Some(scopes) => set.push((SCOPES, s(scopes))),
            None => {}
        }
        if let Some(lifetime) = change.lifetime {
            set.push((LIFETIME_OF, n(lifetime)));
        }
        if let Some(redirects) = change.redirects {
            set.push((REDIRECTS, s(redirects.join("\n"))));
        }
        if let Some(required) = change.pkce {
            set.push((PKCE, s(pkce(required))));
        }
        match change.federation {
            Some(Some(federation)) => set.push((Federation::NAME, s(federation.text()))),
            Some(None) => remove.push(Federation::NAME),
            None => {}
        }
        let assignments: Vec<String> = (0..set.len()).map(|at| format!("#set{at} = :set{at}")).collect();
        let removals: Vec<String> = (0..remove.len()).map(|at| format!("#remove{at}")).collect();
        let mut expression = String::new();
        if !assignments.is_empty() {
            expression = format!("SET {}", assignments.join(", "));
        }
        if !removals.is_empty() {
            expression = format!("{expression} REMOVE {}", removals.join(", "));
        }
        if expression.is_empty() {
            let client = self.client(directory, id).await?;
            return client.filter(|client| client.revoked.is_none()).ok_or(Error::NotFound);
        }
        let mut update = live(Change::update(item::client(directory, id), expression));
        for (at, (name, value)) in set.into_iter().enumerate() {
            update = update.name(&format!("#set{at}"), name).value(&format!(":set{at}"), value);
        }
        for (at, name) in remove.into_iter().enumerate() {
            update = update.name(&format!("#remove{at}"), name);
        }
        match self.write(&[update], &WriteId::new().token()).await? {
            Written::Done(Some(item)) => Client::read(id, &item),
            Written::Done(None) | Written::Refused(_) => Err(Error::NotFound),
        }
    }

    /// Revokes the client `id` of `directory`, with all that was ever issued to it. Again is
    /// as good as once.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none; the table's own.
    pub async fn revoke_client(&self, directory: &DirectoryId, id: &ClientId) -> Result<(), Error> {
        match self.write(&[revocation(item::client(directory, id))], &WriteId::new().token()).await? {
            Written::Done(_) => Ok(()),
            Written::Refused(_) => Err(Error::NotFound),
        }
    }
}

/// `change`, only when the client is there and not revoked.
pub(super) fn live(change: Change) -> Change {
    change
        .only_if("attribute_exists(#pk)")
        .only_if("attribute_not_exists(#revoked)")
        .name("#pk", name::PK)
        .name("#revoked", REVOKED)
}
