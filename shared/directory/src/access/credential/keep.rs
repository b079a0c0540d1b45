//! Credentials in the table.

use super::{Credential, END, LABEL, NewCredential, USED};
use crate::access::revocation::{REVOKED, revocation};
use crate::error::Error;
use crate::id::{CredentialId, DirectoryId, WriteId};
use crate::keys::{self, CREDENTIALS, Item, n, s, text};
use crate::store::{Change, Store, Written};
use crate::time::{PRECISION, seconds};
use table::name;

impl Store {
    /// The credential `id` of `directory`, as of now.
    ///
    /// # Errors
    /// The table's own.
    pub async fn credential(
        &self,
        directory: &DirectoryId,
        id: &CredentialId,
    ) -> Result<Option<Credential>, Error> {
        let item = self.read(&keys::credential(directory, id)).await?;
        item.map(|item| Credential::read(id, &item)).transpose()
    }

    /// The credentials of `directory` in the order of their ids, at most `count` of those
    /// behind `after`; and whether there may be more.
    ///
    /// # Errors
    /// The table's own.
    pub async fn credentials(
        &self,
        directory: &DirectoryId,
        after: Option<&CredentialId>,
        count: u16,
    ) -> Result<(Vec<Credential>, bool), Error> {
        let partition = keys::directory(directory).pk;
        let values = [(":prefix", CREDENTIALS)];
        let mut pages = self.range(&partition, Some(("begins_with(#sk, :prefix)", &values)));
        if let Some(after) = after {
            pages = pages.after(&keys::credential(directory, after));
        }
        let items = pages.next(Some(i32::from(count.clamp(1, 1000)))).await?.unwrap_or_default();
        let read = |item: &Item| {
            let id = text(item, name::SK)?.strip_prefix(CREDENTIALS).unwrap_or_default();
            Credential::read(&id.parse().map_err(|_| Error::corrupt(name::SK))?, item)
        };
        Ok((items.iter().map(read).collect::<Result<_, _>>()?, pages.has_more()))
    }

    /// Keeps `credential`, over one with its id. Returns it as it is kept.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory; the table's own.
    pub async fn put_credential(
        &self,
        directory: &DirectoryId,
        credential: &NewCredential,
    ) -> Result<Credential, Error> {
        let kept = Credential::of(credential, &self.secret(directory).await?);
        let put = Change::put(keys::credential(directory, &credential.id), kept.item());
        self.write(&[put], &WriteId::new().token()).await?;
        Ok(kept)
    }

    /// Gives the credential `id` another label or another end, unless it is revoked. Returns it as it is then.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none; the table's own.
    pub async fn change_credential(
        &self,
        directory: &DirectoryId,
        id: &CredentialId,
        label: Option<&str>,
        expires: Option<i64>,
    ) -> Result<Credential, Error> {
        let mut change = Change::update(
            keys::credential(directory, id),
            match expires {
                Some(_) => "SET #label = if_not_exists(#none, :label), #end = :end",
                None => "SET #label = if_not_exists(#none, :label)",
            },
        )
        .only_if("attribute_exists(#pk) AND attribute_not_exists(#revoked)")
        .name("#pk", name::PK)
        .name("#revoked", REVOKED)
        .name("#label", LABEL)
        // Without a new label the old one stays.
        .name("#none", if label.is_some() { "-" } else { LABEL })
        .value(":label", s(label.unwrap_or_default()));
        if let Some(end) = expires {
            change = change.name("#end", END).value(":end", n(end));
        }
        self.changed(id, change).await
    }

    /// Revokes the credential `id`; it stays visible for 90 days. Returns it as it is then.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none; the table's own.
    pub async fn revoke_credential(
        &self,
        directory: &DirectoryId,
        id: &CredentialId,
    ) -> Result<Credential, Error> {
        self.changed(id, revocation(keys::credential(directory, id))).await
    }

    async fn changed(&self, id: &CredentialId, change: Change) -> Result<Credential, Error> {
        match self.write(&[change], &WriteId::new().token()).await? {
            Written::Done(Some(item)) => Credential::read(id, &item),
            Written::Done(None) | Written::Refused(_) => Err(Error::NotFound),
        }
    }

    /// Remembers that the credential `id` was shown just now, when that is not known to a
    /// quarter of an hour.
    ///
    /// # Errors
    /// The table's own.
    pub async fn used(&self, directory: &DirectoryId, id: &CredentialId) -> Result<(), Error> {
        let now = seconds();
        let change = Change::update(keys::credential(directory, id), "SET #used = :now")
            .only_if("attribute_exists(#pk) AND (attribute_not_exists(#used) OR #used < :before)")
            .name("#pk", name::PK)
            .name("#used", USED)
            .value(":now", n(now))
            .value(":before", n(now - PRECISION));
        self.write(&[change], &WriteId::new().token()).await.map(drop)
    }
}

impl Credential {
    /// Whether it is to be remembered that it was shown at `now`, in seconds since 1970.
    #[must_use]
    pub fn is_use_due(&self, now: i64) -> bool {
        self.used.is_none_or(|used| used < now - PRECISION)
    }
}
