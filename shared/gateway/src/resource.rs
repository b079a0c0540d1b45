//! The handlers of resources, once for all resource types (RFC 7644 §3.2).

pub mod adopt;
pub mod call;
pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod me;
pub mod patch;
pub mod replace;
pub mod restore;
pub mod search;

use axum::routing::{self, MethodRouter};

use crate::app::App;

/// The methods of all resources together: `/Users`, `/{endpoint}`.
pub fn collection() -> MethodRouter<App> {
    routing::get(list::list).post(create::create)
}

/// The methods of the authenticated user: `/Me`.
pub fn me() -> MethodRouter<App> {
    routing::get(me::get).put(me::replace).patch(me::patch).delete(me::delete).post(me::create)
}

/// The methods of one resource: `/Users/{id}`, `/{endpoint}/{id}`.
pub fn single() -> MethodRouter<App> {
    routing::get(get::get).put(replace::replace).patch(patch::patch).delete(delete::delete)
}

/// The methods of queries by POST: `/Users/.search`, `/{endpoint}/.search`.
pub fn searching() -> MethodRouter<App> {
    routing::post(search::search)
}
