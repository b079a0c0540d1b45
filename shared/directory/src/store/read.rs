//! Reading: one item, many items, a range of items.
//!
//! The SDK's futures are large and deep: boxed, they stay out of those that wait for them.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::Store;
use crate::error::Error;
use crate::keys::{Item, Key, s};
use table::error::fault;
use table::get::Batch;
use table::meter;
use table::name;

/// A range of items, read page by page.
pub(crate) struct Pages {
    query: QueryFluentBuilder,
    after: Option<Item>,
    done: bool,
}

impl Pages {
    /// Only what comes behind `key`.
    pub(crate) fn after(mut self, key: &Key) -> Self {
        self.after = Some(key.item());
        self
    }

    /// Whether the next page would be read.
    pub(crate) fn has_more(&self) -> bool {
        !self.done
    }

    /// The next items, up to `limit` or DynamoDB's 1 MB; `None` when there are no more.
    pub(crate) async fn next(&mut self, limit: Option<i32>) -> Result<Option<Vec<Item>>, Error> {
        if self.done {
            return Ok(None);
        }
        let query = self.query.clone().set_limit(limit).set_exclusive_start_key(self.after.take());
        let page = Box::pin(query.send()).await.map_err(fault)?;
        meter::read(page.consumed_capacity.as_slice());
        self.after = page.last_evaluated_key;
        self.done = self.after.is_none();
        Ok(Some(page.items.unwrap_or_default()))
    }

    /// Every item of the range.
    pub(crate) async fn all(mut self) -> Result<Vec<Item>, Error> {
        let mut items = Vec::new();
        while let Some(page) = self.next(None).await? {
            items.extend(page);
        }
        Ok(items)
    }
}

impl Store {
    /// One item, as of now.
    pub(crate) async fn read(&self, key: &Key) -> Result<Option<Item>, Error> {
        Ok(self.typed.get(key).await?)
    }

    /// The items of `keys` that exist, as of now.
    pub(crate) async fn read_all(&self, keys: Vec<Key>) -> Result<Batch, Error> {
        Ok(self.typed.get_many(keys).await?)
    }

    /// The items of partition `pk` that `range` (a key condition on `SK`, such as
    /// `#sk > :after`) selects, in order, as of now.
    pub(crate) fn range(&self, pk: &str, range: Option<(&str, &[(&str, &str)])>) -> Pages {
        let query = self.query(name::PK, pk, name::SK, range).consistent_read(true);
        Pages { query, after: None, done: false }
    }

    /// The keys in `index` whose hash attribute is `hash` and, where given, whose range
    /// attribute satisfies `range`. An index may lag behind the table.
    pub(crate) fn index(
        &self,
        index: &str,
        hash: (&str, &str),
        sort: &str,
        range: Option<(&str, &[(&str, &str)])>,
    ) -> Pages {
        let query = self.query(hash.0, hash.1, sort, range).index_name(index);
        Pages { query, after: None, done: false }
    }

    fn query(
        &self,
        hash: &str,
        value: &str,
        sort: &str,
        range: Option<(&str, &[(&str, &str)])>,
    ) -> QueryFluentBuilder {
        let mut query = self
            .client
            .query()
            .table_name(&*self.table)
            .expression_attribute_names("#pk", hash)
            .expression_attribute_values(":pk", s(value))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let mut condition = "#pk = :pk".to_owned();
        if let Some((range, values)) = range {
            condition = format!("{condition} AND {range}");
            query = query.expression_attribute_names("#sk", sort);
            for (placeholder, value) in values {
                query = query.expression_attribute_values(*placeholder, s(*value));
            }
        }
        query.key_condition_expression(condition)
    }
}
