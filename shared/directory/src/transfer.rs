//! Moving whole directories: export and import.

pub mod export;
pub mod import;
