//! A whole terminal on a device: founded for real (no demonstration, so no recorded frames), a face enrolled pose by pose,
//! and signed in with, challenge and all. Before the camera is a head rendered from a portrait that does as it is asked.

use crate::loopback::{DEVICE, Feeder, feed};
use crate::vm::is_here;
use aidpost::core::{auth::Verdict, governance::OrgKind};
use aidpost::face::attack::actor::{Actor, Head};
use aidpost::face::attack::portrait::Portrait;
use aidpost::face::liveness::{Move, Prompt};
use aidpost::face::portrait::{moved_portrait, nurse};
use aidpost::face::{Engine, Frame, PixelFormat};
use aidpost::node::api::{Arrow, ClinicClient, Look, Passphrase};
use aidpost::node::origin::Origin;
use aidpost::node::server::local_from;
use aidpost::node::setup::{self, Newcomer};
use aidpost::node::{CameraChoice, Node, Options};
use aidpost::vault::slots::Cost;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tarpc::context::{self, Context};

const MOVES: [(Arrow, Move); 4] = [
    (Arrow::Left, Move::Left),
    (Arrow::Right, Move::Right),
    (Arrow::Up, Move::Up),
    (Arrow::Down, Move::Down),
];
/// Frames that the head holds a pose, longer than any prompt lasts.
const HOLD: usize = 60;

fn within() -> Context {
    let mut c = context::current();
    c.deadline = Instant::now() + Duration::from_secs(60);
    c
}

/// A head before the loopback that turns as an arrow says.
struct Person {
    feeder: Feeder,
    ahead: Vec<Frame>,
    turns: [Vec<Frame>; 4],
    shown: Arrow,
}

impl Person {
    fn new(portrait: &Portrait) -> Self {
        let play = |prompt, first, count: usize| -> Vec<Frame> {
            let mut rng = SmallRng::seed_from_u64(2);
            let mut head = Head::new(portrait, &mut rng);
            let all = (0..first + count as u64).map(|n| head.show(prompt, 1_000 + n * 66, &mut rng));
            all.skip(first as usize).collect()
        };
        let ahead = play(Prompt::LookAhead, 0, 6);
        // The first frames pass while it reads the prompt.
        let turns = MOVES.map(|(_, m)| play(Prompt::Turn(m), 10, 12));
        Self { feeder: feed(PixelFormat::Yuyv, &ahead), ahead, turns, shown: Arrow::Ahead }
    }

    /// From where it is to where the arrow points, by way of the middle.
    fn turn(&mut self, to: Arrow) {
        if to == self.shown {
            return;
        }
        let of = |a: Arrow| MOVES.iter().position(|(arrow, _)| *arrow == a).map(|n| &self.turns[n]);
        let mut frames: Vec<Frame> = of(self.shown).into_iter().flatten().rev().cloned().collect();
        match of(to) {
            Some(turn) => {
                frames.extend(turn.iter().cloned());
                frames.extend(vec![turn[turn.len() - 1].clone(); HOLD]);
            }
            None => (0..HOLD).for_each(|n| frames.push(self.ahead[n % self.ahead.len()].clone())),
        }
        self.feeder.show(&frames);
        self.shown = to;
    }
}

/// One attempt, the person doing as asked.
async fn attempt(client: &ClinicClient, mut person: Option<&mut Person>) -> Look {
    let start = Instant::now();
    for n in 0.. {
        let look = client.look(within(), n == 0).await.unwrap().unwrap();
        if look.verdict.is_some() {
            return look;
        }
        if let (Some(person), Some(prompt)) = (person.as_deref_mut(), &look.prompt) {
            person.turn(prompt.arrow);
        }
        assert!(start.elapsed() < Duration::from_secs(90), "no decision");
    }
    unreachable!("an attempt ends or fails")
}

#[test]
fn a_face_is_enrolled_and_signed_in_with_on_a_device() {
    if !is_here() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("clinic");
        let secret = Passphrase("mango tree by the well".into());
        let newcomer = Newcomer {
            data: &data,
            device: "front desk",
            login: "amina",
            name: "Amina Yusuf",
            passphrase: &secret,
            cost: Cost::LEAST,
        };
        setup::found(&newcomer, "Valley", "Aruna Clinic", OrgKind::Clinic, false, &mut rand::rng()).unwrap();
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let camera = CameraChoice::Device(DEVICE.into());
        let node = Node::new(Options { data: data.clone(), listen, camera }).unwrap();
        let client = local_from(&node, Origin::Here);
        let who = client.unlock(within(), "amina".into(), secret.clone()).await.unwrap().unwrap();

        let mut engine = Engine::load(&Engine::find_models().unwrap()).unwrap();
        let portrait = Portrait::find(&mut engine, &nurse()).unwrap();
        drop(engine);
        let mut person = Person::new(&portrait);
        let start = Instant::now();
        let mut fresh = true;
        let enrolled = loop {
            let look = client.enrol(within(), who.staff, fresh).await.unwrap().unwrap();
            fresh = false;
            if let Some(done) = look.enrolled {
                break done;
            }
            person.turn(look.prompt.arrow);
            assert!(start.elapsed() < Duration::from_secs(90), "no enrolment: {:?}", look.hint);
        };
        println!(
            "  enrolled with {} templates in {:.1} s",
            enrolled.templates,
            start.elapsed().as_secs_f64()
        );

        client.lock(within()).await.unwrap().unwrap();
        person.turn(Arrow::Ahead);
        let look = attempt(&client, Some(&mut person)).await;
        assert_eq!(look.verdict, Some(Verdict::Granted(who.staff)), "{:?}", look.because);
        let took = look.took.unwrap();
        println!(
            "  signed in: {} ms of machine time in the emulated machine, and {} ms of turning the head",
            took.machine, took.challenge
        );

        client.lock(within()).await.unwrap().unwrap();
        person.feeder.show(&moved_portrait(&nurse(), 12, 9));
        let look = attempt(&client, None).await;
        assert!(matches!(look.verdict, Some(Verdict::NotLive { .. })), "a photograph: {:?}", look.verdict);
        println!("  a photograph of the same face: {}", look.because.unwrap_or_default());
        node.close().await;
    });
}
