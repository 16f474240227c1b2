//! What a tunnel is made of: any byte stream, plain or encrypted, that can be dropped without ceremony.

use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

use crate::dashboards::tls::Encrypted;

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

/// An app's side, which nobody resets.
impl Stream for TokioIo<Encrypted> {}

#[cfg(test)]
impl Stream for tokio::io::DuplexStream {}
