//! `/Bulk`.

mod errors;
mod etag;
mod fail_on_errors;
mod limits;
mod methods;
mod order;
mod profiles;
mod rate;
mod references;
