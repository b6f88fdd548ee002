//! `baseline-glommio PORT`: the hello server on glommio, one executor on processor 0.

#![forbid(unsafe_code)]

use dx_baselines::{address, answer_requests};
use futures_lite::{AsyncReadExt, AsyncWriteExt};
use glommio::{
    LocalExecutorBuilder, Placement,
    net::{TcpListener, TcpStream},
};

async fn serve(mut stream: TcpStream) {
    let mut pending = Vec::new();
    let mut input = vec![0; 8 * 1024];
    let mut output = Vec::with_capacity(8 * 1024);
    loop {
        let Ok(filled @ 1..) = stream.read(&mut input).await else { return };
        pending.extend_from_slice(&input[..filled]);
        let Some(taken) = answer_requests(&pending, &mut output) else { return };
        pending.drain(..taken);
        if !output.is_empty() && stream.write_all(&output).await.is_err() {
            return;
        }
        output.clear();
    }
}

async fn listen() -> Result<(), String> {
    let listener = TcpListener::bind(address()).map_err(|error| error.to_string())?;
    loop {
        let stream = listener.accept().await.map_err(|error| error.to_string())?;
        let _ = stream.set_nodelay(true);
        glommio::spawn_local(serve(stream)).detach();
    }
}

fn main() -> Result<(), String> {
    let executor = LocalExecutorBuilder::new(Placement::Fixed(0));
    let handle = executor.spawn(listen).map_err(|error| error.to_string())?;
    handle.join().map_err(|error| error.to_string())?
}
