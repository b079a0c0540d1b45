//! Notifications: a subscription has something to do.

use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use directory::Table;
use directory::clock::seconds;
use directory::error::Error;
use directory::id::DirectoryId;
use directory::subscription::{Subscription, SubscriptionId, store};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::UnboundedSender;
use uuid::Uuid;

/// Messages that one call of SQS may send.
const BATCH: usize = 10;

/// A subscription that has something to do. Its record says what.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Notification {
    /// Its directory.
    pub directory: DirectoryId,
    /// Its id.
    pub subscription: SubscriptionId,
}

/// Where notifications go.
#[derive(Debug, Clone)]
pub enum Notifier {
    /// To a FIFO queue of SQS. A subscription is a message group, so one run at a time works for it.
    Queue {
        /// The client.
        client: aws_sdk_sqs::Client,
        /// The URL of the queue.
        url: String,
    },
    /// To a task of this process.
    Task(UnboundedSender<Notification>),
    /// Nowhere: there are no subscriptions.
    Off,
}

impl Notifier {
    /// Notifies the subscriptions of `directory`, whose log may have new events.
    ///
    /// # Errors
    /// The table's own; [`Error::Unavailable`] when SQS does not take a message.
    pub async fn appended(&self, table: &Table, directory: &DirectoryId) -> Result<(), Error> {
        if matches!(self, Self::Off) {
            return Ok(());
        }
        let now = seconds();
        let subscriptions = store::list(table, directory).await?;
        let ready = subscriptions.iter().filter(|subscription| subscription.may_send(now));
        let notification = |subscription: &Subscription| Notification {
            directory: directory.clone(),
            subscription: subscription.id.clone(),
        };
        self.send(&ready.map(notification).collect::<Vec<_>>()).await
    }

    /// Sends `notifications`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when SQS does not take a message.
    pub async fn send(&self, notifications: &[Notification]) -> Result<(), Error> {
        match self {
            Self::Queue { client, url } => {
                for batch in notifications.chunks(BATCH) {
                    send(client, url, batch).await?;
                }
            }
            Self::Task(task) => {
                for notification in notifications {
                    // The task has ended: the process ends.
                    let _ = task.send(notification.clone());
                }
            }
            Self::Off => {}
        }
        Ok(())
    }
}

async fn send(client: &aws_sdk_sqs::Client, url: &str, batch: &[Notification]) -> Result<(), Error> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| Error::Unavailable(error);
    let entries = batch.iter().enumerate().map(|(number, notification)| {
        let text = serde_json::to_string(notification).map_err(|error| failed(error.into()))?;
        SendMessageBatchRequestEntry::builder()
            .id(number.to_string())
            .message_body(text)
            .message_group_id(notification.subscription.to_string())
            // A notification may be about an event that the run for the last one did not see.
            .message_deduplication_id(Uuid::now_v7().to_string())
            .build()
            .map_err(|error| failed(error.into()))
    });
    let entries = entries.collect::<Result<Vec<_>, Error>>()?;
    let call = client.send_message_batch().queue_url(url).set_entries(Some(entries));
    let answer = Box::pin(call.send()).await.map_err(|error| failed(error.into()))?;
    match answer.failed().first() {
        Some(refused) => Err(failed(format!("SQS refused a message: {}", refused.code()).into())),
        None => Ok(()),
    }
}
