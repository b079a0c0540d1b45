//! `GET /.well-known/oauth-authorization-server`: where all of it is (RFC 8414).

use axum::response::Response;
use gateway::serve::mount::Origin;
use http::{HeaderValue, StatusCode, header::CACHE_CONTROL};
use serde_json::json;

use crate::answer::json_of;
use crate::grant::TYPES;

/// The same for all clients.
pub async fn metadata(Origin(issuer): Origin) -> Response {
    let body = json!({
        "issuer": &*issuer,
        "authorization_endpoint": format!("{issuer}/oauth/authorize"),
        "token_endpoint": format!("{issuer}/oauth/token"),
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "scopes_supported": ["read", "write", "users", "groups", "events"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": TYPES,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported":
            ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"],
        "revocation_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    let mut response = json_of(StatusCode::OK, &body);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}
