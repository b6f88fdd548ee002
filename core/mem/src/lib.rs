//! Receive buffers and the leases that borrow them.

/// Received bytes in a buffer of the driver's pool; dropping it gives the buffer back.
#[derive(Debug)]
pub struct Lease(Vec<u8>);

impl std::ops::Deref for Lease {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
