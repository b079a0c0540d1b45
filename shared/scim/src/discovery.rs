//! What the service tells about itself (RFC 7644 §4, RFC 7643 §5–§7), made from the
//! same rows that validation, filters and PATCH read.

pub mod attribute;
pub mod resource_types;
pub mod schemas;
pub mod service_provider_config;
#[cfg(test)]
mod tests;
