//! `pontoon explain`.

use super::Exit;
use crate::diagnostic::codes;

pub(super) fn run(code: Option<&str>) -> Exit {
    match code {
        None => {
            for code in codes::ALL {
                anstream::println!("{}  {}", code.id, code.title);
            }
            Exit::Done
        }
        Some(id) => match codes::find(id) {
            Some(code) => {
                anstream::println!("{}: {}\n\n{}", code.id, code.title, code.explanation);
                Exit::Done
            }
            None => {
                anstream::eprintln!(
                    "error: there is no code `{}`; `pontoon explain` lists all",
                    id.escape_debug()
                );
                Exit::Usage
            }
        },
    }
}
