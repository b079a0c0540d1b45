//! Starting a Lambda function.

pub mod administrator_keys;
pub mod aws;
pub mod deployment_secret;
pub mod event;
mod oidc;
pub mod start;
