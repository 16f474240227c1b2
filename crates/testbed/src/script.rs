//! An app that is a script over bare sockets, for what no server would do: it says whatever bytes the test
//! wants, as slowly as it wants, and ends when it wants.

use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Longest head that is read, in bytes.
const LONGEST: usize = 64 * 1024;

/// Listens until it is dropped.
pub struct Script(JoinHandle<()>);

impl Script {
    /// For each connection reads one head, and hands the socket with the head's target to `answer`. The
    /// connection closes when the answer is done with it.
    pub async fn start<A, F>(port: u16, answer: A) -> Self
    where
        A: Fn(TcpStream, String) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let answer = std::sync::Arc::new(answer);
        let listener = TcpListener::bind(("127.0.0.1", port)).await;
        let listener = listener.unwrap_or_else(|error| panic!("port {port} is not free: {error}"));
        Self(tokio::spawn(async move {
            let mut answers = tokio::task::JoinSet::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer = answer.clone();
                answers.spawn(async move {
                    if let Some(target) = target(&mut stream).await {
                        answer(stream, target).await;
                    }
                });
            }
        }))
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Reads a head. Its target, unless the connection was closed before it was whole.
async fn target(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < LONGEST {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8_lossy(&head).split(' ').nth(1).map(str::to_owned)
}
