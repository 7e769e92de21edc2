//! What is drawn on, and what a click on it means.

use std::ops::{Deref, DerefMut};

use ratatui::{
    Frame,
    buffer::{Buffer, CellDiffOption},
    layout::{Position, Rect},
};

use crate::node::api::Preview;

use super::{
    keymap::Action,
    painting::{Painting, Wanted},
    widgets::width,
};

/// What lies under the mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A row of the screen's list.
    Row(usize),
    /// A field of the screen's form, in the form's order.
    Field(usize),
    /// A key that is named at the bottom of the screen.
    Key(Action),
}

/// Where what was drawn last can be clicked, and the picture that was wanted. Whatever came later lies over what came before.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    areas: Vec<(Rect, Option<Target>)>,
    picture: Option<Wanted>,
}

impl Targets {
    /// What is there.
    pub(crate) fn at(&self, column: u16, row: u16) -> Option<Target> {
        let here = |(area, _): &&(Rect, Option<Target>)| area.contains(Position::new(column, row));
        self.areas.iter().rev().find(here).and_then(|(_, target)| *target)
    }

    /// The picture that the camera gave, where it is drawn in pixels.
    pub(crate) fn picture(&self) -> Option<&Wanted> {
        self.picture.as_ref()
    }
}

/// One frame, with its targets.
pub(crate) struct Sheet<'a, 'b> {
    frame: &'a mut Frame<'b>,
    targets: Targets,
    painting: &'a Painting,
}

impl<'a, 'b> Sheet<'a, 'b> {
    pub(crate) fn new(frame: &'a mut Frame<'b>, painting: &'a Painting) -> Self {
        Self { frame, targets: Targets::default(), painting }
    }

    /// Wants the camera's picture here, in pixels. False: it is drawn with characters.
    pub(crate) fn picture(&mut self, area: Rect, of: &Preview) -> bool {
        let Some(at) = self.painting.room(area, of) else { return false };
        self.targets.picture = Some(Wanted { at, of: of.clone() });
        true
    }

    /// A click in this area means that.
    pub(crate) fn target(&mut self, area: Rect, target: Target) {
        self.targets.areas.push((area, Some(target)));
    }

    /// Nothing under this area can be clicked any more.
    pub(crate) fn cover(&mut self, area: Rect) {
        self.targets.areas.push((area, None));
    }

    /// Ends the frame: of a wide character whose second half something else covers, nothing is shown, and neither is a picture
    /// that something lies over.
    pub(crate) fn finish(self) -> Targets {
        if let Some(wanted) = &self.targets.picture {
            let covers =
                |(area, target): &(Rect, Option<Target>)| target.is_none() && area.intersects(wanted.at);
            if !self.targets.areas.iter().any(covers) {
                self.painting.draw(wanted, self.frame.buffer_mut());
            }
        }
        whole(self.frame.buffer_mut());
        self.targets
    }
}

fn whole(buffer: &mut Buffer) {
    let columns = usize::from(buffer.area.width).max(1);
    for row in buffer.content.chunks_mut(columns) {
        for x in 0..row.len() {
            // What belongs to a picture is no character.
            if row[x].symbol().len() == 1 || row[x].diff_option != CellDiffOption::None {
                continue;
            }
            let wide = width(row[x].symbol());
            if wide > 1 && row[x + 1..].iter().take(wide - 1).any(|c| !c.symbol().trim().is_empty()) {
                row[x].set_symbol(" ");
            }
        }
    }
}

impl<'b> Deref for Sheet<'_, 'b> {
    type Target = Frame<'b>;

    fn deref(&self) -> &Frame<'b> {
        self.frame
    }
}

impl<'b> DerefMut for Sheet<'_, 'b> {
    fn deref_mut(&mut self) -> &mut Frame<'b> {
        self.frame
    }
}
