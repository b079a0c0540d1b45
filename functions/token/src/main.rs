//! The Lambda function `token`: its routes, wired up by [`gateway::run::start`].

use axum::Router;
use gateway::run::start::{self, Error};
use gateway::serve::service;
use token::consent::sign_in::Administrator;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start::logs();
    start::serve(|app| token::mount(service(Router::new(), app), Administrator::of_environment())).await
}
