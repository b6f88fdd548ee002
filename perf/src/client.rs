//! A tiny HTTP client: so many equal requests over one connection, each answer read whole.
//!
//! It warms servers up, checks what they answer, and drives the run whose instructions are counted.
//! Fails on a closed connection, a status other than 200 and an answer without Content-Length.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// How long an answer may take; generous, for servers run by valgrind.
const PATIENCE: Duration = Duration::from_secs(20);

fn refused(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// Reads answers off a stream of bytes.
struct Answers<S> {
    stream: S,
    pending: Vec<u8>,
}

impl<S: Read> Answers<S> {
    fn fill(&mut self) -> io::Result<()> {
        let mut buffer = [0; 64 * 1024];
        match self.stream.read(&mut buffer)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                self.pending.extend_from_slice(&buffer[..count]);
                Ok(())
            }
        }
    }

    /// The body of the next answer.
    fn next(&mut self) -> io::Result<Vec<u8>> {
        let head_bytes = loop {
            match self.pending.windows(4).position(|window| window == b"\r\n\r\n") {
                Some(at) => break at + 4,
                None => self.fill()?,
            }
        };
        let head = String::from_utf8_lossy(&self.pending[..head_bytes]).to_ascii_lowercase();
        if !head.starts_with("http/1.1 200") {
            return Err(refused(head.lines().next().unwrap_or("no status")));
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length
            .and_then(|length| length.trim().parse().ok())
            .ok_or_else(|| refused("an answer without a length"))?;
        while self.pending.len() < head_bytes + length {
            self.fill()?;
        }
        let body = self.pending[head_bytes..head_bytes + length].to_vec();
        self.pending.drain(..head_bytes + length);
        Ok(body)
    }
}

/// Sends `count` requests, `depth` at a time, over one connection and returns the last body.
pub(crate) fn send(
    address: SocketAddr,
    request: &[u8],
    count: usize,
    depth: usize,
) -> io::Result<Vec<u8>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut writer = stream.try_clone()?;
    let mut answers = Answers { stream, pending: Vec::new() };
    let mut body = Vec::new();
    let mut sent = 0;
    while sent < count {
        let batch = depth.min(count - sent);
        writer.write_all(&request.repeat(batch))?;
        for _ in 0..batch {
            body = answers.next()?;
        }
        sent += batch;
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::Answers;

    #[test]
    fn answers_are_read_one_by_one() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\
                     content-length: 3\r\n\r\nyesHTTP/1.1 500 No\r\n\r\n";
        let mut answers = Answers { stream: &text[..], pending: Vec::new() };
        assert_eq!(answers.next().expect("the first"), b"ok");
        assert_eq!(answers.next().expect("the second"), b"yes");
        assert!(answers.next().is_err());
    }

    #[test]
    fn an_answer_that_ends_early_is_an_error() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok";
        let mut answers = Answers { stream: &text[..], pending: Vec::new() };
        assert!(answers.next().is_err());
    }
}
