//! Subscriptions: where the events of a directory are sent, and how far that has come.
//!
//! The event log is the queue. The [record](Subscription) of a subscription holds its *cursor*: every
//! event up to it is delivered, or is a [dead letter](dead_letter), or is listed in the record as
//! *open*. Nothing else is stored. [`batch::next`] reads what is to be sent, and
//! [`Subscription::advance`] says what follows from the results. [`store::save`] writes both the record
//! and the dead letters under the condition that the record has not changed meanwhile. So a run that
//! ends between sending and saving sends events again, and never loses one; of two runs at the same
//! time one has no effect.
//!
//! One list has an entry for each subscription of the deployment ([`store::Entry`]): since when it is
//! paused or failing, and when it has something to do even without a new event. It is read once a minute.

pub mod advance;
pub mod batch;
pub mod dead_letter;
pub mod record;
pub mod secret;
pub mod store;
pub mod tokens;

pub use record::{Channel, LastError, Open, State, Subscription, SubscriptionId};
pub use tokens::TokenStream;
