//! A paper before the camera of one terminal, kept with a record: recorded frames stand in for the camera.

use std::{net::SocketAddr, path::Path, sync::Arc};

use aidpost::{
    core::{
        governance::{OrgKind, Role},
        policy::Purpose,
    },
    face::Frame,
    node::{
        CameraChoice, Node, Options,
        api::{ClinicClient, Fault, FaultKind, Passphrase},
        origin::Origin,
        server::local_from,
        setup::{self, Newcomer},
    },
    vault::slots::Cost,
};

use crate::town::{no, ok, registered, within};

const SECRET: &str = "mango tree by the well";

/// Lines of strokes on white paper, in this light.
fn draw(path: &Path, light: f32) {
    let picture = image::RgbImage::from_fn(1280, 720, |x, y| {
        let margin = !(160..1120).contains(&x) || !(90..630).contains(&y);
        let ink = !margin && y % 18 < 9 && (x % 9 < 2 || (y % 18 < 2 && (x / 9) % 3 == 0));
        image::Rgb([(if ink { 45.0 } else { 235.0 } * light) as u8; 3])
    });
    picture.save(path).unwrap();
}

/// A demonstration's terminal whose camera shows what lies in this folder.
fn terminal(data: &Path, frames: &Path) -> Arc<Node> {
    let passphrase = Passphrase(SECRET.into());
    let newcomer = Newcomer {
        data,
        device: "front desk",
        login: "amina",
        name: "Amina Yusuf",
        passphrase: &passphrase,
        cost: Cost::LEAST,
    };
    let mut rng = rand::rng();
    setup::found(&newcomer, "Valley Health", "Aruna Clinic", OrgKind::Clinic, true, &mut rng).unwrap();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let camera = CameraChoice::Frames(frames.into());
    Node::new(Options { data: data.into(), listen, camera }).unwrap()
}

async fn sign_in(node: &Arc<Node>, login: &str, from: Origin) -> ClinicClient {
    let c = local_from(node, from);
    ok(c.unlock(within(), login.into(), Passphrase(SECRET.into())).await);
    c
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_is_kept_as_the_camera_saw_it() {
    let dir = tempfile::tempdir().unwrap();
    let (bright, dark) = (dir.path().join("bright"), dir.path().join("dark"));
    for (folder, light) in [(&bright, 0.8), (&dark, 0.1)] {
        std::fs::create_dir(folder).unwrap();
        draw(&folder.join("page.png"), light);
    }
    let node = terminal(&dir.path().join("clinic"), &bright);
    let admin = sign_in(&node, "amina", Origin::Here).await;
    ok(admin.add_staff(within(), "nila".into(), "Nila".into(), Role::Nurse, Passphrase(SECRET.into())).await);
    let nurse = sign_in(&node, "nila", Origin::Here).await;
    let meera = registered(&nurse, "Meera Devi", 1990).await;
    let none_taken = |why: Fault| assert!(why.message.contains("take one first"), "{why}");

    let look = ok(nurse.look_at_paper(within(), meera, false).await);
    assert_eq!((look.width, look.height, look.problem, look.taken), (1280, 720, None, None));
    assert_eq!((look.preview.width, look.preview.height), (128, 72));
    none_taken(no(nurse.keep_paper(within(), meera, "letter".into()).await));

    // What was taken is kept, once, and by whoever took it.
    let taken = ok(nurse.look_at_paper(within(), meera, true).await).taken.unwrap();
    none_taken(no(admin.keep_paper(within(), meera, "letter".into()).await));
    ok(nurse.keep_paper(within(), meera, "letter".into()).await);
    none_taken(no(nurse.keep_paper(within(), meera, "letter".into()).await));
    let chart = ok(nurse.chart(within(), meera, Purpose::Treatment).await);
    let [file] = &chart.attachments[..] else { panic!("{:?}", chart.attachments) };
    assert_eq!((file.name.as_str(), file.media_type.as_str()), ("letter.jpg", "image/jpeg"));
    assert_eq!((file.size, file.missing), (taken, 0));
    let out = dir.path().join("back.jpg");
    ok(nurse.attachment(within(), meera, file.record, out.display().to_string()).await);
    let (back, page) = (std::fs::read(&out).unwrap(), std::fs::read(bright.join("page.png")).unwrap());
    assert_eq!(back.len() as u64, taken);
    let [back, page] = [back, page].map(|bytes| Frame::from_file_bytes(&bytes).unwrap());
    assert_eq!((back.width(), back.height()), (page.width(), page.height()), "in full");
    let off: u64 = back.rgb().iter().zip(page.rgb()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    assert!(off / (page.rgb().len() as u64) < 8, "{off}");

    // A lock lets it go, and so does another look.
    ok(nurse.look_at_paper(within(), meera, true).await);
    ok(nurse.lock(within()).await);
    ok(nurse.unlock(within(), "nila".into(), Passphrase(SECRET.into())).await);
    none_taken(no(nurse.keep_paper(within(), meera, "letter".into()).await));
    ok(nurse.look_at_paper(within(), meera, true).await);
    node.watch_with(Some(&format!("frames:{}", dark.display()))).await;
    let look = ok(nurse.look_at_paper(within(), meera, true).await);
    assert_eq!((look.problem.as_deref(), look.taken), (Some("more light on the paper"), None));
    none_taken(no(nurse.keep_paper(within(), meera, "letter".into()).await));

    // From afar there is no camera, but for a demonstration's frames.
    let afar = sign_in(&node, "nila", Origin::Afar).await;
    node.watch_with(Some("/dev/video-none")).await;
    let why = no(afar.look_at_paper(within(), meera, false).await);
    assert_eq!(why.kind, FaultKind::Locked);
    assert!(why.message.contains("only at the terminal itself"), "{why}");
    assert_eq!(no(nurse.look_at_paper(within(), meera, false).await).kind, FaultKind::Unreachable);
    assert_eq!(ok(nurse.verify(within()).await).damage, Vec::<String>::new());
}
