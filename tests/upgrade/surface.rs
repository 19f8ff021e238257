//! The public names of a generated crate, and what they stand for.

use pontoon::rust::ir::{Crate, Item, Type};
use std::collections::{BTreeMap, HashMap};

/// Public paths (`models::Issue.user`, `issues::create(title)`) with types.
pub(crate) struct Surface {
    names: BTreeMap<String, Vec<Type>>,
    aliases: HashMap<String, Type>,
}

impl Surface {
    pub(crate) fn of(krate: &Crate) -> Self {
        let mut names = BTreeMap::new();
        let mut aliases = HashMap::new();
        for item in krate.model_files.iter().flat_map(|file| &file.items) {
            let path = format!("models::{}", item.name());
            match item {
                Item::Struct(found) => {
                    for field in &found.fields {
                        names.insert(
                            format!("{path}.{}={}", field.name, field.wire),
                            vec![field.ty.clone()],
                        );
                    }
                }
                Item::Enum(found) => {
                    for (name, value) in &found.variants {
                        names.insert(format!("{path}::{name}={value}"), Vec::new());
                    }
                }
                Item::Union(found) => {
                    for member in &found.members {
                        names.insert(format!("{path}::{}", member.name), vec![member.ty.clone()]);
                    }
                }
                Item::Alias(found) => {
                    aliases.insert(found.name.clone(), found.ty.clone());
                }
                Item::Responses(found) => {
                    for (name, ty) in &found.variants {
                        names.insert(format!("{path}::{name}"), vec![ty.clone()]);
                    }
                }
                _ => {}
            }
            names.insert(path, vec![Type::Named(item.name().to_owned())]);
        }
        for namespace in &krate.namespaces {
            for operation in &namespace.operations {
                let path = format!("{}::{}", namespace.module, operation.name);
                let positional: Vec<&str> = operation
                    .positional
                    .iter()
                    .map(|found| found.name.as_str())
                    .collect();
                let types = operation.positional.iter().map(|found| found.ty.clone());
                let types = types.chain([operation.output.clone()]).collect();
                names.insert(format!("{path}({})", positional.join(", ")), types);
                for argument in &operation.optional {
                    names.insert(
                        format!("{path}.{}", argument.name),
                        vec![argument.ty.clone()],
                    );
                }
            }
        }
        Self { names, aliases }
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// What code written against `self` would not find in `after`.
    pub(crate) fn lost_in(&self, after: &Self) -> Vec<String> {
        let mut lost = Vec::new();
        for (path, types) in &self.names {
            // A type that has become a second name keeps its members under the
            // name it stands for.
            let Some(found) = after.names.get(path).or_else(|| after.through_alias(path)) else {
                lost.push(format!("{path} is gone"));
                continue;
            };
            for (old, new) in types.iter().zip(found) {
                let (old, new) = (after.canonical(old), after.canonical(new));
                if old != new {
                    lost.push(format!("{path} is {new:?}, was {old:?}"));
                }
            }
        }
        lost
    }

    fn through_alias(&self, path: &str) -> Option<&Vec<Type>> {
        let rest = path.strip_prefix("models::")?;
        let end = rest.find(['.', ':']).unwrap_or(rest.len());
        let (name, member) = rest.split_at(end);
        match self.canonical(self.aliases.get(name)?) {
            Type::Named(target) => self.names.get(&format!("models::{target}{member}")),
            _ => None,
        }
    }

    /// The type with second names replaced by first ones.
    fn canonical(&self, ty: &Type) -> Type {
        let inner = |ty: &Type| Box::new(self.canonical(ty));
        match ty {
            Type::Named(name) => match self.aliases.get(name) {
                Some(target) => self.canonical(target),
                None => ty.clone(),
            },
            Type::Option(ty) => Type::Option(inner(ty)),
            Type::Nullable(ty) => Type::Nullable(inner(ty)),
            Type::List(ty) => Type::List(inner(ty)),
            Type::Map(ty) => Type::Map(inner(ty)),
            Type::Boxed(ty) => Type::Boxed(inner(ty)),
            plain => plain.clone(),
        }
    }
}
