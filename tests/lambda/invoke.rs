//! One invocation, by the same service that each function's `main.rs` runs.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use gateway::app::App;
use gateway::run::event::sanitized;
use gateway::serve::{Edge, service};
use gateway::settings::Settings;
use lambda_http::request::LambdaRequest;
use lambda_http::tower::ServiceExt;
use lambda_http::{Adapter, Context, LambdaEvent};
use scim::profile::Profiles;
use serde_json::Value;
use tests::deployment::deployment;
use tests::endpoint::Endpoint;
use tests::runtime::block_on;

/// Puts a body into an event, as API Gateway would.
pub(crate) fn put_body(event: &mut Value, body: &str, base64: bool) {
    event["body"] = if base64 { BASE64_STANDARD.encode(body).into() } else { body.into() };
    event["isBase64Encoded"] = base64.into();
}

/// The response to an event, as Lambda would hand it to API Gateway; `None` where the stack is not in this process.
pub(crate) fn invoke(event: &Value) -> Option<Value> {
    let stack = Endpoint::shared().stack()?;
    let app = App::new(stack.table(), Arc::new(Profiles::built_in()), deployment(), Settings::default());
    Some(invoke_service(service(bulk::served(), app), event))
}

/// As [`invoke`], of this service.
pub(crate) fn invoke_service(edge: Edge, event: &Value) -> Value {
    // From text, as the runtime reads it.
    let request: LambdaRequest = serde_json::from_str(&event.to_string()).expect("an event of API Gateway");
    let request = sanitized(request);
    let adapter = Adapter::from(edge);
    let response =
        block_on(adapter.oneshot(LambdaEvent::new(request, Context::default()))).expect("a response");
    serde_json::to_value(response).expect("the response as JSON")
}

/// The body of a response.
pub(crate) fn body(response: &Value) -> String {
    let text = response["body"].as_str().unwrap_or_default();
    if response["isBase64Encoded"] == true {
        String::from_utf8(BASE64_STANDARD.decode(text).expect("base64")).expect("text")
    } else {
        text.to_owned()
    }
}
