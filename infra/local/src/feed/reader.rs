//! Reads a stream: its shards, parents before children, from the oldest
//! record on, and remembers how far it came in each.

use std::collections::HashMap;

use aws_lambda_events::event::dynamodb::Event;
use aws_sdk_dynamodbstreams::types::ShardIteratorType;
use cli::error::chain;
use tokio::time::{Duration, Instant};

use super::event::event;
use super::source::Source;

/// Records in one batch. Small, as a record holds an item twice and an item
/// may have 400 KB.
const BATCH: i32 = 100;

/// How often new shards are looked for. DynamoDB rolls a shard every few hours.
const DESCRIBE: Duration = Duration::from_secs(10);

/// Records of one shard, in order.
pub(super) struct Batch {
    pub(super) shard: String,
    pub(super) event: Event,
    /// The iterator after these records; none at the end of a closed shard.
    pub(super) next: Option<String>,
    /// The sequence number of the last one.
    pub(super) last: Option<String>,
    /// Whether there were as many as fit.
    pub(super) full: bool,
}

/// Where the reader is in one shard.
#[derive(Debug)]
enum Position {
    /// Not begun, or an iterator that has expired: from the sequence number
    /// (inclusive, or after it), or from the oldest record.
    From(Option<(String, ShardIteratorType)>),
    /// Go on with this iterator. `last` is the last record consumed.
    At { iterator: String, last: Option<String> },
    /// Read to its end.
    Done,
}

#[derive(Debug)]
struct Shard {
    id: String,
    parent: Option<String>,
    position: Position,
}

/// Reads the stream of one table.
pub(super) struct Reader {
    source: Source,
    stream: Option<String>,
    shards: Vec<Shard>,
    described: Option<Instant>,
    /// Which shard is asked next, so that a busy one does not starve others.
    turn: usize,
}

impl Reader {
    pub(super) fn new(source: Source) -> Self {
        Self { source, stream: None, shards: Vec::new(), described: None, turn: 0 }
    }

    /// The next records of any shard that has some.
    ///
    /// # Errors
    /// What the stream's API says. The stream is then looked up again: the
    /// table may have been created again.
    pub(super) async fn next(&mut self) -> Result<Option<Batch>, String> {
        let found = self.look().await;
        if found.is_err() {
            self.stream = None;
            self.described = None;
        }
        found
    }

    async fn look(&mut self) -> Result<Option<Batch>, String> {
        let stream = self.stream().await?;
        if self.described.is_none_or(|at| at.elapsed() >= DESCRIBE) {
            self.describe(&stream).await?;
            self.described = Some(Instant::now());
        }
        for _ in 0..self.shards.len() {
            self.turn = (self.turn + 1) % self.shards.len().max(1);
            if !self.ready(self.turn) {
                continue;
            }
            if let Some(batch) = self.read(self.turn, &stream).await? {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }

    /// Notes that a batch was processed, and forgets its records.
    pub(super) async fn consumed(
        &mut self,
        shard: &str,
        next: Option<String>,
        last: Option<String>,
    ) -> Result<(), String> {
        let position = match next {
            Some(iterator) => Position::At { iterator, last: last.clone() },
            None => Position::Done,
        };
        self.place(shard, position);
        match (&self.source.trim, last) {
            (Some(trim), Some(last)) => trim.before(&last).await.map_err(|error| error.to_string()),
            _ => Ok(()),
        }
    }

    /// Notes that a batch was processed only up to the record `failed`.
    pub(super) fn rewind(&mut self, shard: &str, failed: String) {
        self.place(shard, Position::From(Some((failed, ShardIteratorType::AtSequenceNumber))));
    }

    fn place(&mut self, shard: &str, position: Position) {
        if let Some(shard) = self.shards.iter_mut().find(|known| known.id == shard) {
            shard.position = position;
        }
    }

    /// A shard is read after its parent, when the stream still has that.
    fn ready(&self, index: usize) -> bool {
        let Some(shard) = self.shards.get(index) else { return false };
        !matches!(shard.position, Position::Done)
            && !shard.parent.as_ref().is_some_and(|parent| {
                self.shards
                    .iter()
                    .any(|known| known.id == *parent && !matches!(known.position, Position::Done))
            })
    }

    async fn read(&mut self, index: usize, stream: &str) -> Result<Option<Batch>, String> {
        let Some(shard) = self.shards.get_mut(index) else { return Ok(None) };
        let (iterator, last) = match &shard.position {
            Position::At { iterator, last } => (iterator.clone(), last.clone()),
            Position::From(from) => {
                let (number, kind) = match from.clone() {
                    Some((number, kind)) => (Some(number), kind),
                    None => (None, ShardIteratorType::TrimHorizon),
                };
                let request = self.source.streams.get_shard_iterator().stream_arn(stream).shard_id(&shard.id);
                let answer = request.shard_iterator_type(kind).set_sequence_number(number).send().await;
                match answer.map_err(|error| chain(&error))?.shard_iterator {
                    Some(iterator) => (iterator, None),
                    None => return Ok(None),
                }
            }
            Position::Done => return Ok(None),
        };
        let answer = self.source.streams.get_records().shard_iterator(&iterator).limit(BATCH).send().await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                // Iterators expire after a quarter of an hour; ask for another.
                shard.position =
                    Position::From(last.map(|number| (number, ShardIteratorType::AfterSequenceNumber)));
                return Err(chain(&error));
            }
        };
        let records = answer.records.unwrap_or_default();
        let Some(last) = records.last() else {
            shard.position = match answer.next_shard_iterator {
                Some(iterator) => Position::At { iterator, last },
                None => Position::Done,
            };
            return Ok(None);
        };
        Ok(Some(Batch {
            shard: shard.id.clone(),
            last: last.dynamodb.as_ref().and_then(|change| change.sequence_number.clone()),
            full: i32::try_from(records.len()).is_ok_and(|count| count >= BATCH),
            next: answer.next_shard_iterator,
            event: event(records, stream),
        }))
    }

    async fn stream(&mut self) -> Result<String, String> {
        if let Some(stream) = &self.stream {
            return Ok(stream.clone());
        }
        let answer = self.source.dynamodb.describe_table().table_name(&self.source.table).send().await;
        let stream = answer
            .map_err(|error| chain(&error))?
            .table
            .and_then(|table| table.latest_stream_arn)
            .ok_or_else(|| format!("the table `{}` has no stream", self.source.table))?;
        self.stream = Some(stream.clone());
        Ok(stream)
    }

    async fn describe(&mut self, stream: &str) -> Result<(), String> {
        let mut found = Vec::new();
        let mut start = None;
        loop {
            let request = self.source.streams.describe_stream().stream_arn(stream);
            let answer = request.set_exclusive_start_shard_id(start).send().await;
            let Some(page) = answer.map_err(|error| chain(&error))?.stream_description else { break };
            for shard in page.shards.unwrap_or_default() {
                let Some(id) = shard.shard_id else { continue };
                found.push(Shard { id, parent: shard.parent_shard_id, position: Position::From(None) });
            }
            start = page.last_evaluated_shard_id;
            if start.is_none() {
                break;
            }
        }
        // Only now: a failure must not lose how far each shard was read.
        let mut known: HashMap<String, Position> =
            self.shards.drain(..).map(|shard| (shard.id, shard.position)).collect();
        for shard in &mut found {
            if let Some(position) = known.remove(&shard.id) {
                shard.position = position;
            }
        }
        self.shards = found;
        Ok(())
    }
}
