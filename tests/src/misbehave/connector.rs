//! Handles a call: it is delayed, refused, passed on, or its response is lost.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::answer::{Outcome, answer, conflict, failed, lost, misused_token, throttled, throttled_as};
use super::call::{Kind, fed, keys};
use super::fate::{CONFLICT, Fate, LAGGED};
use super::tokens::Repeated;
use super::{Hostility, Shared, batch};

/// Makes connectors, each with an inner one to the DynamoDB without faults.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    shared: Arc<Shared>,
    behaving: Option<SharedHttpConnector>,
}

impl Connector {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, behaving: None }
    }
}

impl HttpClient for Connector {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let behaving = Some(self.shared.behaving.http_connector(settings, components));
        SharedHttpConnector::new(Self { shared: Arc::clone(&self.shared), behaving })
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (shared, behaving) = (Arc::clone(&self.shared), self.behaving.clone().expect("a connector"));
        // Counted before it is polled: it may be applied from now on.
        let under_way = UnderWay::new(Arc::clone(&shared));
        // A separate task: as with DynamoDB, the call continues when its caller stops
        // waiting.
        let call = tokio::spawn(async move {
            let _under_way = under_way;
            Call { shared: &shared, behaving }.carry_out(request).await
        });
        HttpConnectorFuture::new(async move { call.await.expect("a call that is as it should be") })
    }
}

/// A running call, until this is dropped.
struct UnderWay {
    shared: Arc<Shared>,
    call: u64,
}

impl UnderWay {
    fn new(shared: Arc<Shared>) -> Self {
        let call = shared.locks.begin();
        Self { shared, call }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.shared.locks.end(self.call);
    }
}

struct Call<'a> {
    shared: &'a Shared,
    behaving: SharedHttpConnector,
}

impl Call<'_> {
    async fn carry_out(&self, mut request: HttpRequest) -> Outcome {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = request.body().bytes().unwrap_or_default();
        let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
        let kind = Kind::of(&operation, &body);
        if kind == Kind::Other {
            return self.behaving.call(request).await;
        }
        // The inner DynamoDB has no replica that lags, so no test would notice a read that
        // is not consistent.
        assert!(
            !kind.may_be_stale(&body),
            "a read of the table that is not strongly consistent: {operation} {body}"
        );
        let (fate, [before, after]) =
            self.shared.fates.draw(self.shared.calm.load(Ordering::SeqCst), &operation, kind.is_batch());
        let transaction = kind == Kind::Transaction;
        let hostility = *self.shared.hostility.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(refusal) = self.refusal(hostility, &operation, &body) {
            self.shared.refused.fetch_add(1, Ordering::SeqCst);
            return refusal.await;
        }
        let held = match self.shared.locks.hold(&keys(&operation, &body), transaction).await {
            Ok(held) => held,
            Err(conflicts) => {
                self.shared.fates.count(CONFLICT);
                return conflict(transaction, &conflicts);
            }
        };
        pause(before).await;
        let early = match fate {
            Fate::Throttled => Some(throttled()),
            Fate::FailedBefore => Some(failed()),
            Fate::LostBefore => Some(lost()),
            _ => None,
        };
        if let Some(early) = early {
            self.shared.fates.count(fate as usize);
            return early;
        }
        if kind == Kind::Index {
            self.shared.fates.count(LAGGED);
            let found = self.shared.indexes.answer(&body);
            drop(held);
            return self.late(fate, Ok(answer(200, &found)));
        }
        let unprocessed =
            if fate == Fate::InPart { batch::take_out(&mut body, &self.shared.fates) } else { None };
        let outcome = self.apply(&mut request, &operation, kind, body, unprocessed).await;
        pause(after).await;
        drop(held);
        self.late(fate, outcome)
    }

    /// What becomes of a call of an operation that is always refused.
    fn refusal(
        &self,
        hostility: Option<Hostility>,
        operation: &str,
        body: &Value,
    ) -> Option<BoxFuture<'static, Outcome>> {
        let outcome = match hostility? {
            Hostility::Throttled(name) if name == operation => throttled_as(operation, body),
            Hostility::Unprocessed(name) if name == operation => Ok(answer(200, &batch::all_left(body))),
            Hostility::Silent(name) if name == operation => {
                return Some(std::future::pending().boxed());
            }
            _ => return None,
        };
        Some(std::future::ready(outcome).boxed())
    }

    /// The response to a call that was carried out.
    fn late(&self, fate: Fate, outcome: Outcome) -> Outcome {
        self.shared.fates.count(fate as usize);
        match fate {
            Fate::FailedAfter => failed(),
            Fate::LostAfter => lost(),
            _ => outcome,
        }
    }

    /// Passes the call on.
    async fn apply(
        &self,
        request: &mut HttpRequest,
        operation: &str,
        kind: Kind,
        mut body: Value,
        unprocessed: Option<Value>,
    ) -> Outcome {
        let token = body.as_object_mut().and_then(|body| body.remove("ClientRequestToken"));
        let token = token.and_then(|token| token.as_str().map(str::to_owned));
        if let Some(token) = &token {
            match self.shared.tokens.known(token, &body) {
                Repeated::No => {}
                Repeated::Yes => return Ok(answer(200, &json!({}))),
                Repeated::Misused => return misused_token(),
            }
        }
        let asked = body.clone();
        if let Some(mutant) = self.shared.mutant {
            if mutant.hides(operation, &body) {
                self.shared.mutated.fetch_add(1, Ordering::SeqCst);
                return Ok(answer(200, &json!({})));
            }
            if mutant.request(operation, &mut body) {
                self.shared.mutated.fetch_add(1, Ordering::SeqCst);
            }
        }
        let mut passed = request.try_clone().expect("a request that can be sent again");
        let text = body.to_string();
        passed.headers_mut().insert("content-length", text.len().to_string());
        *passed.body_mut() = SdkBody::from(text);
        let response = self.behaving.call(passed).await?;
        let status = response.status().as_u16();
        if kind == Kind::Read || (kind == Kind::BatchRead && unprocessed.is_none()) {
            return Ok(response);
        }
        let bytes = response.into_body().collect().await.expect("a whole answer").to_bytes();
        let mut response_body: Value = serde_json::from_slice(&bytes).expect("an answer in JSON");
        if status == 200 {
            self.shared.indexes.feed(fed(operation, &asked, &response_body));
            if let Some(token) = token {
                self.shared.tokens.done(token, &asked);
            }
        } else if self.shared.mutant.is_some_and(|mutant| mutant.answer(&mut response_body)) {
            self.shared.mutated.fetch_add(1, Ordering::SeqCst);
        }
        if let Some(unprocessed) = unprocessed {
            let name = if kind == Kind::BatchRead { "UnprocessedKeys" } else { "UnprocessedItems" };
            response_body[name] = unprocessed;
        }
        Ok(answer(status, &response_body))
    }
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}
