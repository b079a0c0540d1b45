//! A resource as JSON, in its normal form.

use serde_json::{Map, Value};

/// A resource's attributes under their canonical names, as they are stored.
///
/// Extension attributes are in an object under the extension's URN. There is no `schemas`,
/// `id`, `meta` or `groups`, and no null, empty string, empty array or empty object. A
/// group's `members` are stored separately.
pub type Doc = Map<String, Value>;
