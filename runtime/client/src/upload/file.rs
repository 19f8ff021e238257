//! Files in bodies of several parts.

use super::Upload;
use crate::model::{Reflect, Slot, View};
use bytes::Bytes;

/// A file in a multipart body: `format: binary` in a model.
///
/// ```
/// use pontoon_runtime::File;
///
/// let plain: File = b"text".as_slice().into();
/// assert_eq!(plain.name, None);
/// let named = File::new("a,b").named("table.csv").of_type("text/csv");
/// assert_eq!(named.name.as_deref(), Some("table.csv"));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct File {
    /// The file's name; the property's name is sent where there is none.
    pub name: Option<String>,
    /// The media type; without it that which the API declares,
    /// `application/octet-stream` at last.
    pub content_type: Option<String>,
    /// The content.
    pub content: Upload,
}

impl File {
    /// A file without a name and type of its own.
    pub fn new(content: impl Into<Upload>) -> Self {
        Self {
            name: None,
            content_type: None,
            content: content.into(),
        }
    }

    /// A file on disk under its own name. It is opened again when it is sent.
    ///
    /// # Errors
    /// The file is not there or is no file.
    #[cfg(feature = "fs")]
    pub async fn open(path: impl AsRef<std::path::Path>) -> std::io::Result<Self> {
        let path = path.as_ref();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        Ok(Self {
            name,
            ..Self::new(Upload::open(path).await?)
        })
    }

    /// The same file under a name.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same file with a media type.
    pub fn of_type(mut self, media_type: impl Into<String>) -> Self {
        self.content_type = Some(media_type.into());
        self
    }

    /// The content, where it is in memory: always so in answers.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        self.content.as_bytes()
    }
}

impl<T: Into<Upload>> From<T> for File {
    fn from(content: T) -> Self {
        Self::new(content)
    }
}

impl Reflect for File {
    fn blank() -> Self {
        Self::default()
    }

    fn slot(&mut self) -> Slot<'_> {
        self.name = None;
        self.content_type = None;
        Slot::Bytes(self.content.bytes_mut())
    }

    fn view(&self) -> View<'_> {
        View::File(self)
    }
}
