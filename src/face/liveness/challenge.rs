//! What a person is asked to do: a few turns of the head in an order that nobody can know before.

use rand::{Rng, RngExt};

/// One turn of the head, as the person does it.
///
/// A camera's picture isn't mirrored: a person who turns to their own left turns to the right of the picture. Whoever
/// shows the picture mirrored, as people know themselves, shows it turning to the left, and needs to change nothing here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Move {
    /// To the person's own left: to the right of the picture.
    Left,
    /// To the person's own right: to the left of the picture.
    Right,
    /// Chin up.
    Up,
    /// Chin down.
    Down,
}

impl Move {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Left, Self::Right, Self::Up, Self::Down];

    /// True for a turn to a side.
    pub fn sideways(self) -> bool {
        matches!(self, Self::Left | Self::Right)
    }

    /// The sign of the nose's way in the picture: x to the right for sideways moves, y down for the others.
    pub fn sign(self) -> f64 {
        match self {
            Self::Left | Self::Down => 1.0,
            Self::Right | Self::Up => -1.0,
        }
    }
}

impl std::fmt::Display for Move {
    /// The direction in a word.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Left => "left",
            Self::Right => "right",
            Self::Up => "up",
            Self::Down => "down",
        })
    }
}

/// Three or four moves, no two neighbours the same, both axes among them: paper bent round one axis bends round no other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Challenge(Vec<Move>);

impl Challenge {
    /// Number of different challenges: 4 · 3 · 3 of three moves and 4 · 3 · 3 · 3 of four, less those along one axis,
    /// which are four of each.
    pub const COUNT: usize = 4 * 9 - 4 + 4 * 27 - 4;

    /// One of all, each as likely as any other.
    pub fn draw(rng: &mut impl Rng) -> Self {
        Self::nth(rng.random_range(0..Self::COUNT))
    }

    /// What to do, in this order.
    pub fn moves(&self) -> &[Move] {
        &self.0
    }

    /// These moves as a challenge of their own kind, for recordings that show only some directions: the bench's clips.
    pub(crate) fn of(moves: &[Move]) -> Self {
        Self(moves.to_vec())
    }

    /// Every challenge.
    pub fn all() -> impl Iterator<Item = Self> {
        [3, 4]
            .into_iter()
            .flat_map(|length: u32| (0..4usize.pow(length)).map(move |code| Self::spelled(code, length)))
            .filter(Self::allowed)
    }

    fn nth(n: usize) -> Self {
        // `n` is below COUNT, which a test holds to be the number of them.
        Self::all().nth(n).unwrap_or_else(|| Self::of(&[Move::Left, Move::Up, Move::Right]))
    }

    /// The moves that the digits of `code` to base 4 name.
    fn spelled(code: usize, length: u32) -> Self {
        Self((0..length).map(|k| Move::ALL[code / 4usize.pow(k) % 4]).collect())
    }

    fn allowed(&self) -> bool {
        let changes = self.0.windows(2).all(|pair| pair[0] != pair[1]);
        let sideways = self.0.iter().filter(|m| m.sideways()).count();
        changes && sideways > 0 && sideways < self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::SmallRng;
    use std::collections::HashSet;

    #[test]
    fn there_are_as_many_as_said_and_all_differ() {
        let all: HashSet<_> = Challenge::all().collect();
        assert_eq!(all.len(), Challenge::COUNT);
        assert_eq!(Challenge::all().count(), Challenge::COUNT);
        const { assert!(Challenge::COUNT >= 64) };
    }

    #[test]
    fn neighbours_differ_and_both_axes_are_asked_for() {
        for challenge in Challenge::all() {
            let moves = challenge.moves();
            assert!((3..=4).contains(&moves.len()));
            assert!(moves.windows(2).all(|pair| pair[0] != pair[1]));
            assert!(moves.iter().any(|m| m.sideways()) && moves.iter().any(|m| !m.sideways()));
        }
    }

    #[test]
    fn every_challenge_is_drawn_about_as_often() {
        let mut rng = SmallRng::seed_from_u64(1);
        let mut drawn = std::collections::HashMap::new();
        for _ in 0..Challenge::COUNT * 100 {
            *drawn.entry(Challenge::draw(&mut rng)).or_insert(0) += 1;
        }
        assert_eq!(drawn.len(), Challenge::COUNT);
        assert!(drawn.values().all(|n| (50..150).contains(n)), "{:?}", drawn.values().max());
    }
}
