//! Lock of a repository, so that two runs do not write it at once.

use std::fs::{File, TryLockError};
use std::path::Path;

/// A lock, held until it is dropped or the process ends.
#[derive(Debug)]
pub struct Lock {
    _folder: Option<File>,
}

/// Locks the repository at `root`; calls `wait` before it waits for another run.
///
/// The lock is on the folder itself, so it leaves no file behind. A file system without locks is written without one.
pub fn lock(root: &Path, wait: impl FnOnce()) -> Lock {
    let Ok(folder) = File::open(root) else { return Lock { _folder: None } };
    let locked = match folder.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => {
            wait();
            folder.lock().is_ok()
        }
        Err(TryLockError::Error(_)) => false,
    };
    Lock { _folder: locked.then_some(folder) }
}
