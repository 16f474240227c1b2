//! What is known of one frame: whether it has loaded, whether its app is there, whether its WebSocket was cut.
//! Only what the gateway says twice in a row is believed, so that a moment's trouble changes nothing.

use lanyard_contract::wire::{AppState, SocketState, StateAnswer};

/// So often in a row is no accident.
const CERTAIN: u8 = 2;

/// What the bar says about the frame on the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    #[default]
    Well,
    Waiting,
    /// Its WebSocket was cut a moment ago, and may come back by itself.
    Reconnecting,
    Disconnected,
}

/// What is known of one frame.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pulse {
    pub loaded: bool,
    pub late: bool,
    downs: u8,
    cuts: u8,
}

impl Pulse {
    /// Takes an answer in. Whether the app is down for certain.
    pub fn take(&mut self, state: StateAnswer) -> bool {
        match state.app {
            AppState::Answers => self.downs = 0,
            AppState::Down => self.downs = self.downs.saturating_add(1),
            AppState::Silent => {}
        }
        match state.socket {
            SocketState::Open => self.cuts = 0,
            SocketState::Cut => self.cuts = self.cuts.saturating_add(1),
            // What is disconnected stays so until it has a socket again.
            SocketState::None if self.cuts < CERTAIN => self.cuts = 0,
            SocketState::None => {}
        }
        self.downs >= CERTAIN
    }

    pub fn condition(self) -> Condition {
        match self {
            Self { cuts: CERTAIN.., .. } => Condition::Disconnected,
            Self { loaded: false, late: true, .. } => Condition::Waiting,
            Self { cuts: 1, .. } => Condition::Reconnecting,
            _ => Condition::Well,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(pulse: &mut Pulse, app: AppState, socket: SocketState) -> (bool, Condition) {
        (pulse.take(StateAnswer { app, socket }), pulse.condition())
    }

    #[test]
    fn an_app_is_down_when_it_was_twice_in_a_row() {
        use AppState::{Answers, Down, Silent};
        let mut pulse = Pulse::default();
        let mut down = |app| take(&mut pulse, app, SocketState::None).0;
        assert!(!down(Down) && !down(Answers) && !down(Down) && !down(Silent) && down(Down));
        assert!(!down(Answers));
    }

    #[test]
    fn a_frame_is_disconnected_from_the_second_cut_until_it_has_a_socket() {
        use Condition::{Disconnected, Reconnecting, Well};
        use SocketState::{Cut, None, Open};
        let mut pulse = Pulse { loaded: true, ..Pulse::default() };
        let said = [Cut, Open, Cut, None, Cut, Cut, None, Cut, Open, Cut];
        let conditions = said.map(|socket| take(&mut pulse, AppState::Answers, socket).1);
        let expected = [
            Reconnecting,
            Well,
            Reconnecting,
            Well,
            Reconnecting,
            Disconnected,
            Disconnected,
            Disconnected,
            Well,
            Reconnecting,
        ];
        assert_eq!(conditions, expected);
    }

    #[test]
    fn a_frame_is_waited_for_when_it_is_late_and_only_until_it_has_loaded() {
        let mut pulse = Pulse::default();
        assert_eq!(pulse.condition(), Condition::Well);
        pulse.late = true;
        assert_eq!(pulse.condition(), Condition::Waiting);
        pulse.loaded = true;
        assert_eq!(pulse.condition(), Condition::Well);
    }
}
