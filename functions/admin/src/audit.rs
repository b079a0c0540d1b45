//! The audit log: who did what with which directory.

use ::directory::id::DirectoryId;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use gateway::auth::administrator::AdministratorKey;

/// Handles `request` and writes one line about it: the actor, the method and the route, the
/// directory and the status. No name, label or token is in it.
pub(crate) async fn record(
    State(key): State<AdministratorKey>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let actor = key.sign_in(request.headers(), request.extensions()).unwrap_or_else(|_| "-".to_owned());
    let method = request.method().clone();
    let response = next.run(request).await;
    let directory = response.extensions().get::<DirectoryId>().map(ToString::to_string);
    tracing::info!(
        audit = true,
        actor,
        method = method.as_str(),
        route = matched.as_ref().map_or("-", MatchedPath::as_str),
        directory = directory.as_deref().unwrap_or("-"),
        status = response.status().as_u16(),
        "administration"
    );
    response
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::post;
    use http::StatusCode;
    use serde_json::{Value, json};
    use tower::ServiceExt;

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn each_action_has_a_line_with_its_actor_and_no_key() {
        let text = "current-key-of-32-characters-and-more previous-key-of-32-characters-too";
        let key = AdministratorKey::new(text).unwrap();
        let sink = Sink::default();
        let writer = sink.clone();
        let lines = tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone());
        let guard = tracing::subscriber::set_default(lines.finish());
        for presented in text.split(' ') {
            let routes: Router = Router::new()
                .route("/admin/directories/{directory}", post(async || StatusCode::CREATED))
                .layer(from_fn_with_state(key.clone(), record));
            let request = http::Request::post("/admin/directories/canary");
            let request = request.header("authorization", format!("Bearer {presented}"));
            routes.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        }
        drop(guard);
        let log = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        assert!(!log.contains("-key-of-") && !log.contains("canary"), "{log}");
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let actors: Vec<_> = text.split(' ').map(|presented| json!(key.actor(presented))).collect();
        assert_eq!(lines.iter().map(|line| line["actor"].clone()).collect::<Vec<_>>(), actors);
        for line in &lines {
            let action = (&line["audit"], &line["method"], &line["route"], &line["status"]);
            assert_eq!(
                action,
                (&json!(true), &json!("POST"), &json!("/admin/directories/{directory}"), &json!(201))
            );
        }
    }
}
