//! Boot settings: what the portal says about itself before anybody is signed in. Loaded once, and again
//! while the provider has not answered the gateway yet. Knows nothing of identities.

use lanyard_contract::wire::PortalConfig;
use leptos::prelude::*;

use crate::{
    api::{self, ApiError},
    ui::words,
};

/// The portal's settings, as a context.
#[derive(Clone, Copy)]
pub struct Portal {
    settings: RwSignal<Option<PortalConfig>>,
    failure: RwSignal<Option<ApiError>>,
}

impl Portal {
    pub fn new() -> Self {
        Self { settings: RwSignal::new(None), failure: RwSignal::new(None) }
    }

    /// Settings that are known already.
    pub fn with(settings: PortalConfig) -> Self {
        Self { settings: RwSignal::new(Some(settings)), failure: RwSignal::new(None) }
    }

    pub async fn load(self) {
        match api::config().await {
            Ok(settings) => {
                self.failure.set(None);
                if self.settings.with_untracked(|known| known.as_ref() != Some(&settings)) {
                    self.settings.set(Some(settings));
                }
            }
            Err(error) => self.failure.set(Some(error)),
        }
    }

    pub fn loaded(self) -> bool {
        self.settings.with(Option::is_some)
    }

    pub fn loaded_untracked(self) -> bool {
        self.settings.with_untracked(Option::is_some)
    }

    pub fn failure(self) -> Option<ApiError> {
        self.failure.get()
    }

    /// How many frames stay alive.
    pub fn kept_frames(self) -> usize {
        self.settings.with_untracked(|known| known.as_ref().map_or(1, |known| known.kept_frames.max(1)))
    }

    pub fn settings(self) -> Option<PortalConfig> {
        self.settings.get_untracked()
    }

    /// Like the provider's name and the contact: read once, because pages are drawn when it is known.
    pub fn title(self) -> String {
        self.settings
            .with_untracked(|known| known.as_ref().map(|known| known.title.clone()))
            .unwrap_or_default()
    }

    pub fn provider(self) -> String {
        self.settings
            .with_untracked(|known| known.as_ref().map(|known| known.provider.name.clone()))
            .unwrap_or_default()
    }

    /// Whom to ask, fit for the middle of a sentence.
    pub fn contact(self) -> String {
        self.settings
            .with_untracked(|known| known.as_ref().and_then(|known| known.contact.clone()))
            .unwrap_or_else(|| words::NOBODY_NAMED.to_owned())
    }
}

impl Default for Portal {
    fn default() -> Self {
        Self::new()
    }
}
