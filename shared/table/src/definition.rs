//! The table as it is created for development and tests; `infra/table.yaml` creates it
//! in AWS, and a test compares the two.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType,
};
use aws_sdk_dynamodb::{Client, operation::create_table::builders::CreateTableFluentBuilder};

use crate::name::{MEMBER_INDEX, MEMBER_KEY, PK, SK, USER_NAME_INDEX, USER_NAME_KEY};

/// Each index: its name, hash key, range key.
pub const INDEXES: [(&str, &str, &str); 2] =
    [(USER_NAME_INDEX, PK, USER_NAME_KEY), (MEMBER_INDEX, MEMBER_KEY, PK)];

/// The call that creates the table.
pub(crate) fn create(client: &Client, table: &str) -> Result<CreateTableFluentBuilder, BuildError> {
    let mut create = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(schema(PK, SK)?))
        .stream_specification(
            StreamSpecification::builder()
                .stream_enabled(true)
                .stream_view_type(StreamViewType::NewAndOldImages)
                .build()?,
        );
    for attribute in [PK, SK, USER_NAME_KEY, MEMBER_KEY] {
        create = create.attribute_definitions(
            AttributeDefinition::builder()
                .attribute_name(attribute)
                .attribute_type(ScalarAttributeType::S)
                .build()?,
        );
    }
    for (index, hash, range) in INDEXES {
        create = create.global_secondary_indexes(
            GlobalSecondaryIndex::builder()
                .index_name(index)
                .set_key_schema(Some(schema(hash, range)?))
                .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
                .build()?,
        );
    }
    Ok(create)
}

fn schema(hash: &str, range: &str) -> Result<Vec<KeySchemaElement>, BuildError> {
    let element = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    Ok(vec![element(hash, KeyType::Hash)?, element(range, KeyType::Range)?])
}
