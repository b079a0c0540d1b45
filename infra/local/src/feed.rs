//! Does for `functions/changes` what AWS does with an event source mapping and
//! a schedule: reads the table's stream, hands the records over in order and
//! in batches, at least once each, and calls the function's tick.
//!
//! Reads the embedded engine, DynamoDB Local and DynamoDB alike. From the
//! embedded engine it also deletes what it has handed over, so that a restart
//! goes on with what is left; elsewhere a restart begins with the oldest
//! record the stream still has.

pub mod source;

mod event;
mod pace;
mod reader;

use std::time::Duration;

use aws_lambda_events::event::dynamodb::Event;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{self, Instant};

use self::pace::{Pace, Progress};
use self::reader::Reader;
use self::source::Source;

/// How often the function's tick is called; AWS's schedule has a minute.
const TICK: Duration = Duration::from_secs(5);
/// How long a tick works. While there is more to do, the next one comes after as long a rest, in which the feed
/// catches up: both use the one engine.
pub const RUN: Duration = Duration::from_millis(500);

/// This number of calls per second keeps the engine busy.
const BUSY: f64 = 1000.0;
/// Calls are counted for at least so long.
const SAMPLE: Duration = Duration::from_millis(10);
/// While it is busy, the feed rests this number of times as long as it worked, at most so long.
const PART: u32 = 15;
const LONGEST: Duration = Duration::from_secs(1);
/// It rests no more once it has been behind for so long.
const BEHIND: Duration = Duration::from_secs(2);

/// What the feed calls. Its one implementation outside of tests is
/// `functions/changes`.
pub trait Consumer: Send + 'static {
    /// Takes a batch; answers the sequence number of the first record that it
    /// could not process, when there is one, and has logged why.
    fn handle(&self, event: Event) -> impl Future<Output = Option<String>> + Send;

    /// Does what is due.
    fn tick(&self) -> impl Future<Output = Result<(), String>> + Send;
}

/// A running feed.
#[derive(Debug)]
pub struct Feed {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Feed {
    /// Starts feeding `consumer`. The stream does not wait for a tick.
    pub fn start(source: Source, consumer: impl Consumer + Sync) -> Self {
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(async move {
            let (reading, ticking) = (stopped.clone(), stopped);
            tokio::join!(read(source, &consumer, reading), tick(&consumer, ticking));
        });
        Self { stop, task }
    }

    /// Stops after the batch that is being handed over, or amid it when that
    /// takes longer than `patience`: it is then handed over again after the
    /// next start.
    pub async fn stop(mut self, patience: Duration) {
        // No receiver: the task has ended on its own.
        let _ = self.stop.send(true);
        if time::timeout(patience, &mut self.task).await.is_err() {
            self.task.abort();
            let _ = self.task.await;
        }
    }
}

/// Hands over batch by batch. Ends between two batches: what a batch has begun is finished, what
/// follows is read again after a restart.
async fn read(source: Source, consumer: &impl Consumer, mut stopped: watch::Receiver<bool>) {
    let activity = source.activity.clone();
    let (mut reader, mut pace) = (Reader::new(source), Pace::default());
    // Since when each batch was full.
    let mut behind = None;
    loop {
        let begin = Instant::now();
        // A failure is logged once, when it begins, and once when it ends.
        let (pause, is_idle) = match deliver(&mut reader, consumer).await {
            Ok(progress) => {
                if pace.recovered() {
                    tracing::info!("the table's stream is processed again");
                }
                match progress {
                    Progress::Full => drop(behind.get_or_insert(begin)),
                    _ => behind = None,
                }
                (pace.after(progress), progress == Progress::Nothing)
            }
            Err(error) => {
                if pace.healthy() {
                    tracing::warn!(error, "the table's stream cannot be processed; trying again");
                }
                (pace.after_failure(), false)
            }
        };
        let (took, is_late) = (begin.elapsed(), behind.is_some_and(|since| since.elapsed() > BEHIND));
        let rest = async {
            match &activity {
                // The next write ends the pause. Without one there is nothing to read.
                Some(activity) if is_idle => drop(time::timeout(pause, activity.written()).await),
                Some(activity) => {
                    let (calls, begin) = (activity.calls(), Instant::now());
                    time::sleep(if is_late { pause } else { pause.max(SAMPLE) }).await;
                    let rate = (activity.calls() - calls) as f64 / begin.elapsed().as_secs_f64();
                    if !is_late {
                        give_way(rate, took).await;
                    }
                }
                None => time::sleep(pause).await,
            }
        };
        tokio::select! {
            () = rest => {}
            _ = stopped.changed() => break,
        }
    }
}

/// Lets requests go first: while they keep the engine busy, the feed works for a small part of the
/// time only. `rate` is the number of calls per second since its last batch, and `took` is how long that
/// took. What it has not read stays in the stream.
async fn give_way(rate: f64, took: Duration) {
    if rate >= BUSY {
        time::sleep((took * PART).min(LONGEST)).await;
    }
}

async fn deliver(reader: &mut Reader, consumer: &impl Consumer) -> Result<Progress, String> {
    let Some(batch) = reader.next().await? else { return Ok(Progress::Nothing) };
    let progress = if batch.full { Progress::Full } else { Progress::Some };
    if let Some(failed) = consumer.handle(batch.event).await {
        // The records before it are done; it and the rest come again.
        reader.rewind(&batch.shard, failed);
        return Err("a record was refused".to_owned());
    }
    reader.consumed(&batch.shard, batch.next, batch.last).await?;
    Ok(progress)
}

/// Calls the function's tick in its rhythm.
async fn tick(consumer: &impl Consumer, mut stopped: watch::Receiver<bool>) {
    let mut rest = TICK;
    loop {
        tokio::select! {
            () = time::sleep(rest) => {}
            _ = stopped.changed() => break,
        }
        let begun = Instant::now();
        if let Err(error) = consumer.tick().await {
            tracing::warn!(error, "background work failed; trying again");
        }
        let took = begun.elapsed();
        rest = if took >= RUN { took } else { TICK };
    }
}
