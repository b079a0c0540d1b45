//! Keys of items, and reading their attributes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::name;
use crate::error::Error;
use crate::id::{CredentialId, DirectoryId};

/// An item as the SDK hands it over.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// Shards of a counter: so many creates may commit at once.
pub(crate) const COUNTER_SHARDS: u8 = 32;
/// Partitions over which pending sweeps are spread.
pub(crate) const SWEEP_SHARDS: u8 = 4;

/// The partition of the receipts of erasures.
pub(crate) const RECEIPTS: &str = "R#receipts";

/// The key of one item.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    pub(crate) fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    pub(crate) fn item(&self) -> Item {
        HashMap::from([(name::PK.to_owned(), s(&self.pk)), (name::SK.to_owned(), s(&self.sk))])
    }

    /// The key of `item`.
    pub(crate) fn of(item: &Item) -> Result<Self, Error> {
        Ok(Self { pk: text(item, name::PK)?.to_owned(), sk: text(item, name::SK)?.to_owned() })
    }
}

pub(crate) fn directory(directory: &DirectoryId) -> Key {
    Key::new(format!("D#{directory}"), "directory")
}

/// The list of all directories.
pub(crate) const DIRECTORIES: &str = "R#directories";

/// The entry of a directory in the list of all.
pub(crate) fn registration(directory: &DirectoryId) -> Key {
    Key::new(DIRECTORIES.to_owned(), directory.to_string())
}

/// What the keys of a directory's credentials begin with.
pub(crate) const CREDENTIALS: &str = "credential#";

pub(crate) fn credential(directory: &DirectoryId, credential: &CredentialId) -> Key {
    Key::new(format!("D#{directory}"), format!("credential#{credential}"))
}

/// The partition of all resources of a type.
pub(crate) fn resources(directory: &DirectoryId, kind: &str) -> String {
    format!("D#{directory}#{kind}")
}

/// The partition of an attribute's index entries.
pub(crate) fn index(directory: &DirectoryId, kind: &str, attribute: &str) -> String {
    format!("D#{directory}#{kind}#{attribute}")
}

/// The partition of a group's members.
pub(crate) fn members(directory: &DirectoryId, group: &str, epoch: &str) -> String {
    format!("D#{directory}#Group#{group}#{epoch}")
}

/// The group and epoch whose members the partition `pk` holds; `None` when it is
/// another kind of partition.
pub(crate) fn group_of<'a>(directory: &DirectoryId, pk: &'a str) -> Option<(&'a str, &'a str)> {
    pk.strip_prefix(&format!("D#{directory}#Group#"))?.split_once('#')
}

/// The value of `memberKey`.
pub(crate) fn member_key(directory: &DirectoryId, member: &str) -> String {
    format!("D#{directory}#member#{member}")
}

pub(crate) fn counters(directory: &DirectoryId) -> String {
    format!("C#{directory}")
}

pub(crate) fn anchors(directory: &DirectoryId, credential: &CredentialId) -> String {
    format!("A#{directory}#{credential}")
}

pub(crate) fn sweeps(shard: u8) -> String {
    format!("S#{shard}")
}

pub(crate) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// The text in `attribute`.
pub(crate) fn text<'a>(item: &'a Item, attribute: &str) -> Result<&'a str, Error> {
    optional_text(item, attribute).ok_or_else(|| Error::corrupt(attribute))
}

pub(crate) fn optional_text<'a>(item: &'a Item, attribute: &str) -> Option<&'a str> {
    item.get(attribute)?.as_s().ok().map(String::as_str)
}

pub(crate) fn optional_number<N: std::str::FromStr>(item: &Item, attribute: &str) -> Option<N> {
    item.get(attribute)?.as_n().ok()?.parse().ok()
}

/// The number in `attribute`.
pub(crate) fn number<N: std::str::FromStr>(item: &Item, attribute: &str) -> Result<N, Error> {
    optional_number(item, attribute).ok_or_else(|| Error::corrupt(attribute))
}
