//! The methods of the endpoints of resources.

use axum::routing::{self, MethodRouter};

use super::{create, delete, get, list, patch, replace, search};
use crate::app::App;

/// The methods of all resources together: `/Users`, `/{endpoint}`.
pub fn collection() -> MethodRouter<App> {
    routing::get(list::list).post(create::create)
}

/// The methods of one resource: `/Users/{id}`, `/{endpoint}/{id}`.
pub fn single() -> MethodRouter<App> {
    routing::get(get::get).put(replace::replace).patch(patch::patch).delete(delete::delete)
}

/// The methods of queries by POST: `/Users/.search`, `/{endpoint}/.search`.
pub fn searching() -> MethodRouter<App> {
    routing::post(search::search)
}
