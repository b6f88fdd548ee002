//! `baseline-monoio PORT`: the hello server on monoio, one thread.

#![forbid(unsafe_code)]

use dx_baselines::{address, answer_requests};
use monoio::{
    io::{AsyncReadRent, AsyncWriteRentExt},
    net::{TcpListener, TcpStream},
};

async fn serve(mut stream: TcpStream) {
    let mut pending = Vec::new();
    let mut input = Vec::with_capacity(8 * 1024);
    let mut output = Vec::with_capacity(8 * 1024);
    loop {
        input.clear();
        let (outcome, filled) = stream.read(input).await;
        input = filled;
        if !matches!(outcome, Ok(1..)) {
            return;
        }
        pending.extend_from_slice(&input);
        let Some(taken) = answer_requests(&pending, &mut output) else { return };
        pending.drain(..taken);
        if output.is_empty() {
            continue;
        }
        let (outcome, written) = stream.write_all(output).await;
        output = written;
        output.clear();
        if outcome.is_err() {
            return;
        }
    }
}

async fn listen() -> std::io::Result<()> {
    let listener = TcpListener::bind(address())?;
    loop {
        let (stream, _) = listener.accept().await?;
        let _ = stream.set_nodelay(true);
        monoio::spawn(serve(stream));
    }
}

fn main() -> std::io::Result<()> {
    monoio::RuntimeBuilder::<monoio::IoUringDriver>::new().build()?.block_on(listen())
}
