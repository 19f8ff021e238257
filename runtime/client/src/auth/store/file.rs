//! Tokens in files.

use super::{StoreLock, TokenStore};
use crate::auth::oauth::Tokens;
use crate::transport::BoxFuture;
use crate::{Error, Secret};
use fs4::{FileExt, TryLockError};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::future::ready;
use std::io::{self, ErrorKind, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A file of tokens is short; what is longer is none.
const LONGEST: u64 = 1 << 20;

/// Keeps tokens in files of a directory, one for each key, that only their owner
/// can read (mode 0600 in a directory of mode 0700 on Unix; elsewhere as the
/// directory says). The directory is made where it is not there. A file that
/// others can read is refused.
///
/// Files are replaced as a whole, by a rename after the content has reached the
/// disk. Processes that share the directory renew a grant one at a time (a lock
/// of the operating system, which ends with its process).
///
/// Files are read and written in place, without a thread of their own: this takes
/// as long as the disk does, once for each renewal.
#[derive(Clone, Debug)]
pub struct FileStore {
    directory: PathBuf,
}

impl FileStore {
    /// Tokens in the files of `directory`, which is made when it is needed.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
        }
    }

    fn path(&self, key: &str, extension: &str) -> PathBuf {
        self.directory.join(file_name(key) + extension)
    }

    fn read(&self, key: &str) -> Result<Option<Tokens>, Error> {
        let path = self.path(key, ".json");
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("read", &path, &error)),
        };
        refuse_public(&file, &path)?;
        let mut text = zeroize::Zeroizing::new(String::new());
        let mut limited = Read::by_ref(&mut file).take(LONGEST);
        let read = limited.read_to_string(&mut text);
        read.map_err(|error| failed("read", &path, &error))?;
        match Tokens::from_json(&text) {
            Some(tokens) => Ok(Some(tokens)),
            None => Err(Error::credential(format!(
                "{} holds no tokens: remove it and sign in again",
                path.display()
            ))),
        }
    }

    fn write(&self, key: &str, text: &Secret) -> Result<(), Error> {
        static WRITTEN: AtomicU64 = AtomicU64::new(0);
        let path = self.path(key, ".json");
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let draft = self.path(key, &format!(".{}-{number}.new", std::process::id()));
        let written = self.make_directory().and_then(|()| {
            let mut file = private().write(true).create_new(true).open(&draft)?;
            file.write_all(text.expose().as_bytes())?;
            file.sync_all()?;
            drop(file);
            fs::rename(&draft, &path)?;
            self.sync_directory()
        });
        written.map_err(|error| {
            let _ = fs::remove_file(&draft);
            failed("write", &path, &error)
        })
    }

    fn make_directory(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.directory)
    }

    /// A rename has happened for good when its directory has reached the disk.
    fn sync_directory(&self) -> io::Result<()> {
        #[cfg(unix)]
        File::open(&self.directory)?.sync_all()?;
        Ok(())
    }

    fn lock(&self, key: &str) -> Result<Option<StoreLock>, Error> {
        let path = self.path(key, ".lock");
        let opened = self.make_directory().and_then(|()| {
            let mut options = private();
            options.write(true).create(true).truncate(false).open(&path)
        });
        let file = opened.map_err(|error| failed("lock", &path, &error))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Some(StoreLock::new(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed("lock", &path, &error)),
        }
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn refuse_public(file: &File, path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    let about = file.metadata();
    let mode = about
        .map_err(|error| failed("read", path, &error))?
        .permissions()
        .mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Error::credential(format!(
        "{} can be read by others (mode {:03o}): its tokens may be known to them. Revoke them, or \
         trust them after `chmod 600`",
        path.display(),
        mode & 0o777
    )))
}

#[cfg(not(unix))]
fn refuse_public(_: &File, _: &Path) -> Result<(), Error> {
    Ok(())
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::credential(format!("cannot {what} {}: {error}", path.display()))
}

/// A key as a name that every file system takes: what can be read of it, and a
/// hash that tells it from others.
fn file_name(key: &str) -> String {
    let readable = key.chars().map(|c| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' => c,
        _ => '_',
    });
    let mut name: String = readable.take(60).collect();
    name.push('.');
    for byte in &Sha256::digest(key.as_bytes())[..8] {
        // Writing to a string does not fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

impl TokenStore for FileStore {
    fn load(&self, key: &str) -> BoxFuture<Result<Option<Tokens>, Error>> {
        let result = self.read(key);
        Box::pin(ready(result))
    }

    fn save(&self, key: &str, tokens: &Tokens) -> BoxFuture<Result<(), Error>> {
        let result = self.write(key, &tokens.to_json());
        Box::pin(ready(result))
    }

    fn remove(&self, key: &str) -> BoxFuture<Result<(), Error>> {
        let path = self.path(key, ".json");
        let result = match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(failed("remove", &path, &error))
            }
            _ => Ok(()),
        };
        Box::pin(ready(result))
    }

    fn try_lock(&self, key: &str) -> BoxFuture<Result<Option<StoreLock>, Error>> {
        let result = self.lock(key);
        Box::pin(ready(result))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory that goes with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let name = format!("pontoon-{name}-{}", std::process::id());
            let path = std::env::temp_dir().join(name);
            let _ = fs::remove_dir_all(&path);
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn tokens(text: &str) -> Tokens {
        Tokens::new(text)
    }

    #[tokio::test]
    async fn written_read_and_removed() {
        let folder = Folder::new("tokens");
        let store = FileStore::new(folder.0.join("deep/er"));
        let key = "id@https://h.example/token?x#ä";
        assert!(store.load(key).await.expect("no file").is_none());
        for text in ["one", "two"] {
            store.save(key, &tokens(text)).await.expect("saved");
            let loaded = store.load(key).await.expect("a file").expect("tokens");
            assert_eq!(loaded.access_token.expose(), text);
        }
        assert!(store.load("other").await.expect("no file").is_none());
        // Drafts are gone.
        let names = fs::read_dir(folder.0.join("deep/er")).expect("a directory");
        assert_eq!(names.count(), 1);
        store.remove(key).await.expect("removed");
        store.remove(key).await.expect("removed twice");
        assert!(store.load(key).await.expect("no file").is_none());
    }

    #[tokio::test]
    async fn one_holder_at_a_time() {
        let folder = Folder::new("lock");
        let (one, two) = (FileStore::new(&folder.0), FileStore::new(&folder.0));
        let held = one.try_lock("k").await.expect("a lock");
        assert!(held.is_some());
        assert!(two.try_lock("k").await.expect("no lock").is_none());
        assert!(two.try_lock("other").await.expect("a lock").is_some());
        drop(held);
        assert!(two.try_lock("k").await.expect("a lock").is_some());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn private_to_their_owner() {
        use std::os::unix::fs::PermissionsExt;
        let folder = Folder::new("mode");
        let store = FileStore::new(&folder.0);
        store.save("k", &tokens("s3cret")).await.expect("saved");
        let path = store.path("k", ".json");
        let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&folder.0)), (0o600, 0o700));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("changed");
        let error = store.load("k").await.expect_err("a public file");
        assert!(
            error
                .to_string()
                .contains("can be read by others (mode 644)")
        );
        assert!(error.is_auth() && !format!("{error:?}").contains("s3cret"));
        // It is replaced, not written through.
        store.save("k", &tokens("new")).await.expect("saved");
        assert_eq!(mode(&path), 0o600);
        fs::write(&path, "{").expect("broken");
        let error = store.load("k").await.expect_err("a broken file");
        assert!(error.to_string().contains("holds no tokens"), "{error}");
    }
}
