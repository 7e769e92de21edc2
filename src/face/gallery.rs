//! The enrolled faces of one terminal, and who of them a face is most like.

use super::embed::Embedding;
use std::collections::BTreeMap;

/// Whoever a template belongs to, as the caller names them.
pub type StaffKey = [u8; 16];

/// The enrolled person most like a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Who.
    pub who: StaffKey,
    /// Cosine with the most alike of this person's templates, −1..1.
    pub score: f32,
}

/// Templates by person.
#[derive(Clone, Debug, Default)]
pub struct Gallery {
    people: BTreeMap<StaffKey, Vec<Embedding>>,
}

impl Gallery {
    /// Sets the templates of one person; none removes the person.
    pub fn insert(&mut self, who: StaffKey, templates: Vec<Embedding>) {
        if templates.is_empty() {
            self.people.remove(&who);
        } else {
            self.people.insert(who, templates);
        }
    }

    /// Forgets a person; true if they were enrolled.
    pub fn remove(&mut self, who: &StaffKey) -> bool {
        self.people.remove(who).is_some()
    }

    /// Number of people.
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// True when nobody is enrolled.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// The enrolled person most like `face`; `None` when nobody is enrolled. The score says whether it is them.
    pub fn best(&self, face: &Embedding) -> Option<Match> {
        let scores = self.people.iter().filter_map(|(who, templates)| {
            let score = templates.iter().map(|t| t.cosine(face)).max_by(f32::total_cmp)?;
            Some(Match { who: *who, score })
        });
        scores.max_by(|a, b| a.score.total_cmp(&b.score))
    }

    /// The highest score between templates of two different people: a threshold at or below it confuses them. `None`
    /// with fewer than two people.
    pub fn highest_between_people(&self) -> Option<f32> {
        let people: Vec<_> = self.people.values().collect();
        let mut highest: Option<f32> = None;
        for (i, one) in people.iter().enumerate() {
            for other in &people[i + 1..] {
                for score in one.iter().flat_map(|a| other.iter().map(|b| a.cosine(b))) {
                    highest = Some(highest.map_or(score, |h| h.max(score)));
                }
            }
        }
        highest
    }
}

impl FromIterator<(StaffKey, Vec<Embedding>)> for Gallery {
    fn from_iter<I: IntoIterator<Item = (StaffKey, Vec<Embedding>)>>(people: I) -> Self {
        let mut gallery = Self::default();
        people.into_iter().for_each(|(who, templates)| gallery.insert(who, templates));
        gallery
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the plane of the first two axes, at `degrees`.
    fn at(degrees: f32) -> Embedding {
        let mut values = [0.0; 128];
        (values[0], values[1]) = (degrees.to_radians().cos(), degrees.to_radians().sin());
        Embedding::new(values).unwrap()
    }

    fn gallery() -> Gallery {
        [([1; 16], vec![at(0.0), at(20.0)]), ([2; 16], vec![at(90.0)]), ([3; 16], vec![at(180.0)])]
            .into_iter()
            .collect()
    }

    #[test]
    fn the_most_alike_template_decides() {
        let found = gallery().best(&at(25.0)).unwrap();
        assert_eq!(found.who, [1; 16]);
        assert!((found.score - 5f32.to_radians().cos()).abs() < 1e-5);
        assert_eq!(gallery().best(&at(170.0)).unwrap().who, [3; 16]);
    }

    #[test]
    fn nobody_enrolled_matches_nobody() {
        assert_eq!(Gallery::default().best(&at(0.0)), None);
        assert_eq!(Gallery::default().highest_between_people(), None);
    }

    #[test]
    fn a_removed_person_no_longer_matches() {
        let mut gallery = gallery();
        assert!(gallery.remove(&[1; 16]));
        assert!(!gallery.remove(&[1; 16]));
        assert_eq!(gallery.best(&at(0.0)).unwrap().who, [2; 16]);
        gallery.insert([2; 16], Vec::new());
        assert_eq!(gallery.len(), 1);
    }

    #[test]
    fn the_closest_two_people_set_the_highest_score() {
        let highest = gallery().highest_between_people().unwrap();
        assert!((highest - 70f32.to_radians().cos()).abs() < 1e-5, "{highest}");
        let one: Gallery = [([1; 16], vec![at(0.0), at(1.0)])].into_iter().collect();
        assert_eq!(one.highest_between_people(), None);
    }
}
