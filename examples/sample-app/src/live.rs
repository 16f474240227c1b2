//! The live figure, over a WebSocket: first who the connection belongs to, then a value each half second.
//! The viewer is verified once, at the handshake; that the connection ends with the session is the
//! gateway's part.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension,
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    response::Response,
};
use serde_json::{Value, json};

use crate::{App, assertion::Viewer, figures};

const PACE: Duration = Duration::from_millis(500);
/// Viewers have nothing to say here.
const LARGEST: usize = 1024;

pub async fn live(
    State(app): State<Arc<App>>,
    Extension(viewer): Extension<Viewer>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.max_message_size(LARGEST).on_upgrade(async move |socket| {
        // An error is a viewer who left.
        let _ = tell(socket, &app, &viewer).await;
    })
}

async fn tell(mut socket: WebSocket, app: &App, viewer: &Viewer) -> Result<(), axum::Error> {
    socket.send(text(json!({ "viewer": viewer.display_name() }))).await?;
    let mut pace = tokio::time::interval(PACE);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut tick = 0;
    loop {
        tokio::select! {
            _ = pace.tick() => {
                tick += 1;
                let value = figures::live(&app.title, tick);
                socket.send(text(json!({ "tick": tick, "value": value }))).await?;
            }
            received = socket.recv() => match received {
                None | Some(Err(_)) | Some(Ok(Message::Close(_))) => return Ok(()),
                Some(Ok(_)) => {}
            }
        }
    }
}

fn text(value: Value) -> Message {
    Message::Text(value.to_string().into())
}
