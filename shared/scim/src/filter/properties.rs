//! What holds for every filter, resource and text, not only for those that come to mind.
#![allow(clippy::unwrap_used, reason = "tests")]

mod model;
mod text;

use std::sync::LazyLock;

use crate::model::resource_type::ResourceType;

/// Made once: they have many rows.
static USER: LazyLock<ResourceType> = LazyLock::new(ResourceType::user);
static GROUP: LazyLock<ResourceType> = LazyLock::new(ResourceType::group);

/// A failing case belongs into a test that names it, not into a file of seeds.
fn cases(cases: u32) -> proptest::test_runner::Config {
    proptest::test_runner::Config { cases, failure_persistence: None, ..Default::default() }
}
