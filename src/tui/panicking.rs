//! What a mistake of the program's own does to the screens. Where they are drawn it ends them, and its words are for the
//! ordinary screen. Anywhere else it ends only what made it: the screens go on, and say so in one line.

use std::{
    panic,
    sync::{Mutex, Once, PoisonError},
    thread::{self, ThreadId},
};

use tokio::{sync::mpsc::UnboundedSender, task};

use super::{msg::Msg, terminal::give_back};
use crate::face::quiet::is_caught;

/// Who draws: a task of the runtime, or the thread itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drawer {
    Task(task::Id),
    Thread(ThreadId),
}

impl Drawer {
    fn here() -> Self {
        task::try_id().map_or_else(|| Self::Thread(thread::current().id()), Self::Task)
    }
}

/// The screens that are shown.
static SHOWN: Mutex<Option<(Drawer, UnboundedSender<Msg>)>> = Mutex::new(None);

/// From here on, whoever calls this draws, and hears of mistakes elsewhere.
pub(super) fn watch(screens: UnboundedSender<Msg>) {
    set(Some((Drawer::here(), screens)));
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if is_caught() {
                return;
            }
            let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).clone();
            match shown {
                None => {}
                Some((drawer, _)) if drawer == Drawer::here() => give_back(),
                Some((_, screens)) => {
                    // Where, not what: the message may repeat anything, and anybody may stand before the screen.
                    let at = info.location().map_or_else(String::new, ToString::to_string);
                    tracing::error!(at, "the program found a mistake of its own");
                    // Nobody listens any more once the workstation was left.
                    let _ = screens.send(Msg::Broken(at));
                    return;
                }
            }
            before(info);
        }));
    });
}

/// The screens are gone: mistakes are told as without them.
pub(super) fn unwatch() {
    set(None);
}

fn set(shown: Option<(Drawer, UnboundedSender<Msg>)>) {
    *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = shown;
}

#[cfg(test)]
mod tests {
    use std::{env, io::Read, num::NonZeroU16, process, sync::mpsc, time::Duration};

    use portable_pty::{CommandBuilder, PtySize, native_pty_system};
    use tokio::sync::mpsc::unbounded_channel;

    use super::{
        super::{painting::Graphics, terminal::Screen},
        *,
    };

    /// Set in the process that [`a_mistake_elsewhere_leaves_the_screens_and_one_of_theirs_gives_the_terminal_back`] starts.
    const INSIDE: &str = "AIDPOST_TEST_PANICKING";

    /// What the screens do, in a terminal of their own: something breaks elsewhere, then they do.
    #[tokio::test(flavor = "multi_thread")]
    async fn in_a_terminal() {
        if env::var_os(INSIDE).is_none() {
            return;
        }
        let (sender, mut heard) = unbounded_channel();
        let _screen = Screen::open(sender, Graphics::Blocks).unwrap();
        let broken = tokio::spawn(async { panic!("of Meera Devi") }).await;
        assert!(broken.is_err());
        let Some(Msg::Broken(at)) = heard.recv().await else { panic!("nothing was heard") };
        println!("heard {at} end of it\r");
        assert!(thread::spawn(|| panic!("of Meera Devi")).join().is_err());
        assert!(matches!(heard.recv().await, Some(Msg::Broken(_))));
        panic!("the screens themselves");
    }

    #[test]
    fn a_mistake_elsewhere_leaves_the_screens_and_one_of_theirs_gives_the_terminal_back() {
        let size = PtySize { rows: 24, cols: 200, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env::current_exe().unwrap());
        command.args(["--exact", "--nocapture", "tui::panicking::tests::in_a_terminal"]);
        command.env(INSIDE, process::id().to_string());
        command.env("RUST_BACKTRACE", "0");
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut output = pair.master.try_clone_reader().unwrap();
        let (whole, all) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            // The end of a pseudo-terminal is told as an error.
            let _ = output.read_to_end(&mut bytes);
            whole.send(String::from_utf8_lossy(&bytes).into_owned()).unwrap();
        });
        assert!(!child.wait().unwrap().success());
        let said = all.recv_timeout(Duration::from_secs(60)).unwrap();
        let parts: Vec<&str> =
            ["\x1b[?1049h", "heard src/tui/panicking.rs:", " end of it", "\x1b[?1049l"].to_vec();
        let mut rest = &said[..];
        let mut between = Vec::new();
        for part in &parts {
            let (before, after) = rest.split_once(part).unwrap_or_else(|| panic!("no {part:?} in {said:?}"));
            between.push(before);
            rest = after;
        }
        let shown = between[1..].concat();
        assert!(!shown.contains("1049l") && !shown.contains("panicked"), "the screens stay: {said:?}");
        assert!(!shown.contains("Meera"), "{said:?}");
        for off in ["\x1b[?1000l", "\x1b[?2004l", "\x1b[2J"] {
            assert!(between[3].contains(off), "{off:?} before the end: {said:?}");
        }
        assert!(rest.contains("\x1b[?25h"), "{said:?}");
        // What it said stays on the ordinary screen.
        let [rows, columns] = [24, 200].map(|n| NonZeroU16::new(n).unwrap());
        let mut screen = vt100::Parser::new(rows, columns, 0);
        screen.process(said.as_bytes());
        let left = screen.screen().contents();
        assert!(left.contains("the screens themselves") && !screen.screen().alternate_screen(), "{left}");
    }
}
