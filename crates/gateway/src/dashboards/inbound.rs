//! A browser's connection, as hyper has it. What hyper refuses before any request is made of it goes out with
//! a sentence: hyper itself would send a bare status, and the rest that is still on the way would reset it.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use hyper::rt::{Read, ReadBufCursor, Sleep, Timer, Write};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::socket::Socket;

/// How much of a refused request is still read, in bytes: more than all cookies that a browser keeps for a site.
const MOST_READ: usize = 1024 * 1024;
/// And for how long.
const LINGER: Duration = Duration::from_secs(2);

/// For a header that is too long, wherever that is noticed.
pub const TOO_LARGE: &str = "The request's header is longer than is read here. If this is a browser, it holds too \
    many cookies for this address: delete them, and try again.";
const MALFORMED: &str = "The request is not valid HTTP/1.1.";
const TOO_SLOW: &str = "The request did not arrive in time.";

/// Whether hyper is reading a head. It asks for its timer at the beginning and drops it at the end.
#[derive(Clone, Default)]
pub struct Heads(Arc<AtomicBool>);

impl Heads {
    fn reading(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn watch(&self, sleep: Pin<Box<dyn Sleep>>) -> Pin<Box<dyn Sleep>> {
        self.0.store(true, Ordering::Relaxed);
        Box::pin(Head { heads: self.clone(), sleep })
    }
}

struct Head {
    heads: Heads,
    sleep: Pin<Box<dyn Sleep>>,
}

impl Future for Head {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.sleep.as_mut().poll(cx)
    }
}

impl Sleep for Head {}

impl Drop for Head {
    fn drop(&mut self) {
        self.heads.0.store(false, Ordering::Relaxed);
    }
}

impl Timer for Heads {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.watch(TokioTimer::new().sleep(duration))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        self.watch(TokioTimer::new().sleep_until(deadline))
    }

    fn reset(&self, sleep: &mut Pin<Box<dyn Sleep>>, deadline: Instant) {
        *sleep = self.sleep_until(deadline);
        // The one before has just said that its head is over.
        self.0.store(true, Ordering::Relaxed);
    }
}

/// See the module.
pub struct Inbound {
    stream: TokioIo<Socket>,
    heads: Heads,
    /// Everything that was to be written is.
    flushed: bool,
    refused: Option<&'static str>,
}

impl Inbound {
    /// `heads` is to be hyper's timer on this very connection.
    pub fn new(stream: Socket, heads: Heads) -> Self {
        Self { stream: TokioIo::new(stream), heads, flushed: true, refused: None }
    }

    pub fn into_stream(self) -> TcpStream {
        self.stream.into_inner().into_inner()
    }

    /// Why hyper refused what it read, for the metrics.
    pub fn refused(&self) -> Option<&'static str> {
        self.refused
    }

    /// Says that a head did not arrive in time.
    pub fn too_slow(&self) {
        if self.flushed {
            let _ = self.stream.inner().bare().try_write(&answer("408 Request Timeout", TOO_SLOW));
        }
    }

    /// Ends the connection without losing what was said last: whatever else arrives is read, and forgotten.
    pub async fn linger(self) {
        let mut stream = self.into_stream();
        let drain = async {
            let _ = stream.shutdown().await;
            let (mut piece, mut read) = (vec![0; 16 * 1024], 0);
            while let Ok(count @ 1..) = stream.read(&mut piece).await {
                read += count;
                if read > MOST_READ {
                    return;
                }
            }
        };
        let _ = timeout(LINGER, drain).await;
    }

    /// Whether this is hyper's own refusal: it writes while it reads a head, and nothing of an earlier answer
    /// is left. Then it is said in our words.
    fn reworded(&mut self, start: &[u8]) -> bool {
        if !self.heads.reading() || !self.flushed {
            return false;
        }
        let status = start.strip_prefix(b"HTTP/1.").and_then(|rest| rest.get(1..6));
        let (reason, said) = match status {
            Some(b" 431 " | b" 414 ") => {
                ("header-too-large", answer("431 Request Header Fields Too Large", TOO_LARGE))
            }
            Some(b" 400 ") => ("malformed", answer("400 Bad Request", MALFORMED)),
            _ => return false,
        };
        self.refused = Some(reason);
        // There is room for it: nothing else waits.
        self.stream.inner().bare().try_write(&said).is_ok()
    }
}

fn answer(status: &str, sentence: &str) -> Vec<u8> {
    let length = sentence.len() + 1;
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncache-control: no-store\r\n\
         content-security-policy: default-src 'none'; frame-ancestors 'none'\r\n\
         x-content-type-options: nosniff\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{sentence}\n"
    )
    .into_bytes()
}

impl Read for Inbound {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl Write for Inbound {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.reworded(buf) {
            return Poll::Ready(Ok(buf.len()));
        }
        self.flushed = false;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if bufs.first().is_some_and(|start| self.reworded(start)) {
            return Poll::Ready(Ok(bufs.iter().map(|buf| buf.len()).sum()));
        }
        self.flushed = false;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.flushed |= matches!(flushed, Poll::Ready(Ok(())));
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
