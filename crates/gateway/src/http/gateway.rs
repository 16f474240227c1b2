//! Everything a request may need, put together once when the gateway starts.

use std::sync::Arc;

use crate::{
    audit::{self, Audit, AuditError},
    clock::Timestamp,
    config::Config,
    dashboards::{Health, Introductions, KeyError, Keys, Proxy},
    identity::{
        oidc::{Backchannel, Provider},
        session::{
            connections::Connections,
            departed::Departed,
            memory::{MemoryGrants, MemorySessions},
            store::Grants,
            tickets::MemoryTickets,
        },
    },
    limiter::Limiter,
    policy::Authority,
};

use super::{
    caller::References,
    front::Front,
    hosts::Hosts,
    metrics::{Metrics, Readings},
    sessions::Registry,
    shell::{Shell, ShellError},
};

/// Looking is cheaper than signing in: so many times as often, somebody without a session may call the API
/// or be refused at a dashboard's host.
const ANONYMOUS_FACTOR: u32 = 10;

/// Tickets that one person may ask for in a minute.
const TICKETS_PER_MINUTE: u32 = 240;

/// Why the gateway does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Audit(#[from] audit::OpenError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Shell(#[from] ShellError),
}

/// One running gateway.
pub struct Gateway {
    pub config: Config,
    pub(super) hosts: Hosts,
    /// `None` where a proxy in front signs people in.
    pub(super) provider: Option<Provider>,
    pub(super) front: Option<Front>,
    pub(super) registry: Registry,
    pub(super) authority: Authority,
    pub(super) proxy: Arc<Proxy>,
    pub(super) health: Health,
    pub(super) shell: Shell,
    pub(super) metrics: Metrics,
    pub(super) references: References,
    /// Sign-ins begun and finished, by network.
    pub(super) strangers: Limiter,
    /// Everything else that nobody's session stands for, by network.
    pub(super) anonymous: Limiter,
    /// How dashboards are, asked by nobody's session, by network.
    pub(super) looking: Limiter,
    /// Tickets, by person.
    pub(super) tickets: Limiter,
}

impl Gateway {
    /// Opens files, loads keys, starts nothing yet. Everything but the identity provider must be in order.
    pub fn new(config: Config) -> Result<Self, StartError> {
        let audit = Audit::open(&config.server.audit)?;
        let grants: Arc<dyn Grants> = Arc::new(MemoryGrants::default());
        let connections = Arc::new(Connections::default());
        let introductions = Arc::new(Introductions::new(&config, Keys::load(&config)?));
        let registry = Registry {
            sessions: Arc::new(MemorySessions::new(config.session.per_person, config.session.total)),
            tickets: Arc::new(MemoryTickets::default()),
            grants: grants.clone(),
            connections: connections.clone(),
            introductions: introductions.clone(),
            departed: Departed::default(),
            audit: audit.clone(),
        };
        let proxy = Arc::new(Proxy::new(&config, introductions, connections));
        Ok(Self {
            hosts: Hosts::new(&config),
            provider: config
                .sign_in
                .provider()
                .map(|identity| Provider::new(identity, &config.portal.origin, Backchannel::new())),
            front: Front::of(&config),
            authority: Authority::new(config.dashboards.clone(), grants, audit),
            health: Health::new(&config, proxy.clone(), Timestamp::now),
            proxy,
            shell: Shell::load(&config)?,
            metrics: Metrics::new(),
            references: References::default(),
            strangers: Limiter::new(config.limits.sign_ins),
            anonymous: Limiter::new(config.limits.sign_ins.saturating_mul(ANONYMOUS_FACTOR)),
            looking: Limiter::new(config.limits.sign_ins.saturating_mul(ANONYMOUS_FACTOR)),
            tickets: Limiter::new(TICKETS_PER_MINUTE),
            registry,
            config,
        })
    }

    /// Writes what the audit trail still holds. The last thing before the process ends.
    pub async fn flush(&self) -> Result<(), AuditError> {
        self.registry.audit.flush(Timestamp::now()).await
    }

    /// The page of metrics, as it is now.
    pub(super) fn metrics_page(&self) -> String {
        self.metrics.text(&Readings {
            sessions: self.registry.sessions.count(),
            connections: self.registry.connections.count(),
            audit_dropped: self.registry.audit.dropped(),
        })
    }

    /// What goes on beside the requests, for ever: discovery, and ending sessions at their limit.
    pub async fn housekeeping(self: Arc<Self>) {
        let mut provider = self.provider.clone().map(|provider| tokio::spawn(provider.run()));
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(250));
        loop {
            tick.tick().await;
            self.registry.end_due(Timestamp::now()).await;
            if provider.take_if(|provider| provider.is_finished()).is_some() {
                tracing::error!("discovery has stopped: nobody can sign in until the gateway is restarted");
            }
        }
    }
}
