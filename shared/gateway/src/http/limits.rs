//! What a request and an answer may weigh.

/// The largest request body. API Gateway hands `application/scim+json` over in base64,
/// a third longer, inside Lambda's event of at most 6 MiB.
pub const REQUEST_BODY: usize = scim::bulk::MAX_PAYLOAD_SIZE;

/// The largest answer as Lambda returns it: a string of a JSON document of at most
/// 6 MiB, less what the status and headers around it need.
pub const ENCODED_ANSWER: usize = 6 * 1024 * 1024 - 16 * 1024;

/// Answers longer than this are compressed for clients that accept it. Below, the
/// third that base64 adds eats most of the gain.
pub const COMPRESS_FROM: usize = 16 * 1024;

/// The longest Authorization header that is accepted.
pub const AUTHORIZATION: usize = 4 * 1024;
