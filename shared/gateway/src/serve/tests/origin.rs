//! A service that only CloudFront may call.

use axum::Router;
use axum::routing::get;
use http::HeaderValue;

use super::{Settings, ask_edge, edge_with, request};
use crate::serve::mount::open;

#[tokio::test]
async fn where_cloudfront_is_in_front_a_request_needs_its_secret_before_its_token_counts() {
    let settings = Settings {
        foreign_tokens: Some("acme".parse().unwrap()),
        origin_secret: Some("canary-origin".into()),
        ..Settings::default()
    };
    let edge =
        edge_with(settings).mount("/admin", Router::new().route("/admin/x", get(async || "open")), open());
    for (path, good) in [("/scim/v2/Schemas", 200), ("/admin/x", 200), ("/elsewhere", 404)] {
        for (shown, status) in
            [(None, 403), (Some(""), 403), (Some("canary-origi"), 403), (Some("canary-origin"), good)]
        {
            let mut request = request("GET", path);
            if let Some(shown) = shown {
                request.headers_mut().insert("x-rollcall-origin", HeaderValue::from_static(shown));
            }
            let answer = ask_edge(edge.clone(), request).await;
            assert_eq!(answer.status.as_u16(), status, "{path} {shown:?}");
            if status == 403 {
                answer.is_error(403);
            }
        }
    }
}
