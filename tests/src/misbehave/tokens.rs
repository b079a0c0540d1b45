//! Request tokens of transactions: a repeated transaction is not done again, as in DynamoDB.
//!
//! The embedded engine does that, too, but searches all tokens at each transaction. So tokens are
//! removed from its requests.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// The content of completed transactions, by token.
#[derive(Debug, Default)]
pub(super) struct Tokens(Mutex<HashMap<String, u64>>);

/// The state of a token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Repeated {
    No,
    Yes,
    /// It belongs to another transaction.
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
