//! A request's body on its way to the upstream: the data as it comes, without trailers, which could say what
//! the headers may not. Remembers that something moved, so that a long upload is not taken for a silence.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

/// `None` is no body.
pub struct Upload(Option<(Incoming, Progress)>);

/// Whether data has moved since it was last asked.
#[derive(Clone, Default)]
pub(super) struct Progress(Option<Arc<AtomicBool>>);

impl Progress {
    pub fn take(&self) -> bool {
        self.0.as_ref().is_some_and(|moved| moved.swap(false, Ordering::Relaxed))
    }
}

impl Upload {
    pub(super) fn none() -> Self {
        Self(None)
    }

    pub(super) fn new(body: Incoming) -> (Self, Progress) {
        if body.is_end_stream() {
            return (Self::none(), Progress::default());
        }
        let progress = Progress(Some(Arc::default()));
        (Self(Some((body, progress.clone()))), progress)
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some((body, progress)) = &mut self.0 else { return Poll::Ready(None) };
        loop {
            let frame = std::task::ready!(Pin::new(&mut *body).poll_frame(cx));
            if let (Some(Ok(_)), Some(moved)) = (&frame, &progress.0) {
                moved.store(true, Ordering::Relaxed);
            }
            match frame {
                Some(Ok(frame)) if frame.is_trailers() => {}
                other => return Poll::Ready(other),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(|(body, _)| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map_or(SizeHint::with_exact(0), |(body, _)| body.size_hint())
    }
}
