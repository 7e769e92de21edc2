//! Training the paper's network, an epoch at a time: early stop on held-out pictures, then once more on all of them.
//!
//! **Search**: a fifth of everybody's pictures is held out; the epoch with the lowest loss on them (mean of the last few
//! epochs) is remembered, and the search ends when it hasn't fallen for [`PATIENCE`] epochs. **Refit**: a new network is trained on all pictures
//! for as many epochs (Goodfellow et al., Deep Learning, algorithm 7.2). Everything random depends on the seed and the
//! epoch, so a training that was stopped and resumed ends in the same weights.

use super::sample::{Sample, View};
use super::{Classifier, MAX_CLASSES, PaperError};
use crate::nn::paper::{Adam, AdamState, Batch, Paper, mask_len};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

/// Epochs without a lower validation loss after which the search ends.
pub const PATIENCE: usize = 20;
/// Epochs whose mean validation loss is judged: that of one alone jumps with the few pictures held out.
const SMOOTH: usize = 5;
/// Pictures of a step.
const BATCH: usize = 10;
/// Learning rate of the first epoch.
const RATE: f64 = 2e-3;
/// Factor of the rate from one epoch to the next.
const FALL: f64 = 0.965;
/// Weight decay (decoupled, as in AdamW).
const DECAY: f64 = 1e-2;
/// Part of the fully connected layer's outputs that is dropped.
const DROPOUT: f32 = 0.5;
/// Least pictures of a person of which one is held out.
const LEAST: usize = 3;
/// Of how many pictures of a person one is held out.
const HELD_OUT: usize = 5;

/// One person and their pictures.
#[derive(Clone, Debug)]
pub struct Class {
    /// The person.
    pub name: String,
    /// At least one.
    pub samples: Vec<Sample>,
}

/// What a training depends on beside its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Most epochs of the search, 1 and more.
    pub epochs: usize,
    /// Of everything random.
    pub seed: u64,
}

/// What a training is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// For the best number of epochs.
    Search,
    /// On all pictures.
    Refit,
    /// Nothing: it is done.
    Done,
}

/// One epoch as it went.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// In which stage.
    pub stage: Stage,
    /// Mean cross entropy of the training pictures, while they were learnt.
    pub loss: f32,
    /// Mean cross entropy of the pictures held out; none in the refit.
    pub validation_loss: Option<f32>,
}

/// How far a training is, without its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// What it depends on.
    pub settings: Settings,
    /// What comes next.
    pub stage: Stage,
    /// Epochs done in this stage.
    pub epoch: usize,
    /// Epochs of the search after which the validation loss was lowest.
    pub best_epoch: usize,
    /// Every epoch so far.
    pub history: Vec<Epoch>,
    /// Digest of names and pictures.
    pub data: String,
}

/// A training, between two epochs.
#[derive(Debug)]
pub struct Training {
    classes: Vec<Class>,
    /// (class, picture) that the search learns, and those held out.
    learnt: Vec<(usize, usize)>,
    held_out: Vec<(usize, usize)>,
    net: Paper,
    adam: Adam,
    progress: Progress,
}

impl Training {
    /// A training that begins.
    ///
    /// # Errors
    /// When there are fewer than two classes or too many, or one without pictures.
    pub fn new(classes: Vec<Class>, settings: Settings) -> Result<Self, PaperError> {
        let able = classes.iter().filter(|c| !c.samples.is_empty()).count();
        if able < classes.len() || !(2..=MAX_CLASSES).contains(&able) {
            return Err(PaperError::Classes(able));
        }
        let (learnt, held_out) = split(&classes, settings.seed);
        let progress = Progress {
            settings,
            // Without anything to validate on, all epochs asked for are the refit.
            stage: if held_out.is_empty() { Stage::Refit } else { Stage::Search },
            epoch: 0,
            best_epoch: settings.epochs,
            history: Vec::new(),
            data: digest(&classes),
        };
        let net = initial(classes.len(), settings.seed);
        Ok(Self { classes, learnt, held_out, net, adam: Adam::new(DECAY), progress })
    }

    /// Goes on from a checkpoint ([`Training::checkpoint`]).
    ///
    /// # Errors
    /// When the checkpoint was made with other pictures or settings.
    pub fn resume(
        classes: Vec<Class>,
        settings: Settings,
        (net, state, progress): (Paper, AdamState, Progress),
    ) -> Result<Self, PaperError> {
        let fresh = Self::new(classes, settings)?;
        let same = progress.settings == settings && progress.data == fresh.progress.data;
        if !same || net.classes() != fresh.classes.len() {
            return Err(PaperError::OtherTraining);
        }
        Ok(Self { adam: Adam::resume(DECAY, &net, &state)?, net, progress, ..fresh })
    }

    /// How far it is.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Epochs that this stage has at most.
    pub fn stage_epochs(&self) -> usize {
        match self.progress.stage {
            Stage::Search => self.progress.settings.epochs,
            _ => self.progress.best_epoch,
        }
    }

    /// What [`Training::resume`] needs beside the pictures.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn checkpoint(&mut self) -> Result<(Paper, AdamState, Progress), PaperError> {
        Ok((self.net.clone(), self.adam.state(&self.net)?, self.progress.clone()))
    }

    /// One epoch; `false` when the training is done.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn epoch(&mut self) -> Result<bool, PaperError> {
        let pictures = match self.progress.stage {
            Stage::Done => return Ok(false),
            Stage::Search => self.learnt.clone(),
            Stage::Refit => [self.learnt.as_slice(), &self.held_out].concat(),
        };
        let loss = self.learn(pictures)?;
        let validation_loss = match self.progress.stage {
            Stage::Search => Some(self.validate()?),
            _ => None,
        };
        self.progress.epoch += 1;
        self.progress.history.push(Epoch { stage: self.progress.stage, loss, validation_loss });
        self.net.release();
        self.advance();
        Ok(self.progress.stage != Stage::Done)
    }

    /// The network as it is now.
    ///
    /// # Errors
    /// Never for a network that was trained here.
    pub fn classifier(&self) -> Result<Classifier, PaperError> {
        let names = self.classes.iter().map(|c| c.name.clone()).collect();
        Classifier::new(self.net.clone(), names).ok_or(PaperError::Classes(self.classes.len()))
    }

    fn learn(&mut self, mut pictures: Vec<(usize, usize)>) -> Result<f32, PaperError> {
        let Progress { settings, epoch, stage, .. } = &self.progress;
        let mut rng = rng(settings.seed, 1 + *epoch as u64 * 2 + u64::from(*stage == Stage::Refit));
        let rate = RATE * FALL.powi(*epoch as i32);
        pictures.shuffle(&mut rng);
        let mut sum = 0.0;
        for batch in pictures.chunks(BATCH) {
            let mut inputs = Vec::new();
            for &(class, picture) in batch {
                self.classes[class].samples[picture].input(&View::random(&mut rng), &mut inputs);
            }
            let classes: Vec<usize> = batch.iter().map(|(class, _)| *class).collect();
            let keep = 1.0 / (1.0 - DROPOUT);
            let drop = |_| if rng.random::<f32>() < DROPOUT { 0.0 } else { keep };
            let mask = (0..mask_len(batch.len())).map(drop).collect();
            let step = Batch { inputs: &inputs, classes: &classes, mask };
            sum += self.adam.step(&mut self.net, step, rate)? * batch.len() as f32;
        }
        Ok(sum / pictures.len() as f32)
    }

    /// Mean cross entropy of the pictures held out.
    fn validate(&self) -> Result<f32, PaperError> {
        let mut sum = 0.0;
        for batch in self.held_out.chunks(BATCH) {
            let mut inputs = Vec::new();
            for &(class, picture) in batch {
                self.classes[class].samples[picture].input(&View::PLAIN, &mut inputs);
            }
            let scores = self.net.forward(&inputs)?;
            for (row, &(class, _)) in scores.chunks_exact(self.classes.len()).zip(batch) {
                let most = row.iter().copied().fold(f32::MIN, f32::max);
                let total: f32 = row.iter().map(|s| (s - most).exp()).sum();
                sum += most + total.ln() - row[class];
            }
        }
        Ok(sum / self.held_out.len() as f32)
    }

    /// From one stage to the next, where it is time.
    fn advance(&mut self) {
        let p = &mut self.progress;
        match p.stage {
            Stage::Search => {
                let losses: Vec<f32> = p.history.iter().filter_map(|e| e.validation_loss).collect();
                let means = (1..=losses.len()).map(|end| {
                    let last = &losses[end.saturating_sub(SMOOTH)..end];
                    (end, last.iter().sum::<f32>() / last.len() as f32)
                });
                let best = means.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(1, |(end, _)| end);
                if p.epoch >= p.settings.epochs || p.epoch >= best + PATIENCE {
                    (p.stage, p.epoch, p.best_epoch) = (Stage::Refit, 0, best);
                    self.net = initial(self.classes.len(), p.settings.seed);
                    self.adam = Adam::new(DECAY);
                }
            }
            Stage::Refit if p.epoch >= p.best_epoch => p.stage = Stage::Done,
            _ => {}
        }
    }
}

/// A generator for one purpose of one seed.
fn rng(seed: u64, purpose: u64) -> StdRng {
    StdRng::seed_from_u64(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(purpose))
}

fn initial(classes: usize, seed: u64) -> Paper {
    let mut rng = rng(seed, 0);
    Paper::new(classes, || rng.random::<f32>() * 2.0 - 1.0)
}

/// A picture: its class, and its number there.
type Place = (usize, usize);

/// (class, picture) to learn and to hold out: one picture of each five of a person, drawn by the seed, and of each person
/// with three or more.
fn split(classes: &[Class], seed: u64) -> (Vec<Place>, Vec<Place>) {
    let mut rng = rng(seed, u64::MAX);
    let (mut learnt, mut held_out) = (Vec::new(), Vec::new());
    for (class, person) in classes.iter().enumerate() {
        let mut pictures: Vec<_> = (0..person.samples.len()).map(|picture| (class, picture)).collect();
        pictures.shuffle(&mut rng);
        let out = if pictures.len() < LEAST { 0 } else { pictures.len().div_ceil(HELD_OUT) };
        held_out.extend(pictures.drain(..out));
        learnt.extend(pictures);
    }
    (learnt, held_out)
}

fn digest(classes: &[Class]) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("aidpost paper network: names and pictures");
    for class in classes {
        hasher.update(&(class.name.len() as u64).to_le_bytes());
        hasher.update(class.name.as_bytes());
        hasher.update(&(class.samples.len() as u64).to_le_bytes());
        class.samples.iter().for_each(|s| s.digest(&mut hasher));
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::face::paper::sample::tests::drawn;

    /// People whose pictures are copies of a pattern of their own.
    pub(in crate::face::paper) fn people(n: u32, each: usize) -> Vec<Class> {
        (0..n).map(|i| Class { name: format!("p{i}"), samples: vec![drawn(i); each] }).collect()
    }

    fn finished(mut training: Training) -> Training {
        while training.epoch().unwrap() {}
        training
    }

    #[test]
    fn learns_patterns_and_stops_by_itself() {
        let settings = Settings { epochs: 12, seed: 1 };
        let training = finished(Training::new(people(4, 6), settings).unwrap());
        let p = training.progress();
        assert_eq!(p.stage, Stage::Done);
        let refit = p.history.iter().filter(|e| e.stage == Stage::Refit).count();
        assert_eq!(refit, p.best_epoch);
        assert!(p.history.last().unwrap().loss < 0.5 * p.history[0].loss, "{:?}", p.history);
        let classifier = training.classifier().unwrap();
        for i in 0..4 {
            let (class, probability) = classifier.classify(&drawn(i)).unwrap();
            assert_eq!(class, i as usize);
            assert!((0.25..=1.0).contains(&probability), "{probability}");
        }
    }

    /// Stopped anywhere, in either stage, and resumed: the same weights to the bit.
    #[test]
    fn a_resumed_training_ends_in_the_same_weights() {
        let settings = Settings { epochs: 3, seed: 2 };
        let whole = finished(Training::new(people(3, 4), settings).unwrap());
        for stop in [1, 4] {
            let mut training = Training::new(people(3, 4), settings).unwrap();
            for _ in 0..stop {
                training.epoch().unwrap();
            }
            let checkpoint = training.checkpoint().unwrap();
            let resumed = finished(Training::resume(people(3, 4), settings, checkpoint).unwrap());
            assert_eq!(resumed.progress(), whole.progress());
            assert_eq!(resumed.net.values(), whole.net.values());
        }
        let other = finished(Training::new(people(3, 4), Settings { seed: 3, ..settings }).unwrap());
        assert_ne!(other.net.values(), whole.net.values());
    }

    #[test]
    fn a_checkpoint_of_something_else_is_refused() {
        let settings = Settings { epochs: 2, seed: 2 };
        let mut training = Training::new(people(3, 3), settings).unwrap();
        let checkpoint = training.checkpoint().unwrap();
        for (classes, settings) in [
            (people(3, 4), settings),
            (people(4, 3), settings),
            (people(3, 3), Settings { epochs: 5, ..settings }),
        ] {
            let refused = Training::resume(classes, settings, checkpoint.clone());
            assert!(matches!(refused, Err(PaperError::OtherTraining)));
        }
    }

    #[test]
    fn held_out_pictures_are_not_learnt() {
        let classes = people(5, 7);
        let (learnt, held_out) = split(&classes, 9);
        assert_eq!((learnt.len(), held_out.len()), (25, 10));
        assert!(held_out.iter().all(|p| !learnt.contains(p)));
        assert_eq!(split(&people(3, 2), 9).1, []);
        // Without any the epochs asked for are done, and no more.
        let settings = Settings { epochs: 2, seed: 1 };
        assert_eq!(finished(Training::new(people(3, 2), settings).unwrap()).progress().history.len(), 2);
    }

    #[test]
    fn one_person_is_nothing_to_tell_apart() {
        let settings = Settings { epochs: 2, seed: 1 };
        for classes in [people(1, 5), people(0, 5), people(3, 0)] {
            assert!(matches!(Training::new(classes, settings), Err(PaperError::Classes(_))));
        }
    }
}
