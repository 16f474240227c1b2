//! The DevTools protocol over one WebSocket: calls and their answers, and events in the order they came.
//! Knows no domain of the protocol but attaching to frames that live in processes of their own.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    sync::{broadcast, mpsc, oneshot},
    time::timeout,
};
use tokio_tungstenite::{
    client_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

/// How long the browser may think about one call.
const PATIENCE: Duration = Duration::from_secs(30);

/// One event: the session (page or frame) it belongs to, its method and parameters.
#[derive(Debug, Clone)]
pub struct Event {
    pub session: String,
    pub method: String,
    pub params: Value,
}

#[derive(Clone)]
pub struct Cdp {
    state: Arc<State>,
}

struct State {
    out: mpsc::UnboundedSender<String>,
    waiting: Mutex<Waiting>,
    events: broadcast::Sender<Event>,
}

#[derive(Default)]
struct Waiting {
    next: u64,
    answers: HashMap<u64, oneshot::Sender<Value>>,
}

impl Cdp {
    pub async fn connect(port: u16, path: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the browser listens");
        let unlimited = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let address = format!("ws://127.0.0.1:{port}{path}");
        let (socket, _) =
            client_async_with_config(address, stream, Some(unlimited)).await.expect("a handshake");
        let (mut write, mut read) = socket.split();
        let (out, mut outgoing) = mpsc::unbounded_channel::<String>();
        let state = Arc::new(State { out, waiting: Mutex::default(), events: broadcast::channel(1 << 14).0 });
        tokio::spawn(async move {
            while let Some(text) = outgoing.recv().await {
                if write.send(Message::text(text)).await.is_err() {
                    return;
                }
            }
        });
        let reader = Arc::downgrade(&state);
        tokio::spawn(async move {
            while let Some(Ok(message)) = read.next().await {
                let Some(state) = reader.upgrade() else { return };
                let Message::Text(text) = message else { continue };
                let value: Value = serde_json::from_str(&text).expect("the browser speaks JSON");
                state.dispatch(value);
            }
        });
        Self { state }
    }

    /// Calls a method in a session, or in the browser itself.
    pub async fn call(&self, session: Option<&str>, method: &str, params: Value) -> Value {
        self.try_call(session, method, params.clone())
            .await
            .unwrap_or_else(|error| panic!("{method} {params} failed: {error}"))
    }

    /// The same, for calls that may come too late: the frame can be gone.
    pub async fn try_call(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<Value, String> {
        let (sender, receiver) = oneshot::channel();
        let id = {
            let mut waiting = self.state.waiting.lock().expect("not poisoned");
            waiting.next += 1;
            let id = waiting.next;
            waiting.answers.insert(id, sender);
            id
        };
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        self.state.out.send(message.to_string()).map_err(|_| "the browser is gone")?;
        let answer =
            timeout(PATIENCE, receiver).await.map_err(|_| format!("no answer within {PATIENCE:?}"))?;
        let mut answer = answer.map_err(|_| "the browser is gone")?;
        match answer.get("error") {
            Some(error) => Err(error.to_string()),
            None => Ok(answer["result"].take()),
        }
    }

    /// Sends without waiting for the answer: from within the handling of an event.
    pub fn send(&self, session: &str, method: &str, params: Value) {
        let mut waiting = self.state.waiting.lock().expect("not poisoned");
        waiting.next += 1;
        let message = json!({ "id": waiting.next, "method": method, "params": params, "sessionId": session });
        let _ = self.state.out.send(message.to_string());
    }

    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.state.events.subscribe()
    }
}

impl State {
    fn dispatch(&self, mut value: Value) {
        if let Some(id) = value["id"].as_u64() {
            let waiting = self.waiting.lock().expect("not poisoned").answers.remove(&id);
            if let Some(waiting) = waiting {
                let _ = waiting.send(value);
            }
            return;
        }
        let event = Event {
            session: value["sessionId"].as_str().unwrap_or_default().to_owned(),
            method: value["method"].as_str().unwrap_or_default().to_owned(),
            params: value["params"].take(),
        };
        let _ = self.events.send(event);
    }
}
