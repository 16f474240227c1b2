//! An upstream's body on its way to the browser, which ends when the session does. What is delivered at once
//! costs nothing; what takes longer is registered as an open connection and cut when its right ends.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use super::idle::Idle;
use crate::identity::session::connections::{Connection, Ending};

/// A body that is longer than this is registered although it never had to be waited for: the browser may
/// be the slow one.
const AT_ONCE: usize = 256 * 1024;

/// Why a body broke off. The browser sees a transfer that is not whole.
#[derive(Debug, thiserror::Error)]
pub enum Cut {
    #[error("the connection's right ended: {}", .0.reason())]
    Ended(Ending),
    #[error("the upstream sent nothing for too long")]
    Idle,
    #[error("the upstream broke off: {0}")]
    Upstream(#[from] hyper::Error),
}

/// Registers the connection and decides again, in that order.
pub(super) type Register = Box<dyn FnOnce() -> Result<Connection, Ending> + Send>;

enum State {
    /// Every byte so far was there when it was asked for.
    Flowing {
        passed: usize,
        register: Register,
    },
    Watched(Watch),
    Over,
}

struct Watch {
    ended: Pin<Box<dyn Future<Output = Ending> + Send>>,
    idle: Idle,
}

/// See the module.
pub struct Guarded {
    inner: Incoming,
    idle: Duration,
    state: State,
}

impl Guarded {
    pub(super) fn new(inner: Incoming, idle: Duration, register: Register) -> Self {
        Self { inner, idle, state: State::Flowing { passed: 0, register } }
    }

    /// Registers, unless that is done.
    fn watch(&mut self) -> Result<(), Cut> {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Flowing { register, .. } => {
                let connection = register().map_err(Cut::Ended)?;
                let ended = Box::pin(async move { connection.ended().await });
                self.state = State::Watched(Watch { ended, idle: Idle::new(self.idle) });
            }
            other => self.state = other,
        }
        Ok(())
    }

    fn poll_cut(&mut self, cx: &mut Context<'_>) -> Poll<Cut> {
        let State::Watched(watch) = &mut self.state else { return Poll::Pending };
        if let Poll::Ready(ending) = watch.ended.as_mut().poll(cx) {
            return Poll::Ready(Cut::Ended(ending));
        }
        ready!(watch.idle.poll(cx));
        Poll::Ready(Cut::Idle)
    }

    fn moved(&mut self, bytes: usize) -> Result<(), Cut> {
        match &mut self.state {
            State::Flowing { passed, .. } => {
                *passed += bytes;
                if *passed > AT_ONCE {
                    self.watch()?;
                }
            }
            State::Watched(watch) => watch.idle.touch(),
            State::Over => {}
        }
        Ok(())
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        if let Poll::Ready(cut) = self.poll_cut(cx) {
            return Poll::Ready(Some(Err(cut)));
        }
        loop {
            match Pin::new(&mut self.inner).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    // Trailers could say what the headers may not.
                    if let Some(data) = frame.data_ref() {
                        return Poll::Ready(Some(self.moved(data.len()).map(|()| frame)));
                    }
                }
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error.into()))),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending if matches!(self.state, State::Flowing { .. }) => {
                    return match self.watch() {
                        Ok(()) => self.poll_cut(cx).map(|cut| Some(Err(cut))),
                        Err(cut) => Poll::Ready(Some(Err(cut))),
                    };
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl Body for Guarded {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let this = self.get_mut();
        if matches!(this.state, State::Over) {
            return Poll::Ready(None);
        }
        let frame = this.poll(cx);
        if !matches!(frame, Poll::Pending | Poll::Ready(Some(Ok(_)))) {
            // Leaves the register.
            this.state = State::Over;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
