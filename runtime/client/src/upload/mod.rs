//! What a request sends as bytes: in memory, out of a file, or as a stream.

mod body;
mod file;
#[cfg(feature = "fs")]
mod reader;

pub use file::File;

pub(crate) use body::joined;

use crate::Error;
use crate::error::BoxError;
use crate::transport::Body;
use bytes::Bytes;
use futures_core::Stream;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// The bytes of a request body, or of a [`File`] in one.
///
/// Made of `Bytes`, `Vec<u8>`, `String` and statics, of a [stream](Self::stream),
/// a file ([`Self::open`]) or a [reader](Self::reader). Bytes and files can be
/// sent again, for a redirect say; a stream cannot, and a call that has to is an
/// error. Clones of a stream share it: the first that is sent has it.
#[derive(Clone, Default)]
pub struct Upload {
    /// Empty where there is a source.
    bytes: Bytes,
    source: Option<Source>,
    length: Option<u64>,
}

/// Where bytes come from that are not in memory.
#[derive(Clone)]
enum Source {
    Stream(Arc<Mutex<Option<Body>>>),
    #[cfg(feature = "fs")]
    Path(Arc<std::path::Path>),
}

impl Upload {
    /// Pieces as they come. Without [`Self::length`] they are sent in chunks,
    /// which some servers refuse.
    pub fn stream<S, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        Self::once(Body::stream(body::Pieces(Box::pin(stream))))
    }

    /// What a reader gives, until its end.
    #[cfg(feature = "fs")]
    pub fn reader(reader: impl tokio::io::AsyncRead + Send + 'static) -> Self {
        Self::once(Body::stream(reader::Reading::of(Box::pin(reader))))
    }

    /// The content of a file, which is opened again when it is sent.
    ///
    /// # Errors
    /// The file is not there or is no file.
    #[cfg(feature = "fs")]
    pub async fn open(path: impl AsRef<std::path::Path>) -> std::io::Result<Self> {
        let path: Arc<std::path::Path> = path.as_ref().into();
        let about = tokio::fs::metadata(&path).await?;
        if about.is_dir() {
            return Err(std::io::ErrorKind::IsADirectory.into());
        }
        // Devices and pipes have no length to trust.
        let length = about.is_file().then_some(about.len());
        Ok(Self {
            bytes: Bytes::new(),
            source: Some(Source::Path(path)),
            length,
        })
    }

    fn once(body: Body) -> Self {
        Self {
            bytes: Bytes::new(),
            source: Some(Source::Stream(Arc::new(Mutex::new(Some(body))))),
            length: None,
        }
    }

    /// Says how many bytes there are, for `Content-Length`. A stream that gives
    /// more or fewer breaks the call off. Bytes in memory know their length.
    pub fn length(mut self, bytes: u64) -> Self {
        if self.source.is_some() {
            self.length = Some(bytes);
        }
        self
    }

    /// The bytes, where they are in memory.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        self.source.is_none().then_some(&self.bytes)
    }

    /// Whether it can be sent only once.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.source, Some(Source::Stream(_)))
    }

    /// The place of bytes in memory, for decoders; what was there is gone.
    fn bytes_mut(&mut self) -> &mut Bytes {
        self.source = None;
        self.length = None;
        &mut self.bytes
    }

    /// A body to send.
    pub(crate) fn body(&self) -> Result<Body, Error> {
        let body = match &self.source {
            None => return Ok(Body::from(self.bytes.clone())),
            Some(Source::Stream(shared)) => {
                let taken = shared.lock().unwrap_or_else(PoisonError::into_inner).take();
                taken.ok_or_else(|| {
                    Error::request(
                        "the body is a stream that was sent before and cannot be sent again; \
                         bytes and files can",
                    )
                })?
            }
            #[cfg(feature = "fs")]
            Some(Source::Path(path)) => Body::stream(reader::Reading::file(Arc::clone(path))),
        };
        Ok(match self.length {
            Some(length) => Body::stream(body::Sized::new(body, length)),
            None => body,
        })
    }
}

impl<T: Into<Bytes>> From<T> for Upload {
    fn from(bytes: T) -> Self {
        Self {
            bytes: bytes.into(),
            source: None,
            length: None,
        }
    }
}

/// Bytes are compared; streams are equal to their clones, files by path.
impl PartialEq for Upload {
    fn eq(&self, other: &Self) -> bool {
        match (&self.source, &other.source) {
            (None, None) => self.bytes == other.bytes,
            (Some(Source::Stream(a)), Some(Source::Stream(b))) => Arc::ptr_eq(a, b),
            #[cfg(feature = "fs")]
            (Some(Source::Path(a)), Some(Source::Path(b))) => a == b,
            _ => false,
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            None => write!(f, "[{} bytes]", self.bytes.len()),
            Some(Source::Stream(_)) => f.write_str("[a stream]"),
            #[cfg(feature = "fs")]
            Some(Source::Path(path)) => write!(f, "[{}]", path.display()),
        }
    }
}
