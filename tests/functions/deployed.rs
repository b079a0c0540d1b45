//! The functions' processes, on the DynamoDB of a stack in this process.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, LazyLock, Mutex};

use serde_json::Value;
use tests::endpoint::Endpoint;
use tests::lambda::front::{self, Invoke};
use tests::lambda::function::{command, start};
use tests::lambda::runtime::{Outcome, Runtime};
use tests::runtime::{block_on, spawn};
use tests::template::Template;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

/// The running functions of an API.
pub(crate) struct Deployed {
    /// The API, with a token.
    pub(crate) scim: Endpoint,
    runtimes: HashMap<String, Arc<Runtime>>,
    log: Arc<Mutex<Vec<String>>>,
    _functions: Vec<Child>,
}

static SHARED: LazyLock<Option<Deployed>> = LazyLock::new(Deployed::start);

impl Deployed {
    /// The functions that all tests share; `None` where they were not built.
    pub(crate) fn shared() -> Option<&'static Self> {
        if SHARED.is_none() {
            let line = "skipped: the functions; ROLLCALL_TEST_FUNCTIONS=target/lambda names what was built\n";
            let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
        }
        SHARED.as_ref()
    }

    fn start() -> Option<Self> {
        let folder = PathBuf::from(std::env::var_os("ROLLCALL_TEST_FUNCTIONS")?);
        // Tests run in the folder of their package.
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
        let stack = Endpoint::shared();
        let url = stack.stack().expect("a stack in this process").dynamodb_url().to_owned();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (mut runtimes, mut functions, mut invokes) = (HashMap::new(), Vec::new(), HashMap::new());
        for (name, _) in Template::main().functions() {
            let runtime = Arc::new(block_on(Runtime::start()));
            let mut command = command(&folder.join(&name).join("bootstrap"), &name, &runtime);
            command
                .env("AWS_ENDPOINT_URL_DYNAMODB", &url)
                .env("ROLLCALL_TABLE", stack.table())
                .env("ROLLCALL_METRICS", "rollcall-test")
                .env("ROLLCALL_ADMINISTRATOR_KEY", stack.stack().expect("a stack").administrator_key())
                .stdout(Stdio::piped())
                // They print errors when the stand-in ends before them.
                .stderr(Stdio::null());
            let mut function = block_on(async { start(command) });
            let mut lines = BufReader::new(function.stdout.take().unwrap()).lines();
            let kept = Arc::clone(&log);
            spawn(async move {
                while let Ok(Some(line)) = lines.next_line().await {
                    kept.lock().unwrap().push(line);
                }
            });
            functions.push(function);
            let invoked = Arc::clone(&runtime);
            let invoke: Invoke = Arc::new(move |event: Value| {
                let runtime = Arc::clone(&invoked);
                Box::pin(async move { runtime.invoke(&event).await.unwrap_or_else(|why| panic!("{why}")) })
            });
            invokes.insert(name.clone(), invoke);
            runtimes.insert(name, runtime);
        }
        let scim = Endpoint::external(&format!("{}/scim/v2", front::start(invokes)), stack.token());
        Some(Self { scim, runtimes, log, _functions: functions })
    }

    /// The response or error of the function of `package` for `event`.
    pub(crate) fn invoke(&self, package: &str, event: &Value) -> Outcome {
        block_on(self.runtimes[package].invoke(event))
    }

    /// The log of the functions.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}
