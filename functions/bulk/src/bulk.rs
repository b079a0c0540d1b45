//! The handler of bulk requests (RFC 7644 §3.7).
//!
//! `plan` finds out what each operation does and which operations it has to wait for. `run` executes
//! the operations, several at a time. `work` is one operation, executed as the handlers of single
//! requests do it. `answer` is the part of the response about one operation.

mod answer;
mod plan;
mod run;
mod touch;
mod work;

#[cfg(test)]
mod tests;

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use scim::bulk::request::parse;
use scim::bulk::{MAX_PAYLOAD_SIZE, response};

use self::plan::Plan;
use self::run::Run;
use gateway::app::App;
use gateway::auth::rate::Operations;
use gateway::http::body;
use gateway::http::error::Failure;
use gateway::http::reply;
use gateway::scim::context::Context;

/// Carries out the operations of a request: 200 with what became of each.
pub async fn bulk(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    request: Request,
) -> Result<Response, Failure> {
    let too_large = format!(
        "the request is larger than maxPayloadSize ({MAX_PAYLOAD_SIZE} bytes): send fewer operations"
    );
    let request = parse(body::read(request, &too_large).await?)?;
    // The request itself is counted already.
    let operations = u64::try_from(request.operations.len()).unwrap_or(u64::MAX);
    app.rates.charge(&context.access, operations.saturating_sub(1));
    let scope = context.scope(&app.table);
    let fail_on_errors = request.fail_on_errors;
    let plan = Plan::new(request, &context, scope).await?;
    let results = Run::new(plan, fail_on_errors).finish().await;
    let answers = results.into_iter().filter_map(|(named, outcome)| Some(named.answer(outcome?)));
    let mut response = reply::json(StatusCode::OK, &response(answers.collect()));
    response.extensions_mut().insert(Operations(operations));
    Ok(response)
}
