//! Where a record is in the table's stream.

use serde::{Deserialize, Serialize};

/// Digits of a sequence number, which DynamoDB gives as a number of up to 40.
const DIGITS: usize = 40;

/// The position of a record in a stream. Positions of one item's records increase with its changes,
/// also when its shard is split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Position(String);

impl Position {
    /// The position of the record `number` of `stream`, an ARN or the part of it that names the stream.
    pub(crate) fn new(stream: &str, number: &str) -> Self {
        let stream = stream.rsplit('/').next().unwrap_or_default();
        Self(format!("{stream}#{number:0>DIGITS$}"))
    }

    /// Whether a record here comes after one at `last` of the same item. Records of another stream do:
    /// the table was restored, or its stream was switched off and on.
    pub(crate) fn is_after(&self, last: Option<&Self>) -> bool {
        let Some(last) = last else { return true };
        match (self.0.split_once('#'), last.0.split_once('#')) {
            (Some((stream, number)), Some((other, before))) if stream == other => number > before,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(stream: &str, number: &str) -> Position {
        Position::new(stream, number)
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        assert!(at("s", "1000").is_after(Some(&at("s", "999"))));
        assert!(!at("s", "999").is_after(Some(&at("s", "1000"))));
        assert!(!at("s", "999").is_after(Some(&at("s", "999"))));
        assert!(at("s", "1").is_after(None));
    }

    #[test]
    fn a_new_stream_begins_again() {
        let (old, new) =
            ("arn:aws:dynamodb:x:1:table/t/stream/2026-01-01", "arn:x:1:table/t/stream/2026-02-01");
        assert!(at(new, "1").is_after(Some(&at(old, "9"))));
        assert!(!at("2026-01-01", "1").is_after(Some(&at(old, "9"))));
    }
}
