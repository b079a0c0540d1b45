//! The headers that Rollcall reads: the token, preconditions, accepted formats.
#![no_main]

use gateway::auth::header;
use gateway::http::negotiate::ResponseFormat;
use gateway::http::precondition::conditions;
use gateway::auth::token::Token;
use http::{HeaderMap, HeaderValue, Method};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
    let mut headers = HeaderMap::new();
    for name in ["authorization", "if-match", "if-none-match", "accept", "accept-encoding"] {
        headers.insert(name, value.clone());
    }
    if let Ok(token) = header::token(&headers) {
        let _ = Token::parse(token);
    }
    let _ = conditions(&headers);
    let _ = ResponseFormat::of(&Method::GET, &headers);
});
