//! Panics of libraries on foreign data, made into `None` without a word on the screen.
//!
//! The `v4l` crate panics on some of what drivers say, and decoders of pictures have done so. Such a panic is an answer
//! that can't be read, not a fault of this program: it must neither be printed across the workstation's screens nor make
//! them give the terminal back.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Runs `call`; `None` when it panicked. Whatever it changed halfway must not be used afterwards.
pub(crate) fn quietly<T>(call: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if !is_caught() {
                before(info);
            }
        }));
    });
    let outer = CAUGHT.replace(true);
    let answer = catch_unwind(AssertUnwindSafe(call)).ok();
    CAUGHT.set(outer);
    answer
}

/// True inside [`quietly`]: a panic on this thread is caught. Hooks that are set later ask it before they act.
pub(crate) fn is_caught() -> bool {
    CAUGHT.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_answer_and_only_inside() {
        assert!(!is_caught());
        assert_eq!(quietly(is_caught), Some(true));
        assert_eq!(quietly(|| -> u8 { panic!("said by nobody") }), None);
        assert!(!is_caught());
        assert_eq!(quietly(|| quietly(|| -> u8 { panic!("inner") }).is_none() && is_caught()), Some(true));
    }
}
