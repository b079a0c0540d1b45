//! A profile in the form of its file. Unknown keys are refused, because a misspelt key would
//! silently mean the default.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::model::attribute::{Mutability, Returned, Type, Uniqueness};
use crate::model::profile::{Behavior, SignIn};

/// The file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Document {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) sign_in: Vec<SignIn>,
    #[serde(default)]
    pub(super) behavior: Behavior,
    pub(super) resource_types: Vec<TypeDocument>,
}

/// `User`, `Group` or a custom type.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TypeDocument {
    pub(super) name: String,
    /// The endpoint of a custom type; RFC 7644 defines those of the others.
    pub(super) endpoint: Option<String>,
    pub(super) description: Option<String>,
    /// The schema of a custom type.
    pub(super) schema: Option<SchemaDocument>,
    /// The offered attributes of RFC 7643; without it, all are offered.
    pub(super) attributes: Option<Vec<Offer>>,
    /// The attributes that a filter may use; without it, all.
    pub(super) filterable: Option<Vec<String>>,
    /// Additional schemas.
    #[serde(default)]
    pub(super) extensions: Vec<ExtensionDocument>,
}

/// An offered attribute: a path, or an object with the differences from the RFC's row.
// `Offer::deserialize` is derived for the object. The trait is implemented by hand, because an
// untagged enum would lose the line of an error inside it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, remote = "Self")]
pub(super) struct Offer {
    pub(super) path: String,
    pub(super) required: Option<bool>,
    pub(super) indexed: Option<bool>,
    pub(super) unique: Option<bool>,
    pub(super) canonical_values: Option<Vec<String>>,
    pub(super) allowed_values: Option<Vec<String>>,
}

impl<'de> Deserialize<'de> for Offer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PathOrObject)
    }
}

struct PathOrObject;

impl<'de> Visitor<'de> for PathOrObject {
    type Value = Offer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the path of an attribute, or an object with its `path`")
    }

    fn visit_str<E>(self, path: &str) -> Result<Offer, E> {
        Ok(Offer { path: path.to_owned(), ..Offer::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Offer, A::Error> {
        Offer::deserialize(MapAccessDeserializer::new(map))
    }
}

/// An additional schema.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ExtensionDocument {
    pub(super) schema: SchemaDocument,
    #[serde(default)]
    pub(super) required: bool,
}

/// A schema in the form of RFC 7643 §7.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SchemaDocument {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) attributes: Vec<RowDocument>,
}

/// An attribute in the form of RFC 7643 §7 with its defaults (§2.2), and with `indexed`,
/// `filterable` and `allowedValues` in addition.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RowDocument {
    pub(super) name: String,
    #[serde(rename = "type", default)]
    pub(super) kind: Type,
    #[serde(default)]
    pub(super) multi_valued: bool,
    #[serde(default)]
    pub(super) description: String,
    #[serde(default)]
    pub(super) required: bool,
    pub(super) case_exact: Option<bool>,
    #[serde(default)]
    pub(super) mutability: Mutability,
    #[serde(default)]
    pub(super) returned: Returned,
    #[serde(default)]
    pub(super) uniqueness: Uniqueness,
    #[serde(default)]
    pub(super) canonical_values: Vec<String>,
    #[serde(default)]
    pub(super) allowed_values: Vec<String>,
    #[serde(default)]
    pub(super) reference_types: Vec<String>,
    #[serde(default)]
    pub(super) sub_attributes: Vec<RowDocument>,
    #[serde(default)]
    pub(super) indexed: bool,
    #[serde(default = "yes")]
    pub(super) filterable: bool,
}

fn yes() -> bool {
    true
}
