//! Items, their keys, and reading their attributes.

use std::collections::HashMap;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::error::Error;
use crate::name;

/// An item: attribute name to value, as the SDK returns it.
pub type Item = HashMap<String, AttributeValue>;

/// The key of one item: partition key and sort key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The partition key.
    pub pk: String,
    /// The sort key.
    pub sk: String,
}

impl Key {
    /// The key of the item `sk` in the partition `pk`.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    /// The key of `item`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it has none.
    pub fn of(item: &Item) -> Result<Self, Error> {
        Ok(Self::new(text(item, name::PK)?, text(item, name::SK)?))
    }

    /// The two key attributes.
    #[must_use]
    pub fn item(&self) -> Item {
        HashMap::from([
            (name::PK.to_owned(), AttributeValue::S(self.pk.clone())),
            (name::SK.to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

/// A value to store. Made from texts, numbers and the SDK's own values.
#[derive(Debug, Clone, PartialEq)]
pub struct Value(pub(crate) AttributeValue);

impl From<AttributeValue> for Value {
    fn from(value: AttributeValue) -> Self {
        Self(value)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(AttributeValue::S(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self(AttributeValue::S(text))
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for Value {
            fn from(number: $number) -> Self {
                Self(AttributeValue::N(number.to_string()))
            }
        }
    )*};
}
numbers!(i32, i64, u32, u64, usize);

/// The text in `attribute`.
///
/// # Errors
/// [`Error::Unavailable`] when there is none.
pub fn text<'a>(item: &'a Item, attribute: &str) -> Result<&'a str, Error> {
    optional_text(item, attribute).ok_or_else(|| Error::corrupt(attribute))
}

/// The text in `attribute`, if there is one.
#[must_use]
pub fn optional_text<'a>(item: &'a Item, attribute: &str) -> Option<&'a str> {
    item.get(attribute)?.as_s().ok().map(String::as_str)
}

/// The number in `attribute`.
///
/// # Errors
/// [`Error::Unavailable`] when there is none.
pub fn number<N: FromStr>(item: &Item, attribute: &str) -> Result<N, Error> {
    optional_number(item, attribute).ok_or_else(|| Error::corrupt(attribute))
}

/// The number in `attribute`, if there is one.
#[must_use]
pub fn optional_number<N: FromStr>(item: &Item, attribute: &str) -> Option<N> {
    item.get(attribute)?.as_n().ok()?.parse().ok()
}

/// Reads a record from `item`: its serde attributes name the attributes of the item. Attributes
/// that the type does not know are ignored.
///
/// # Errors
/// [`Error::Unavailable`] when an attribute is missing, or is not what the type expects.
pub fn decode<T: DeserializeOwned>(item: Item) -> Result<T, Error> {
    from_item(item).map_err(Error::unavailable)
}

/// The attributes of `record`, as [`decode`] reads them.
///
/// # Errors
/// [`Error::Unavailable`] when DynamoDB has no form for a value.
pub fn encode<T: Serialize>(record: &T) -> Result<Item, Error> {
    to_item(record).map_err(Error::unavailable)
}
