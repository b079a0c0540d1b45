//! Properties of every filter, resource and text.
#![allow(clippy::unwrap_used, reason = "tests")]

mod model;
mod text;

use std::sync::LazyLock;

use crate::model::resource_type::ResourceType;

/// Built once: it has many rows.
static USER: LazyLock<ResourceType> = LazyLock::new(ResourceType::user);
static GROUP: LazyLock<ResourceType> = LazyLock::new(ResourceType::group);

/// Failing cases become named tests, so no file of seeds is written.
fn cases(cases: u32) -> proptest::test_runner::Config {
    proptest::test_runner::Config { cases, failure_persistence: None, ..Default::default() }
}
