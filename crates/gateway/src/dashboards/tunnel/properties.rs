//! What must hold of frames in a tunnel: held against a reading of the whole stream at once. Whatever the stream
//! is and however it arrives, our close frame stands where a frame has ended, and nothing else changes.

use std::{
    io,
    pin::Pin,
    sync::LazyLock,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::FutureExt as _;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    runtime::Runtime,
};

use super::{close::say, frames::Frames, relay::Tunnel, stream::Stream};
use crate::identity::session::connections::Ending;

/// A byte that says how the stream is cut, and the stream.
pub fn frames(input: &[u8]) {
    let Some((seed, stream)) = input.split_first() else { return };
    let ends = ends(stream);
    let next = |at: usize| ends.iter().copied().find(|end| *end >= at);
    let mut position = Frames::default();
    for at in 0..=stream.len() {
        assert_eq!(position.at_boundary(), ends.contains(&at), "at {at} of {stream:02x?}");
        let left = next(at).unwrap_or(stream.len()) - at;
        assert_eq!(position.left_of_frame(&stream[at..]), left, "at {at} of {stream:02x?}");
        position.pass(stream.get(at..=at).unwrap_or_default());
    }
    let (mut position, mut passed) = (Frames::default(), 0);
    for chunk in cut(stream, *seed) {
        position.pass(chunk);
        passed += chunk.len();
        assert_eq!(position.at_boundary(), ends.contains(&passed), "at {passed} of {stream:02x?}");
    }
    let already = usize::from(*seed).min(stream.len());
    closes(stream, already, *seed, next(already));
}

/// A tunnel that has carried `already` bytes is closed.
fn closes(stream: &[u8], already: usize, seed: u8, end: Option<usize>) {
    // Only for the limits: no time passes here.
    static RUNTIME: LazyLock<Option<Runtime>> =
        LazyLock::new(|| tokio::runtime::Builder::new_current_thread().enable_time().build().ok());
    let _inside = RUNTIME.as_ref().map(Runtime::enter);
    let app = Wire { coming: stream[already..].to_vec(), ..Wire::new(seed) };
    let mut tunnel = Tunnel::new(Wire::new(seed), app, b"", b"", Duration::from_secs(60));
    // Some of it may be waiting in the tunnel, read and not written.
    tunnel.down.frames.pass(&stream[..already]);
    let waiting = usize::from(seed % 7).min(tunnel.app.coming.len());
    let kept: Vec<u8> = tunnel.app.coming.drain(..waiting).collect();
    tunnel.down.keep(&kept);
    let said = say(&mut tunnel, Ending::SessionOver).now_or_never();
    let sent = &tunnel.browser.sent;
    let Some(end) = end else {
        assert!(matches!(said, Some(Err(_))), "a frame that never ends was ended");
        assert_eq!(*sent, stream[already..]);
        return;
    };
    assert!(matches!(said, Some(Ok(()))), "{stream:02x?} from {already}");
    let (rest, ours) = sent.split_at(end - already);
    assert_eq!(rest, &stream[already..end], "{stream:02x?} from {already}");
    assert!(ours.len() >= 4 && ours[0] == 0x88 && usize::from(ours[1]) == ours.len() - 2, "{ours:02x?}");
    assert_eq!(ours[2..4], 4401_u16.to_be_bytes());
}

/// Where whole frames end (RFC 6455, section 5.2), the beginning included.
fn ends(stream: &[u8]) -> Vec<usize> {
    let (mut ends, mut at) = (vec![0], 0_usize);
    while let Some([_, second, ..]) = stream.get(at..) {
        let (short, masked) = (second & 0x7f, second & 0x80 != 0);
        let wide = match short {
            127 => 8,
            126 => 2,
            _ => 0,
        };
        let Some(digits) = stream.get(at + 2..at + 2 + wide) else { break };
        let mut length = [0; 8];
        length[8 - wide..].copy_from_slice(digits);
        let length = if wide == 0 { u64::from(short) } else { u64::from_be_bytes(length) };
        let header = 2 + wide + if masked { 4 } else { 0 };
        let end = usize::try_from(length).ok().and_then(|length| length.checked_add(at + header));
        let Some(end) = end.filter(|end| *end <= stream.len()) else { break };
        ends.push(end);
        at = end;
    }
    ends
}

/// The stream in pieces of 1 to 16 bytes, the same for the same seed.
fn cut(stream: &[u8], seed: u8) -> impl Iterator<Item = &[u8]> {
    let (mut rest, mut state) = (stream, seed);
    std::iter::from_fn(move || {
        state = state.wrapping_mul(37).wrapping_add(11);
        let (chunk, after) = rest.split_at(usize::from(state % 16 + 1).min(rest.len()));
        rest = after;
        (!chunk.is_empty()).then_some(chunk)
    })
}

/// An end of a tunnel that takes and gives a few bytes at a time, and never lets anybody wait.
struct Wire {
    coming: Vec<u8>,
    sent: Vec<u8>,
    seed: u8,
}

impl Wire {
    fn new(seed: u8) -> Self {
        Self { coming: Vec::new(), sent: Vec::new(), seed }
    }

    fn some(&mut self, most: usize) -> usize {
        self.seed = self.seed.wrapping_mul(37).wrapping_add(11);
        usize::from(self.seed % 16 + 1).min(most)
    }
}

impl Stream for Wire {}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let most = buffer.remaining().min(self.coming.len());
        let some = self.some(most);
        let given: Vec<u8> = self.coming.drain(..some).collect();
        buffer.put_slice(&given);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let some = self.some(bytes.len());
        self.sent.extend_from_slice(&bytes[..some]);
        Poll::Ready(Ok(some))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
