//! Request tokens of transactions: a repetition of what was done is done already.
//!
//! As DynamoDB does it. The embedded engine does, too, but looks through all tokens at each
//! transaction, so they are taken out of what it is sent.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// Transactions that were done, by token: what they were.
#[derive(Debug, Default)]
pub(super) struct Tokens(Mutex<HashMap<String, u64>>);

/// What is known of a token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Repeated {
    No,
    Yes,
    /// It was another transaction's.
    Misused,
}

fn content(body: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    body["TransactItems"].to_string().hash(&mut hasher);
    hasher.finish()
}

impl Tokens {
    pub(super) fn known(&self, token: &str, body: &Value) -> Repeated {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).get(token) {
            None => Repeated::No,
            Some(done) if *done == content(body) => Repeated::Yes,
            Some(_) => Repeated::Misused,
        }
    }

    pub(super) fn done(&self, token: String, body: &Value) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(token, content(body));
    }
}
