//! The whole of Rollcall in one process: every function on one port, on an
//! embedded DynamoDB whose stream feeds `changes`. For a laptop, tests and
//! benchmarks; AWS runs the same functions one by one.

pub mod args;
pub mod banner;
pub mod engine;
pub mod error;
pub mod feed;
pub mod functions;
pub mod log;
pub mod signal;
pub mod stack;
