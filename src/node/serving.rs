//! Reaching the service: in this process, and over the Unix socket of a data folder.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::StreamExt;
use tarpc::{
    ClientMessage, Response, serde_transport,
    server::{BaseChannel, Channel},
    tokio_serde::formats::Json,
};
use tokio::net::UnixListener;

use super::{
    Node,
    api::{Clinic, ClinicClient, ClinicRequest, ClinicResponse, Fault, FaultKind},
    origin::Origin,
    server::Server,
    transport::wiped,
};

/// The most bytes of one request or answer over the socket.
const MAX_FRAME: usize = 16 * 1024 * 1024;
/// Calls of one client that are worked on at once.
const CALLS: usize = 16;
/// Clients of the socket at once.
const CLIENTS: usize = 64;

/// A client in this process, for the screens and for commands that start their own node.
pub fn local(node: &Arc<Node>) -> ClinicClient {
    local_from(node, Origin::of_this())
}

/// The same for someone who is known to sit here, or not.
pub fn local_from(node: &Arc<Node>, origin: Origin) -> ClinicClient {
    let (near, far) = tarpc::transport::channel::unbounded();
    let server = Server::new(node, origin);
    tokio::spawn(BaseChannel::with_defaults(far).execute(server.serve()).for_each(|call| async {
        tokio::spawn(call);
    }));
    ClinicClient::new(tarpc::client::Config::default(), near).spawn()
}

/// The socket of a data folder.
pub fn socket(data: &Path) -> PathBuf {
    data.join("node.sock")
}

/// A client of a node that already runs over this data folder; none when none does.
///
/// # Errors
/// A node runs, but its socket can't be used.
pub async fn remote(data: &Path) -> Result<Option<ClinicClient>, Fault> {
    let path = socket(data);
    let mut connect = serde_transport::unix::connect(&path, Json::default);
    connect.config_mut().max_frame_length(MAX_FRAME);
    match connect.await {
        Ok(t) => Ok(Some(ClinicClient::new(tarpc::client::Config::default(), t).spawn())),
        Err(e) if e.kind() == io::ErrorKind::PermissionDenied => Err(Fault::new(
            FaultKind::Unreachable,
            format!("not allowed to use {}: run as the user of the node, or join its group", path.display()),
        )),
        // No socket, or one that a crash left behind.
        Err(_) => Ok(None),
    }
}

/// The socket of a data folder, made and not answered on yet; its file goes when this is dropped.
pub struct Listening {
    listener: UnixListener,
    path: PathBuf,
}

impl Drop for Listening {
    fn drop(&mut self) {
        // Whoever looks for a running node must not find this one's socket.
        let _ = fs::remove_file(&self.path);
    }
}

/// Makes the socket, for this user alone (mode 0600) or also for the members of a group (0660).
///
/// # Errors
/// A node runs already, the folder can't be written, or this user may not give files to that group.
pub async fn listen(data: &Path, group: Option<u32>) -> Result<Listening, Fault> {
    let path = socket(data);
    let bad = |e: io::Error| Fault::unwritten(&path, &e, "check the folder's permissions");
    if remote(data).await?.is_some() {
        return Err(Fault::new(
            FaultKind::Busy,
            "a node already runs over this data folder: use that one, or stop it first",
        ));
    }
    if path.exists() {
        fs::remove_file(&path).map_err(bad)?;
    }
    let listener = UnixListener::bind(&path).map_err(bad)?;
    let listening = Listening { listener, path: path.clone() };
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(bad)?;
    if let Some(group) = group {
        // A service that runs in that group needs no right to give files away.
        if fs::metadata(&path).map_err(bad)?.gid() != group {
            chown(&path, None, Some(group)).map_err(|e| {
                Fault::new(
                    FaultKind::Usage,
                    format!(
                        "{}: {e}: the node's user must be a member of the socket's group",
                        path.display()
                    ),
                )
            })?;
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o660)).map_err(bad)?;
    }
    Ok(listening)
}

/// Answers on the socket until the future is dropped.
pub async fn serve(node: Arc<Node>, listening: &Listening) {
    let accepted = |l| async move { Some((UnixListener::accept(l).await, l)) };
    futures::stream::unfold(&listening.listener, accepted)
        .filter_map(|accepted| async { accepted.ok() })
        .for_each_concurrent(CLIENTS, |(stream, _)| {
            let pid = stream.peer_cred().ok().and_then(|p| p.pid()).and_then(|p| u32::try_from(p).ok());
            let server = Server::new(&node, pid.map_or(Origin::Afar, Origin::of));
            let transport =
                wiped::<ClientMessage<ClinicRequest>, Response<ClinicResponse>>(stream, MAX_FRAME);
            let channel = BaseChannel::with_defaults(transport);
            channel.execute(server.serve()).for_each_concurrent(CALLS, |call| call)
        })
        .await;
}
