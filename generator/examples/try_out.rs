//! scratch
use pontoon::*;
fn main(){
    let a:Vec<String>=std::env::args().collect();
    let mut d=diagnostic::Diagnostics::new();
    let t=std::time::Instant::now();
    let mut s=source::parse("x",String::from("{\"openapi\":\"3.0.0\"}"),&source::LoadOptions::default(),&mut d).unwrap();
    let r=Request{spec:a[1].clone().into(),runtime:rust::ir::RuntimeDependency{version:"=0.1.0".into(),path:Some("/work/main/runtime/client".into())},standalone:true,config:config::Config{name:Some("pontoon-try".into()),..Default::default()},..Default::default()};
    let last=std::cell::Cell::new(std::time::Instant::now());
    let g=generate(&r,&mut s,&mut d,&|st|{eprintln!("{:?} +{:?}",st,last.get().elapsed());last.set(std::time::Instant::now())}).unwrap_or_else(|d|panic!("{}",d.message));
    eprintln!("end +{:?} total {:?}",last.get().elapsed(),t.elapsed());
    eprintln!("{} diagnostics; files {} bytes {} ledger {}",d.len(),g.files.len(),g.files.iter().map(|f|f.text.len()).sum::<usize>(),g.ledger.len());
    for (c,n) in d.counts(){eprintln!("  {n} {} {}",c.id,c.title)}
    let m=&g.summary; eprintln!("ops {} types {} aliases {} fields {} untyped {}",m.operations,m.types,m.aliases,m.fields,m.untyped_fields);
    if let Some(o)=a.get(2){for f in &g.files{let p=std::path::Path::new(o).join(&f.path);std::fs::create_dir_all(p.parent().unwrap()).unwrap();std::fs::write(p,&f.text).unwrap();}}
}
