//! The outside of a simulation, as tests play it. Nothing it does itself goes wrong.

use std::{
    cell::{Ref, RefCell, RefMut},
    io,
    net::SocketAddr,
    path::Path,
    rc::Rc,
    time::Duration,
};

use super::{
    faults::Faults,
    network::{Arrived, EndName, ListenerNumber},
    world::{SimStatistics, World, failure},
};

type Shared = Rc<RefCell<World>>;

/// Acts on a simulation from outside, between the waits of its driver.
#[derive(Clone)]
pub struct SimHandle {
    world: Shared,
}

fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

impl SimHandle {
    pub(super) fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> Ref<'_, World> {
        self.world.borrow()
    }

    fn world_mut(&self) -> RefMut<'_, World> {
        self.world.borrow_mut()
    }

    /// The seed, to say it in a test's failure.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.world().seed()
    }

    /// What has happened so far.
    #[must_use]
    pub fn statistics(&self) -> SimStatistics {
        self.world().statistics
    }

    /// Simulated time in nanoseconds, as the driver's.
    #[must_use]
    pub fn now_ns(&self) -> u64 {
        self.world().now_ns
    }

    /// Lets time pass.
    pub fn advance(&self, duration: Duration) {
        self.world_mut().now_ns += duration.as_nanos() as u64;
    }

    /// Changes what goes wrong from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.world_mut().faults = faults;
    }

    /// Descriptors the program has open.
    #[must_use]
    pub fn open_descriptors(&self) -> usize {
        self.world().open_descriptors()
    }

    /// Connects to a listener of the program, or to a [`SimListener`].
    ///
    /// # Errors
    /// `ECONNREFUSED` where nobody listens, `EAGAIN` while the listener's queue is full.
    pub fn connect(&self, address: SocketAddr) -> io::Result<SimClient> {
        let connected = self.world_mut().network.connect(address).map_err(failure)?;
        let end = connected.ok_or_else(|| failure(libc::EAGAIN))?;
        Ok(SimClient { world: Rc::clone(&self.world), end })
    }

    /// Listens outside, for connections the program makes.
    ///
    /// # Errors
    /// `EADDRINUSE`.
    pub fn listen(&self, address: SocketAddr, backlog: usize) -> io::Result<SimListener> {
        let listened = self.world_mut().network.listen(address, backlog, false);
        let listener = listened.map_err(failure)?;
        Ok(SimListener { world: Rc::clone(&self.world), listener })
    }

    /// Makes or replaces a file, and the folders above it; `mode` are its permissions, which
    /// bind the program.
    pub fn write_file(&self, path: &Path, bytes: &[u8], mode: u32) {
        let now_ns = self.now_ns();
        self.world_mut().disk.put(path_bytes(path), bytes, mode, now_ns);
    }

    /// What a file holds; `None` where there is none.
    #[must_use]
    pub fn read_file(&self, path: &Path) -> Option<Vec<u8>> {
        self.world().disk.contents(path_bytes(path))
    }

    /// Takes a file's name away; whether it was there.
    pub fn remove_file(&self, path: &Path) -> bool {
        self.world_mut().disk.remove(path_bytes(path))
    }

    /// Makes a folder and those above it.
    pub fn make_folders(&self, path: &Path) {
        self.world_mut().disk.make_folders(path_bytes(path));
    }

    /// Changes how many bytes all files together may hold.
    pub fn set_disk_bytes(&self, bytes_max: u64) {
        self.world_mut().disk.bytes_max = bytes_max;
    }
}

/// A listener outside the program.
pub struct SimListener {
    world: Shared,
    listener: ListenerNumber,
}

impl SimListener {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.world.borrow().network.listener_address(self.listener)
    }

    /// The next connection the program has made.
    #[must_use]
    pub fn accept(&self) -> Option<SimClient> {
        let end = self.world.borrow_mut().network.accept(self.listener)?;
        Some(SimClient { world: Rc::clone(&self.world), end })
    }
}

impl Drop for SimListener {
    fn drop(&mut self) {
        self.world.borrow_mut().network.close_listener(self.listener);
    }
}

/// The outside end of a connection. Dropping it closes it, which resets the program's end if
/// bytes were left unread.
pub struct SimClient {
    world: Shared,
    end: EndName,
}

impl SimClient {
    /// Sends as many bytes as the network takes now; how many. They arrive as one piece with
    /// what is there already, in the program's next wait.
    ///
    /// # Errors
    /// `EPIPE` after a reset or [`SimClient::finish`].
    pub fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.world.borrow_mut().network.send(self.end, bytes).map_err(failure)
    }

    /// Everything that has arrived.
    pub fn read(&self) -> Vec<u8> {
        self.read_up_to(usize::MAX)
    }

    /// At most `most` of the bytes that have arrived: a slow reader takes few.
    pub fn read_up_to(&self, most: usize) -> Vec<u8> {
        match self.world.borrow_mut().network.receive(self.end, most) {
            Ok(Arrived::Bytes(bytes)) => bytes,
            _ => Vec::new(),
        }
    }

    /// How many bytes wait to be read.
    #[must_use]
    pub fn arrived(&self) -> usize {
        self.world.borrow().network.arrived(self.end)
    }

    /// Whether the program has ended or broken its side; bytes may still wait to be read.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.world.borrow().network.is_finished(self.end)
    }

    /// Whether the connection was reset.
    #[must_use]
    pub fn is_reset(&self) -> bool {
        self.world.borrow().network.is_reset(self.end)
    }

    /// Says that nothing more will be sent; reading goes on.
    ///
    /// # Errors
    /// `ENOTCONN` after a reset.
    pub fn finish(&self) -> io::Result<()> {
        self.world.borrow_mut().network.end_writing(self.end).map_err(failure)
    }

    /// Breaks the connection.
    pub fn reset(&self) {
        self.world.borrow_mut().network.reset(self.end);
    }

    /// The client's own address.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.world.borrow().network.addresses(self.end).map(|(local, _)| local)
    }
}

impl Drop for SimClient {
    fn drop(&mut self) {
        self.world.borrow_mut().network.close(self.end);
    }
}
