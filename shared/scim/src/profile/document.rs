//! A profile as its file has it. Unknown keys are refused: a misspelt one would be a
//! silent default.

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

/// `User`, `Group` or a type of its own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TypeDocument {
    pub(super) name: String,
    /// Where a type of its own is served; RFC 7643 knows it for the others.
    pub(super) endpoint: Option<String>,
    pub(super) description: Option<String>,
    /// The schema of a type of its own.
    pub(super) schema: Option<SchemaDocument>,
    /// Which attributes of RFC 7643 are offered; all when absent.
    pub(super) attributes: Option<Vec<Offer>>,
    /// Which of them a filter may ask about; all when absent.
    pub(super) filterable: Option<Vec<String>>,
    /// Schemas of its own beside the type's.
    #[serde(default)]
    pub(super) extensions: Vec<ExtensionDocument>,
}

/// An attribute that is offered: its path alone, or an object with what differs from the
/// RFC's row.
// Derived as `Offer::deserialize` for the object; the trait is by hand, because an untagged
// enum would lose the line of a mistake inside it.
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

/// A schema beside the type's own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ExtensionDocument {
    pub(super) schema: SchemaDocument,
    #[serde(default)]
    pub(super) required: bool,
}

/// A schema as RFC 7643 §7 has it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SchemaDocument {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) attributes: Vec<RowDocument>,
}

/// An attribute as RFC 7643 §7 has it, with the RFC's defaults (§2.2), and `indexed`,
/// `filterable` and `allowedValues` of ours.
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
