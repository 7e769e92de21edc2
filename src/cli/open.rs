//! Reaching a node: the one that runs, or one of our own in this process; and signing in to it.

use std::{
    io::IsTerminal,
    sync::Arc,
    time::{Duration, Instant},
};

use tarpc::context::{self, Context};
use zeroize::Zeroize;

use super::{Global, input};
use crate::node::{
    CameraChoice, Node, Options,
    api::{ClinicClient, Fault, FaultKind, Passphrase, Who},
    server, setup,
};

/// The longest passphrase file that is read.
const MAX_PASSPHRASE: u64 = 1_024;

/// A call's deadline.
pub(crate) fn within(seconds: u64) -> Context {
    let mut c = context::current();
    c.deadline = Instant::now() + Duration::from_secs(seconds);
    c
}

/// The answer of a call, or why there is none.
pub(crate) fn answer<T>(r: Result<Result<T, Fault>, tarpc::client::RpcError>) -> Result<T, Fault> {
    r.map_err(gone)?
}

/// The node didn't answer.
pub(crate) fn gone(e: tarpc::client::RpcError) -> Fault {
    Fault::new(FaultKind::Unreachable, format!("the node does not answer ({e}): is it still running?"))
}

/// A client, and the node behind it when it is ours.
pub(crate) struct Reached {
    pub(crate) client: ClinicClient,
    pub(crate) node: Option<Arc<Node>>,
}

impl Global {
    /// How a node of our own would run.
    pub(crate) fn options(&self) -> Result<Options, Fault> {
        let data = self.data()?;
        let default_camera = || {
            let d = std::path::Path::new("/dev/video0");
            if d.exists() { CameraChoice::Device(d.into()) } else { CameraChoice::None }
        };
        Ok(Options {
            listen: self.listen.unwrap_or_else(|| setup::default_listen(&data)),
            camera: self.camera.as_deref().map_or_else(default_camera, CameraChoice::parse),
            data,
        })
    }

    /// The running node, or one of our own.
    pub(crate) async fn reach(&self) -> Result<Reached, Fault> {
        let options = self.options()?;
        if let Some(client) = server::remote(&options.data).await? {
            return Ok(Reached { client, node: None });
        }
        let node = Node::new(options)?;
        Ok(Reached { client: server::local(&node), node: Some(node) })
    }

    /// A client at which this person is signed in.
    pub(crate) async fn signed_in(&self) -> Result<(Reached, Who), Fault> {
        let reached = self.reach().await?;
        let (login, passphrase) = (self.login()?, self.passphrase(false)?);
        let who = answer(reached.client.unlock(within(60), login, passphrase).await)?;
        Ok((reached, who))
    }

    /// The login name, asked for if it wasn't given.
    pub(crate) fn login(&self) -> Result<String, Fault> {
        if let Some(l) = &self.login {
            return Ok(l.clone());
        }
        if !std::io::stdin().is_terminal() {
            return Err(Fault::new(FaultKind::Usage, "who signs in? Give --login NAME"));
        }
        eprint!("Login name: ");
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map_err(|e| Fault::new(FaultKind::Failed, e))?;
        Ok(line.trim().to_string())
    }

    /// The passphrase: from the file, or asked for without echo (twice for a new one).
    pub(crate) fn passphrase(&self, new: bool) -> Result<Passphrase, Fault> {
        self.passphrase_of("--passphrase-file", new)
    }

    /// The same of a file that another option names.
    pub(crate) fn passphrase_of(&self, option: &str, new: bool) -> Result<Passphrase, Fault> {
        if let Some(path) = &self.passphrase_file {
            let mut text = input::text(path, MAX_PASSPHRASE).map_err(|e| {
                Fault::unread(
                    path,
                    &e,
                    "check the name of the passphrase file; its first line is the passphrase",
                )
            })?;
            let p = Passphrase(text.lines().next().unwrap_or("").to_string());
            text.zeroize();
            return Ok(p);
        }
        if !std::io::stdin().is_terminal() {
            return Err(Fault::new(
                FaultKind::Usage,
                format!("no terminal to ask for the passphrase: give {option} FILE"),
            ));
        }
        let ask = |prompt: &str| {
            rpassword::prompt_password(prompt).map(Passphrase).map_err(|e| Fault::new(FaultKind::Failed, e))
        };
        let first = ask("Passphrase: ")?;
        if new && ask("The same again: ")? != first {
            return Err(Fault::new(FaultKind::Usage, "the two passphrases differ: start again"));
        }
        Ok(first)
    }
}

/// Takes the link up when the node is ours; a port that is taken is said, not fatal.
pub(crate) async fn link(reached: &Reached) -> Result<(), Fault> {
    match answer(reached.client.link(within(20), true).await) {
        Err(f) if f.kind == FaultKind::Unreachable => {
            eprintln!("aidpost: {f}");
            Ok(())
        }
        other => other,
    }
}

/// The workstation on this terminal's data.
pub(crate) async fn workstation(g: &Global) -> Result<(), Fault> {
    let reached = g.reach().await?;
    screens(g, reached).await
}

/// Opens the screens on a client.
#[cfg(feature = "tui")]
pub(crate) async fn screens(g: &Global, reached: Reached) -> Result<(), Fault> {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(Fault::new(
            FaultKind::Usage,
            "the workstation needs a terminal: run a command instead ('aidpost --help' lists them)",
        ));
    }
    let apart = reached.node.is_none().then(|| g.data()).transpose()?;
    let options = crate::tui::Options {
        theme: g.theme.clone(),
        language: g.language().map(str::to_owned),
        graphics: g.graphics().map(str::to_owned),
        apart,
    };
    let seen = crate::tui::run(reached.client, options);
    let done = match reached.node {
        None => seen.await,
        Some(node) => {
            // A node of our own meets the others for as long as its screens are open.
            // Others on this machine (`aidpost status` over SSH) ask it; without a socket the screens go on all the same.
            let serving = async {
                if let Ok(listening) = server::listen(node.data(), None).await {
                    server::serve(node.clone(), &listening).await;
                }
                std::future::pending::<()>().await;
            };
            let mut seal = false;
            let done = tokio::select! {
                done = seen => done,
                () = node.keep_meeting() => Ok(()),
                () = serving => Ok(()),
                () = node.seal.notified() => {
                    seal = true;
                    Ok(())
                }
            };
            node.close().await;
            if seal {
                // The screens are gone with their future; they come back at the sign-in.
                return Err(super::rotate::start_anew());
            }
            done
        }
    };
    done.map_err(|e| match e {
        crate::tui::Error::Theme(e) => bad_theme(&e),
        crate::tui::Error::Language(e) => Fault::new(FaultKind::Usage, e),
        crate::tui::Error::Graphics(e) => Fault::new(FaultKind::Usage, e),
        crate::tui::Error::Terminal(_) => Fault::new(FaultKind::Failed, e),
    })
}

#[cfg(feature = "tui")]
fn bad_theme(e: &crate::tui::BadTheme) -> Fault {
    use crate::tui::BadTheme::{Colour, Parse, Unreadable};
    let kind = match e {
        // What was typed is neither a name nor a file.
        Unreadable(..) => FaultKind::Usage,
        Parse(_) | Colour(_) => FaultKind::Refused,
    };
    Fault::new(kind, e)
}

impl Global {
    /// How the screens are to look makes sense; asked of every command, so that a slip in a script is not found out at the
    /// first screen.
    ///
    /// # Errors
    /// No such theme, language or graphics.
    #[cfg(feature = "tui")]
    pub(crate) fn looks(&self) -> Result<(), Fault> {
        use crate::tui::{Depth, Graphics, Language, Theme};
        Theme::choose(self.theme.as_deref(), false, Depth::Exact).map_err(|e| bad_theme(&e))?;
        Language::choose(self.language(), [None; 3]).map_err(|e| Fault::new(FaultKind::Usage, e))?;
        Graphics::choose(self.graphics(), |_| String::new(), false)
            .map_err(|e| Fault::new(FaultKind::Usage, e))?;
        Ok(())
    }

    /// A build without screens looks like nothing.
    #[cfg(not(feature = "tui"))]
    pub(crate) fn looks(&self) -> Result<(), Fault> {
        Ok(())
    }

    /// The language asked for; a variable that is set to nothing asks for none.
    #[cfg(feature = "tui")]
    fn language(&self) -> Option<&str> {
        self.language.as_deref().filter(|l| !l.is_empty())
    }

    /// How the camera's picture is to be drawn; a variable that is set to nothing says nothing.
    #[cfg(feature = "tui")]
    fn graphics(&self) -> Option<&str> {
        self.graphics.as_deref().filter(|g| !g.is_empty())
    }
}

/// This build has no screens.
#[cfg(not(feature = "tui"))]
pub(crate) async fn screens(_: &Global, _: Reached) -> Result<(), Fault> {
    Err(Fault::new(
        FaultKind::Usage,
        "this build has no screens: run a command ('aidpost --help' lists them)",
    ))
}
