//! Carries bytes between browser and app. An idle tunnel holds no buffer: bytes are read into one that the
//! thread's tunnels share and written at once; only what did not fit is kept, and nothing more is read until
//! it is gone.

use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    io,
    pin::{Pin, pin},
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{frames::Frames, stream::Stream};
use crate::{
    dashboards::idle::Idle,
    identity::session::connections::{Connection, Ending},
};

/// Size of the shared buffer, and the most that one direction keeps, in bytes.
const SCRATCH: usize = 64 * 1024;
/// Reads in a row before another task gets its turn.
const TURNS: usize = 16;
/// How long the other side may still talk after one side has ended: WebSockets do not half-close.
const AFTER: Duration = Duration::from_secs(5);

thread_local! {
    static BUFFER: RefCell<Box<[u8]>> = RefCell::new(vec![0; SCRATCH].into());
}

/// Two ends and what lies between them.
pub(super) struct Tunnel<B, A> {
    pub browser: B,
    pub app: A,
    up: Direction,
    pub down: Direction,
    idle: Idle,
    /// Whether it was the browser that said goodbye first; `None` while nobody has.
    left: Option<bool>,
}

/// How it ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It has to be closed from our side.
    Ours(Ending),
    /// The page left.
    Left,
    /// The app ended it, nothing moved for too long, or it broke.
    Cut,
}

impl<B: Stream, A: Stream> Tunnel<B, A> {
    /// `from_browser` and `from_app` were read already.
    pub fn new(browser: B, app: A, from_browser: &[u8], from_app: &[u8], idle: Duration) -> Self {
        let up = Direction { waiting: from_browser.to_vec(), ..Direction::default() };
        let down = Direction { waiting: from_app.to_vec(), ..Direction::default() };
        Self { browser, app, up, down, idle: Idle::new(idle), left: None }
    }

    /// Carries until it is over.
    pub async fn run(&mut self, connection: &Connection) -> End {
        let mut ended = pin!(connection.ended());
        poll_fn(|cx| self.poll(cx, ended.as_mut())).await
    }

    fn poll(&mut self, cx: &mut Context<'_>, ended: Pin<&mut impl Future<Output = Ending>>) -> Poll<End> {
        if let Poll::Ready(ending) = ended.poll(cx) {
            return Poll::Ready(End::Ours(ending));
        }
        let half = self.up.over || self.down.over;
        let mut moved = false;
        let up = self.up.carry(cx, &mut self.browser, &mut self.app, &mut moved);
        if self.left.is_none() && self.up.is_ending() {
            self.left = Some(true);
        }
        let down = self.down.carry(cx, &mut self.app, &mut self.browser, &mut moved);
        if self.left.is_none() && self.down.is_ending() {
            self.left = Some(false);
        }
        match (up, down) {
            (Poll::Ready(Err(_)), _) | (_, Poll::Ready(Err(_))) => return Poll::Ready(self.end()),
            (Poll::Ready(Ok(())), Poll::Ready(Ok(()))) => return Poll::Ready(self.end()),
            _ => {}
        }
        if !half && (self.up.over || self.down.over) {
            self.idle = Idle::new(AFTER);
        } else if moved {
            self.idle.touch();
        }
        self.idle.poll(cx).map(|()| self.end())
    }

    fn end(&self) -> End {
        if self.left == Some(true) { End::Left } else { End::Cut }
    }
}

/// One way through the tunnel.
#[derive(Default)]
pub(super) struct Direction {
    /// What was read and did not fit into the other side.
    waiting: Vec<u8>,
    /// How much of it has been written since.
    written: usize,
    /// Where the other side is in its frames.
    pub frames: Frames,
    /// The end has been read.
    ended: bool,
    /// …and passed on.
    pub over: bool,
}

impl Direction {
    /// Whether this side has said goodbye: by a close frame, or by its end.
    fn is_ending(&self) -> bool {
        self.ended || self.frames.closing()
    }

    /// What was read and is not written yet.
    pub fn rest(&self) -> &[u8] {
        &self.waiting[self.written..]
    }

    /// So much of the rest has been written.
    pub fn wrote(&mut self, bytes: usize) {
        self.frames.pass(&self.waiting[self.written..self.written + bytes]);
        self.written += bytes;
        if self.written == self.waiting.len() {
            // Given back, not kept: most tunnels are idle most of the time.
            self.waiting = Vec::new();
            self.written = 0;
        }
    }

    /// This was read, and waits.
    pub fn keep(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    fn carry<F, T>(
        &mut self,
        cx: &mut Context<'_>,
        from: &mut F,
        to: &mut T,
        moved: &mut bool,
    ) -> Poll<io::Result<()>>
    where
        F: AsyncRead + Unpin,
        T: AsyncWrite + Unpin,
    {
        if self.over {
            return Poll::Ready(Ok(()));
        }
        for _ in 0..TURNS {
            while !self.rest().is_empty() {
                let wrote = ready!(write(cx, to, self.rest()))?;
                self.wrote(wrote);
                *moved = true;
            }
            if self.ended {
                ready!(Pin::new(&mut *to).poll_shutdown(cx))?;
                self.over = true;
                return Poll::Ready(Ok(()));
            }
            let read = BUFFER.with_borrow_mut(|buffer| self.read_and_write(cx, from, to, buffer))?;
            match read {
                Poll::Ready(0) => self.ended = true,
                Poll::Ready(_) => *moved = true,
                Poll::Pending => {
                    ready!(Pin::new(&mut *to).poll_flush(cx))?;
                    return Poll::Pending;
                }
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Reads once and writes what fits. Answers how much was read.
    fn read_and_write<F, T>(
        &mut self,
        cx: &mut Context<'_>,
        from: &mut F,
        to: &mut T,
        buffer: &mut [u8],
    ) -> io::Result<Poll<usize>>
    where
        F: AsyncRead + Unpin,
        T: AsyncWrite + Unpin,
    {
        let mut buffer = ReadBuf::new(buffer);
        if Pin::new(from).poll_read(cx, &mut buffer)?.is_pending() {
            return Ok(Poll::Pending);
        }
        let read = buffer.filled();
        let mut at = 0;
        while at < read.len() {
            match write(cx, to, &read[at..]) {
                Poll::Ready(wrote) => {
                    let wrote = wrote?;
                    self.frames.pass(&read[at..at + wrote]);
                    at += wrote;
                }
                Poll::Pending => {
                    self.keep(&read[at..]);
                    break;
                }
            }
        }
        Ok(Poll::Ready(read.len()))
    }
}

fn write<T: AsyncWrite + Unpin>(cx: &mut Context<'_>, to: &mut T, bytes: &[u8]) -> Poll<io::Result<usize>> {
    match ready!(Pin::new(to).poll_write(cx, bytes)) {
        Ok(0) => Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
        other => Poll::Ready(other),
    }
}

#[cfg(test)]
#[path = "relay_tests.rs"]
mod tests;
