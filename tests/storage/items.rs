//! Reads the table directly.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use tests::endpoint::Endpoint;
use tests::runtime::block_on;

/// One item.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// All items whose keys, or key of the member index, contain `text`, except jobs, which stay for a
/// minute, and what the event log keeps. Only where the stack runs in this process. It reads the whole
/// table.
pub(crate) fn naming(scim: &Endpoint, text: &str) -> Vec<Item> {
    let client = scim.stack().expect("the stack").client();
    let scan = client
        .scan()
        .table_name(scim.table())
        .consistent_read(true)
        .filter_expression(
            "(contains(PK, :text) OR contains(SK, :text) OR contains(memberKey, :text)) \
             AND NOT begins_with(PK, :job) AND NOT begins_with(PK, :mark) AND NOT begins_with(PK, :tombstone)",
        )
        .expression_attribute_values(":job", AttributeValue::S("S#".to_owned()))
        .expression_attribute_values(":mark", AttributeValue::S("M#".to_owned()))
        .expression_attribute_values(":tombstone", AttributeValue::S("T#".to_owned()))
        .expression_attribute_values(":text", AttributeValue::S(text.to_owned()));
    let pages = block_on(scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>());
    pages.expect("a scan")
}

/// The memberships of a group, or of a member.
pub(crate) fn memberships_of(scim: &Endpoint, id: &str) -> Vec<Item> {
    naming(scim, id).into_iter().filter(|item| item.contains_key("memberKey")).collect()
}

/// The number of memberships of a group, or of a member.
pub(crate) fn memberships(scim: &Endpoint, id: &str) -> usize {
    memberships_of(scim, id).len()
}
