//! The environment of a function in AWS: API Gateway's events, the Lambda Runtime API, the process
//! of the function.

pub mod event;
pub mod front;
pub mod function;
pub mod rest;
pub mod runtime;
