pub struct Thresholds; impl Thresholds{ pub fn shipped()->Self{Self} pub fn for_site(&self,_:usize,_:Option<f32>)->SiteThreshold{SiteThreshold{score:0.472,far_per_comparison:1e-5,far_per_attempt:1e-5,raised:false}}}
pub struct SiteThreshold{pub score:f32,pub far_per_comparison:f64,pub far_per_attempt:f64,pub raised:bool}
