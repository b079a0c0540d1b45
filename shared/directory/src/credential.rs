//! Credentials: what a bearer token is checked against. Only a hash is kept.

use std::collections::HashMap;

use crate::error::Error;
use crate::id::{CredentialId, DirectoryId, WriteId};
use crate::record::Record;
use crate::store::{Change, Store};
use crate::table::item::{self, Item, n, optional_number, optional_text, s, text};

/// One credential of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its id, which the token carries.
    pub id: CredentialId,
    /// The SHA-256 of the whole token, in hexadecimal.
    pub hash: String,
    /// What people call it.
    pub label: String,
    /// When it was made, RFC 3339.
    pub created: String,
    /// When it ends, in seconds since 1970.
    pub expires: Option<i64>,
    /// The id of the user who it stands for: `/Me`.
    pub subject: Option<String>,
}

impl Credential {
    /// A credential made now, without an end, that stands for nobody.
    #[must_use]
    pub fn new(id: CredentialId, hash: String, label: &str) -> Self {
        Self { id, hash, label: label.to_owned(), created: crate::time::now(), expires: None, subject: None }
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.expires.is_some_and(|expires| expires <= crate::time::seconds())
    }
}

// `end` and not `expires`: a credential that has ended stays visible, where the TTL
// attribute would delete it.
const HASH: &str = "hash";
const LABEL: &str = "label";
const CREATED: &str = "created";
const END: &str = "end";
const SUBJECT: &str = "subject";

impl Credential {
    fn read(id: &CredentialId, item: &Item) -> Result<Self, Error> {
        Ok(Self {
            id: id.clone(),
            hash: text(item, HASH)?.to_owned(),
            label: text(item, LABEL)?.to_owned(),
            created: text(item, CREATED)?.to_owned(),
            expires: optional_number(item, END),
            subject: optional_text(item, SUBJECT).map(str::to_owned),
        })
    }
}

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
        let item = self.read(&item::credential(directory, id)).await?;
        item.map(|item| Credential::read(id, &item)).transpose()
    }

    /// The credential `id` of `directory` and the directory itself, as of now: what a request
    /// is admitted by. One call, for on a new connection two at once would wait for a second.
    ///
    /// # Errors
    /// The table's own.
    pub async fn admission(
        &self,
        directory: &DirectoryId,
        id: &CredentialId,
    ) -> Result<Option<(Credential, Record)>, Error> {
        let keys = [item::credential(directory, id), item::directory(directory)];
        let found = self.read_all(keys.to_vec()).await?;
        let [Some(credential), Some(record)] = keys.map(|key| found.get(&key)) else { return Ok(None) };
        Ok(Some((Credential::read(id, credential)?, Record::read(directory, record)?)))
    }

    /// Writes `credential`, over one with its id.
    ///
    /// # Errors
    /// The table's own.
    pub async fn put_credential(
        &self,
        directory: &DirectoryId,
        credential: &Credential,
    ) -> Result<(), Error> {
        let mut content = HashMap::from([
            (HASH.to_owned(), s(&*credential.hash)),
            (LABEL.to_owned(), s(&*credential.label)),
            (CREATED.to_owned(), s(&*credential.created)),
        ]);
        if let Some(expires) = credential.expires {
            content.insert(END.to_owned(), n(expires));
        }
        if let Some(subject) = &credential.subject {
            content.insert(SUBJECT.to_owned(), s(&**subject));
        }
        let put = Change::put(item::credential(directory, &credential.id), content);
        self.write(&[put], &WriteId::new().token()).await?;
        Ok(())
    }
}
