//! `aidpost face train`: trains the source paper's network on a folder, and measures it beside the embedder.

use super::Global;
use super::plot::{Axis, Series, plot};
use super::progress::{Progress, clock};
use crate::face::eval::extraction::each_face;
use crate::face::eval::folder::{Person, people};
use crate::face::eval::interval::Interval;
use crate::face::paper::file::{read_checkpoint, write_checkpoint, write_network};
use crate::face::paper::sample::Sample;
use crate::face::paper::training::{Class, Epoch, Settings, Stage, Training};
use crate::face::{Embedding, Engine};
use crate::node::api::Fault;
use clap::{Args, ValueEnum};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Which pictures of a person are trained on.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Split {
    /// The first by name
    First,
    /// Drawn by the seed
    Random,
}

/// Train the source paper's network on a folder of pictures: a folder for each person.
///
/// Two layers of convolution with sampling, a fully connected and a classification layer. It tells the people of the
/// folder apart, and nobody else: sign-in does not use it (models/README.md). Pictures that aren't trained on are used to
/// measure it, beside the embedder that sign-in uses.
///
/// Example: aidpost face train orl --epochs 100
#[derive(Args)]
pub(crate) struct Train {
    /// Folder with the pictures, as Name/Name_0001.jpg or s1/1.pgm
    dir: PathBuf,
    /// Most epochs; training stops earlier when pictures held out are recognised no better
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=5000))]
    epochs: u16,
    /// Pictures of each person to train on; the others measure it
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    per_person: u16,
    /// Which pictures to train on
    #[arg(long, value_enum, default_value = "first")]
    split: Split,
    /// Seed of everything random: the same seed gives the same network
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// File for the trained network; the checkpoint is beside it, with the ending .checkpoint
    #[arg(long, value_name = "FILE", default_value = "face-network.safetensors")]
    out: PathBuf,
    /// Go on where an interrupted training with the same pictures and options stopped
    #[arg(long)]
    resume: bool,
}

/// What `--json` prints; rates are 0..1, intervals 95%.
#[derive(Serialize)]
struct Report {
    people: usize,
    trained_on: usize,
    tested_on: usize,
    /// Pictures without a face: not trained on, and wrong where they would test.
    without_face: usize,
    seed: u64,
    /// Epochs of the search, and those that the network was then trained for on all its pictures.
    searched: usize,
    epochs: usize,
    /// This run's, training only.
    seconds: f64,
    network: Option<Rank1>,
    embedder: Option<Rank1>,
    history: Vec<Epoch>,
    file: String,
}

/// Pictures of the test that are given to the right person.
#[derive(Clone, Copy, Serialize)]
struct Rank1 {
    right: u64,
    of: u64,
    rate: f64,
    /// Wilson, over pictures.
    interval: Interval,
}

impl Rank1 {
    fn new(right: u64, of: u64) -> Option<Self> {
        (of > 0).then(|| Self {
            right,
            of,
            rate: right as f64 / of as f64,
            interval: Interval::wilson(right, of),
        })
    }
}

/// A face as both see it.
type Seen = (Sample, Embedding);

/// One person's pictures, divided.
struct Divided {
    name: String,
    train: Vec<Seen>,
    test: Vec<Option<Seen>>,
}

impl Train {
    pub(crate) fn run(self, g: &Global) -> Result<(), Fault> {
        let checkpoint = self.out.with_added_extension("checkpoint");
        let people = people(&self.dir)?;
        let (divided, without_face) = self.look(people)?;
        let classes: Vec<Class> = divided
            .iter()
            .map(|d| Class { name: d.name.clone(), samples: d.train.iter().map(|s| s.0.clone()).collect() })
            .collect();
        let settings = Settings { epochs: usize::from(self.epochs), seed: self.seed };
        let mut training = match self.resume {
            true => Training::resume(classes, settings, read_checkpoint(&checkpoint)?)?,
            false => Training::new(classes, settings)?,
        };
        let start = Instant::now();
        learn(&mut training, &checkpoint)?;
        let seconds = start.elapsed().as_secs_f64();
        let classifier = training.classifier()?;
        write_network(&self.out, &classifier)?;
        // The checkpoint has served; one that can't be removed does no harm.
        let _ = std::fs::remove_file(&checkpoint);

        let mut right = [0u64; 2];
        let tests: Vec<(usize, &Option<Seen>)> = divided
            .iter()
            .enumerate()
            .flat_map(|(class, d)| d.test.iter().map(move |t| (class, t)))
            .collect();
        for (class, face) in &tests {
            let Some((sample, embedding)) = face else { continue };
            right[0] += u64::from(classifier.classify(sample)?.0 == *class);
            right[1] += u64::from(nearest(&divided, embedding) == Some(*class));
        }
        let [network, embedder] = right.map(|n| Rank1::new(n, tests.len() as u64));
        let progress = training.progress();
        let report = Report {
            people: divided.len(),
            trained_on: divided.iter().map(|d| d.train.len()).sum(),
            tested_on: tests.len(),
            without_face,
            seed: self.seed,
            searched: progress.history.iter().filter(|e| e.stage == Stage::Search).count(),
            epochs: progress.best_epoch,
            seconds,
            network,
            embedder,
            history: progress.history.clone(),
            file: self.out.display().to_string(),
        };
        g.print(&report, words);
        Ok(())
    }

    /// Finds the faces, and divides each person's pictures; the second value counts those without a face.
    fn look(&self, people: Vec<Person>) -> Result<(Vec<Divided>, usize), Fault> {
        let pictures: Vec<PathBuf> = people.iter().flat_map(|p| p.pictures.iter().cloned()).collect();
        let progress = Progress::new("finding faces", pictures.len());
        let models = Engine::find_models()?;
        let mut faces =
            each_face(&models, &pictures, &|done| progress.set(done, ""), &|engine, picture, face| {
                (Sample::new(picture, face), engine.embed(picture, face))
            })?
            .into_iter();
        progress.finish();
        let mut rng = StdRng::seed_from_u64(self.seed);
        let mut without = 0;
        let mut divided = Vec::new();
        for person in people {
            let mut own: Vec<Option<Seen>> =
                faces.by_ref().take(person.pictures.len()).map(Result::ok).collect();
            if self.split == Split::Random {
                own.shuffle(&mut rng);
            }
            without += own.iter().filter(|f| f.is_none()).count();
            let test = own.split_off(usize::from(self.per_person).min(own.len()));
            let train: Vec<Seen> = own.into_iter().flatten().collect();
            // Nobody can be learnt without a face: the person is left out.
            if !train.is_empty() {
                divided.push(Divided { name: person.name, train, test });
            }
        }
        Ok((divided, without))
    }
}

/// All epochs, each followed by a checkpoint.
fn learn(training: &mut Training, checkpoint: &Path) -> Result<(), Fault> {
    loop {
        let before = training.progress().stage;
        if before == Stage::Done {
            return Ok(());
        }
        let total = training.stage_epochs();
        let name = if before == Stage::Search { "training, some held out" } else { "training on all" };
        let progress = Progress::new(name, total);
        while training.progress().stage == before {
            training.epoch()?;
            write_checkpoint(checkpoint, &training.checkpoint()?)?;
            let done = training.progress();
            let note = done.history.last().map_or(String::new(), |e| match e.validation_loss {
                Some(held_out) => format!("loss {:.3}, held out {held_out:.3}", e.loss),
                None => format!("loss {:.3}", e.loss),
            });
            if done.stage == before {
                progress.set(done.epoch, &note);
            }
        }
        progress.finish();
    }
}

/// The class with the training picture most alike.
fn nearest(divided: &[Divided], face: &Embedding) -> Option<usize> {
    let best = |d: &Divided| d.train.iter().map(|s| s.1.cosine(face)).fold(f32::MIN, f32::max);
    let scores = divided.iter().map(best).enumerate();
    scores.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(class, _)| class)
}

fn words(r: &Report) -> String {
    let mut out = vec![format!(
        "{} people: {} pictures to train on, {} to test with, no face in {}.",
        r.people, r.trained_on, r.tested_on, r.without_face
    )];
    out.push(curves(&r.history, r.people));
    out.push(match r.searched {
        0 => format!("Too few pictures of a person to hold some out: trained for all {} epochs.", r.epochs),
        n => format!(
            "Searched {n} epochs with a fifth of the pictures held out, lowest loss after {};\n\
             then trained on all pictures for as many.",
            r.epochs
        ),
    });
    let row = |name: &str, rank1: &Option<Rank1>| match rank1 {
        Some(x) => format!(
            "  {name:<26} {:>6.2}%  [{:.2} .. {:.2}]  {} of {}",
            100.0 * x.rate,
            100.0 * x.interval.low,
            100.0 * x.interval.high,
            x.right,
            x.of
        ),
        None => format!("  {name:<26} no pictures left to test with: see --per-person"),
    };
    out.push(format!(
        "Rank 1 among these people   (in brackets: 95%, Wilson, over pictures)\n{}\n{}",
        row("this network", &r.network),
        row("embedder, as at sign-in", &r.embedder)
    ));
    out.push(format!(
        "Trained in {} with seed {}. Network: {}\n\
         It names one of its people for whoever it sees; sign-in does not use it.",
        clock(std::time::Duration::from_secs_f64(r.seconds)),
        r.seed,
        r.file
    ));
    out.join("\n\n")
}

/// Loss of training and of the pictures held out, epoch by epoch.
fn curves(history: &[Epoch], classes: usize) -> String {
    let points = |loss: &dyn Fn(&Epoch) -> Option<f32>, stage: Stage| {
        let own = history.iter().filter(|e| e.stage == stage).enumerate();
        own.filter_map(|(i, e)| Some(((i + 1) as f64, f64::from(loss(e)?)))).collect::<Vec<_>>()
    };
    let searched = points(&|e| e.validation_loss, Stage::Search);
    let learnt = match points(&|e| Some(e.loss), Stage::Search) {
        p if p.is_empty() => points(&|e| Some(e.loss), Stage::Refit),
        p => p,
    };
    let last = learnt.len().max(2) as f64;
    // The loss of guessing: only the first steps lie above it.
    let high = (classes.max(2) as f64).ln();
    let x =
        Axis { low: 1.0, high: last, ticks: vec![(1.0, "1".to_owned()), (last, format!("epoch {last}"))] };
    let y = Axis { low: 0.0, high, ticks: [0.0, high / 2.0, high].map(|t| (t, format!("{t:.1}"))).to_vec() };
    let series = [Series { points: learnt, dotted: false }, Series { points: searched, dotted: true }];
    format!("  loss: line learnt, dots held out\n{}", plot(&series, &x, &y, 66, 10))
}
