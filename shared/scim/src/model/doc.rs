//! A resource as JSON, in its normal form.

use serde_json::{Map, Value};

/// A resource's attributes under their canonical names.
///
/// In the form in which a resource is stored: extension attributes in an object under
/// the extension's URN; no `schemas`, `id`, `meta` or `groups`; no nulls, empty
/// strings, empty arrays or empty objects. A group's `members` are kept apart.
pub type Doc = Map<String, Value>;
