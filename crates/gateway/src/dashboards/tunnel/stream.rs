//! What a tunnel is made of: any byte stream, plain or encrypted, that can be dropped without ceremony.

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin {
    /// Makes the coming drop a reset instead of an orderly end, where the stream has such a thing.
    fn reset(&self) {}
}

impl Stream for TcpStream {
    fn reset(&self) {
        // When this fails the socket is gone already.
        let _ = self.set_zero_linger();
    }
}

impl Stream for TokioIo<Upgraded> {}

#[cfg(test)]
impl Stream for tokio::io::DuplexStream {}
