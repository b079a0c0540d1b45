//! State shared by all cases: the endpoint, its schemas, and the created resources.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Options, schemas::Schemas};
use crate::mapping::{Kind, Mapping};
use crate::wire::client::Client;
use crate::wire::credentials::Credentials;
use crate::wire::request::{Answer, Request, Trouble};

/// The endpoint under test.
pub(crate) struct World {
    pub(crate) client: Client,
    pub(crate) mapping: Mapping,
    pub(crate) credentials: Option<Credentials>,
    /// The body of `/Schemas`.
    pub(crate) discovered: Option<Result<Answer, Trouble>>,
    /// The parsed schemas.
    pub(crate) schemas: Schemas,
    /// Resources to remove at the end.
    pub(crate) made: Mutex<Vec<(Kind, String)>>,
    run: String,
    number: AtomicU32,
}

impl World {
    pub(crate) fn new(options: &Options) -> Result<Self, String> {
        let (client, _) = Client::new(&options.url, "", options.timeout)?;
        let client = client.with(options.tokens.clone());
        Ok(Self {
            client,
            mapping: options.mapping.clone(),
            credentials: options.credentials.clone(),
            discovered: None,
            schemas: Schemas::default(),
            made: Mutex::default(),
            run: format!("{:08x}", fastrand::u32(..)),
            number: AtomicU32::new(0),
        })
    }

    /// Reads the schemas, which define the values that may be sent.
    pub(crate) async fn discover(&mut self) {
        let answer = self.client.send(&schemas_request()).await;
        if let Ok(Answer { status: 200, json: Some(body), .. }) = &answer {
            self.schemas = Schemas::read(body);
        }
        self.discovered = Some(answer);
    }

    /// A text that was not used before.
    pub(crate) fn tag(&self) -> String {
        format!("{}{:02}", self.run, self.number.fetch_add(1, Ordering::Relaxed))
    }
}

pub(crate) fn schemas_request() -> Request {
    Request::get("/Schemas")
}
