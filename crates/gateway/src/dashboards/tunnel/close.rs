//! Ends a tunnel from our side: the frame that the browser is receiving is finished, a close frame follows
//! (RFC 6455, section 5.5.1), and the browser's own end is awaited a moment. What cannot be ended so is reset.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};

use super::{relay::Tunnel, stream::Stream};
use crate::identity::session::connections::Ending;

/// How long the current frame may take to end and the close frame to leave.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long the browser may take to close its side.
const FAREWELL: Duration = Duration::from_millis(500);

pub(super) async fn close<B: Stream, A: Stream>(mut tunnel: Tunnel<B, A>, ending: Ending) {
    if tunnel.down.over {
        // Its way out has ended already.
        return;
    }
    if !matches!(timeout(PATIENCE, say(&mut tunnel, ending)).await, Ok(Ok(()))) {
        tunnel.browser.reset();
        return;
    }
    // The app learns first. And a socket that is dropped with unread bytes is reset, which would take the
    // close frame away from a browser that has not read it yet.
    let Tunnel { mut browser, app, .. } = tunnel;
    drop(app);
    // On the heap: every tunnel would have room for it otherwise.
    let mut ignored = vec![0; 512];
    let _ = timeout(FAREWELL, async { while matches!(browser.read(&mut ignored).await, Ok(1..)) {} }).await;
}

pub(super) async fn say<B: Stream, A: Stream>(tunnel: &mut Tunnel<B, A>, ending: Ending) -> io::Result<()> {
    let Tunnel { browser, app, down, .. } = tunnel;
    while !down.frames.at_boundary() {
        if down.rest().is_empty() {
            let mut more = vec![0; 4096];
            let read = app.read(&mut more).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            down.keep(&more[..read]);
        }
        let left = down.frames.left_of_frame(down.rest());
        let wrote = browser.write(&down.rest()[..left]).await?;
        if wrote == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        down.wrote(wrote);
    }
    browser.write_all(&close_frame(ending)).await?;
    browser.flush().await?;
    browser.shutdown().await
}

/// From a server: not masked. Reasons are short, so that the length takes one byte.
fn close_frame(ending: Ending) -> Vec<u8> {
    let reason = ending.reason().as_bytes();
    let reason = &reason[..reason.len().min(123)];
    let mut frame = vec![0x88, reason.len() as u8 + 2];
    frame.extend_from_slice(&ending.code().to_be_bytes());
    frame.extend_from_slice(reason);
    frame
}
