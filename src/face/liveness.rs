use super::{Detection, Embedding};
#[derive(Clone,Copy,Debug,PartialEq,Eq)] pub enum Move{Left,Right,Up,Down}
#[derive(Clone,Debug)] pub struct Challenge; impl Challenge{ pub fn draw(_:&mut impl rand::Rng)->Self{Challenge}}
#[derive(Clone,Debug)] pub struct Sight{pub e:Option<Embedding>,pub d:Option<Detection>}
impl Sight{ pub fn bbox(&self)->Option<[f32;4]>{None} pub fn embedding(&self)->Option<&Embedding>{self.e.as_ref()}}
#[derive(Debug)] pub struct Liveness;
impl Liveness{ pub fn new(_:Challenge,_:&[Embedding],_:f32,_:u64)->Self{Self} pub fn wants_embedding(&self)->bool{true} pub fn step(&mut self,_:&Sight,_:u64)->Step{Step::Passed{}}}
#[derive(Clone,Copy,Debug,PartialEq,Eq)] pub enum Prompt{LookAhead,Turn(Move)}
impl std::fmt::Display for Prompt{fn fmt(&self,f:&mut std::fmt::Formatter<'_>)->std::fmt::Result{f.write_str("x")}}
pub enum Step{Prompt{what:Prompt,done:usize,of:usize,deadline:u64},Passed{},Failed(LivenessFailure)}
#[derive(Clone,Debug,PartialEq,thiserror::Error)] pub enum LivenessFailure{#[error("x")] A}
