//! From one pod to none: only after silence, and with an activator in the path.

use crate::units::Span;

/// What is known of a revision that wants no pod.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ToZero {
    /// `stable-window`.
    pub stable_window: Span,
    /// `scale-to-zero-grace-period`.
    pub grace: Span,
    /// `scale-to-zero-pod-retention-period`.
    pub retention: Span,
    /// For how long it has been active, if it is.
    pub active_for: Option<Span>,
    /// For how long it has been inactive.
    pub inactive_for: Span,
    /// Whether an activator answers for it.
    pub activator_in_path: bool,
    /// For how long one has stood in its path.
    pub proxy_for: Span,
}

/// The pods that there are to be, and whether that is put into effect now: an active revision is
/// first marked inactive.
pub fn scale_to_zero(desired: u32, state: &ToZero) -> (u32, bool) {
    if desired != 0 {
        return (desired, true);
    }
    if let Some(active_for) = state.active_for {
        return if active_for < state.stable_window { (1, true) } else { (0, false) };
    }
    let is_long_silent = state.inactive_for >= state.grace.max(state.retention);
    let is_backed = state.inactive_for >= state.retention && state.proxy_for >= state.grace;
    (0, state.activator_in_path && (is_long_silent || is_backed))
}
