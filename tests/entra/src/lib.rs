//! A provisioning client that behaves like the one of Microsoft Entra ID, for any SCIM 2.0
//! endpoint: [`check`] checks an endpoint as Microsoft's validators do, [`sync`] provisions people
//! and groups in cycles and compares the result. All it needs of the endpoint is URL and token.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::string_slice,
        reason = "a test says what is wrong by failing"
    )
)]

pub mod check;
pub mod mapping;
pub mod source;
pub mod sync;
pub mod wire;
