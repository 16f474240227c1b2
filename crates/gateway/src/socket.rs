//! A client's TCP socket that waits only so long for somebody who does not read: an answer or a download that
//! nobody takes ends, instead of keeping its place for ever. Reading is limited elsewhere.

use std::{
    future::Future as _,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

/// See the module.
pub struct Socket {
    stream: TcpStream,
    limit: Duration,
    /// Runs while a write waits for room.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Socket {
    pub fn new(stream: TcpStream, limit: Duration) -> Self {
        Self { stream, limit, stalled: None }
    }

    /// The bare socket, which waits for ever.
    pub fn into_inner(self) -> TcpStream {
        self.stream
    }

    /// The bare socket, for what needs no waiting.
    pub fn bare(&self) -> &TcpStream {
        &self.stream
    }

    /// Lets a write go on, or ends it when it has waited for too long.
    fn judge<T>(&mut self, cx: &mut Context<'_>, write: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if write.is_ready() {
            self.stalled = None;
            return write;
        }
        let limit = self.limit;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(limit)));
        stalled.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let write = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.judge(cx, write)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let write = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.judge(cx, write)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
        time::timeout,
    };

    use super::*;

    async fn pair(limit: Duration) -> (Socket, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (ours, theirs) = tokio::join!(listener.accept(), TcpStream::connect(address));
        (Socket::new(ours.expect("accepted").0, limit), theirs.expect("connected"))
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_is_given_up() {
        let (mut ours, _theirs) = pair(Duration::from_millis(200)).await;
        let endless = vec![0; 64 * 1024];
        let write = async { while ours.write_all(&endless).await.is_ok() {} };
        assert!(timeout(Duration::from_secs(10), write).await.is_ok(), "it waits for ever");
    }

    #[tokio::test]
    async fn a_client_that_reads_slowly_is_served() {
        let (mut ours, mut theirs) = pair(Duration::from_millis(400)).await;
        let sent = 24 * 1024 * 1024;
        let read = async {
            let (mut buffer, mut read) = (vec![0; 1024 * 1024], 0);
            while read < sent {
                sleep(Duration::from_millis(30)).await;
                read += theirs.read(&mut buffer).await.expect("it goes on");
            }
        };
        let bytes = vec![0; sent];
        let (written, ()) = tokio::join!(ours.write_all(&bytes), read);
        assert!(written.is_ok(), "{written:?}");
    }
}
