//! The Lambda function `token`: its routes, wired up by [`gateway::start`].

use axum::Router;
use gateway::serve::service;
use gateway::start::{self, Error};
use token::consent::sign_in::Administrator;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start::logs();
    start::serve(|app| token::beside(service(Router::new(), app), Administrator::of_environment())).await
}
