//! A relay between the gateway and an app: on the app's own port, at the other loopback, so that the app hears the
//! address that it listens at. Writes down every byte that the app is sent, cuts connections, and is gone when a
//! test says so.

use std::{
    net::Ipv6Addr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::sleep,
};

/// Listens while it is open.
pub struct Tap {
    port: u16,
    record: Arc<Record>,
    listening: Mutex<Option<JoinHandle<()>>>,
}

struct Record {
    /// What each connection carried to the app.
    sent: Mutex<Vec<Vec<u8>>>,
    /// Counts the cuts; each ends what is open.
    cuts: watch::Sender<u64>,
    behaviour: Mutex<Behaviour>,
}

/// What becomes of a new connection.
#[derive(Debug, Clone, Default)]
pub enum Behaviour {
    #[default]
    Relay,
    /// Held up for so long before the app hears of it.
    Late(Duration),
    /// Every request is answered with these bytes, and the connection ends.
    Answer(&'static [u8]),
}

impl Tap {
    /// In front of the app that listens at this port of 127.0.0.1, or will.
    pub async fn open(port: u16) -> Self {
        let (cuts, _) = watch::channel(0);
        let record = Record { sent: Mutex::default(), cuts, behaviour: Mutex::default() };
        let tap = Self { port, record: Arc::new(record), listening: Mutex::default() };
        tap.open_again().await;
        tap
    }

    pub async fn open_again(&self) {
        let listener = TcpListener::bind((Ipv6Addr::LOCALHOST, self.port)).await;
        let listener = listener.unwrap_or_else(|error| panic!("port {} is not free: {error}", self.port));
        let (port, record) = (self.port, self.record.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(relay(stream, port, record.clone()));
            }
        });
        *self.listening.lock().expect("not poisoned") = Some(task);
    }

    /// Nothing listens any more, and what was open ends.
    pub async fn close(&self) {
        let task = self.listening.lock().expect("not poisoned").take();
        if let Some(task) = task {
            task.abort();
            let _ = task.await;
        }
        self.cut();
    }

    /// Ends every connection that is open; new ones are welcome.
    pub fn cut(&self) {
        self.record.cuts.send_modify(|cuts| *cuts += 1);
    }

    pub fn behave(&self, behaviour: Behaviour) {
        *self.record.behaviour.lock().expect("not poisoned") = behaviour;
        self.cut();
    }

    /// Everything that the app was sent.
    pub fn sent(&self) -> Vec<u8> {
        self.record.sent.lock().expect("not poisoned").concat()
    }

    /// The first lines of all requests so far.
    pub fn requests(&self) -> Vec<String> {
        let sent = self.sent();
        let lines = sent.split(|byte| *byte == b'\n').map(String::from_utf8_lossy);
        let first = lines.filter_map(|line| line.trim_end().strip_suffix(" HTTP/1.1").map(str::to_owned));
        first.collect()
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.record.sent.lock().expect("not poisoned").len()
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        if let Some(task) = self.listening.lock().expect("not poisoned").take() {
            task.abort();
        }
        self.cut();
    }
}

async fn relay(mut gateway: TcpStream, port: u16, record: Arc<Record>) {
    let behaviour = record.behaviour.lock().expect("not poisoned").clone();
    match behaviour {
        Behaviour::Relay => {}
        Behaviour::Late(wait) => sleep(wait).await,
        Behaviour::Answer(bytes) => {
            let _ = gateway.read(&mut [0; 16 * 1024]).await;
            let _ = gateway.write_all(bytes).await;
            return;
        }
    }
    let mut cuts = record.cuts.subscribe();
    let Ok(mut app) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let nth = {
        let mut sent = record.sent.lock().expect("not poisoned");
        sent.push(Vec::new());
        sent.len() - 1
    };
    let (mut from_gateway, mut to_gateway) = gateway.split();
    let (mut from_app, mut to_app) = app.split();
    let up = async {
        let mut piece = vec![0; 16 * 1024];
        while let Ok(count @ 1..) = from_gateway.read(&mut piece).await {
            record.sent.lock().expect("not poisoned")[nth].extend_from_slice(&piece[..count]);
            if to_app.write_all(&piece[..count]).await.is_err() {
                break;
            }
        }
    };
    tokio::select! {
        () = up => {}
        _ = copy(&mut from_app, &mut to_gateway) => {}
        _ = cuts.changed() => {}
    }
}
