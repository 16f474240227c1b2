//! A WebSocket client on a connection whose handshake the test wrote itself.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};

use crate::answer::{Answer, Exchange};

pub struct Socket {
    /// The 101.
    pub answer: Answer,
    stream: WebSocketStream<TcpStream>,
}

impl Socket {
    pub(crate) async fn open(mut exchange: Exchange) -> Result<Self, Answer> {
        let Some(mut answer) = exchange.head().await else { panic!("the handshake was not answered") };
        if answer.status != 101 {
            answer.body = exchange.body(&answer).await;
            return Err(answer);
        }
        let rest = std::mem::take(&mut exchange.buffer);
        let stream = WebSocketStream::from_partially_read(exchange.stream, rest, Role::Client, None).await;
        Ok(Self { answer, stream })
    }

    pub async fn say(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.expect("the socket takes a message");
    }

    /// The next text message.
    pub async fn hear(&mut self) -> String {
        loop {
            let next = timeout(Duration::from_secs(10), self.stream.next()).await;
            match next.expect("a message within 10 s").expect("the socket is open") {
                Ok(Message::Text(text)) => return text.to_string(),
                Ok(Message::Close(frame)) => panic!("closed instead of a message: {frame:?}"),
                Ok(_) => {}
                Err(error) => panic!("the socket broke: {error}"),
            }
        }
    }

    /// Says goodbye as a page does that is left, and waits for the other side's.
    pub async fn leave(mut self) {
        self.stream.close(None).await.expect("the socket takes a close frame");
        let end = async { while let Some(Ok(_)) = self.stream.next().await {} };
        timeout(Duration::from_secs(10), end).await.expect("an end within 10 s");
    }

    /// What the other side still says before it closes; messages that are no text, by their kind.
    pub async fn last_words(mut self, within: Duration) -> Vec<String> {
        let mut heard = Vec::new();
        let end = async {
            while let Some(Ok(message)) = self.stream.next().await {
                match message {
                    Message::Close(_) => return,
                    Message::Text(text) => heard.push(text.to_string()),
                    Message::Binary(bytes) => heard.push(format!("{} bytes", bytes.len())),
                    _ => {}
                }
            }
        };
        let ended = timeout(within, end).await;
        assert!(ended.is_ok(), "still open after {within:?}; it said {heard:?}");
        heard
    }

    /// The code with which the other side closes; `None` when the connection just ends.
    pub async fn closed(mut self, within: Duration) -> Option<u16> {
        let close = async {
            while let Some(Ok(message)) = self.stream.next().await {
                if let Message::Close(frame) = message {
                    return frame.map(|frame| frame.code.into());
                }
            }
            None
        };
        timeout(within, close).await.unwrap_or_else(|_| panic!("still open after {within:?}"))
    }

    /// Whether it is still open after a while in which it may only carry messages.
    pub async fn stays_open(&mut self, span: Duration) -> bool {
        let end = async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => {}
                }
            }
        };
        timeout(span, end).await.is_err()
    }
}
