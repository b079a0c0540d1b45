//! Discovery (RFC 7644 §4, RFC 7643 §5–§7), from the same rows that validation, filters and
//! PATCH read.

pub mod attribute;
pub mod resource_types;
pub mod schemas;
pub mod service_provider_config;
#[cfg(test)]
mod tests;
