//! From `statx(2)` to [`FileStatus`].

use dx_sys::file::KernelStatus;

use crate::FileStatus;

fn nanoseconds(time: libc::statx_timestamp) -> i128 {
    i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec)
}

impl From<&KernelStatus> for FileStatus {
    fn from(status: &KernelStatus) -> Self {
        Self {
            device: libc::makedev(status.stx_dev_major, status.stx_dev_minor),
            inode: status.stx_ino,
            mode: u32::from(status.stx_mode),
            links: u64::from(status.stx_nlink),
            user: status.stx_uid,
            group: status.stx_gid,
            special_device: libc::makedev(status.stx_rdev_major, status.stx_rdev_minor),
            size: status.stx_size,
            block_size: u64::from(status.stx_blksize),
            blocks: status.stx_blocks,
            accessed_ns: nanoseconds(status.stx_atime),
            modified_ns: nanoseconds(status.stx_mtime),
            changed_ns: nanoseconds(status.stx_ctime),
            born_ns: nanoseconds(status.stx_btime),
        }
    }
}
