//! An event of API Gateway: the request that it becomes, and the route of the request.
#![no_main]

use gateway::run::event::sanitized;
use gateway::http::path;
use gateway::http::query::Parameters;
use lambda_http::request::LambdaRequest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut event) = serde_json::from_slice::<LambdaRequest>(bytes) else { return };
    // API Gateway writes this and the Base64 of the body; clients have no influence on it.
    match &mut event {
        LambdaRequest::ApiGatewayV1(request) => request.is_base64_encoded = false,
        LambdaRequest::ApiGatewayV2(request) => request.is_base64_encoded = false,
        _ => return,
    }
    let request = http::Request::from(sanitized(event));
    let (parts, _) = request.into_parts();
    let located = path::inside(&parts, path::SCIM);
    if let Some(uri) = located.and_then(|located| path::normalized(&parts, located)) {
        let _ = path::endpoint(uri.path());
        let _ = Parameters::parse(uri.query());
    }
});
