//! A directory's secret: what proves that something handed out to clients came from here.
//!
//! It lies in the directory's record, which every request reads with its credential, so
//! that all instances of a service share it. It never leaves the service.

use std::fmt;
use std::sync::Arc;

use data_encoding::HEXLOWER;

use crate::error::Error;

const BYTES: usize = 32;

/// 256 random bits. Shown by nobody, logs included.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<[u8; BYTES]>);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the operating system gives no random bytes.
    pub fn random() -> Result<Self, Error> {
        random().map(|bytes| Self(Arc::new(bytes)))
    }

    /// Reads what [`hex`](Self::hex) wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(|bytes| Self(Arc::new(bytes)))
    }

    /// The form in which the record keeps it.
    pub(crate) fn hex(&self) -> String {
        HEXLOWER.encode(&*self.0)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &*self.0
    }
}

/// Bytes that nobody can guess.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::Unavailable(e.to_string().into()))?;
    Ok(bytes)
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
