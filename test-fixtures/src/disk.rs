//! A disk that is soon full.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::server::folder;

/// A file system in memory, with a ballast on it that can be thrown off. Gone with this value.
#[derive(Debug)]
pub struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts one of so many MiB; `None` if this process may not mount, said aloud.
    ///
    /// # Panics
    /// If it may not, and `DBKIT_TEST_REQUIRE` asks for it.
    #[expect(clippy::print_stderr, reason = "what is skipped is said aloud")]
    pub fn mount(size: usize) -> Option<Self> {
        let folder = folder("disk").expect("a folder");
        let output = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}m,mode=777"), "tmpfs"])
            .arg(&folder)
            .output();
        let reason = match output {
            Ok(output) if output.status.success() => return Some(Self { folder }),
            Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            Err(error) => error.to_string(),
        };
        let required = std::env::var("DBKIT_TEST_REQUIRE").unwrap_or_default();
        assert!(!required.split(',').any(|name| name == "mount"), "a small disk: {reason}");
        eprintln!("SKIPPED: a disk that is full: {reason}");
        let _ = fs::remove_dir(&folder);
        None
    }

    /// Its root.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Fills it until only so many KiB are left.
    ///
    /// # Errors
    /// What the system says.
    pub fn fill(&self, left: u64) -> io::Result<()> {
        let ballast = self.ballast();
        let block = vec![0; 64 << 10];
        let mut file = fs::File::create(&ballast)?;
        while io::Write::write_all(&mut file, &block).is_ok() {}
        let size = file.metadata()?.len();
        file.set_len(size.saturating_sub(left << 10))
    }

    /// Makes room again.
    ///
    /// # Errors
    /// What the system says.
    pub fn relieve(&self) -> io::Result<()> {
        fs::remove_file(self.ballast())
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that is on its way out may still have files open.
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
        let _ = fs::remove_dir(&self.folder);
    }
}
