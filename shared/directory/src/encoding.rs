//! How records store values that DynamoDB has no type for: lists as lines, objects as JSON text, and
//! ids as a part of the key. For serde's `with`, `deserialize_with` and `serialize_with`.

use std::fmt::Display;
use std::str::FromStr;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, Serializer};

/// Reads the id in a key such as `credential#<id>`: what follows the first `#`.
pub(crate) fn id_in_key<'de, D: Deserializer<'de>, T: FromStr>(deserializer: D) -> Result<T, D::Error>
where
    T::Err: Display,
{
    let key = String::deserialize(deserializer)?;
    let id = key.split_once('#').map(|(_, id)| id).unwrap_or_default();
    id.parse().map_err(D::Error::custom)
}

/// A list, as lines of one text.
pub(crate) mod lines {
    use super::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(list: &[String], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&list.join("\n"))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
        Ok(String::deserialize(deserializer)?.lines().map(str::to_owned).collect())
    }
}

/// A list, as lines of one text, or no such attribute.
pub(crate) mod optional_lines {
    use super::{Deserializer, Serializer, lines};

    pub(crate) fn serialize<S: Serializer>(
        list: &Option<Vec<String>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        lines::serialize(list.as_deref().unwrap_or_default(), serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Vec<String>>, D::Error> {
        lines::deserialize(deserializer).map(Some)
    }
}

/// Bytes, as text.
pub(crate) mod base64 {
    use data_encoding::BASE64;

    use super::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64.decode(text.as_bytes()).map_err(|_| serde::de::Error::custom("an attribute is not base64"))
    }
}

/// An object, as JSON text.
pub(crate) mod json_text {
    use super::*;

    pub(crate) fn serialize<T: Serialize, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&serde_json::to_string(value).map_err(S::Error::custom)?)
    }

    pub(crate) fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        // The error names no content: it is logged.
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text).map_err(|_| D::Error::custom("an attribute is not the JSON expected"))
    }
}
