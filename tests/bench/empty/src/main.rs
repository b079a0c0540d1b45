//! A function that does nothing: what a cold start of `lambda_http` costs at least.

use std::convert::Infallible;

use lambda_http::http::StatusCode;
use lambda_http::{Body, Error, Request, Response, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_http::run(service_fn(answer)).await
}

async fn answer(_: Request) -> Result<Response<Body>, Infallible> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}
