//! What is drawn on, and what a click on it means.

use std::ops::{Deref, DerefMut};

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::{keymap::Action, widgets::width};

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

/// Where what was drawn last can be clicked. Whatever came later lies over what came before.
#[derive(Debug, Default)]
pub(crate) struct Targets(Vec<(Rect, Option<Target>)>);

impl Targets {
    /// What is there.
    pub(crate) fn at(&self, column: u16, row: u16) -> Option<Target> {
        let here = |(area, _): &&(Rect, Option<Target>)| area.contains(Position::new(column, row));
        self.0.iter().rev().find(here).and_then(|(_, target)| *target)
    }
}

/// One frame, with its targets.
pub(crate) struct Sheet<'a, 'b> {
    frame: &'a mut Frame<'b>,
    targets: Targets,
}

impl<'a, 'b> Sheet<'a, 'b> {
    pub(crate) fn new(frame: &'a mut Frame<'b>) -> Self {
        Self { frame, targets: Targets::default() }
    }

    /// A click in this area means that.
    pub(crate) fn target(&mut self, area: Rect, target: Target) {
        self.targets.0.push((area, Some(target)));
    }

    /// Nothing under this area can be clicked any more.
    pub(crate) fn cover(&mut self, area: Rect) {
        self.targets.0.push((area, None));
    }

    /// Ends the frame: of a wide character whose second half something else covers, nothing is shown.
    pub(crate) fn finish(self) -> Targets {
        whole(self.frame.buffer_mut());
        self.targets
    }
}

fn whole(buffer: &mut Buffer) {
    let columns = usize::from(buffer.area.width).max(1);
    for row in buffer.content.chunks_mut(columns) {
        for x in 0..row.len() {
            if row[x].symbol().len() == 1 {
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
