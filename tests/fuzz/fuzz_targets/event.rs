//! An event of API Gateway: what it makes of a request, and where that leads.
#![no_main]

use gateway::run::event::sanitized;
use gateway::http::path;
use gateway::http::query::Parameters;
use lambda_http::request::LambdaRequest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut event) = serde_json::from_slice::<LambdaRequest>(bytes) else { return };
    // It is API Gateway that writes this, and the body's Base64 with it: no client has a say.
    match &mut event {
        LambdaRequest::ApiGatewayV1(request) => request.is_base64_encoded = false,
        LambdaRequest::ApiGatewayV2(request) => request.is_base64_encoded = false,
        _ => return,
    }
    let request = http::Request::from(sanitized(event));
    let (parts, _) = request.into_parts();
    let located = path::inside(&parts, path::SCIM);
    if let Some(uri) = located.and_then(|located| path::sanitized(&parts, located)) {
        let _ = path::endpoint(uri.path());
        let _ = Parameters::parse(uri.query());
    }
});
